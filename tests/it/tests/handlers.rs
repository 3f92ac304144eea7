//! Handlers of an application's own, with a transaction among their arguments.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use axum::routing::post;
use it::library::{Note, Shelf};
use it::{Client, every_store};
use resource_runtime::prelude::*;
use serde_json::{Value, json};

async fn desk(api: &Client, how: &str) -> it::Answer {
    api.json("POST", &format!("desk?{how}"), &Value::Null, &[]).await
}

async fn insert(mut tx: Tx) -> Result<(), ApiError> {
    tx.insert(Note { id: 0, text: "x".to_owned(), at: Timestamp::now() }).await.map(drop)
}

every_store! {
    library;

    async fn what_a_handler_writes_is_committed_with_its_answer(api) {
        assert_eq!(desk(api, "").await.status, 201);
        assert_eq!(api.json("POST", "merged", &Value::Null, &[]).await.status, 201);
        assert_eq!(desk(api, "commit").await.status, 202);
        assert_eq!(api.notes().await, ["desk", "desk", "desk"]);
    }

    async fn a_handler_that_fails_leaves_no_trace(api) {
        for (how, status) in [("status", 409), ("error", 409), ("panic", 500), ("missing", 404), ("keep", 500)] {
            let answer = desk(api, how).await;
            assert_eq!(answer.status, status, "{how}: {}", answer.text());
            assert_eq!(answer.header("content-type"), "application/problem+json", "{how}");
            if how != "keep" {
                assert_eq!(api.notes().await, Vec::<String>::new(), "{how}");
            }
        }
    }

    async fn a_client_that_goes_away_takes_the_transaction_with_it(api) {
        let hangs = tokio::time::timeout(Duration::from_millis(200), desk(api, "hang")).await;
        assert!(hangs.is_err());
        // Nobody else waits for it.
        assert_eq!(tokio::time::timeout(Duration::from_secs(5), desk(api, "")).await.unwrap().status, 201);
        assert_eq!(api.notes().await, ["desk"]);
    }

    async fn a_write_that_fails_undoes_itself_alone(api) {
        assert_eq!(desk(api, "clash").await.status, 201);
        assert_eq!(api.notes().await, ["desk"]);
    }

    async fn a_transaction_reads_what_it_wrote(api) {
        let answer = desk(api, "found").await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(api.lent("A").await, 5);
        assert_eq!(api.get("shelves/B").await.status, 404);
    }

    async fn a_dry_run_of_a_handler_is_undone(api) {
        let answer = api.json("POST", "desk", &Value::Null, &[("prefer", "tx=rollback")]).await;
        assert_eq!((answer.status, answer.header("preference-applied")), (201, "tx=rollback"));
        assert_eq!(api.notes().await, Vec::<String>::new());
    }

    async fn there_is_one_transaction_per_request(api) {
        api.json("POST", "desk/two", &Value::Null, &[]).await.is_error(500, "internal");
    }

    async fn a_replaced_operation_has_a_transaction(api) {
        assert_eq!(api.delete("shelves/B").await.status, 204);
        assert_eq!(api.patch("shelves/A", &json!({"lent": 1})).await.status, 200);
        api.delete("shelves/A").await.is_error(409, "not_today");
        assert_eq!(api.get("shelves/A").await.status, 200);
    }
}

#[tokio::test]
async fn a_replaced_operation_has_a_transaction_in_a_plain_router() {
    async fn create(mut tx: Tx) -> Result<String, ApiError> {
        Ok(tx.create::<Shelf>(&it::library::ShelfCreate { name: "Z".to_owned(), lent: Set::Absent }).await?.name)
    }
    let (store, _guard) = it::memory().await;
    store.migrate::<Shelf>().await.unwrap();
    let router = Shelf::on(&store).replace(Operation::Create, create).into_router();
    let api = Client::of(router);
    assert_eq!(api.json("POST", "/shelves", &Value::Null, &[]).await.text(), "Z");
    assert_eq!(api.get("/shelves/Z").await.status, 200);
}

#[tokio::test]
async fn with_several_stores_somebody_has_to_say_which_one() {
    let ((one, _guard), (two, _other)) = (it::memory().await, it::memory().await);
    one.migrate::<(Shelf, Note)>().await.unwrap();
    two.migrate::<Note>().await.unwrap();
    let api = || {
        let shelves = Shelf::on(&one).replace(Operation::Create, insert);
        Api::new("x", "1").resource(shelves).resource(Note::on(&two)).route("/own", post(insert))
    };
    let notes = async |store: &Database| {
        store.transaction().select(resource_runtime::handle::Where::<Note>::all()).rows().await.unwrap().len()
    };
    let client = Client::of(api().build().unwrap());
    client.json("POST", "/own", &Value::Null, &[]).await.is_error(500, "internal");
    assert_eq!(client.json("POST", "/shelves", &Value::Null, &[]).await.status, 200, "its own store");
    assert_eq!((notes(&one).await, notes(&two).await), (1, 0));
    let client = Client::of(api().database(&two).build().unwrap());
    assert_eq!(client.json("POST", "/own", &Value::Null, &[]).await.status, 200);
    assert_eq!((notes(&one).await, notes(&two).await), (1, 1));
}

#[tokio::test]
async fn without_a_store_there_is_no_transaction() {
    let client = Client::of(Api::new("x", "1").route("/own", post(insert)).build().unwrap());
    client.json("POST", "/own", &Value::Null, &[]).await.is_error(500, "internal");
    let bare = Client::of(axum::Router::new().route("/own", post(insert)));
    assert_eq!(bare.json("POST", "/own", &Value::Null, &[]).await.status, 500);
}
