//! Batches whose process is killed in the middle.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::Server;
use crate::{Place, Stop, book, on_postgres, on_sqlite, pause, rng, rows};

const ITEMS: usize = 100;
/// An item that is refused, where each stands or falls for itself.
const WRONG: usize = 50;
/// The rows that every batch of updates changes.
const SHARED: usize = 100;

/// What clients were told.
#[derive(Default)]
struct Told {
    next: AtomicUsize,
    /// The numbers of the batches of new rows that were acknowledged.
    created: Mutex<Vec<usize>>,
    /// The last price that an acknowledged batch of updates set.
    price: AtomicUsize,
}

impl Told {
    /// Waits until one more batch is acknowledged, of new rows or of updates, however slow the machine
    /// is.
    fn wait_for_more(&self, new: bool) {
        let count = || if new { self.created.lock().unwrap().len() } else { self.price.load(Ordering::Relaxed) };
        let (before, start) = (count(), Instant::now());
        while count() == before {
            assert!(start.elapsed() < Duration::from_secs(30), "nothing is acknowledged");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

fn is_atomic(batch: usize) -> bool {
    batch.is_multiple_of(2)
}

/// The books of a batch; those of one that is not atomic have one among them that cannot be.
fn books(batch: usize) -> String {
    let mut items: Vec<Value> = (0..ITEMS).map(|it| book(batch * ITEMS + it)).collect();
    if !is_atomic(batch) {
        items[WRONG]["price"] = json!(-1);
    }
    Value::Array(items).to_string()
}

fn create(server: &Server, told: &Told, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        // The first are the rows that updates change.
        let batch = 1 + told.next.fetch_add(1, Ordering::Relaxed);
        let path = if is_atomic(batch) { "/api/v1/books/bulk?atomic=true" } else { "/api/v1/books/bulk" };
        match server.send("POST", path, &[], &books(batch)) {
            Some(answer) if answer.status == 201 => told.created.lock().unwrap().push(batch),
            Some(answer) => panic!("{answer:?}"),
            None => return,
        }
    }
}

/// One client alone sets the price of all shared rows, higher each time.
fn update(server: &Server, told: &Told, stop: &AtomicBool) {
    let mut price = told.price.load(Ordering::Relaxed);
    while !stop.load(Ordering::Relaxed) {
        price += 1;
        let items: Vec<_> = (1..=SHARED).map(|id| json!({"id": id, "price": price})).collect();
        match server.send("PATCH", "/api/v1/books/bulk?atomic=true", &[], &Value::Array(items).to_string()) {
            Some(answer) if answer.status == 200 => told.price.store(price, Ordering::Relaxed),
            Some(answer) => panic!("{answer:?}"),
            None => return,
        }
    }
}

fn check(server: &Server, told: &Told) {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let mut prices = Vec::new();
    for row in rows(server, "books", "isbn,price") {
        let isbn: usize = row["isbn"].as_str().unwrap().parse().unwrap();
        *counts.entry(isbn / ITEMS).or_default() += 1;
        if isbn < SHARED {
            prices.push(row["price"].as_f64().unwrap());
        }
    }
    counts.remove(&0);
    for (batch, count) in &counts {
        let whole = if is_atomic(*batch) { ITEMS } else { ITEMS - 1 };
        assert_eq!(*count, whole, "a part of batch {batch} is there");
    }
    let lost: Vec<_> = told.created.lock().unwrap().iter().copied().filter(|it| !counts.contains_key(it)).collect();
    assert!(lost.is_empty(), "acknowledged batches are lost: {lost:?}");

    assert_eq!(prices.len(), SHARED);
    prices.dedup();
    let [price] = prices[..] else { panic!("a part of a batch of updates is there: {prices:?}") };
    let last = f64::from(u32::try_from(told.price.load(Ordering::Relaxed)).unwrap());
    // One more may have been carried out without its client hearing of it.
    assert!(price >= last && price <= last + 1.0, "the price is {price}, and {last} was acknowledged");
}

fn batches_survive(place: &Place) {
    let mut rng = rng();
    let told = Told::default();
    let server = place.start();
    assert_eq!(server.request("POST", "/api/v1/books/bulk?atomic=true", &books(0)).0, 201);
    drop(server);
    told.price.store(1, Ordering::Relaxed);
    let kills = it::times("KILLS", 6);
    for kill in 0..kills {
        let mut server = place.start();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| create(&server, &told, &stop));
            scope.spawn(|| create(&server, &told, &stop));
            scope.spawn(|| update(&server, &told, &stop));
            let _stop = Stop(&stop);
            told.wait_for_more(kill.is_multiple_of(2));
            pause(&mut rng, 0..400);
            server.signal("KILL");
        });
        server.kill();
    }
    let server = place.start();
    check(&server, &told);
    let (created, price) = (told.created.lock().unwrap().len(), told.price.load(Ordering::Relaxed));
    it::say(&format!("{kills} kills: {created} batches of new rows and {price} of updates acknowledged, none in part"));
}

/// `KILLS=50` for more.
#[test]
fn batches_are_there_whole_or_not_at_all_after_a_kill_on_sqlite() {
    on_sqlite("batches", batches_survive);
}

#[test]
fn batches_are_there_whole_or_not_at_all_after_a_kill_on_postgres() {
    on_postgres("batches-pg", batches_survive);
}
