//! Transactions: what lasts, what does not, and what becomes of their connections.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Fixture, at_once, everything, insert, key, new_book, on_server};
use crate::field::Value;
use crate::store::postgres::PostgresStore;
use crate::store::{Store, StoreErrorKind, Transaction, Write, Written};
use crate::testing::BOOK;

const YEAR: usize = 5;

/// A store with as many connections for transactions, and the table of books.
async fn store_with(fixture: &Fixture, connections: usize, parameters: &str) -> Arc<PostgresStore> {
    let url = format!("{}&transaction_connections={connections}{parameters}", fixture.url);
    let store = PostgresStore::connect(&url).await.unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    Arc::new(store)
}

fn create(isbn: &str) -> Write {
    Write::Insert { meta: BOOK, values: new_book("a", isbn), version: 1 }
}

fn set_year(id: i64, year: i64, version: Option<i64>) -> Write {
    Write::Update { key: key(BOOK, id), changes: vec![(YEAR, Value::Int(year))], version }
}

/// A book of the year 0.
async fn book_of_year_0(store: &PostgresStore) -> i64 {
    let mut values = new_book("a", "1");
    values[YEAR] = Value::Int(0);
    let Value::Int(id) = *insert(store, BOOK, values).await.get(0) else { panic!() };
    id
}

fn year(record: &crate::resource::Record) -> i64 {
    let Value::Int(year) = *record.get(YEAR) else { panic!() };
    year
}

async fn count(store: &PostgresStore) -> usize {
    store.select(everything(BOOK)).await.unwrap().records.len()
}

async fn refused(transaction: &mut dyn Transaction, write: Write) -> StoreErrorKind {
    transaction.write(write).await.unwrap_err().kind().clone()
}

fn duplicate() -> StoreErrorKind {
    StoreErrorKind::Duplicate { fields: vec!["isbn"] }
}

/// Waits until as many of the store's connections are in a state.
async fn until_state(fixture: &Fixture, state: &str, expected: usize) {
    let sql =
        format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = '{}' AND {state}", fixture.schema);
    let begun = Instant::now();
    while fixture.sql(&sql).await != [[Some(expected.to_string())]] {
        assert!(begun.elapsed() < Duration::from_secs(5), "{state}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until no connection of the store has a transaction open.
async fn until_none_is_open(fixture: &Fixture) {
    until_state(fixture, "xact_start IS NOT NULL", 0).await;
}

#[tokio::test]
async fn others_see_a_transactions_writes_after_its_commit_and_itself_at_once() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "").await;
        let mut transaction = store.begin().await.unwrap();
        let Written::Done(record) = transaction.write(create("1")).await.unwrap() else { panic!() };
        let Value::Int(id) = *record.get(0) else { panic!() };
        assert_eq!(transaction.get(key(BOOK, id)).await.unwrap(), Some(record.clone()));
        assert_eq!(transaction.select(everything(BOOK)).await.unwrap().records, [record]);
        assert_eq!(count(&store).await, 0);
        transaction.commit().await.unwrap();
        assert_eq!(count(&store).await, 1);
        until_none_is_open(&it).await;
    })
    .await;
}

#[tokio::test]
async fn a_dropped_transaction_leaves_no_trace() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "").await;
        let id = book_of_year_0(&store).await;
        for _ in 0..3 {
            let mut transaction = store.begin().await.unwrap();
            transaction.write(create("2")).await.unwrap();
            transaction.write(set_year(id, 7, None)).await.unwrap();
            drop(transaction);
        }
        until_none_is_open(&it).await;
        let rows = store.select(everything(BOOK)).await.unwrap().records;
        assert_eq!(rows.iter().map(year).collect::<Vec<_>>(), [0]);
    })
    .await;
}

#[tokio::test]
async fn a_connection_serves_one_transaction_after_the_other() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "&connections=1").await;
        for number in 0..10 {
            let mut transaction = store.begin().await.unwrap();
            transaction.write(create(&number.to_string())).await.unwrap();
            if number % 2 == 0 {
                transaction.commit().await.unwrap();
            }
        }
        until_none_is_open(&it).await;
        assert_eq!(count(&store).await, 5);
        until_state(&it, "true", 2).await;
    })
    .await;
}

#[tokio::test]
async fn after_a_write_that_failed_the_transaction_goes_on() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "").await;
        insert(&store, BOOK, new_book("a", "1")).await;
        let mut transaction = store.begin().await.unwrap();
        // As the first of its statements, and between others.
        assert_eq!(refused(&mut *transaction, create("1")).await, duplicate());
        for isbn in ["2", "3", "4"] {
            transaction.write(create(isbn)).await.unwrap();
            assert_eq!(refused(&mut *transaction, create("1")).await, duplicate());
            assert_eq!(refused(&mut *transaction, create("nul\0")).await, StoreErrorKind::Invalid);
        }
        transaction.commit().await.unwrap();
        assert_eq!(count(&store).await, 4);
    })
    .await;
}

#[tokio::test]
async fn after_a_read_that_failed_the_transaction_goes_on() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "").await;
        let mut transaction = store.begin().await.unwrap();
        transaction.write(create("1")).await.unwrap();
        // A table that is not there.
        transaction.select(everything(super::writes::SHELF)).await.unwrap_err();
        transaction.write(create("2")).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(count(&store).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_lock_outlives_a_write_that_fails_after_it() {
    on_server(|it| async move {
        let store = store_with(&it, 2, "&statement_timeout=200ms").await;
        let id = book_of_year_0(&store).await;
        let mut transaction = store.begin().await.unwrap();
        assert!(transaction.lock(key(BOOK, id)).await.unwrap().is_some());
        assert_eq!(refused(&mut *transaction, create("1")).await, duplicate());
        let mut other = store.begin().await.unwrap();
        assert_eq!(refused(&mut *other, set_year(id, 1, None)).await, StoreErrorKind::Busy);
        transaction.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn marked_places_nest() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "").await;
        let mut transaction = store.begin().await.unwrap();
        transaction.mark().await.unwrap();
        transaction.write(create("kept")).await.unwrap();
        transaction.mark().await.unwrap();
        transaction.write(create("undone")).await.unwrap();
        transaction.mark().await.unwrap();
        transaction.write(create("kept in what is undone")).await.unwrap();
        assert_eq!(refused(&mut *transaction, create("undone")).await, duplicate());
        transaction.keep().await.unwrap();
        transaction.undo().await.unwrap();
        transaction.write(create("undone")).await.unwrap();
        transaction.keep().await.unwrap();
        transaction.mark().await.unwrap();
        transaction.undo().await.unwrap();
        transaction.commit().await.unwrap();
        let rows = store.select(everything(BOOK)).await.unwrap().records;
        let isbns: Vec<_> = rows.iter().map(|it| it.get(3).clone()).collect();
        assert_eq!(isbns, [Value::Text("kept".to_owned()), Value::Text("undone".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn going_back_to_no_place_is_an_error_and_harms_nothing() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "").await;
        let mut transaction = store.begin().await.unwrap();
        transaction.write(create("1")).await.unwrap();
        assert_eq!(*transaction.undo().await.unwrap_err().kind(), StoreErrorKind::Internal);
        assert_eq!(*transaction.keep().await.unwrap_err().kind(), StoreErrorKind::Internal);
        transaction.commit().await.unwrap();
        assert_eq!(count(&store).await, 1);
    })
    .await;
}

#[tokio::test]
async fn conditions_are_decided_inside_the_transaction() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "").await;
        let id = book_of_year_0(&store).await;
        let mut transaction = store.begin().await.unwrap();
        let Written::Done(record) = transaction.write(set_year(id, 1, Some(1))).await.unwrap() else { panic!() };
        assert_eq!(record.version, 2);
        assert_eq!(transaction.write(set_year(id, 2, Some(1))).await.unwrap(), Written::Stale { version: 2 });
        let mut of_year_1 = key(BOOK, id);
        of_year_1.scope = crate::query::Filter::one(YEAR, crate::query::Operator::Eq, Value::Int(1));
        let pushed = Write::Update { key: of_year_1, changes: vec![(YEAR, Value::Int(2))], version: Some(2) };
        assert_eq!(transaction.write(pushed).await.unwrap(), Written::Missing);
        let delete = Write::Delete { key: key(BOOK, id), version: Some(2) };
        assert_eq!(transaction.write(delete.clone()).await.unwrap(), Written::Done(record));
        assert_eq!(transaction.write(delete).await.unwrap(), Written::Missing);
        transaction.commit().await.unwrap();
        assert_eq!(count(&store).await, 0);
    })
    .await;
}

#[tokio::test]
async fn of_64_that_lock_read_and_write_on_two_connections_none_is_lost() {
    on_server(|it| async move {
        let store = store_with(&it, 2, "").await;
        let id = book_of_year_0(&store).await;
        let commits = at_once(64, |task| {
            let store = Arc::clone(&store);
            async move {
                let mut transaction = store.begin().await.unwrap();
                let record = transaction.lock(key(BOOK, id)).await.unwrap().unwrap();
                transaction.write(set_year(id, year(&record) + 1, Some(record.version))).await.unwrap();
                if task % 4 == 0 {
                    return 0;
                }
                transaction.commit().await.unwrap();
                1
            }
        })
        .await;
        let record = store.get(key(BOOK, id)).await.unwrap().unwrap();
        assert_eq!((year(&record), record.version), (48, 49));
        assert_eq!(commits.into_iter().sum::<i64>(), 48);
        until_none_is_open(&it).await;
    })
    .await;
}

#[tokio::test]
async fn a_transaction_waits_for_a_connection_and_then_is_refused_as_busy() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "&transaction_wait=200ms").await;
        let holder = store.begin().await.unwrap();
        let begun = Instant::now();
        assert_eq!(*store.begin().await.err().unwrap().kind(), StoreErrorKind::Busy);
        assert!(begun.elapsed() >= Duration::from_millis(200) && begun.elapsed() < Duration::from_secs(2));
        drop(holder);
        store.begin().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn who_waits_longest_for_a_connection_is_next() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "").await;
        let holder = store.begin().await.unwrap();
        let (send, mut order) = tokio::sync::mpsc::unbounded_channel();
        for number in 0..8 {
            let (store, send) = (Arc::clone(&store), send.clone());
            tokio::spawn(async move {
                let _transaction = store.begin().await.unwrap();
                send.send(number).unwrap();
            });
            tokio::task::yield_now().await;
        }
        drop((holder, send));
        for number in 0..8 {
            assert_eq!(order.recv().await, Some(number));
        }
    })
    .await;
}

#[tokio::test]
async fn a_transaction_whose_backend_ends_is_unavailable_to_its_end_and_the_next_is_not() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "").await;
        for how in 0..3 {
            let mut transaction = store.begin().await.unwrap();
            transaction.write(create("1")).await.unwrap();
            super::loss::kill_all(&it).await;
            let unavailable = StoreErrorKind::Unavailable;
            if how > 0 {
                assert_eq!(refused(&mut *transaction, create("2")).await, unavailable);
                assert_eq!(refused(&mut *transaction, create("3")).await, unavailable);
            }
            if how < 2 {
                assert_eq!(*transaction.commit().await.unwrap_err().kind(), unavailable);
            }
        }
        assert_eq!(count(&store).await, 0);
        let mut transaction = store.begin().await.unwrap();
        transaction.write(create("1")).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(count(&store).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_died_while_idle_is_replaced_unnoticed() {
    on_server(|it| async move {
        let store = store_with(&it, 4, "").await;
        for number in 0..10 {
            let begun = [store.begin().await.unwrap(), store.begin().await.unwrap()];
            let mut transaction = store.begin().await.unwrap();
            drop(begun);
            super::loss::kill_all(&it).await;
            transaction.write(create(&number.to_string())).await.unwrap();
            transaction.commit().await.unwrap();
        }
        assert_eq!(count(&store).await, 10);
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_nobody_waits_for_is_ended_and_its_transaction_rolled_back() {
    on_server(|it| async move {
        let store = store_with(&it, 2, "").await;
        let id = book_of_year_0(&store).await;
        let mut holder = store.begin().await.unwrap();
        holder.write(set_year(id, 1, None)).await.unwrap();
        let mut waiting = store.begin().await.unwrap();
        waiting.write(create("2")).await.unwrap();
        let gone = tokio::time::timeout(Duration::from_millis(50), waiting.write(set_year(id, 2, None))).await;
        assert!(gone.is_err());
        // Whoever goes on all the same gets nowhere.
        assert_eq!(refused(&mut *waiting, create("3")).await, StoreErrorKind::Internal);
        drop(waiting);
        // While the lock that it waited for is still held.
        until_state(&it, "xact_start IS NOT NULL", 1).await;
        holder.commit().await.unwrap();
        until_none_is_open(&it).await;
        let rows = store.select(everything(BOOK)).await.unwrap().records;
        assert_eq!(rows.iter().map(year).collect::<Vec<_>>(), [1]);
        // Its connection is replaced.
        let _both = [store.begin().await.unwrap(), store.begin().await.unwrap()];
    })
    .await;
}

#[tokio::test]
async fn a_task_that_is_aborted_at_any_moment_leaves_nothing_open() {
    on_server(|it| async move {
        let store = store_with(&it, 2, "").await;
        for micros in 0..60 {
            let task = {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    let mut transaction = store.begin().await.unwrap();
                    for number in 0..50 {
                        transaction.write(create(&number.to_string())).await.unwrap();
                    }
                    std::future::pending::<()>().await;
                })
            };
            tokio::time::sleep(Duration::from_micros(micros * 100)).await;
            task.abort();
        }
        until_none_is_open(&it).await;
        assert_eq!(count(&store).await, 0);
        at_once(8, |number| {
            let store = Arc::clone(&store);
            async move {
                let mut transaction = store.begin().await.unwrap();
                transaction.write(create(&number.to_string())).await.unwrap();
                transaction.commit().await.unwrap();
            }
        })
        .await;
        assert_eq!(count(&store).await, 8);
    })
    .await;
}

#[tokio::test]
async fn of_two_that_wait_for_each_other_one_is_refused_as_busy_and_cannot_commit() {
    on_server(|it| async move {
        let store = store_with(&it, 2, "").await;
        let first = book_of_year_0(&store).await;
        let Value::Int(second) = *insert(&store, BOOK, new_book("b", "2")).await.get(0) else { panic!() };
        let mut one = store.begin().await.unwrap();
        let mut other = store.begin().await.unwrap();
        one.write(set_year(first, 1, None)).await.unwrap();
        other.write(set_year(second, 2, None)).await.unwrap();
        let (a, b) = tokio::join!(one.write(set_year(second, 1, None)), other.write(set_year(first, 2, None)));
        assert!(a.is_ok() != b.is_ok());
        let (winner, loser) = if a.is_ok() { (one, other) } else { (other, one) };
        assert_eq!(*a.and(b).unwrap_err().kind(), StoreErrorKind::Busy);
        assert_eq!(*loser.commit().await.unwrap_err().kind(), StoreErrorKind::Busy);
        winner.commit().await.unwrap();
        until_none_is_open(&it).await;
    })
    .await;
}

#[tokio::test]
async fn the_server_ends_a_transaction_that_is_idle_too_long() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "&transaction_idle_timeout=100ms").await;
        let mut transaction = store.begin().await.unwrap();
        transaction.write(create("1")).await.unwrap();
        until_none_is_open(&it).await;
        assert_eq!(*transaction.commit().await.unwrap_err().kind(), StoreErrorKind::Unavailable);
        assert_eq!(count(&store).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_table_that_others_change_does_not_end_the_transaction() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "").await;
        let mut transaction = store.begin().await.unwrap();
        transaction.write(create("1")).await.unwrap();
        transaction.select(everything(BOOK)).await.unwrap();
        transaction.commit().await.unwrap();
        it.sql("ALTER TABLE books ALTER COLUMN title TYPE varchar(400)").await;
        let mut transaction = store.begin().await.unwrap();
        assert_eq!(transaction.select(everything(BOOK)).await.unwrap().records.len(), 1);
        transaction.write(create("2")).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(count(&store).await, 2);
    })
    .await;
}
