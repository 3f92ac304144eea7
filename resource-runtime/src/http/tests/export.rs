use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::resource::Record;
use crate::store::{
    BoxFuture, Key, Migration, Select, Selection, Store, StoreError, StoreErrorKind, StoreResult, Transaction, Write,
    Written,
};

/// A store that answers so many lists.
struct Dying {
    store: MemoryStore,
    asked: Arc<AtomicU32>,
    lists: u32,
}

impl Store for Dying {
    fn name(&self) -> &'static str {
        "dying"
    }

    fn ping(&self) -> BoxFuture<'_, StoreResult<()>> {
        self.store.ping()
    }

    fn migrate<'a>(&'a self, resources: &'a [&'static ResourceMeta]) -> BoxFuture<'a, StoreResult<Migration>> {
        self.store.migrate(resources)
    }

    fn select(&self, select: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        if self.asked.fetch_add(1, Ordering::Relaxed) < self.lists {
            return self.store.select(select);
        }
        Box::pin(std::future::ready(Err(StoreError::new(StoreErrorKind::Unavailable))))
    }

    fn get(&self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        self.store.get(key)
    }

    fn write(&self, write: Write) -> BoxFuture<'_, StoreResult<Written>> {
        self.store.write(write)
    }

    fn begin(&self) -> BoxFuture<'_, StoreResult<Box<dyn Transaction>>> {
        self.store.begin()
    }
}

/// An API with 1,200 notes in a store that answers so many lists; and how many it was asked for.
async fn dying(lists: u32) -> (Client, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let store = MemoryStore::new();
    store.migrate(&[NOTE]).await.unwrap();
    for number in 0..1_200 {
        let values = vec![crate::field::Value::Text(format!("{number:04}")), crate::field::Value::Text("n".to_owned())];
        store.write(Write::Insert { meta: NOTE, values, version: 1 }).await.unwrap();
    }
    let database = Database::new(Dying { store, asked: Arc::clone(&asked), lists });
    (Client(Api::new("x", "1").resource(Routes::new(NOTE, &database)).build().unwrap()), asked)
}

fn lines() -> Request {
    Request::builder().uri("/notes?fields=slug").header("accept", "application/x-ndjson").body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_batch_is_read_when_the_one_before_was_taken() {
    let (api, asked) = dying(3).await;
    let mut body = api.0.oneshot(lines()).await.unwrap().into_body();
    for (read, lines) in [(1, 500), (2, 500), (3, 200)] {
        let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), read);
        assert_eq!(frame.iter().filter(|it| **it == b'\n').count(), lines);
    }
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn an_export_whose_store_dies_is_cut() {
    let (api, _) = dying(0).await;
    let answer = api.call(lines()).await;
    answer.is_problem(503, "unavailable");

    let (api, _) = dying(1).await;
    let mut body = api.0.oneshot(lines()).await.unwrap().into_body();
    assert!(body.frame().await.unwrap().is_ok());
    assert!(body.frame().await.unwrap().is_err(), "the end is missing, and the client can tell");
}

#[tokio::test]
async fn exports_can_be_switched_off() {
    let database = database().await;
    let api = Client(Api::new("x", "1").resource(Routes::new(NOTE, &database).without_export()).build().unwrap());
    api.call(lines()).await.is_problem(406, "not_acceptable");
    assert_eq!(api.get("/notes").await.status, 200);
}
