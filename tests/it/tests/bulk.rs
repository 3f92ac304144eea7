//! CONTRACT section 1: many rows in one request, each for itself or all together.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

use it::{Answer, Client, every_store, new_book};
use serde_json::{Value, json};

/// `(index, status)` of each item that fell.
fn errors(answer: &Answer) -> Vec<(u64, u64)> {
    let value = answer.value();
    let errors = value["errors"].as_array().unwrap();
    errors.iter().map(|it| (it["index"].as_u64().unwrap(), it["status"].as_u64().unwrap())).collect()
}

/// The titles of the items that stood.
fn titles(answer: &Answer, list: &str) -> Vec<String> {
    let value = answer.value();
    value[list].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap().to_owned()).collect()
}

/// The titles that are stored, by identifier.
async fn stored(api: &Client) -> Vec<Value> {
    api.list("sort=id&per_page=100", "title").await
}

fn isbn(number: usize) -> String {
    format!("{number:010}")
}

/// Creates the books `0`, `1`, and so on, with the identifiers from 1.
async fn books(api: &Client, count: usize) {
    let items: Vec<_> = (0..count).map(|it| new_book(&it.to_string(), &isbn(it))).collect();
    let answer = api.post("books/bulk?atomic=true", &json!(items)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

every_store! {
    async fn each_creation_stands_or_falls_alone(api) {
        let answer = api.post("books/bulk", &json!([
            new_book("A", &isbn(1)),
            new_book("", &isbn(2)),
            new_book("taken", &isbn(1)),
            7,
            new_book("B", &isbn(3)),
        ])).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(titles(&answer, "created"), ["A", "B"]);
        assert_eq!(errors(&answer), [(1, 422), (2, 409), (3, 422)]);
        let value = answer.value();
        assert_eq!(value["errors"][0]["errors"][0]["pointer"], "/title");
        assert_eq!(value["errors"][1]["errors"][0]["pointer"], "/isbn");
        assert_eq!(stored(api).await, ["A", "B"]);
        assert_eq!(api.get("books/1").await.value(), value["created"][0]);
    }

    async fn an_atomic_creation_creates_all(api) {
        let items = json!([new_book("A", &isbn(1)), new_book("B", &isbn(2))]);
        let answer = api.post("books/bulk?atomic=true", &items).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(titles(&answer, "created"), ["A", "B"]);
        assert_eq!(errors(&answer), []);
        assert_eq!(stored(api).await, ["A", "B"]);
    }

    async fn an_atomic_creation_that_clashes_creates_none(api) {
        api.create("first", &isbn(0)).await;
        for clash in [isbn(0), isbn(1)] {
            let items = json!([new_book("A", &isbn(1)), new_book("B", &isbn(2)), new_book("C", &clash)]);
            let answer = api.post("books/bulk?atomic=true", &items).await;
            answer.is_error(409, "duplicate");
            assert_eq!(answer.problems(), [("/2/isbn".to_owned(), "duplicate".to_owned())]);
            assert_eq!(stored(api).await, ["first"]);
        }
        // What it wrote before it was refused stands in nobody's way.
        api.create("A", &isbn(1)).await;
    }

    async fn an_atomic_creation_tells_the_problems_of_all_items(api) {
        let mut cheap = new_book("A", &isbn(1));
        cheap["price"] = json!(-1);
        let items = json!([new_book("B", &isbn(2)), cheap, new_book("", "x"), [1]]);
        let answer = api.post("books/bulk?atomic=true", &items).await;
        answer.is_error(422, "validation_failed");
        let pointers: Vec<_> = answer.problems().into_iter().map(|it| it.0).collect();
        assert_eq!(pointers, ["/1/price", "/2/isbn", "/2/title", "/3"]);
        assert_eq!(answer.value()["detail"], "4 fields are invalid");
        assert_eq!(stored(api).await, [""; 0]);
    }

    async fn one_problem_is_told_with_its_place(api) {
        let items = json!([new_book("A", &isbn(1)), {"title": "B", "author_name": "C", "isbn": isbn(2), "price": 0}]);
        let answer = api.post("books/bulk?atomic=true", &items).await;
        answer.is_error(422, "validation_failed");
        assert!(answer.value()["detail"].as_str().unwrap().starts_with("/1/price: "), "{}", answer.text());
    }

    async fn each_update_stands_or_falls_alone(api) {
        books(api, 3).await;
        let answer = api.patch("books/bulk", &json!([
            {"id": 1, "title": "X"},
            {"id": 9, "title": "X"},
            {"title": "X"},
            {"id": "2", "title": "X"},
            {"id": 2, "price": -1},
            {"id": 2, "title": "X", "isbn": isbn(0)},
            {"id": 2, "title": "X", "created_at": "2000-01-01T00:00:00Z"},
            {"id": 3},
            7,
            {"id": 3, "title": "Z"},
        ])).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(titles(&answer, "updated"), ["X", "Z"]);
        let expected =
            [(1, 404), (2, 422), (3, 422), (4, 422), (5, 409), (6, 422), (7, 400), (8, 422)];
        assert_eq!(errors(&answer), expected, "{}", answer.text());
        assert_eq!(stored(api).await, ["X", "1", "Z"]);
        assert_eq!(api.get("books/1").await.value(), answer.value()["updated"][0]);
        for (id, etag) in [(1, "\"2\""), (2, "\"1\""), (3, "\"2\"")] {
            assert_eq!(api.get(&format!("books/{id}")).await.header("etag"), etag);
        }
    }

    async fn an_update_may_send_back_what_was_read(api) {
        books(api, 1).await;
        let mut book = api.get("books/1").await.value();
        book["title"] = json!("X");
        let answer = api.patch("books/bulk?atomic=true", &json!([book])).await;
        assert_eq!((answer.status, titles(&answer, "updated")), (200, vec!["X".to_owned()]), "{}", answer.text());
    }

    async fn an_atomic_update_that_is_refused_changes_none(api) {
        books(api, 3).await;
        for (item, status, code, pointer) in [
            (json!({"id": 9, "title": "X"}), 404, "not_found", "/1"),
            (json!({"id": 2, "price": 0}), 422, "validation_failed", "/1/price"),
            (json!({"id": 2, "isbn": isbn(2)}), 409, "duplicate", "/1/isbn"),
            (json!({"id": 2, "created_at": "2000-01-01T00:00:00Z"}), 422, "validation_failed", "/1/created_at"),
            (json!({"title": "X"}), 422, "validation_failed", "/1/id"),
            (json!({"id": 2}), 400, "empty_update", "/1"),
        ] {
            let answer = api.patch("books/bulk?atomic=true", &json!([{"id": 1, "title": "X"}, item])).await;
            answer.is_error(status, code);
            assert_eq!(answer.problems()[0].0, pointer, "{}", answer.text());
        }
        assert_eq!(stored(api).await, ["0", "1", "2"]);
        assert_eq!(api.get("books/1").await.header("etag"), "\"1\"");
    }

    async fn items_see_what_those_before_them_did(api) {
        books(api, 2).await;
        let answer = api.patch("books/bulk?atomic=true", &json!([
            {"id": 1, "isbn": isbn(5)},
            {"id": 2, "isbn": isbn(0)},
            {"id": 1, "title": "X", "isbn": isbn(1)},
        ])).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(titles(&answer, "updated"), ["0", "1", "X"]);
        let book = api.get("books/1").await;
        assert_eq!((book.header("etag"), &book.value()["isbn"]), ("\"3\"", &json!(isbn(1))));
    }

    async fn deletions_say_what_was_there(api) {
        books(api, 3).await;
        let answer = api.post("books/bulk-delete", &json!({"ids": [2, 9, 1, 2]})).await;
        assert_eq!((answer.status, answer.text()), (200, r#"{"deleted":[2,1],"not_found":[9,2]}"#.to_owned()));
        assert_eq!(stored(api).await, ["2"]);
    }

    async fn an_atomic_deletion_deletes_all_or_none(api) {
        books(api, 3).await;
        for ids in [[1, 9], [1, 1]] {
            let answer = api.post("books/bulk-delete?atomic=true", &json!({"ids": ids})).await;
            answer.is_error(404, "not_found");
            assert_eq!(answer.problems(), [("/1".to_owned(), "not_found".to_owned())]);
        }
        assert_eq!(stored(api).await, ["0", "1", "2"]);
        let answer = api.post("books/bulk-delete?atomic=true", &json!({"ids": [3, 1]})).await;
        assert_eq!((answer.status, answer.text()), (200, r#"{"deleted":[3,1],"not_found":[]}"#.to_owned()));
        assert_eq!(stored(api).await, ["1"]);
    }

    async fn a_batch_of_deletions_says_all_that_is_wrong_with_it(api) {
        books(api, 2).await;
        for (body, expected) in [
            // The last one would win, and rows go that only one of both lists has.
            (r#"{"ids": [1], "ids": [2]}"#, vec!["/ids duplicate_field"]),
            (r#"{"Ids": [1]}"#, vec!["/Ids unknown_field", "/ids required"]),
            (r#"{"ids": null}"#, vec!["/ids null_not_allowed"]),
            (r#"{"ids": 1}"#, vec!["/ids invalid_type"]),
            (r#"{"ids": [1, null, "2", 1.5, 1e40]}"#, vec![
                "/ids/1 null_not_allowed", "/ids/2 invalid_type", "/ids/3 invalid_type", "/ids/4 range",
            ]),
            ("[1]", vec![" invalid_type"]),
        ] {
            let answer = api.raw("POST", "books/bulk-delete", body).await;
            answer.is_error(422, "validation_failed");
            let problems: Vec<_> = answer.problems().iter().map(|(at, code)| format!("{at} {code}")).collect();
            assert_eq!(problems, expected, "{body}");
        }
        let answer = api.raw("POST", "books/bulk-delete", r#"{"Ids": [1], "ids": [1]}"#).await;
        assert_eq!(answer.value()["errors"][0]["params"], json!({"allowed": ["ids"], "did_you_mean": "ids"}));
        let answer = api.raw("POST", "books/bulk-delete", "{\"ids\": [1,]}").await;
        answer.is_error(400, "malformed_json");
        assert_eq!(answer.value()["errors"][0]["params"], json!({"line": 1, "column": 12}));
        assert_eq!(stored(api).await, ["0", "1"]);
    }

    async fn an_item_to_update_has_one_identifier(api) {
        books(api, 2).await;
        for (item, problem) in [
            (r#"{"id": 1, "id": 2, "title": "X"}"#, "/0/id duplicate_field"),
            (r#"{"id": null, "title": "X"}"#, "/0/id null_not_allowed"),
            (r#"{"id": "1", "title": "X"}"#, "/0/id invalid_type"),
            (r#"{"title": "X"}"#, "/0/id required"),
            ("1", "/0 invalid_type"),
        ] {
            let answer = api.raw("PATCH", "books/bulk?atomic=true", format!("[{item}]")).await;
            answer.is_error(422, "validation_failed");
            let problems: Vec<_> = answer.problems().iter().map(|(at, code)| format!("{at} {code}")).collect();
            assert_eq!(problems, [problem], "{item}");
        }
        assert_eq!(stored(api).await, ["0", "1"]);
    }

    async fn a_tag_is_refused_because_many_rows_have_none(api) {
        books(api, 2).await;
        let before = stored(api).await;
        for header in [("if-match", "\"1\""), ("if-match", "W/\"1\""), ("if-match", "\"\""), ("if-none-match", "*")] {
            for atomic in [false, true] {
                let patches = json!([{"id": 1, "title": "Emma"}, {"id": 2, "title": "Emma"}]);
                let answer = api.json("PATCH", &format!("books/bulk?atomic={atomic}"), &patches, &[header]).await;
                answer.is_error(412, "precondition_failed");
                let ids = json!({"ids": [1, 2]});
                let answer = api.json("POST", &format!("books/bulk-delete?atomic={atomic}"), &ids, &[header]).await;
                answer.is_error(412, "precondition_failed");
            }
        }
        assert_eq!(stored(api).await, before);
        let any = api.json("POST", "books/bulk-delete", &json!({"ids": [1, 2]}), &[("if-match", "*")]).await;
        assert_eq!(any.value()["deleted"], json!([1, 2]));
    }

    async fn a_batch_has_one_to_a_hundred_items(api) {
        books(api, 100).await;
        for atomic in ["true", "false"] {
            for (method, path, empty, item) in [
                ("POST", "books/bulk", json!([]), new_book("A", "1234567890")),
                ("PATCH", "books/bulk", json!([]), json!({"id": 1, "title": "A"})),
            ] {
                let path = format!("{path}?atomic={atomic}");
                api.json(method, &path, &json!(vec![item; 101]), &[]).await.is_error(400, "batch_too_large");
                api.json(method, &path, &empty, &[]).await.is_error(422, "validation_failed");
            }
            for ids in [vec![], (1..=101).collect()] {
                let answer = api.post(&format!("books/bulk-delete?atomic={atomic}"), &json!({"ids": ids})).await;
                answer.is_error(422, "validation_failed");
            }
        }
        assert_eq!(stored(api).await.len(), 100);
        let ids: Vec<_> = (1..=100).collect();
        let answer = api.post("books/bulk-delete?atomic=true", &json!({"ids": ids})).await;
        assert_eq!((answer.status, answer.value()["deleted"].as_array().unwrap().len()), (200, 100));
        assert_eq!(stored(api).await, [""; 0]);
    }

    async fn one_of_many_equal_atomic_batches_wins(api) {
        let batches: Vec<_> = (0..8).map(|batch| {
            let api = api.clone();
            tokio::spawn(async move {
                // The last one clashes: every batch has written nine rows by then.
                let isbns = (0..10).map(|it| if it == 9 { isbn(9) } else { isbn(100 + batch * 10 + it) });
                let items: Vec<_> = isbns.map(|it| new_book(&batch.to_string(), &it)).collect();
                api.post("books/bulk?atomic=true", &json!(items)).await
            })
        }).collect();
        let mut winners = Vec::new();
        for batch in batches {
            let answer = batch.await.unwrap();
            match answer.status {
                201 => winners.push(titles(&answer, "created")),
                _ => answer.is_error(409, "duplicate"),
            }
        }
        assert_eq!(winners.len(), 1, "{winners:?}");
        assert_eq!(stored(api).await, winners[0]);
    }

    async fn batches_that_cross_all_go_through(api) {
        books(api, 20).await;
        let batches: Vec<_> = (0..6).map(|batch| {
            let api = api.clone();
            tokio::spawn(async move {
                let mut items: Vec<_> = (1..=20).map(|id| json!({"id": id, "title": format!("by {batch}")})).collect();
                if batch % 2 == 0 {
                    items.reverse();
                }
                api.patch("books/bulk?atomic=true", &json!(items)).await
            })
        }).collect();
        for batch in batches {
            let answer = batch.await.unwrap();
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        let titles = stored(api).await;
        assert!(titles.iter().all(|it| *it == titles[0]), "the last one changed all of them: {titles:?}");
        assert_eq!(api.get("books/1").await.header("etag"), "\"7\"");
    }
}
