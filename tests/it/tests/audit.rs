//! The example's journal: an entry for every write, and none for what was not written.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use it::{Client, every_store, new_book};
use serde_json::json;

/// The entries that a query finds, oldest first, as `operation resource row`.
async fn entries(api: &Client, query: &str) -> Vec<String> {
    let answer = api.get(&format!("audit?sort=id&{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = |it: &serde_json::Value| it.as_str().unwrap().to_owned();
    let value = answer.value();
    let items = value["items"].as_array().unwrap().iter();
    items.map(|it| [&it["operation"], &it["resource"], &it["row_id"]].map(text).join(" ")).collect()
}

every_store! {
    async fn every_write_has_an_entry(api) {
        let book = new_book("Dune", "9780441013593");
        let id = ("x-request-id", "first");
        assert_eq!(api.json("POST", "books", &book, &[id]).await.status, 201);
        assert_eq!(api.put("books/1", &book).await.status, 200);
        assert_eq!(api.patch("books/1", &json!({"title": "Emma"})).await.status, 200);
        assert_eq!(api.post("authors", &json!({"name": "Ada"})).await.status, 201);
        assert_eq!(api.post("books/bulk", &json!([new_book("It", "9780441013594"), {}])).await.status, 201);
        assert_eq!(api.patch("books/bulk", &json!([{"id": 2, "title": "Us"}])).await.status, 200);
        assert_eq!(api.post("books/bulk-delete", &json!({"ids": [2, 3]})).await.status, 200);
        assert_eq!(api.delete("books/1").await.status, 204);
        let all = [
            "create Book 1", "replace Book 1", "update Book 1", "create Author 1",
            "create Book 2", "update Book 2", "delete Book 2", "delete Book 1",
        ];
        assert_eq!(entries(api, "").await, all);
        assert_eq!(entries(api, "resource=Author").await, ["create Author 1"]);
        assert_eq!(entries(api, "operation[in]=replace,delete&row_id=1").await, ["replace Book 1", "delete Book 1"]);
        assert_eq!(entries(api, "request_id=first").await, ["create Book 1"]);
        assert_eq!(entries(api, "until=2020-01-01T00:00:00Z").await, Vec::<String>::new());
        let first = api.get("audit/1").await.value();
        assert_eq!((&first["request_id"], &first["operation"]), (&json!("first"), &json!("create")));
    }

    async fn what_is_not_written_has_none(api) {
        let book = new_book("Dune", "9780441013593");
        api.create("Dune", "9780441013593").await;
        api.post("books", &book).await.is_error(409, "duplicate");
        api.post("books", &json!({})).await.is_error(422, "validation_failed");
        api.delete("books/9").await.is_error(404, "not_found");
        api.json("DELETE", "books/1", &json!(null), &[("if-match", "\"7\"")]).await.is_error(412, "precondition_failed");
        let dry = [("prefer", "tx=rollback")];
        assert_eq!(api.json("DELETE", "books/1", &json!(null), &dry).await.status, 204);
        let atomic = json!([new_book("A", "9780441013594"), book]);
        api.post("books/bulk?atomic=true", &atomic).await.is_error(409, "duplicate");
        assert_eq!(entries(api, "").await, ["create Book 1"]);
    }

    async fn nobody_writes_to_the_journal(api) {
        api.create("Dune", "9780441013593").await;
        for (method, path) in [("POST", "audit"), ("PATCH", "audit/1"), ("PUT", "audit/1"), ("DELETE", "audit/1")] {
            api.json(method, path, &json!({}), &[]).await.is_error(405, "method_not_allowed");
        }
        assert_eq!(entries(api, "").await, ["create Book 1"]);
    }
}
