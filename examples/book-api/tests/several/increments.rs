//! Many clients of several processes add to one row.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::{Value, json};

use crate::support::Server;
use crate::{book, on_postgres};

const PROCESSES: usize = 3;
const CLIENTS: usize = 64;

/// One attempt to add a quarter to the price; whether nobody was faster.
fn attempt(server: &Server) -> bool {
    let row = server.send("GET", "/api/v1/books/1", &[], "").unwrap();
    assert_eq!(row.status, 200, "{}", row.body);
    let price = serde_json::from_str::<Value>(&row.body).unwrap()["price"].as_f64().unwrap();
    let patch = json!({"price": price + 0.25}).to_string();
    let changed = server.send("PATCH", "/api/v1/books/1", &[("If-Match", row.header("etag"))], &patch).unwrap();
    assert!(matches!(changed.status, 200 | 412), "{}", changed.body);
    changed.status == 200
}

/// `INCREMENTS=10000` for more attempts.
#[test]
fn increments_by_three_processes_are_all_counted() {
    on_postgres("increments", |place| {
        // All at once on a database without tables.
        let servers: Vec<Server> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..PROCESSES).map(|_| scope.spawn(|| place.start())).collect();
            starts.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert_eq!(servers[0].request("POST", "/api/v1/books", &book(1).to_string()).0, 201);
        let attempts = it::times("INCREMENTS", 640);
        let (left, won) = (AtomicUsize::new(attempts), AtomicUsize::new(0));
        let start = Instant::now();
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (server, left, won) = (&servers[client % PROCESSES], &left, &won);
                scope.spawn(move || {
                    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |it| it.checked_sub(1)).is_ok() {
                        won.fetch_add(usize::from(attempt(server)), Ordering::Relaxed);
                    }
                });
            }
        });
        let won = won.into_inner();
        for server in &servers {
            let row = server.send("GET", "/api/v1/books/1", &[], "").unwrap();
            let price = serde_json::from_str::<Value>(&row.body).unwrap()["price"].as_f64().unwrap();
            assert!((price - 1.0 - 0.25 * f64::from(u32::try_from(won).unwrap())).abs() < 1e-9, "{price} after {won}");
            assert_eq!(row.header("etag"), format!("\"{}\"", won + 1));
        }
        assert!(won > 0);
        it::say(&format!(
            "{CLIENTS} clients of {PROCESSES} processes: {won} of {attempts} attempts in {:.1?}",
            start.elapsed()
        ));
    });
}
