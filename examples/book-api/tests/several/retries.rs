//! Requests with an `Idempotency-Key` whose answers get lost: clients cut the connection, servers are
//! killed, and the same key is sent again until there is an answer.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Answer, Server, begin, send};
use crate::{Place, on_postgres, on_sqlite, pause, rng, rows};

const CLIENTS: usize = 4;
/// How long a request may take, and so how long a key is kept for a process that may be dead.
const LEASE: Duration = Duration::from_secs(10);
/// After which a key that is still in flight is so for ever; a slow machine has time enough.
const PATIENCE: Duration = Duration::from_secs(60);

fn serve(place: &Place) -> Server {
    let lease = format!("{}s", LEASE.as_secs());
    place.start_with(&[("REQUEST_TIMEOUT", &lease)])
}

fn author(key: &str) -> String {
    json!({"name": key}).to_string()
}

fn post(port: u16, key: &str) -> Option<Answer> {
    send(port, "POST", "/api/v1/authors", &[("Idempotency-Key", key)], &author(key))
}

/// What clients saw.
#[derive(Default)]
struct Seen {
    /// The identifier that each key was answered with.
    ids: Mutex<HashMap<String, Value>>,
    cut: AtomicUsize,
    replayed: AtomicUsize,
}

/// Sends each of its keys until there is an answer; most requests are cut off.
fn client(name: usize, keys: usize, port: &AtomicU16, seen: &Seen, seed: u64) {
    let mut rng = it::Rng::new(seed);
    let mut left: VecDeque<String> = (0..keys).map(|it| format!("{name}-{it}")).collect();
    let start = Instant::now();
    while let Some(key) = left.pop_front() {
        assert!(start.elapsed() < Duration::from_secs(300), "{} keys have no answer, {key} among them", left.len() + 1);
        let port = port.load(Ordering::Relaxed);
        if rng.below(3) > 0 {
            // The socket is dropped while the request is under way, or its answer.
            let stream = begin(port, "POST", "/api/v1/authors", &[("Idempotency-Key", &key)], &author(&key));
            pause(&mut rng, 0..8);
            drop(stream);
            seen.cut.fetch_add(1, Ordering::Relaxed);
            left.push_back(key);
            continue;
        }
        match post(port, &key) {
            Some(answer) if answer.status == 201 => {
                let replayed = answer.header("idempotency-replayed") == "true";
                seen.replayed.fetch_add(usize::from(replayed), Ordering::Relaxed);
                let row: Value = serde_json::from_str(&answer.body).unwrap();
                assert_eq!(row["name"], *key);
                seen.ids.lock().unwrap().insert(key, row["id"].clone());
            }
            Some(answer) => {
                assert_eq!(answer.status, 409, "{}", answer.body);
                assert!(answer.body.contains("\"idempotency_in_flight\""), "{}", answer.body);
                left.push_back(key);
                std::thread::sleep(Duration::from_millis(10));
            }
            None => {
                left.push_back(key);
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }
}

fn every_key_makes_one_row(place: &Place) {
    let mut rng = rng();
    let kills = it::times("KILLS", 3);
    let keys = 40 * kills;
    let mut server = serve(place);
    let (port, seen) = (AtomicU16::new(server.port), Seen::default());
    let start = Instant::now();
    std::thread::scope(|scope| {
        for name in 0..CLIENTS {
            let (port, seen, seed) = (&port, &seen, rng.next());
            scope.spawn(move || client(name, keys, port, seen, seed));
        }
        for _ in 0..kills {
            pause(&mut rng, 20..300);
            server.kill();
            server = serve(place);
            port.store(server.port, Ordering::Relaxed);
        }
    });
    let ids = seen.ids.into_inner().unwrap();
    assert_eq!(ids.len(), CLIENTS * keys);
    let rows = rows(&server, "authors", "id,name");
    for row in &rows {
        assert_eq!(ids.get(row["name"].as_str().unwrap()), Some(&row["id"]), "{row} is there twice");
    }
    assert_eq!(rows.len(), ids.len());
    it::say(&format!(
        "{kills} kills, {} connections cut: {} keys, one row each, {} answers replayed, in {:.1?}",
        seen.cut.into_inner(),
        ids.len(),
        seen.replayed.into_inner(),
        start.elapsed()
    ));
}

/// `KILLS=50` for more.
#[test]
fn of_retried_requests_with_a_key_one_is_carried_out_on_sqlite() {
    on_sqlite("retries", every_key_makes_one_row);
}

#[test]
fn of_retried_requests_with_a_key_one_is_carried_out_on_postgres() {
    on_postgres("retries-pg", every_key_makes_one_row);
}

/// A process that dies with a claim in its hands keeps the key for the time of its lease, and not for
/// longer.
#[test]
fn a_key_whose_process_was_killed_works_again_after_its_lease() {
    on_postgres("lease", |place| {
        let (mut first, second) = (serve(place), serve(place));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (held, connection) = runtime.block_on(tokio_postgres::connect(&place.url, tokio_postgres::NoTls)).unwrap();
        runtime.spawn(connection);
        // Whoever wants to write an author has to wait.
        runtime.block_on(held.batch_execute("BEGIN; LOCK TABLE authors IN SHARE MODE")).unwrap();
        let request = begin(first.port, "POST", "/api/v1/authors", &[("Idempotency-Key", "k")], &author("k")).unwrap();
        let claimed = Instant::now();
        while runtime.block_on(held.query("SELECT FROM _idempotency", &[])).unwrap().is_empty() {
            assert!(claimed.elapsed() < PATIENCE, "the key is never claimed");
        }
        assert_eq!(post(second.port, "k").unwrap().header("retry-after"), "1");
        first.kill();
        drop(request);
        runtime.block_on(held.batch_execute("ROLLBACK")).unwrap();

        let answer = loop {
            let answer = post(second.port, "k").unwrap();
            if answer.status != 409 {
                break answer;
            }
            assert!(answer.body.contains("\"idempotency_in_flight\""), "{}", answer.body);
            assert!(claimed.elapsed() < PATIENCE, "the key is still in flight");
            std::thread::sleep(Duration::from_millis(50));
        };
        let waited = claimed.elapsed();
        assert_eq!((answer.status, answer.header("idempotency-replayed")), (201, ""), "{}", answer.body);
        assert_eq!(post(second.port, "k").unwrap().header("idempotency-replayed"), "true");
        assert_eq!(rows(&second, "authors", "id").len(), 1);
        it::say(&format!("a claim of a killed process was taken over after {waited:.1?}"));
    });
}
