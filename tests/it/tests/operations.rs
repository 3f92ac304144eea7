//! CONTRACT section 1: what each operation answers.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

use it::{every_store, new_book};
use serde_json::json;

every_store! {
    async fn create_answers_with_the_whole_book(api) {
        let answer = api.post("books", &json!({
            "title": "Dune", "author_name": "Frank Herbert", "isbn": "9780441013593", "price": 17.90,
            "tags": [" Classic ", "", "SPACE"],
        })).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("location"), "/api/v1/books/1");
        assert_eq!(answer.header("etag"), "\"1\"");
        let text = answer.text();
        let (before, after) = text.split_once("\"created_at\":\"").unwrap();
        assert_eq!(before, concat!(
            r#"{"id":1,"title":"Dune","author_name":"Frank Herbert","isbn":"9780441013593","genre":null,"#,
            r#""published_year":null,"price":17.9,"description":null,"tags":["classic","space"],"status":"available","#,
        ));
        let (created_at, after) = after.split_once('"').unwrap();
        assert!(created_at.ends_with('Z'), "{created_at}");
        assert_eq!(after, r#","updated_at":null,"is_recent":true}"#);
    }

    async fn get_answers_with_the_same_bytes_as_create(api) {
        let created = api.post("books", &new_book("Dune", "9780441013593")).await;
        let got = api.get("books/1").await;
        assert_eq!(got.status, 200);
        assert_eq!(got.text(), created.text());
        assert_eq!(got.header("etag"), created.header("etag"));
    }

    async fn a_list_answers_with_summaries(api) {
        api.seed().await;
        let answer = api.get("books?sort=title&per_page=2").await;
        assert_eq!(answer.text(), concat!(
            r#"{"items":[{"id":5,"title":"1984","author_name":"George Orwell","price":12.99,"genre":"dystopian"},"#,
            r#"{"id":1,"title":"Clean Code","author_name":"Robert C. Martin","price":39.99,"genre":"programming"}],"#,
            r#""total":5,"page":1,"per_page":2,"total_pages":3,"has_next":true,"has_prev":false}"#,
        ));
        assert_eq!(answer.header("x-total-count"), "5");
        assert_eq!(answer.header("x-total-pages"), "3");
    }

    async fn an_empty_list_is_a_page(api) {
        let answer = api.get("books").await;
        assert_eq!(
            answer.text(),
            r#"{"items":[],"total":0,"page":1,"per_page":20,"total_pages":0,"has_next":false,"has_prev":false}"#
        );
    }

    async fn a_missing_book_is_404_for_every_method(api) {
        api.get("books/9").await.is_error(404, "not_found");
        api.put("books/9", &new_book("A", "1234567890")).await.is_error(404, "not_found");
        api.patch("books/9", &json!({"title": "A"})).await.is_error(404, "not_found");
        api.delete("books/9").await.is_error(404, "not_found");
        assert_eq!(api.send("HEAD", "books/9", &[], "").await.status, 404);
    }

    async fn replace_sets_absent_fields_back(api) {
        let mut book = new_book("Dune", "9780441013593");
        book["genre"] = json!("fiction");
        book["tags"] = json!(["classic"]);
        api.post("books", &book).await;
        let answer = api.put("books/1", &new_book("Dune Messiah", "9780441013593")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("etag"), "\"2\"");
        let value = answer.value();
        assert_eq!(value["title"], "Dune Messiah");
        assert_eq!(value["genre"], json!(null));
        assert_eq!(value["tags"], json!([]));
        assert!(value["updated_at"].is_string());
        assert_eq!(api.get("books/1").await.text(), answer.text());
    }

    async fn replace_accepts_the_representation_that_was_read(api) {
        api.create("Dune", "9780441013593").await;
        let read = api.get("books/1").await.value();
        let answer = api.put("books/1", &read).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.value()["title"], "Dune");
        assert_eq!(answer.value()["created_at"], read["created_at"]);
    }

    async fn replace_demands_what_create_demands(api) {
        api.create("Dune", "9780441013593").await;
        let answer = api.put("books/1", &json!({"title": "Only this"})).await;
        answer.is_error(422, "validation_failed");
        let mut problems = answer.problems();
        problems.sort();
        assert_eq!(problems, [("/author_name", "required"), ("/isbn", "required"), ("/price", "required")]
            .map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert_eq!(api.get("books/1").await.value()["title"], "Dune");
    }

    async fn update_changes_what_it_names(api) {
        let mut book = new_book("Dune", "9780441013593");
        book["genre"] = json!("fiction");
        api.post("books", &book).await;
        let answer = api.patch("books/1", &json!({"title": "Dune II", "genre": null, "status": "checked_out"})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("etag"), "\"2\"");
        let value = answer.value();
        assert_eq!(value["title"], "Dune II");
        assert_eq!(value["genre"], json!(null));
        assert_eq!(value["status"], "checked_out");
        assert_eq!(value["isbn"], "9780441013593");
        assert!(value["updated_at"].is_string());
        assert_eq!(api.get("books/1").await.text(), answer.text());
    }

    async fn update_takes_both_media_types_and_no_other(api) {
        api.create("Dune", "9780441013593").await;
        for media in ["application/merge-patch+json", "application/json", "APPLICATION/JSON; charset=utf-8"] {
            let answer = api.send("PATCH", "books/1", &[("content-type", media)], r#"{"price":11}"#).await;
            assert_eq!(answer.status, 200, "{media}: {}", answer.text());
        }
        for media in ["text/plain", "application/xml", "application/json-patch+json", "application/x-www-form-urlencoded"] {
            let answer = api.send("PATCH", "books/1", &[("content-type", media)], r#"{"price":12}"#).await;
            answer.is_error(415, "unsupported_media_type");
            assert!(answer.header("accept-patch").contains("application/merge-patch+json"));
        }
        assert_eq!(api.get("books/1").await.value()["price"], json!(11));
    }

    async fn an_empty_update_is_refused(api) {
        api.create("Dune", "9780441013593").await;
        api.patch("books/1", &json!({})).await.is_error(400, "empty_update");
    }

    async fn a_patch_that_is_no_object_is_refused(api) {
        api.create("Dune", "9780441013593").await;
        for body in ["[]", "5", "null", "\"x\"", "true"] {
            api.raw("PATCH", "books/1", body).await.is_error(422, "validation_failed");
        }
    }

    async fn an_update_is_applied_whole_or_not_at_all(api) {
        api.create("Dune", "9780441013593").await;
        let answer = api.patch("books/1", &json!({"title": "half", "price": -5})).await;
        answer.is_error(422, "validation_failed");
        assert_eq!(answer.problems(), [("/price".to_owned(), "range".to_owned())]);
        assert_eq!(api.get("books/1").await.value()["title"], "Dune");
    }

    async fn delete_answers_without_a_body(api) {
        api.create("Dune", "9780441013593").await;
        let answer = api.delete("books/1").await;
        assert_eq!(answer.status, 204);
        assert!(answer.body.is_empty());
        assert_eq!(answer.header("content-length"), "");
        api.get("books/1").await.is_error(404, "not_found");
        api.delete("books/1").await.is_error(404, "not_found");
    }

    async fn ids_are_not_used_again(api) {
        api.create("A", "1234567890").await;
        let id = api.create("B", "1234567891").await;
        api.delete(&format!("books/{id}")).await;
        assert!(api.create("C", "1234567892").await > id);
    }

    async fn a_taken_isbn_is_a_conflict_that_names_the_field(api) {
        api.create("A", "1234567890").await;
        let answer = api.post("books", &new_book("B", "1234567890")).await;
        answer.is_error(409, "duplicate");
        assert_eq!(answer.problems(), [("/isbn".to_owned(), "duplicate".to_owned())]);
        assert!(!answer.text().contains("1234567890"), "the value is not echoed");
        let id = api.create("B", "1234567891").await;
        api.patch(&format!("books/{id}"), &json!({"isbn": "1234567890"})).await.is_error(409, "duplicate");
        api.put(&format!("books/{id}"), &new_book("B", "1234567890")).await.is_error(409, "duplicate");
        assert_eq!(api.get("books").await.value()["total"], 2);
    }

    async fn both_slash_forms_answer(api) {
        api.create("Dune", "9780441013593").await;
        assert_eq!(api.get("books/").await.status, 200);
        assert_eq!(api.get("books/1/").await.status, 200);
        assert_eq!(api.post("books/", &new_book("B", "1234567891")).await.status, 201);
    }

    async fn head_answers_as_get_without_the_body(api) {
        api.create("Dune", "9780441013593").await;
        for path in ["books", "books/1", "books?sort=title", "/health", "/openapi.json"] {
            let get = api.get(path).await;
            let head = api.send("HEAD", path, &[], "").await;
            assert_eq!(head.status, get.status, "{path}");
            assert!(head.body.is_empty());
            for name in ["content-type", "etag", "link", "x-total-count", "vary", "cache-control"] {
                assert_eq!(head.header(name), get.header(name), "{name} of {path}");
            }
        }
    }

    async fn head_names_the_length_that_get_would_send(api) {
        api.create("Dune", "9780441013593").await;
        for path in ["books/1", "books", "/openapi.json", "/health"] {
            for coding in ["gzip", "identity"] {
                let headers = [("accept-encoding", coding)];
                let get = api.send("GET", path, &headers, "").await;
                let head = api.send("HEAD", path, &headers, "").await;
                assert_eq!(head.header("content-encoding"), get.header("content-encoding"), "{coding} {path}");
                let lengths = [head.header("content-length"), &get.body.len().to_string()].map(str::to_owned);
                assert!(lengths[0].is_empty() || lengths[0] == lengths[1], "{coding} {path}: {lengths:?}");
            }
        }
    }

    async fn options_names_the_methods(api) {
        api.create("Dune", "9780441013593").await;
        let collection = api.send("OPTIONS", "books", &[], "").await;
        assert_eq!(collection.status, 204);
        for method in ["GET", "HEAD", "POST", "OPTIONS"] {
            assert!(collection.header("allow").contains(method), "{}", collection.header("allow"));
        }
        let item = api.send("OPTIONS", "books/1", &[], "").await;
        assert_eq!(item.status, 204);
        for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            assert!(item.header("allow").contains(method), "{}", item.header("allow"));
        }
        assert!(item.header("accept-patch").contains("application/merge-patch+json"));
    }

    async fn a_method_that_a_path_does_not_have_is_405_with_allow(api) {
        for (method, path, allowed) in [
            ("DELETE", "books", "POST"),
            ("POST", "books/1", "PATCH"),
            ("GET", "books/bulk", "POST"),
            ("TRACE", "books", "GET"),
            ("POST", "/health", "GET"),
        ] {
            let answer = api.send(method, path, &[], "").await;
            answer.is_error(405, "method_not_allowed");
            assert!(answer.header("allow").contains(allowed), "{method} {path}: {}", answer.header("allow"));
            assert_eq!(answer.header("allow").matches("OPTIONS").count(), 1, "{method} {path}");
        }
    }

    async fn an_unknown_path_is_404_in_the_envelope(api) {
        for path in ["/", "/nope"].iter().skip(1).chain(&["/api/v1/nope", "/api/v1/books/1/nope", "/API/V1/BOOKS"]) {
            api.get(path).await.is_error(404, "route_not_found");
        }
    }

    async fn an_id_that_cannot_be_one_is_422(api) {
        for id in ["abc", "1.5", "1e3x", "99999999999999999999", "0x1", "%20", "-", "1%00"] {
            let answer = api.get(&format!("books/{id}")).await;
            assert_eq!(answer.status, 422, "{id}: {}", answer.text());
            assert_eq!(answer.problems()[0].0, "id", "{id}");
        }
        api.create("Dune", "9780441013593").await;
        assert_eq!(api.get("books/%31").await.status, 200);
    }
}
