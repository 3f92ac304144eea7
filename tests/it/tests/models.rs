//! CONTRACT section 2: what bodies may say.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use it::{every_store, new_book};
use serde_json::{Value, json};

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all: Vec<_> = of.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    all.sort();
    all
}

every_store! {
    async fn all_problems_come_back_at_once(api) {
        let answer = api.raw("POST", "books", r#"{"title":"","author_name":5,"isbn":"12","price":0,"genre":[],
            "published_year":999,"tags":["a",7],"colour":"red","status":"archived","id":3,"created_at":null}"#).await;
        answer.is_error(422, "validation_failed");
        let mut problems = answer.problems();
        problems.sort();
        assert_eq!(problems, pairs(&[
            ("/title", "length"), ("/author_name", "invalid_type"), ("/isbn", "regex"), ("/price", "range"),
            ("/genre", "invalid_type"), ("/published_year", "range"), ("/tags/1", "invalid_type"),
            ("/colour", "unknown_field"), ("/status", "read_only_field"), ("/id", "read_only_field"),
            ("/created_at", "read_only_field"),
        ]));
        assert_eq!(api.get("books").await.value()["total"], 0);
    }

    async fn a_range_problem_says_its_bound(api) {
        let mut book = new_book("A", "1234567890");
        book["price"] = json!(0);
        let value = api.post("books", &book).await.value();
        assert_eq!(value["errors"][0], json!({
            "pointer": "/price", "code": "range", "detail": "must be greater than 0",
            "params": {"min": 0, "exclusive": true},
        }));
    }

    async fn an_unknown_field_gets_a_suggestion(api) {
        let mut book = new_book("A", "1234567890");
        book["tilte"] = json!("B");
        let value = api.post("books", &book).await.value();
        assert_eq!(value["errors"][0]["code"], "unknown_field");
        assert_eq!(value["errors"][0]["params"]["did_you_mean"], "title");
    }

    async fn malformed_json_says_where(api) {
        for body in ["{bad", "", "{\"title\": }", "{\"a\":1,}", "\u{feff}{}", "{} x", "[1,", "{'a':1}", "NaN"] {
            let answer = api.raw("POST", "books", body).await;
            answer.is_error(400, "malformed_json");
        }
        let answer = api.raw("POST", "books", "{\"title\": \"A\",\n  oops}").await;
        assert!(answer.value()["detail"].as_str().unwrap().contains("line 2"), "{}", answer.text());
        assert_eq!(api.raw("POST", "books", &b"{\"title\": \"\xff\"}"[..]).await.status, 400);
    }

    async fn a_body_that_is_no_object_is_422(api) {
        for body in ["[]", "5", "null", "\"x\"", "true"] {
            api.raw("POST", "books", body).await.is_error(422, "validation_failed");
        }
    }

    async fn null_where_there_is_none_is_refused(api) {
        let mut book = new_book("A", "1234567890");
        book["title"] = Value::Null;
        book["tags"] = Value::Null;
        let mut problems = api.post("books", &book).await.problems();
        problems.sort();
        assert_eq!(problems, pairs(&[("/tags", "null_not_allowed"), ("/title", "null_not_allowed")]));
        api.create("A", "1234567890").await;
        let answer = api.patch("books/1", &json!({"title": null})).await;
        assert_eq!(answer.problems(), pairs(&[("/title", "null_not_allowed")]));
    }

    async fn numbers_are_exact(api) {
        for (price, status) in [
            ("10000", 201), ("10000.01", 422), ("0.01", 201), ("1e3", 201), ("1E-2", 201), ("0", 422), ("-0", 422),
            ("1e400", 422), ("-1", 422), ("0.00000000000000000000000000001", 422), ("\"10\"", 422), ("true", 422),
        ] {
            let isbn = format!("{:010}", api.get("books").await.value()["total"].as_u64().unwrap());
            let body = format!(r#"{{"title":"A","author_name":"B","isbn":"{isbn}","price":{price}}}"#);
            let answer = api.raw("POST", "books", body).await;
            assert_eq!(answer.status, status, "{price}: {}", answer.text());
        }
    }

    async fn a_decimal_keeps_its_digits(api) {
        let body = r#"{"title":"A","author_name":"B","isbn":"1234567890","price":1234.5678901234567890}"#;
        let answer = api.raw("POST", "books", body).await;
        assert!(answer.text().contains(r#""price":1234.5678901234567890,"#), "{}", answer.text());
        assert!(api.get("books/1").await.text().contains(r#""price":1234.5678901234567890,"#));
    }

    async fn integers_may_be_written_with_a_fraction_of_zero(api) {
        for (year, status) in [("2000.0", 201), ("2e3", 201), ("2000.5", 422), ("\"2000\"", 422), ("99999999999", 422)] {
            let isbn = format!("{:010}", api.get("books").await.value()["total"].as_u64().unwrap());
            let body = format!(r#"{{"title":"A","author_name":"B","isbn":"{isbn}","price":1,"published_year":{year}}}"#);
            let answer = api.raw("POST", "books", body).await;
            assert_eq!(answer.status, status, "{year}: {}", answer.text());
        }
    }

    async fn lengths_count_characters(api) {
        let mut book = new_book(&"é日😀".repeat(100), "1234567890");
        assert_eq!(api.post("books", &book).await.status, 201);
        book["title"] = json!("é".repeat(301));
        assert_eq!(api.post("books", &book).await.problems(), pairs(&[("/title", "length")]));
    }

    async fn hostile_text_is_data_or_an_error(api) {
        for (text, status) in [
            ("a\\u0000b", 422), ("\\ud800", 422), ("'; DROP TABLE books; --", 201), ("<script>", 201), ("\\u202e\\u200b", 201),
        ] {
            let isbn = format!("{:010}", api.get("books").await.value()["total"].as_u64().unwrap());
            let body = format!(r#"{{"title":"{text}","author_name":"B","isbn":"{isbn}","price":1}}"#);
            let answer = api.raw("POST", "books", body).await;
            assert_eq!(answer.status, status, "{text}: {}", answer.text());
        }
    }

    async fn read_only_fields_may_come_back_unchanged(api) {
        api.create("Dune", "9780441013593").await;
        let read = api.get("books/1").await.value();
        let echo = json!({"id": 1, "created_at": read["created_at"], "is_recent": false, "title": "New"});
        let answer = api.patch("books/1", &echo).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.value()["title"], "New");
        let answer = api.patch("books/1", &json!({"id": 2, "created_at": "2020-01-01T00:00:00Z", "is_recent": "x"})).await;
        let mut problems = answer.problems();
        problems.sort();
        assert_eq!(problems, pairs(&[("/created_at", "read_only_field"), ("/id", "read_only_field"), ("/is_recent", "invalid_type")]));
    }

    async fn tags_are_tidied(api) {
        let mut book = new_book("A", "1234567890");
        book["tags"] = json!(["  A ", "", " ", "b", "C", "d", "e", "f", "g", "h", "i", "j", "k", "l"]);
        let answer = api.post("books", &book).await;
        assert_eq!(answer.value()["tags"], json!(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]));
        let answer = api.patch("books/1", &json!({"tags": [" X "]})).await;
        assert_eq!(answer.value()["tags"], json!(["x"]));
    }

    async fn a_status_must_be_one_of_its_names(api) {
        api.create("Dune", "9780441013593").await;
        let answer = api.patch("books/1", &json!({"status": "reservd"})).await;
        assert_eq!(answer.problems(), pairs(&[("/status", "invalid_choice")]));
        let params = &answer.value()["errors"][0]["params"];
        assert_eq!(params["allowed"], json!(["available", "checked_out", "reserved", "archived"]));
        assert_eq!(params["did_you_mean"], "reserved");
    }

    async fn an_isbn_is_ten_or_thirteen_ascii_digits(api) {
        for isbn in ["123456789", "12345678901", "123456789X", "١٢٣٤٥٦٧٨٩٠", "1234567890\n", " 1234567890", "12345678901234"] {
            let answer = api.post("books", &new_book("A", isbn)).await;
            assert_eq!(answer.problems(), pairs(&[("/isbn", "regex")]), "{isbn:?}");
        }
    }

    async fn deep_nesting_is_refused(api) {
        let deep = "[".repeat(100_000);
        assert!((400..500).contains(&api.raw("POST", "books", deep.clone()).await.status));
        let closed = format!(r#"{{"title":{deep}{}}}"#, "]".repeat(100_000));
        assert!((400..500).contains(&api.raw("POST", "books", closed).await.status));
    }

    async fn a_key_given_twice_is_refused(api) {
        let body = r#"{"title":"A","title":"B","author_name":"B","isbn":"1234567890","price":1}"#;
        let answer = api.raw("POST", "books", body).await;
        assert_eq!(answer.problems(), pairs(&[("/title", "duplicate_field")]));
    }
}
