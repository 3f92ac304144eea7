//! Rows that are asked for at once.

use std::sync::Arc;
use std::time::Duration;

use super::super::{at_once, insert, key, new_book, on_server};
use crate::field::Value;
use crate::json::Projection;
use crate::model::Usage;
use crate::query::{Filter, Operator};
use crate::store::postgres::run::Runner;
use crate::store::postgres::{PostgresStore, row};
use crate::store::sql::{Dialect, SqlText};
use crate::store::{Key, Store, StoreErrorKind};
use crate::testing::BOOK;

async fn fill(store: &PostgresStore, count: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    for number in 0..count {
        let record = insert(store, BOOK, new_book(&format!("Title {number}"), &number.to_string())).await;
        let Value::Int(id) = record.values[0] else { panic!("{record:?}") };
        ids.push(id);
    }
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_gets_its_own_row_of_those_asked_for_together() {
    on_server(|it| async move {
        // One connection, so that the prepared statements are all in one place.
        let store = Arc::new(PostgresStore::connect(&format!("{}&connections=1", it.url)).await.unwrap());
        store.migrate(&[BOOK]).await.unwrap();
        let ids = Arc::new(fill(&store, 5).await);
        let whole = Arc::new(Projection::of(BOOK, Usage::Response));
        let title = Arc::new(Projection::new(BOOK, &[1]));
        at_once(600, |task| {
            let (store, ids, whole, title) = (store.clone(), ids.clone(), whole.clone(), title.clone());
            async move {
                // Some ask for the same row, some for one that is not there, some for one out of their scope.
                let at = task % 7;
                let id = ids.get(at).copied().unwrap_or(-1);
                let scope = Filter::one(1, Operator::Eq, Value::Text("Title 3".to_owned()));
                let (key, is_there) = match task % 3 {
                    0 => (Key { scope, ..key(BOOK, id) }, at == 3),
                    _ => (key(BOOK, id), at < 5),
                };
                if task % 2 == 0 {
                    let record = Store::get(&*store, key).await.unwrap();
                    let expected = is_there.then(|| (Value::Int(id), Value::Text(format!("Title {at}"))));
                    assert_eq!(record.map(|it| (it.values[0].clone(), it.values[1].clone())), expected);
                } else {
                    let projection = if task % 5 == 0 { whole } else { title };
                    let row = store.get_json(key, projection).await.unwrap();
                    assert_eq!(row.is_some(), is_there);
                    let Some(row) = row else { return };
                    let json = String::from_utf8(row.json).unwrap();
                    assert!(json.contains(&format!("\"title\":\"Title {at}\"")), "{json}");
                    assert_eq!((json.contains("\"id\""), row.version), (task % 5 == 0, 1));
                }
            }
        })
        .await;
        let mut sql = SqlText::new(Dialect::Postgres);
        sql.push("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%= ANY((SELECT %'");
        let rows = Runner::read(&mut &store.singles, &sql.into(), None).await.unwrap();
        let of_several = row::number(&rows[0], 0).unwrap();
        assert!(of_several >= 4, "{of_several} kinds of rows were asked for together");
        assert!(store.singles.rows.under_way() == 0, "all are answered");
    })
    .await;
}

#[tokio::test]
async fn whoever_gives_up_holds_up_nobody() {
    on_server(|it| async move {
        let store = Arc::new(it.store_of(BOOK).await);
        let ids = Arc::new(fill(&store, 3).await);
        at_once(300, |task| {
            let (store, ids) = (Arc::clone(&store), Arc::clone(&ids));
            async move {
                let get = Store::get(&*store, key(BOOK, ids[task % 3]));
                if task % 4 == 0 {
                    // Of every kind: the first, one that waits, one whose statement was sent.
                    let patience = Duration::from_micros(task as u64 * 10);
                    let _ = tokio::time::timeout(patience, get).await;
                } else {
                    assert!(get.await.unwrap().is_some());
                }
            }
        })
        .await;
        assert!(Store::get(&*store, key(BOOK, ids[0])).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn rows_are_asked_for_alone_where_asking_for_several_fails() {
    on_server(|it| async move {
        let store = Arc::new(it.store_of(BOOK).await);
        let ids = Arc::new(fill(&store, 2).await);
        it.sql("ALTER TABLE books RENAME TO elsewhere").await;
        let kinds = at_once(20, |task| {
            let (store, ids) = (Arc::clone(&store), Arc::clone(&ids));
            async move { Store::get(&*store, key(BOOK, ids[task % 2])).await.unwrap_err().kind().clone() }
        });
        assert!(kinds.await.iter().all(|it| *it == StoreErrorKind::Internal));
        it.sql("ALTER TABLE elsewhere RENAME TO books").await;
        assert!(Store::get(&*store, key(BOOK, ids[0])).await.unwrap().is_some());
        assert!(store.singles.rows.under_way() == 0);
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_takes_long_is_not_waited_for() {
    on_server(|it| async move {
        let store = Arc::new(it.store_of(BOOK).await);
        let ids = fill(&store, 2).await;
        // Rows that the first asks for are locked away; a second one asks while it waits, and others after.
        let mut config: tokio_postgres::Config = it.url.parse().unwrap();
        config.application_name("somebody else");
        let (locker, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        locker.batch_execute("BEGIN; LOCK TABLE books IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let get = |id| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { Store::get(&*store, key(BOOK, id)).await })
        };
        let first = get(ids[0]);
        tokio::time::sleep(Duration::from_millis(20)).await;
        let second = get(ids[1]);
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(store.singles.rows.under_way(), 2, "the second was sent");
        locker.batch_execute("COMMIT").await.unwrap();
        for it in [first, second] {
            assert!(it.await.unwrap().unwrap().is_some());
        }
    })
    .await;
}
