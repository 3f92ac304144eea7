//! Who waits for whom, and for how long.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Directory, done, everything, key, new_book, store};
use crate::store::sqlite::{SqliteStore, error};
use crate::store::{Store as _, StoreErrorKind, Transaction as _, Write};
use crate::testing::BOOK;

/// Long for a write, short for a test.
const LONG: Duration = Duration::from_secs(4);

async fn store_with(parameters: &str) -> SqliteStore {
    let store = SqliteStore::open(&format!("sqlite::memory:?{parameters}")).unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    store
}

async fn rows(store: &SqliteStore) -> usize {
    store.select(everything(BOOK)).await.unwrap().records.len()
}

#[tokio::test]
async fn a_write_past_the_own_transaction_is_busy_rather_than_for_ever() {
    let store = store_with("busy_timeout=50").await;
    let mut transaction = store.begin().await.unwrap();
    done(transaction.write(new_book("1")).await);
    let error = store.write(new_book("2")).await.unwrap_err();
    assert_eq!(*error.kind(), StoreErrorKind::Busy);
    assert!(error.to_string().contains("an open transaction"), "{error}");
    assert_eq!(*store.begin().await.err().unwrap().kind(), StoreErrorKind::Busy);
    // Nobody's patience but theirs is at an end.
    done(transaction.write(new_book("3")).await);
    transaction.commit().await.unwrap();
    assert_eq!(rows(&store).await, 2);
}

#[tokio::test]
async fn statements_of_the_open_transaction_do_not_put_off_who_waits() {
    let store = Arc::new(store_with("busy_timeout=50").await);
    let mut transaction = store.begin().await.unwrap();
    let waiting = Arc::clone(&store);
    let waiting = tokio::spawn(async move { waiting.write(new_book("1")).await });
    let started = Instant::now();
    while !waiting.is_finished() && started.elapsed() < LONG {
        transaction.get(key(BOOK, 1)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert!(waiting.is_finished());
    assert_eq!(*waiting.await.unwrap().unwrap_err().kind(), StoreErrorKind::Busy);
}

#[tokio::test]
async fn a_transaction_without_statements_is_undone() {
    let store = store_with("idle_timeout=300").await;
    let mut transaction = store.begin().await.unwrap();
    done(transaction.write(new_book("1")).await);
    // It waits for the end of the other one.
    done(store.write(new_book("2")).await);
    assert_eq!(*transaction.get(key(BOOK, 1)).await.unwrap_err().kind(), StoreErrorKind::Busy);
    assert_eq!(*transaction.mark().await.unwrap_err().kind(), StoreErrorKind::Busy);
    assert_eq!(*transaction.commit().await.unwrap_err().kind(), StoreErrorKind::Busy);
    assert_eq!(rows(&store).await, 1);
}

#[tokio::test]
async fn a_late_statement_does_not_reach_the_next_transaction() {
    let store = store_with("idle_timeout=300").await;
    let mut late = store.begin().await.unwrap();
    let mut next = store.begin().await.unwrap();
    late.write(new_book("late")).await.unwrap_err();
    late.commit().await.unwrap_err();
    done(next.write(new_book("next")).await);
    drop(next);
    assert_eq!(rows(&store).await, 0);
}

#[tokio::test]
async fn statements_keep_a_transaction_alive() {
    let store = store_with("idle_timeout=1000").await;
    let mut transaction = store.begin().await.unwrap();
    for index in 0..12 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        done(transaction.write(new_book(&index.to_string())).await);
    }
    transaction.commit().await.unwrap();
    assert_eq!(rows(&store).await, 12);
}

#[tokio::test]
async fn writes_and_transactions_have_their_turn_in_the_order_they_came() {
    let store = store(&[BOOK]).await;
    let mut first = store.begin().await.unwrap();
    let early = store.write(new_book("1"));
    let second = async {
        let mut transaction = store.begin().await.unwrap();
        let before = transaction.select(everything(BOOK)).await.unwrap().records.len();
        done(transaction.write(new_book("2")).await);
        transaction.commit().await.unwrap();
        before
    };
    let late = store.write(new_book("3"));
    let end = async {
        done(first.write(new_book("0")).await);
        first.commit().await.unwrap();
    };
    // Polled in this order, so they are in the queue in this order.
    let (early, before, late, ()) = tokio::join!(early, second, late, end);
    done(early);
    done(late);
    assert_eq!(before, 2);
    let records = store.select(everything(BOOK)).await.unwrap().records;
    let isbns: Vec<_> = records.iter().map(|it| format!("{:?}", it.get(3))).collect();
    assert_eq!(isbns, ["0", "1", "2", "3"].map(|it| format!("Text(\"{it}\")")));
}

#[tokio::test]
async fn who_gives_up_waiting_for_a_transaction_stops_nobody() {
    let store = store(&[BOOK]).await;
    let first = store.begin().await.unwrap();
    for _ in 0..10 {
        assert!(tokio::time::timeout(Duration::from_millis(1), store.begin()).await.is_err());
    }
    drop(first);
    let write = tokio::time::timeout(LONG, store.write(new_book("1"))).await;
    done(write.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_beginnings_and_ends_leaves_the_commits() {
    let store = Arc::new(store(&[BOOK]).await);
    let tasks = (0..64_u64).map(|task| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let mut commits = 0;
            for round in 0..20 {
                let patience = Duration::from_micros((task * 37 + round * 101) % 900);
                let Ok(begun) = tokio::time::timeout(patience, store.begin()).await else { continue };
                let mut transaction = begun.unwrap();
                let write = new_book(&format!("{task}-{round}"));
                match (task + round) % 3 {
                    0 => drop(transaction),
                    1 => drop(tokio::time::timeout(patience / 8, transaction.write(write)).await),
                    _ => {
                        done(transaction.write(write).await);
                        transaction.commit().await.unwrap();
                        commits += 1;
                    }
                }
            }
            commits
        })
    });
    let mut commits = 0;
    for task in tasks.collect::<Vec<_>>() {
        commits += task.await.unwrap();
    }
    done(store.write(new_book("last")).await);
    let all = crate::store::Window::Offset { offset: 0, limit: 10_000 };
    let found = store.select(crate::store::Select { window: all, ..everything(BOOK) }).await.unwrap();
    assert_eq!(found.records.len(), commits + 1);
}

#[tokio::test]
async fn another_process_that_writes_makes_a_beginning_busy() {
    let directory = Directory::new();
    let store = SqliteStore::open(&directory.url("x.db?busy_timeout=20")).unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    let other = rusqlite::Connection::open(directory.0.join("x.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(*store.begin().await.err().unwrap().kind(), StoreErrorKind::Busy);
    other.execute_batch("ROLLBACK").unwrap();
    let mut transaction = store.begin().await.unwrap();
    done(transaction.write(new_book("1")).await);
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn a_statement_of_a_transaction_that_is_dropped_is_broken_off() {
    let store = store(&[BOOK]).await;
    let mut transaction = store.writer.begin(Arc::clone(&store.statements)).await.unwrap();
    done(transaction.write(new_book("1")).await);
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
    let work = move |it: &rusqlite::Connection| it.query_row(endless, [], |_| Ok(())).map_err(error::general);
    assert!(tokio::time::timeout(Duration::from_millis(20), transaction.step(work, false)).await.is_err());
    drop(transaction);
    done(tokio::time::timeout(LONG, store.write(new_book("1"))).await.unwrap());
    assert_eq!(rows(&store).await, 1);
}

#[tokio::test]
async fn closing_waits_for_a_transaction_that_ends_in_time() {
    let directory = Directory::new();
    let store = SqliteStore::open(&directory.url("x.db")).unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    let mut transaction = store.begin().await.unwrap();
    let end = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        done(transaction.write(new_book("1")).await);
        transaction.commit().await
    };
    let (queued, (), end) = tokio::join!(store.begin(), store.close(), end);
    end.unwrap();
    assert_eq!(*queued.err().unwrap().kind(), StoreErrorKind::Unavailable);
    let again = SqliteStore::open(&directory.url("x.db")).unwrap();
    assert_eq!(rows(&again).await, 1);
}

#[tokio::test]
async fn closing_ends_a_transaction_that_stays_open() {
    let directory = Directory::new();
    let store = SqliteStore::open(&directory.url("x.db?busy_timeout=30")).unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    let mut transaction = store.begin().await.unwrap();
    done(transaction.write(new_book("1")).await);
    tokio::time::timeout(LONG, store.close()).await.unwrap();
    let delete = Write::Delete { key: key(BOOK, 1), version: None };
    assert_eq!(*transaction.write(delete).await.unwrap_err().kind(), StoreErrorKind::Unavailable);
    assert_eq!(*transaction.commit().await.unwrap_err().kind(), StoreErrorKind::Unavailable);
    let again = SqliteStore::open(&directory.url("x.db")).unwrap();
    assert_eq!(rows(&again).await, 0);
}

#[tokio::test]
async fn dropping_the_store_waits_for_no_transaction() {
    let store = store(&[BOOK]).await;
    let mut transaction = store.begin().await.unwrap();
    let started = Instant::now();
    drop(store);
    assert!(started.elapsed() < LONG);
    assert_eq!(*transaction.write(new_book("1")).await.unwrap_err().kind(), StoreErrorKind::Unavailable);
}
