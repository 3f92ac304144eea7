//! CONTRACT section 5: `Idempotency-Key`.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::{Duration, Instant};

use it::{Answer, Client, Guard, every_store, new_book};
use resource_runtime::store::Database;
use serde_json::{Value, json};

async fn post(api: &Client, key: &str, body: &Value) -> Answer {
    api.json("POST", "books", body, &[("idempotency-key", key)]).await
}

async fn count(api: &Client) -> i64 {
    api.get("books?per_page=1").await.value()["total"].as_i64().unwrap()
}

#[track_caller]
fn is_replay_of(again: &Answer, first: &Answer) {
    assert_eq!(again.header("idempotency-replayed"), "true", "{}", again.text());
    assert_eq!(first.header("idempotency-replayed"), "");
    assert_eq!((again.status, again.text()), (first.status, first.text()));
    for name in ["location", "etag", "last-modified", "content-type", "preference-applied"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
}

every_store! {
    async fn a_repeated_key_gets_the_first_answer(api) {
        let book = new_book("Dune", "9780441013593");
        let first = post(api, "key-1", &book).await;
        assert_eq!(first.status, 201, "{}", first.text());
        assert_eq!(first.header("location"), "/api/v1/books/1");
        is_replay_of(&post(api, "key-1", &book).await, &first);
        is_replay_of(&post(api, "\"key-1\"", &book).await, &first);
        assert_eq!(count(api).await, 1);
    }

    async fn the_first_answer_stays_after_the_row_has_changed(api) {
        let book = new_book("Dune", "9780441013593");
        let first = post(api, "key-1", &book).await;
        assert_eq!(api.delete("books/1").await.status, 204);
        is_replay_of(&post(api, "key-1", &book).await, &first);
        assert_eq!(count(api).await, 0);
    }

    async fn a_replay_has_a_date_of_its_own(api) {
        let book = new_book("Dune", "9780441013593");
        let first = post(api, "key-1", &book).await;
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        let again = post(api, "key-1", &book).await;
        is_replay_of(&again, &first);
        assert_eq!(again.headers.get_all("date").iter().count(), 1);
        assert_ne!(again.header("date"), first.header("date"));
    }

    async fn another_body_under_the_key_is_refused(api) {
        assert_eq!(post(api, "key-1", &new_book("Dune", "9780441013593")).await.status, 201);
        let other = post(api, "key-1", &new_book("Emma", "1234567890")).await;
        other.is_error(422, "idempotency_key_reused");
        assert_eq!(other.header("idempotency-replayed"), "");
        post(api, "key-1", &json!({"title": 7})).await.is_error(422, "idempotency_key_reused");
        assert_eq!(count(api).await, 1);
    }

    async fn keys_belong_to_a_caller_a_method_and_a_path(api) {
        let book = |isbn| new_book("Dune", isbn);
        let send = |method: &'static str, path: &'static str, body: Value, token: &'static str| {
            let api = api.clone();
            async move {
                api.json(method, path, &body, &[("idempotency-key", "same"), ("authorization", token)]).await.status
            }
        };
        assert_eq!(send("POST", "books", book("9780441013593"), "Bearer a").await, 201);
        assert_eq!(send("POST", "books", book("9780441013594"), "Bearer b").await, 201);
        assert_eq!(send("PATCH", "books/1", json!({"title": "A"}), "Bearer a").await, 200);
        assert_eq!(send("PATCH", "books/2", json!({"title": "B"}), "Bearer a").await, 200);
        assert_eq!(send("POST", "authors", json!({"name": "C"}), "Bearer a").await, 201);
        assert_eq!(send("POST", "books/", book("9780441013595"), "Bearer a").await, 422);
        assert_eq!(count(api).await, 2);
    }

    async fn a_patch_is_carried_out_once(api) {
        api.create("Dune", "9780441013593").await;
        let patch = |title: &'static str| {
            let api = api.clone();
            async move { api.json("PATCH", "books/1", &json!({"title": title}), &[("idempotency-key", title)]).await }
        };
        let first = patch("A").await;
        assert_eq!((first.status, first.header("etag")), (200, "\"2\""));
        assert_eq!(patch("B").await.header("etag"), "\"3\"");
        is_replay_of(&patch("A").await, &first);
        assert_eq!(api.get("books/1").await.value()["title"], "B");
    }

    async fn what_the_data_refused_is_kept(api) {
        api.create("Dune", "9780441013593").await;
        let book = new_book("Copy", "9780441013593");
        let first = post(api, "key-1", &book).await;
        first.is_error(409, "duplicate");
        api.delete("books/1").await;
        is_replay_of(&post(api, "key-1", &book).await, &first);

        let patch = json!({"title": "A"});
        let first = api.json("PATCH", "books/9", &patch, &[("idempotency-key", "key-2")]).await;
        first.is_error(404, "not_found");
        is_replay_of(&api.json("PATCH", "books/9", &patch, &[("idempotency-key", "key-2")]).await, &first);
    }

    async fn what_was_never_carried_out_is_not_kept(api) {
        let mut book = new_book("", "9780441013593");
        post(api, "key-1", &book).await.is_error(422, "validation_failed");
        book["title"] = json!("Dune");
        let second = post(api, "key-1", &book).await;
        assert_eq!((second.status, second.header("idempotency-replayed")), (201, ""), "{}", second.text());

        let patch = json!({"title": "A"});
        let with = |tag: &'static str| {
            let (api, patch) = (api.clone(), patch.clone());
            async move { api.json("PATCH", "books/1", &patch, &[("idempotency-key", "key-2"), ("if-match", tag)]).await }
        };
        with("\"9\"").await.is_error(412, "precondition_failed");
        assert_eq!(with("\"1\"").await.status, 200);
    }

    async fn what_is_no_key_is_400(api) {
        let long = "k".repeat(256);
        for key in ["", "two words", "\"open", "\"\"", long.as_str()] {
            let answer = post(api, key, &new_book("Dune", "9780441013593")).await;
            answer.is_error(400, "bad_request");
            assert_eq!(answer.value()["errors"][0]["header"], "Idempotency-Key");
        }
        let longest = "k".repeat(255);
        assert_eq!(post(api, &longest, &new_book("Dune", "9780441013593")).await.status, 201);
    }

    async fn of_racing_requests_with_one_key_one_is_carried_out(api) {
        let book = new_book("Dune", "9780441013593");
        let racers = (0..64).map(|_| {
            let (api, book) = (api.clone(), book.clone());
            tokio::spawn(async move { post(&api, "race", &book).await })
        });
        let mut first = 0;
        for racer in racers.collect::<Vec<_>>() {
            let answer = racer.await.unwrap();
            match (answer.status, answer.header("idempotency-replayed")) {
                (201, "") => first += 1,
                (201, "true") => assert_eq!(answer.value()["id"], 1),
                _ => {
                    answer.is_error(409, "idempotency_in_flight");
                    assert_eq!(answer.header("retry-after"), "1");
                }
            }
        }
        assert_eq!(first, 1);
        assert_eq!(count(api).await, 1);
        assert_eq!(post(api, "race", &book).await.header("idempotency-replayed"), "true");
    }

    async fn requests_with_keys_of_their_own_all_go_through(api) {
        let writers = (0..32).map(|n| {
            let api = api.clone();
            tokio::spawn(async move { post(&api, &format!("key-{n}"), &new_book("Dune", &format!("97804410135{n:02}"))).await })
        });
        for writer in writers.collect::<Vec<_>>() {
            let answer = writer.await.unwrap();
            assert_eq!(answer.status, 201, "{}", answer.text());
        }
        assert_eq!(count(api).await, 32);
    }

    async fn a_client_that_goes_away_finds_its_answer(api) {
        let book = new_book("Dune", "9780441013593");
        for attempt in 0..20 {
            let cut = tokio::time::timeout(Duration::from_micros(100 * attempt), post(api, "cut", &book)).await;
            if cut.is_ok() {
                break;
            }
        }
        let answer = loop {
            let answer = post(api, "cut", &book).await;
            if answer.status != 409 {
                break answer;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(answer.value()["id"], 1);
        assert_eq!(count(api).await, 1);
    }

    async fn a_batch_is_carried_out_once(api) {
        let batch = json!([new_book("Dune", "9780441013593"), new_book("Emma", "1234567890"), {"title": 7}]);
        let send = || api.json("POST", "books/bulk", &batch, &[("idempotency-key", "batch")]);
        let first = send().await;
        assert_eq!(first.status, 201, "{}", first.text());
        assert_eq!(first.value()["created"].as_array().unwrap().len(), 2);
        is_replay_of(&send().await, &first);
        assert_eq!(count(api).await, 2);

        let ids = json!({"ids": [1]});
        let send = || api.json("POST", "books/bulk-delete", &ids, &[("idempotency-key", "gone")]);
        let first = send().await;
        assert_eq!(first.value()["deleted"], json!([1]));
        is_replay_of(&send().await, &first);

        let patches = json!([{"id": 2, "title": "A"}]);
        let send = || api.json("PATCH", "books/bulk", &patches, &[("idempotency-key", "changed")]);
        let first = send().await;
        assert_eq!(first.value()["updated"][0]["title"], "A");
        is_replay_of(&send().await, &first);
        assert_eq!(api.get("books/2").await.header("etag"), "\"2\"");
    }
}

/// Lends a book, in a task of its own, whose last hook waits at the gate.
fn lend_slowly(api: &Client, fail: &'static str) -> tokio::task::JoinHandle<Answer> {
    let api = api.clone();
    let headers = [("idempotency-key", "slow"), ("wait", "after_create"), (fail, "after_create")];
    tokio::spawn(async move { api.json("POST", "loans", &dune(), &headers).await })
}

async fn lend(api: &Client, body: &Value) -> Answer {
    api.json("POST", "loans", body, &[("idempotency-key", "slow")]).await
}

fn dune() -> Value {
    json!({"book": "Dune", "shelf": "A"})
}

/// The first answer that is not that another request is in flight.
async fn settled(api: &Client) -> Answer {
    loop {
        let answer = lend(api, &dune()).await;
        if answer.status != 409 {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

every_store! {
    library;

    async fn a_key_whose_request_runs_is_in_flight_for_all_others(api) {
        let first = lend_slowly(api, "nothing");
        api.at_gate().await;
        for _ in 0..3 {
            let second = lend(api, &dune()).await;
            second.is_error(409, "idempotency_in_flight");
            assert_eq!(second.header("retry-after"), "1");
        }
        lend(api, &json!({"book": "Emma", "shelf": "A"})).await.is_error(422, "idempotency_key_reused");
        api.open_gate().await;
        let first = first.await.unwrap();
        assert_eq!(first.status, 201, "{}", first.text());
        is_replay_of(&lend(api, &dune()).await, &first);
        assert_eq!(api.lent("A").await, 1);
    }

    async fn a_dry_run_asks_for_no_key(api) {
        let answer = lend(api, &dune()).await;
        let headers = [("idempotency-key", "slow"), ("prefer", "tx=rollback")];
        let dry = api.json("POST", "loans", &json!({"book": "Emma", "shelf": "A"}), &headers).await;
        assert_eq!((dry.status, dry.header("idempotency-replayed")), (201, ""), "{}", dry.text());
        is_replay_of(&lend(api, &dune()).await, &answer);
        assert_eq!(api.lent("A").await, 1);
    }

    async fn a_key_whose_request_panicked_is_carried_out_anew(api) {
        let first = lend_slowly(api, "panic");
        api.at_gate().await;
        lend(api, &dune()).await.is_error(409, "idempotency_in_flight");
        api.open_gate().await;
        first.await.unwrap().is_error(500, "internal");
        let second = lend(api, &dune()).await;
        assert_eq!((second.status, second.header("idempotency-replayed")), (201, ""), "{}", second.text());
        assert_eq!(api.lent("A").await, 1);
    }

    async fn a_key_stays_in_flight_after_its_client_has_gone(api) {
        let first = lend_slowly(api, "nothing");
        api.at_gate().await;
        first.abort();
        assert!(first.await.is_err());
        lend(api, &dune()).await.is_error(409, "idempotency_in_flight");
        api.open_gate().await;
        let answer = settled(api).await;
        assert_eq!((answer.status, answer.header("idempotency-replayed")), (201, "true"), "{}", answer.text());
        assert_eq!(api.lent("A").await, 1);
    }
}

every_store! {
    hasty_library;

    async fn a_hook_that_hangs_keeps_its_key_and_the_store_as_long_as_a_request_may_take(api) {
        let first = lend_slowly(api, "nothing");
        api.at_gate().await;
        lend(api, &dune()).await.is_error(409, "idempotency_in_flight");
        first.await.unwrap().is_error(503, "timeout");
        let start = Instant::now();
        let answer = loop {
            let answer = lend(api, &dune()).await;
            if answer.status == 201 || start.elapsed() > Duration::from_secs(60) {
                break answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!((answer.status, answer.header("idempotency-replayed")), (201, ""), "{}", answer.text());
        assert_eq!(api.lent("A").await, 1);
    }
}

/// Two APIs, each with a handle of its own.
async fn in_flight_elsewhere((store, guard): (Database, Guard)) {
    let one = Client::library(&store).await;
    let again = guard.again(&store).await;
    let other = Client::lending(&again).await;
    let first = lend_slowly(&one, "nothing");
    one.at_gate().await;
    lend(&other, &dune()).await.is_error(409, "idempotency_in_flight");
    lend(&other, &json!({"book": "Emma", "shelf": "A"})).await.is_error(422, "idempotency_key_reused");
    one.open_gate().await;
    let first = first.await.unwrap();
    assert_eq!(first.status, 201, "{}", first.text());
    is_replay_of(&lend(&other, &dune()).await, &first);
    again.close().await;
    store.close().await;
    drop((one, other, again, store));
    guard.clean().await;
}

mod a_key_is_in_flight_for_other_processes_too {
    it::in_every_store!(super::in_flight_elsewhere);
}

/// Two APIs on one store are as two processes.
#[tokio::test]
async fn an_answer_is_replayed_by_another_process() {
    let (store, _guard) = it::memory().await;
    let (one, other) = (Client::books(&store).await, Client::books(&store).await);
    let book = new_book("Dune", "9780441013593");
    let first = post(&one, "key-1", &book).await;
    is_replay_of(&post(&other, "key-1", &book).await, &first);
}
