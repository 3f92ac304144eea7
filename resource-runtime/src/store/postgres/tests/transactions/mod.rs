//! Transactions: what lasts and what does not.

mod connections;

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Fixture, everything, insert, key, new_book, on_server};
use crate::field::Value;
use crate::store::postgres::connection::Connector;
use crate::store::postgres::{PostgresStore, transaction};
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
        let store = store_with(&it, 1, "").await;
        let id = book_of_year_0(&store).await;
        let mut transaction = store.begin().await.unwrap();
        assert!(transaction.lock(key(BOOK, id)).await.unwrap().is_some());
        assert_eq!(refused(&mut *transaction, create("1")).await, duplicate());
        let hasty = PostgresStore::connect(&format!("{}&statement_timeout=200ms", it.url)).await.unwrap();
        let mut other = hasty.begin().await.unwrap();
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
async fn a_table_that_others_change_does_not_end_the_transaction() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "").await;
        for (number, is_open) in [(1, false), (2, true)] {
            let mut transaction = store.begin().await.unwrap();
            transaction.select(everything(BOOK)).await.unwrap();
            transaction.commit().await.unwrap();
            let mut transaction = store.begin().await.unwrap();
            if is_open {
                transaction.mark().await.unwrap();
            }
            // The types of prepared statements' results change.
            it.sql(&format!("ALTER TABLE books ALTER COLUMN title TYPE varchar({number}00)")).await;
            transaction.select(everything(BOOK)).await.unwrap();
            transaction.write(create(&number.to_string())).await.unwrap();
            transaction.commit().await.unwrap();
            assert_eq!(count(&store).await, number);
        }
    })
    .await;
}

#[tokio::test]
async fn a_commit_that_the_server_makes_a_rollback_of_is_an_error() {
    on_server(|it| async move {
        let connector = Connector::new(it.url.parse().unwrap()).unwrap();
        let connection = connector.connect(None).await.unwrap();
        connection.client().batch_execute(transaction::BEGIN).await.unwrap();
        connection.client().batch_execute("SELECT 1 / 0").await.unwrap_err();
        connection.commit(transaction::COMMIT).await.unwrap_err();
    })
    .await;
}

#[tokio::test]
async fn what_creates_tables_takes_as_long_as_it_takes() {
    on_server(|it| async move {
        let store = PostgresStore::connect(&format!("{}&statement_timeout=200ms", it.url)).await.unwrap();
        let mut transaction = store.pool.begin().await.unwrap();
        let begun = Instant::now();
        transaction.batch("SET LOCAL statement_timeout = 0; SELECT pg_sleep(2.5)", None).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(begun.elapsed() > Duration::from_millis(2_400));
    })
    .await;
}
