//! Many clients add to one row, each on condition that nobody was faster: nothing is lost, and nothing
//! is counted twice. `INCREMENTS=10000` for more attempts than the default.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use it::{Client, every_store, say, times};
use serde_json::json;

const CLIENTS: usize = 64;

/// One attempt to add one; whether it was the first with its tag.
async fn attempt(api: &Client) -> bool {
    let row = api.get("animals/1").await;
    assert_eq!(row.status, 200, "{}", row.text());
    let count = row.value()["plain_i64"].as_i64().unwrap();
    let changed =
        api.json("PATCH", "animals/1", &json!({"plain_i64": count + 1}), &[("if-match", row.header("etag"))]).await;
    match changed.status {
        200 => {
            assert_eq!(changed.value()["plain_i64"], count + 1);
            true
        }
        412 => false,
        _ => panic!("{}", changed.text()),
    }
}

every_store! {
    zoo;

    async fn the_final_value_is_the_number_of_successes(api) {
        assert_eq!(api.post("animals", &json!({})).await.status, 201);
        let left = Arc::new(AtomicUsize::new(times("INCREMENTS", 640)));
        let start = Instant::now();
        let clients = (0..CLIENTS).map(|_| {
            let (api, left) = (api.clone(), Arc::clone(&left));
            tokio::spawn(async move {
                let (mut tried, mut won) = (0_u64, 0_u64);
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |it| it.checked_sub(1)).is_ok() {
                    tried += 1;
                    won += u64::from(attempt(&api).await);
                }
                (tried, won)
            })
        });
        let (mut tried, mut won) = (0, 0);
        for client in clients.collect::<Vec<_>>() {
            let (more_tried, more_won) = client.await.unwrap();
            (tried, won) = (tried + more_tried, won + more_won);
        }
        let row = api.get("animals/1").await;
        assert_eq!(row.value()["plain_i64"], won);
        assert_eq!(row.header("etag"), format!("\"{}\"", won + 1));
        assert!(won > 0);
        say(&format!("{CLIENTS} clients: {won} of {tried} attempts in {:.1?}", start.elapsed()));
    }
}
