//! Many rows in one request, each for itself.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::resource::{Record, ResourceMeta};
use crate::store::{
    BoxFuture, Key, Migration, Select, Selection, Store, StoreError, StoreErrorKind, StoreResult, Transaction, Write,
    Written,
};

#[tokio::test]
async fn each_creation_stands_or_falls_alone() {
    let api = client().await;
    let body = format!("[{},{},{}]", book("A", "1234567890"), book("", "1234567891"), book("C", "1234567890"));
    let answer = api.json("POST", "books/bulk", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let value = answer.value();
    assert_eq!(value["created"].as_array().unwrap().len(), 1);
    assert_eq!(value["created"][0]["title"], "A");
    let errors = value["errors"].as_array().unwrap();
    assert_eq!((&errors[0]["index"], &errors[0]["code"]), (&1.into(), &"validation_failed".into()));
    assert_eq!(errors[0]["errors"][0]["pointer"], "/title");
    assert_eq!((&errors[1]["index"], &errors[1]["status"]), (&2.into(), &409.into()));
    assert_eq!(api.get("books").await.value()["total"], 1);
}

#[tokio::test]
async fn each_update_stands_or_falls_alone() {
    let api = client().await;
    api.create("A", "1234567890").await;
    api.create("B", "1234567891").await;
    let body =
        r#"[{"id":1,"title":"X"},{"id":9,"title":"X"},{"title":"X"},{"id":"2","title":"X"},{"id":2,"price":-1},7]"#;
    let answer = api.json("PATCH", "books/bulk", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let value = answer.value();
    assert_eq!(value["updated"].as_array().unwrap().len(), 1);
    let outcome: Vec<_> = value["errors"].as_array().unwrap().iter().map(|it| (&it["index"], &it["status"])).collect();
    assert_eq!(
        outcome,
        [
            (&1.into(), &404.into()),
            (&2.into(), &422.into()),
            (&3.into(), &422.into()),
            (&4.into(), &422.into()),
            (&5.into(), &422.into())
        ]
    );
    assert_eq!(api.get("books/1").await.value()["title"], "X");
    assert_eq!(api.get("books/2").await.header("etag"), "\"1\"");
}

#[tokio::test]
async fn deletions_say_what_was_there() {
    let api = client().await;
    api.create("A", "1234567890").await;
    let answer = api.json("POST", "books/bulk-delete", r#"{"ids":[1,9]}"#).await;
    assert_eq!((answer.status, answer.text()), (200, r#"{"deleted":[1],"not_found":[9]}"#));
    let answer = api.json("POST", "notes/bulk-delete", r#"{"ids":["a"]}"#).await;
    assert_eq!(answer.text(), r#"{"deleted":[],"not_found":["a"]}"#);
}

#[tokio::test]
async fn a_list_of_identifiers_is_checked_whole() {
    let api = client().await;
    let too_many = format!(r#"{{"ids":[{}]}}"#, (1..=101).map(|it| it.to_string()).collect::<Vec<_>>().join(","));
    for body in [
        r#"{"ids":[]}"#,
        r#"{"ids":["1"]}"#,
        r#"{"ids":[1.5]}"#,
        r#"{"ids":1}"#,
        r#"{"ids":[null]}"#,
        r#"{"ids":[99999999999999999999]}"#,
        r#"{"idz":[1]}"#,
        "{}",
        "[1]",
        &too_many,
    ] {
        api.json("POST", "books/bulk-delete", body).await.is_problem(422, "validation_failed");
    }
    api.json("POST", "books/bulk-delete", "{").await.is_problem(400, "malformed_json");
    let answer = api.json("POST", "books/bulk-delete", r#"{"ids":[1,"a",1.5]}"#).await;
    assert_eq!(answer.value()["errors"].as_array().unwrap().len(), 2, "{}", answer.text());
    assert_eq!(answer.value()["errors"][0]["pointer"], "/ids/1");
}

#[tokio::test]
async fn identifiers_in_bodies_are_numbers_as_any_other() {
    let api = client().await;
    api.create("A", "1234567890").await;
    let answer = api.json("PATCH", "books/bulk", r#"[{"id":1.0,"title":"B"}]"#).await;
    assert_eq!(answer.value()["updated"][0]["title"], "B", "{}", answer.text());
    let answer = api.json("POST", "books/bulk-delete", r#"{"ids":[1e0]}"#).await;
    assert_eq!((answer.status, answer.text()), (200, r#"{"deleted":[1],"not_found":[]}"#));
}

#[tokio::test]
async fn batches_are_arrays_within_a_limit() {
    let api = client().await;
    let many = format!("[{}]", vec!["{}"; 101].join(","));
    api.json("POST", "books/bulk", &many).await.is_problem(400, "batch_too_large");
    api.json("POST", "books/bulk", "{}").await.is_problem(422, "validation_failed");
    assert_eq!(api.json("POST", "books/bulk", "[").await.status, 400);
}

#[tokio::test]
async fn a_batch_is_all_or_nothing_where_that_is_asked_for() {
    let api = client().await;
    let body = format!("[{},{}]", book("A", "1234567890"), book("B", "1234567890"));
    let answer = api.json("POST", "books/bulk?atomic=true", &body).await;
    answer.is_problem(409, "duplicate");
    assert_eq!(answer.value()["errors"][0]["pointer"], "/1/isbn");
    assert_eq!(api.get("books").await.value()["total"], 0);
    let answer = api.json("POST", "books/bulk?atomic=false", &body).await;
    assert_eq!((answer.status, &answer.value()["errors"][0]["index"]), (201, &1.into()));
    api.json("POST", "books/bulk?atomic=maybe", &body).await.is_problem(422, "invalid_query");
    api.json("POST", "books/bulk?atomic=true&atomic=false", &body).await.is_problem(422, "invalid_query");
}

#[tokio::test]
async fn the_media_type_matters_in_batches_too() {
    let api = client().await;
    for (method, path) in [("POST", "books/bulk"), ("PATCH", "books/bulk"), ("POST", "books/bulk-delete")] {
        let answer = api.send(method, path, &[("content-type", "text/plain")], "[]").await;
        answer.is_problem(415, "unsupported_media_type");
    }
}

/// A store in memory whose first transactions end because others stand in their way.
struct Crowded {
    store: MemoryStore,
    busy: AtomicU32,
}

struct Doomed;

fn busy<T: Send + 'static>() -> BoxFuture<'static, StoreResult<T>> {
    Box::pin(std::future::ready(Err(StoreError::new(StoreErrorKind::Busy))))
}

impl Transaction for Doomed {
    fn select(&mut self, _: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        busy()
    }

    fn get(&mut self, _: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        busy()
    }

    fn write(&mut self, _: Write) -> BoxFuture<'_, StoreResult<Written>> {
        busy()
    }

    fn mark(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        busy()
    }

    fn keep(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        busy()
    }

    fn undo(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        busy()
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, StoreResult<()>> {
        busy()
    }
}

impl Store for Crowded {
    fn name(&self) -> &'static str {
        "crowded"
    }

    fn ping(&self) -> BoxFuture<'_, StoreResult<()>> {
        self.store.ping()
    }

    fn migrate<'a>(&'a self, resources: &'a [&'static ResourceMeta]) -> BoxFuture<'a, StoreResult<Migration>> {
        self.store.migrate(resources)
    }

    fn select(&self, select: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        self.store.select(select)
    }

    fn get(&self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        self.store.get(key)
    }

    fn write(&self, write: Write) -> BoxFuture<'_, StoreResult<Written>> {
        self.store.write(write)
    }

    fn begin(&self) -> BoxFuture<'_, StoreResult<Box<dyn Transaction>>> {
        let left = self.busy.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |it| it.checked_sub(1));
        match left {
            Ok(_) => Box::pin(async { Ok(Box::new(Doomed) as Box<dyn Transaction>) }),
            Err(_) => self.store.begin(),
        }
    }
}

async fn crowded(busy: u32) -> Client {
    let store = MemoryStore::new();
    store.migrate(&[BOOK]).await.unwrap();
    let database = Database::new(Crowded { store, busy: busy.into() });
    Client(Api::new("x", "1").resource(Routes::new(BOOK, &database)).build().unwrap())
}

#[tokio::test]
async fn a_batch_that_others_stand_in_the_way_of_is_begun_again() {
    let api = crowded(2).await;
    let body = format!("[{},{}]", book("A", "1234567890"), book("", "1234567891"));
    let answer = api.json("POST", "/books/bulk", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.value()["errors"][0]["index"], 1);
    assert_eq!(api.get("/books").await.value()["total"], 1);
}

#[tokio::test]
async fn a_batch_is_not_begun_again_for_ever() {
    let api = crowded(1000).await;
    for atomic in ["true", "false"] {
        let body = format!("[{}]", book("A", "1234567890"));
        let answer = api.json("POST", &format!("/books/bulk?atomic={atomic}"), &body).await;
        answer.is_problem(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "1");
    }
}
