//! The paths of the framework's own.

use super::*;
use crate::resource::{Record, ResourceMeta};
use crate::store::{
    BoxFuture, Key, Migration, Select, Selection, Store, StoreError, StoreErrorKind, StoreResult, Transaction, Write,
    Written,
};

#[tokio::test]
async fn the_root_says_where_things_are() {
    let api = client().await;
    let answer = api.get("/").await;
    assert!(answer.text().starts_with(r#"{"name":"Book API","version":"1.0.0","links":{"#), "{}", answer.text());
    for (_, path) in answer.value()["links"].as_object().unwrap() {
        if let Some(path) = path.as_str() {
            assert_eq!(api.get(path).await.status, 200, "{path}");
        }
    }
}

#[tokio::test]
async fn the_document_has_what_is_mounted() {
    let api = client().await;
    let answer = api.get("/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let value = answer.value();
    assert!(value["openapi"].as_str().unwrap().starts_with("3.1"));
    for path in ["/api/v1/books", "/api/v1/books/{id}", "/api/v1/frozen", "/health", "/"] {
        assert!(value["paths"][path]["get"].is_object(), "{path}");
    }
    assert!(value["paths"]["/api/v1/frozen"].get("post").is_none());
    let again = api.send("GET", "/openapi.json", &[("if-none-match", answer.header("etag"))], "").await;
    assert_eq!((again.status, again.text()), (304, ""));
}

#[cfg(feature = "docs-ui")]
#[tokio::test]
async fn the_pages_bring_their_own_policy() {
    let api = client().await;
    for path in ["/docs", "/redoc"] {
        let answer = api.send("GET", path, &[("accept", "text/html")], "").await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("content-type").starts_with("text/html"));
        assert!(answer.header("content-security-policy").contains("script-src 'self'"));
        assert_eq!(answer.headers.get_all("content-security-policy").iter().count(), 1);
    }
}

/// A store that is there, and does not answer.
struct Broken;

impl Broken {
    fn error<T>() -> BoxFuture<'static, StoreResult<T>>
    where
        T: Send + 'static,
    {
        let error = StoreError::new(StoreErrorKind::Unavailable).caused_by("connection refused to 10.0.0.7");
        Box::pin(std::future::ready(Err(error)))
    }
}

impl Store for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn ping(&self) -> BoxFuture<'_, StoreResult<()>> {
        Self::error()
    }

    fn migrate<'a>(&'a self, _: &'a [&'static ResourceMeta]) -> BoxFuture<'a, StoreResult<Migration>> {
        Self::error()
    }

    fn select(&self, _: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        Self::error()
    }

    fn get(&self, _: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        Self::error()
    }

    fn write(&self, _: Write) -> BoxFuture<'_, StoreResult<Written>> {
        Self::error()
    }

    fn begin(&self) -> BoxFuture<'_, StoreResult<Box<dyn Transaction>>> {
        Self::error()
    }
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_503() {
    let database = Database::new(Broken);
    let api = Client(Api::new("x", "1").resource(Routes::new(BOOK, &database)).build().unwrap());
    assert_eq!(api.get("/health").await.status, 200);
    for (method, path, body) in [
        ("GET", "/health/ready", String::new()),
        ("GET", "/books", String::new()),
        ("GET", "/books/1", String::new()),
        ("POST", "/books", book("A", "1234567890")),
        ("PATCH", "/books/1", r#"{"title":"A"}"#.to_owned()),
        ("DELETE", "/books/1", String::new()),
        ("POST", "/books/bulk", format!("[{}]", book("A", "1234567890"))),
        ("PATCH", "/books/bulk", r#"[{"id":1,"title":"A"}]"#.to_owned()),
        ("POST", "/books/bulk-delete", r#"{"ids":[1]}"#.to_owned()),
    ] {
        let answer = api.json(method, path, &body).await;
        answer.is_problem(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "1", "{method} {path}");
        assert!(!answer.text().contains("10.0.0.7"));
    }
}
