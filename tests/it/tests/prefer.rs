//! `Prefer` (RFC 7240): rows left out of answers, and writes that are only tried.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use it::{every_store, new_book};
use serde_json::json;

const MINIMAL: (&str, &str) = ("prefer", "return=minimal");
const DRY: (&str, &str) = ("prefer", "tx=rollback");

every_store! {
    async fn return_minimal_leaves_the_row_out(api) {
        let created = api.json("POST", "books", &new_book("Dune", "9780441013593"), &[MINIMAL]).await;
        assert_eq!((created.status, created.text().as_str()), (201, ""));
        assert_eq!(created.header("location"), "/api/v1/books/1");
        assert_eq!(created.header("etag"), "\"1\"");
        assert_eq!(created.header("preference-applied"), "return=minimal");
        assert_eq!(created.header("content-type"), "");

        let patched = api.json("PATCH", "books/1", &json!({"title": "A"}), &[MINIMAL]).await;
        assert_eq!((patched.status, patched.text().as_str(), patched.header("etag")), (204, "", "\"2\""));
        let put = api.json("PUT", "books/1", &new_book("B", "9780441013593"), &[MINIMAL]).await;
        assert_eq!((put.status, put.text().as_str(), put.header("etag")), (204, "", "\"3\""));
        assert_eq!(put.header("preference-applied"), "return=minimal");
        assert_eq!(api.get("books/1").await.value()["title"], "B");
    }

    async fn return_representation_is_what_happens_anyway(api) {
        let prefer = [("prefer", "respond-async, return=\"representation\"; x=y")];
        let created = api.json("POST", "books", &new_book("Dune", "9780441013593"), &prefer).await;
        assert_eq!((created.status, created.value()["id"].as_i64()), (201, Some(1)));
        assert_eq!(created.header("preference-applied"), "return=representation");
    }

    async fn what_is_not_known_is_ignored_and_not_said_back(api) {
        for (index, value) in ["respond-async", "return=everything", "\"", ";;,=", "tx=maybe", ""].into_iter().enumerate() {
            let book = new_book("Dune", &format!("978044101359{index}"));
            let answer = api.json("POST", "books", &book, &[("prefer", value)]).await;
            assert_eq!((answer.status, answer.header("preference-applied")), (201, ""), "{value}");
        }
    }

    async fn a_dry_run_answers_as_the_write_would_and_leaves_no_trace(api) {
        api.create("Dune", "9780441013593").await;
        let before = api.get("books/1").await;

        let created = api.json("POST", "books", &new_book("Emma", "1234567890"), &[DRY]).await;
        assert_eq!((created.status, created.header("preference-applied")), (201, "tx=rollback"), "{}", created.text());
        assert_eq!(created.value()["title"], "Emma");
        let patched = api.json("PATCH", "books/1", &json!({"title": "A"}), &[DRY]).await;
        assert_eq!((patched.status, patched.header("etag")), (200, "\"2\""));
        assert_eq!(patched.value()["title"], "A");
        let put = api.json("PUT", "books/1", &new_book("B", "9780441013593"), &[DRY]).await;
        assert_eq!((put.status, put.value()["title"].as_str()), (200, Some("B")));
        let deleted = api.send("DELETE", "books/1", &[DRY], "").await;
        assert_eq!((deleted.status, deleted.header("preference-applied")), (204, "tx=rollback"));

        let after = api.get("books/1").await;
        assert_eq!((after.text(), after.header("etag")), (before.text(), before.header("etag")));
        assert_eq!(api.get("books").await.value()["total"], 1);
        assert_eq!(api.post("books", &new_book("Emma", "1234567890")).await.status, 201);
    }

    async fn a_dry_run_finds_what_the_write_would_be_refused_for(api) {
        api.create("Dune", "9780441013593").await;
        let copy = api.json("POST", "books", &new_book("Copy", "9780441013593"), &[DRY]).await;
        copy.is_error(409, "duplicate");
        assert_eq!(copy.header("preference-applied"), "tx=rollback");
        api.json("PATCH", "books/1", &json!({"title": ""}), &[DRY]).await.is_error(422, "validation_failed");
        api.json("PATCH", "books/9", &json!({"title": "A"}), &[DRY]).await.is_error(404, "not_found");
        let stale = [DRY, ("if-match", "\"7\"")];
        api.send("DELETE", "books/1", &stale, "").await.is_error(412, "precondition_failed");
    }

    async fn both_preferences_are_said_back(api) {
        let both = [("prefer", "return=minimal, tx=rollback")];
        let answer = api.json("POST", "books", &new_book("Dune", "9780441013593"), &both).await;
        assert_eq!((answer.status, answer.text().as_str()), (201, ""));
        assert_eq!(answer.header("preference-applied"), "return=minimal, tx=rollback");
        assert_eq!(api.get("books").await.value()["total"], 0);
    }

    async fn a_dry_run_uses_no_key_up(api) {
        let book = new_book("Dune", "9780441013593");
        let key = ("idempotency-key", "key-1");
        assert_eq!(api.json("POST", "books", &book, &[key, DRY]).await.status, 201);
        let answer = api.json("POST", "books", &book, &[key]).await;
        assert_eq!((answer.status, answer.header("idempotency-replayed")), (201, ""));
        assert_eq!(api.get("books").await.value()["total"], 1);
    }

    async fn a_batch_that_stood_is_answered_without_its_rows(api) {
        let batch = json!([new_book("Dune", "9780441013593"), new_book("Emma", "1234567890")]);
        let created = api.json("POST", "books/bulk", &batch, &[MINIMAL]).await;
        assert_eq!((created.status, created.text().as_str()), (201, ""));
        assert_eq!(created.header("preference-applied"), "return=minimal");
        let changed = api.json("PATCH", "books/bulk", &json!([{"id": 1, "title": "A"}]), &[MINIMAL]).await;
        assert_eq!((changed.status, changed.text().as_str()), (204, ""));
        let deleted = api.json("POST", "books/bulk-delete", &json!({"ids": [1]}), &[MINIMAL]).await;
        assert_eq!((deleted.status, deleted.text().as_str()), (204, ""));
    }

    async fn a_batch_of_which_an_item_fell_is_answered_in_full(api) {
        let batch = json!([new_book("Dune", "9780441013593"), {"title": 7}]);
        let created = api.json("POST", "books/bulk", &batch, &[MINIMAL]).await;
        assert_eq!((created.status, created.header("preference-applied")), (201, ""));
        assert_eq!(created.value()["errors"][0]["index"], 1);
        let deleted = api.json("POST", "books/bulk-delete", &json!({"ids": [1, 9]}), &[MINIMAL]).await;
        assert_eq!(deleted.value(), json!({"deleted": [1], "not_found": [9]}));
    }

    async fn a_dry_run_of_a_batch_leaves_no_trace(api) {
        api.create("Dune", "9780441013593").await;
        let batch = json!([new_book("Emma", "1234567890"), new_book("Copy", "9780441013593")]);
        for path in ["books/bulk", "books/bulk?atomic=true"] {
            let answer = api.json("POST", path, &batch, &[DRY]).await;
            assert_eq!(answer.header("preference-applied"), "tx=rollback");
            assert_eq!(answer.status, if path.contains("atomic") { 409 } else { 201 }, "{}", answer.text());
        }
        let deleted = api.json("POST", "books/bulk-delete", &json!({"ids": [1]}), &[DRY]).await;
        assert_eq!(deleted.value()["deleted"], json!([1]));
        assert_eq!(api.get("books").await.value()["total"], 1);
    }
}
