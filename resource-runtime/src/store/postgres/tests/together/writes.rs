//! Rows that are added and changed at once.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::zoo::{ZOO, rows};
use super::super::{Fixture, at_once, insert, key, new_book, on_server};
use crate::field::Value;
use crate::json::Projection;
use crate::model::Usage;
use crate::query::{Filter, Operator};
use crate::resource::Record;
use crate::store::{Key, Store, StoreErrorKind, StoreResult, Write, Written};
use crate::testing::BOOK;

const TITLE: usize = 1;
const YEAR: usize = 5;

/// Whether rows of a table were written by one statement.
async fn are_together(it: &Fixture, table: &str) -> bool {
    let together = format!("SELECT count(DISTINCT xmin::text) < count(*) FROM {table}");
    it.sql(&together).await == [[Some("t".to_owned())]]
}

fn done(written: StoreResult<Written>) -> Record {
    match written.unwrap() {
        Written::Done(record) => record,
        other => panic!("{other:?}"),
    }
}

fn update(id: &Value, changes: Vec<(usize, Value)>) -> Write {
    Write::Update { key: Key { id: id.clone(), ..key(BOOK, 0) }, changes, version: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_creation_gives_the_row_that_it_made() {
    on_server(|it| async move {
        let store = Arc::new(it.store_of(BOOK).await);
        let records = at_once(400, |task| {
            let store = Arc::clone(&store);
            async move {
                let values = new_book(&format!("Title {task}"), &task.to_string());
                let write = Write::Insert { meta: BOOK, values: values.clone(), version: 1 };
                let record = done(Store::write(&*store, write).await);
                assert_eq!(record.values[1..], values[1..]);
                let stored = Store::get(&*store, Key { id: record.get(0).clone(), ..key(BOOK, 0) }).await;
                assert_eq!(stored.unwrap().unwrap(), record);
                format!("{:?}", record.get(0))
            }
        });
        assert_eq!(records.await.into_iter().collect::<HashSet<_>>().len(), 400);
        assert!(are_together(&it, "books").await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_of_every_kind_are_the_same_when_written_together() {
    on_server(|it| async move {
        let store = Arc::new(it.store_of(ZOO).await);
        let rows = Arc::new(rows());
        let projection = Arc::new(Projection::of(ZOO, Usage::Response));
        // Equal decimals may differ in their zeros.
        let json = |values: &[Value], of: &Record| {
            let mut record = Record { values: values.to_vec(), version: 1 };
            record.values[0] = of.get(0).clone();
            String::from_utf8(record.to_json(&projection).unwrap()).unwrap()
        };
        let count = rows.len();
        let records = at_once(count * 4, |task| {
            let (store, values) = (Arc::clone(&store), rows[task % count].clone());
            async move { done(Store::write(&*store, Write::Insert { meta: ZOO, values, version: 1 }).await) }
        })
        .await;
        for (record, values) in records.iter().zip(rows.iter().cycle()) {
            assert_eq!(json(&record.values, record), json(values, record), "added");
        }
        assert!(are_together(&it, "zoo").await);
        let records = Arc::new(records);
        let changed = at_once(records.len(), |task| {
            let (store, id) = (Arc::clone(&store), records[task].get(0).clone());
            let values = rows[(task + 1) % count].iter().cloned().enumerate().skip(1).collect();
            let write = Write::Update { key: Key { id, ..key(ZOO, 0) }, changes: values, version: Some(1) };
            async move { done(Store::write(&*store, write).await) }
        })
        .await;
        for ((record, before), values) in changed.iter().zip(records.iter()).zip(rows.iter().cycle().skip(1)) {
            assert_eq!((record.get(0), record.version), (before.get(0), 2));
            assert_eq!(json(&record.values, record), json(values, record), "changed");
        }
        assert!(are_together(&it, "zoo").await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_are_refused_refuse_no_others() {
    on_server(|it| async move {
        let store = Arc::new(it.store_of(BOOK).await);
        insert(&store, BOOK, new_book("taken", "taken")).await;
        let outcomes = at_once(90, |task| {
            let store = Arc::clone(&store);
            let (title, isbn) = match task % 3 {
                0 => ("a", "taken".to_owned()),
                1 => ("a\0b", task.to_string()),
                _ => ("a", task.to_string()),
            };
            let write = Write::Insert { meta: BOOK, values: new_book(title, &isbn), version: 1 };
            async move { Store::write(&*store, write).await }
        })
        .await;
        for (task, outcome) in outcomes.into_iter().enumerate() {
            match (task % 3, outcome.map_err(|error| error.kind().clone())) {
                (0, Err(StoreErrorKind::Duplicate { fields })) => assert_eq!(fields, ["isbn"]),
                (1, Err(StoreErrorKind::Invalid)) | (2, Ok(Written::Done(_))) => {}
                (_, outcome) => panic!("{task}: {outcome:?}"),
            }
        }
        assert_eq!(it.sql("SELECT count(*) FROM books").await, [[Some("31".to_owned())]]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_one_row_at_once_are_all_done_and_each_meets_its_condition() {
    on_server(|it| async move {
        let store = Arc::new(it.store_of(BOOK).await);
        let mut ids = Vec::new();
        for number in 0..4 {
            ids.push(insert(&store, BOOK, new_book("a", &number.to_string())).await.values.remove(0));
        }
        let ids = Arc::new(ids);
        let outcomes = at_once(200, |task| {
            let (store, ids) = (Arc::clone(&store), Arc::clone(&ids));
            async move {
                let title = Value::Text(format!("Title {task}"));
                let mut write = update(&ids[task % 4], vec![(TITLE, title.clone())]);
                let Write::Update { key, version, .. } = &mut write else { unreachable!() };
                match task % 5 {
                    0 => *version = Some(1_000),
                    1 => key.scope = Filter::one(YEAR, Operator::Eq, Value::Int(1)),
                    2 => key.id = Value::Int(-1),
                    _ => {}
                }
                match Store::write(&*store, write).await.unwrap() {
                    Written::Done(record) => {
                        assert_eq!((record.get(0), record.get(TITLE)), (&ids[task % 4], &title));
                        "done"
                    }
                    Written::Stale { .. } => "stale",
                    Written::Missing => "missing",
                }
            }
        })
        .await;
        for (task, outcome) in outcomes.into_iter().enumerate() {
            assert_eq!(outcome, ["stale", "missing", "missing", "done", "done"][task % 5], "{task}");
        }
        // Of each row, 20 were done.
        let versions = it.sql("SELECT DISTINCT _version::text FROM books").await;
        assert_eq!(versions, [[Some("21".to_owned())]]);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_somebody_holds_holds_up_its_own_writer_alone() {
    on_server(|it| async move {
        let store = Arc::new(it.store_of(BOOK).await);
        let mut ids = Vec::new();
        for number in 0..20 {
            ids.push(insert(&store, BOOK, new_book("a", &number.to_string())).await.values.remove(0));
        }
        let mut holder = store.begin().await.unwrap();
        holder.lock(Key { id: ids[0].clone(), ..key(BOOK, 0) }).await.unwrap().unwrap();
        let write = |id: &Value| {
            let (store, write) = (Arc::clone(&store), update(id, vec![(TITLE, Value::Text("b".to_owned()))]));
            tokio::spawn(async move { done(Store::write(&*store, write).await) })
        };
        let tasks: Vec<_> = ids.iter().map(write).collect();
        let (first, others) = tasks.split_first().unwrap();
        for other in others {
            while !other.is_finished() {
                assert!(!first.is_finished());
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        }
        assert!(!first.is_finished());
        // Who holds a row may come to wait for one of theirs; nobody waits for the holder meanwhile.
        holder.lock(Key { id: ids[1].clone(), ..key(BOOK, 0) }).await.unwrap().unwrap();
        holder.commit().await.unwrap();
        for task in tasks {
            assert_eq!(*task.await.unwrap().get(TITLE), Value::Text("b".to_owned()));
        }
    })
    .await;
}
