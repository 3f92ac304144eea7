use std::sync::Arc;

use super::{Directory, done, everything, insert, key, store};
use crate::field::Value;
use crate::query::{Filter, Operator};
use crate::store::sqlite::{SqliteStore, error};
use crate::store::{Key, Store, StoreErrorKind, Write, Written};
use crate::testing::{BOOK, book};

fn new_book(title: &str, isbn: &str) -> Write {
    let mut values = book(1, title, isbn).values;
    values[0] = Value::Null;
    insert(BOOK, values)
}

fn retitle(id: i64, title: &str, version: Option<i64>) -> Write {
    Write::Update { key: key(BOOK, id), changes: vec![(1, Value::Text(title.to_owned()))], version }
}

#[tokio::test]
async fn rows_get_identifiers_that_are_never_given_again() {
    let store = store(&[BOOK]).await;
    let first = done(store.write(new_book("a", "1")).await);
    let second = done(store.write(new_book("b", "2")).await);
    assert_eq!((first.get(0), second.get(0)), (&Value::Int(1), &Value::Int(2)));
    done(store.write(Write::Delete { key: key(BOOK, 2), version: None }).await);
    assert_eq!(done(store.write(new_book("c", "3")).await).get(0), &Value::Int(3));
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_the_version() {
    let store = store(&[BOOK]).await;
    let before = done(store.write(new_book("a", "1")).await);
    let after = done(store.write(retitle(1, "b", Some(1))).await);
    let mut expected = before;
    expected.values[1] = Value::Text("b".to_owned());
    expected.version = 2;
    assert_eq!(after, expected);
    assert_eq!(store.get(key(BOOK, 1)).await.unwrap(), Some(expected));
}

#[tokio::test]
async fn an_update_of_nothing_counts_the_version_up() {
    let store = store(&[BOOK]).await;
    done(store.write(new_book("a", "1")).await);
    let write = Write::Update { key: key(BOOK, 1), changes: vec![], version: None };
    assert_eq!(done(store.write(write).await).version, 2);
}

#[tokio::test]
async fn missing_and_stale_rows_are_told_apart() {
    let store = store(&[BOOK]).await;
    done(store.write(new_book("a", "1")).await);
    assert_eq!(store.write(retitle(1, "b", Some(7))).await.unwrap(), Written::Stale { version: 1 });
    assert_eq!(store.write(retitle(9, "b", Some(1))).await.unwrap(), Written::Missing);
    assert_eq!(store.write(retitle(9, "b", None)).await.unwrap(), Written::Missing);
    let delete = |version| Write::Delete { key: key(BOOK, 1), version };
    assert_eq!(store.write(delete(Some(2))).await.unwrap(), Written::Stale { version: 1 });
    assert_eq!(done(store.write(delete(Some(1))).await).get(1), &Value::Text("a".to_owned()));
    assert_eq!(store.write(delete(Some(1))).await.unwrap(), Written::Missing);
}

#[tokio::test]
async fn rows_outside_the_scope_are_not_there() {
    let store = store(&[BOOK]).await;
    done(store.write(new_book("a", "1")).await);
    let scope = Filter::one(1, Operator::Eq, Value::Text("other".to_owned()));
    let key = Key { scope, ..key(BOOK, 1) };
    assert_eq!(store.get(key.clone()).await.unwrap(), None);
    let update = Write::Update { key: key.clone(), changes: vec![], version: Some(5) };
    assert_eq!(store.write(update).await.unwrap(), Written::Missing);
    assert_eq!(store.write(Write::Delete { key, version: None }).await.unwrap(), Written::Missing);
}

#[tokio::test]
async fn a_duplicate_names_its_fields_and_hurts_nobody_else() {
    let store = Arc::new(store(&[BOOK]).await);
    done(store.write(new_book("a", "taken")).await);
    // Together, so that they are likely to share a transaction.
    let writes = (0..50).map(|index| {
        let store = Arc::clone(&store);
        let isbn = if index % 2 == 0 { "taken".to_owned() } else { index.to_string() };
        tokio::spawn(async move { store.write(new_book("x", &isbn)).await })
    });
    for (index, write) in writes.collect::<Vec<_>>().into_iter().enumerate() {
        match write.await.unwrap() {
            Ok(written) => assert!(index % 2 == 1 && matches!(written, Written::Done(_))),
            Err(error) => {
                assert_eq!(*error.kind(), StoreErrorKind::Duplicate { fields: vec!["isbn"] });
                assert_eq!(index % 2, 0);
            }
        }
    }
    assert_eq!(store.select(everything(BOOK)).await.unwrap().records.len(), 26);
}

#[tokio::test]
async fn a_null_where_none_may_be_is_internal() {
    let store = store(&[BOOK]).await;
    let error = store.write(retitle(1, "x", None)).await;
    assert_eq!(error.unwrap(), Written::Missing);
    done(store.write(new_book("a", "1")).await);
    for (field, value) in [(1, Value::Null), (9, Value::Text("no such status".to_owned()))] {
        let write = Write::Update { key: key(BOOK, 1), changes: vec![(field, value)], version: None };
        assert_eq!(*store.write(write).await.unwrap_err().kind(), StoreErrorKind::Internal);
    }
    assert_eq!(store.get(key(BOOK, 1)).await.unwrap().unwrap().version, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_conditional_updates_win_one_at_a_time() {
    let store = Arc::new(store(&[BOOK]).await);
    done(store.write(new_book("a", "1")).await);
    let racers = (0..64).map(|_| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let mut won = 0;
            for _ in 0..20 {
                let record = store.get(key(BOOK, 1)).await.unwrap().unwrap();
                let Value::Int(year) = record.get(5) else { panic!() };
                let changes = vec![(5, Value::Int(year + 1))];
                let write = Write::Update { key: key(BOOK, 1), changes, version: Some(record.version) };
                match store.write(write).await.unwrap() {
                    Written::Done(_) => won += 1,
                    Written::Stale { version } => assert!(version > record.version),
                    Written::Missing => panic!("the row is there"),
                }
            }
            won
        })
    });
    let mut won = 0;
    for racer in racers.collect::<Vec<_>>() {
        won += racer.await.unwrap();
    }
    let record = store.get(key(BOOK, 1)).await.unwrap().unwrap();
    assert_eq!(record.get(5), &Value::Int(1965 + won));
    assert_eq!(record.version, 1 + won);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_sees_every_write_that_was_acknowledged() {
    let store = Arc::new(store(&[BOOK]).await);
    let tasks = (0..8).map(|task| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for index in 0..30 {
                let written = done(store.write(new_book("x", &format!("{task}-{index}"))).await);
                let Value::Int(id) = *written.get(0) else { panic!() };
                assert_eq!(store.get(key(BOOK, id)).await.unwrap(), Some(written));
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn a_panic_in_a_write_is_its_own() {
    let directory = Directory::new();
    let store = SqliteStore::open(&directory.url("x.db")).unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    let panics = store.writer.run(|connection| -> crate::store::StoreResult<()> {
        connection.execute_batch("DELETE FROM books").map_err(error::general)?;
        panic!("in the middle");
    });
    let (panicked, written) = tokio::join!(panics, store.write(new_book("a", "1")));
    assert_eq!(*panicked.unwrap_err().kind(), StoreErrorKind::Internal);
    done(written);
    assert_eq!(store.select(everything(BOOK)).await.unwrap().records.len(), 1);
}

#[tokio::test]
async fn work_that_fails_after_it_wrote_leaves_nothing() {
    let store = store(&[BOOK]).await;
    done(store.write(new_book("a", "1")).await);
    let work = |connection: &rusqlite::Connection| -> crate::store::StoreResult<()> {
        connection.execute_batch("DELETE FROM books").map_err(error::general)?;
        Err(crate::store::StoreError::new(StoreErrorKind::Internal))
    };
    // Alone in its transaction, and with others in it.
    assert!(store.writer.run(work).await.is_err());
    let (failed, other, written) =
        tokio::join!(store.writer.run(work), store.write(retitle(1, "b", None)), store.write(new_book("c", "3")),);
    assert!(failed.is_err());
    done(other);
    done(written);
    assert_eq!(store.select(everything(BOOK)).await.unwrap().records.len(), 2);
}

#[tokio::test]
async fn a_write_that_fails_half_way_is_undone_and_those_of_its_commit_are_not() {
    let store = store(&[BOOK]).await;
    for isbn in ["1", "2"] {
        done(store.write(new_book("a", isbn)).await);
    }
    // What is no price is found when the row is read back, after the statement has changed it.
    let sql = "UPDATE books SET price = 'none' WHERE id = 1";
    store.writer.run(|it| it.execute_batch(sql).map_err(error::general)).await.unwrap();
    // They wait for the transaction, and so are begun together.
    let transaction = store.begin().await.unwrap();
    let end = async {
        tokio::task::yield_now().await;
        drop(transaction);
    };
    let (before, failed, duplicate, after, ()) = tokio::join!(
        store.write(retitle(2, "b", Some(1))),
        store.write(retitle(1, "b", None)),
        store.write(new_book("c", "2")),
        store.write(new_book("d", "4")),
        end,
    );
    assert_eq!(*failed.unwrap_err().kind(), StoreErrorKind::Internal);
    assert_eq!(*duplicate.unwrap_err().kind(), StoreErrorKind::Duplicate { fields: vec!["isbn"] });
    assert_eq!(done(before).version, 2);
    assert_eq!(done(after).get(1), &Value::Text("d".to_owned()));
    let sql = "UPDATE books SET price = '1.00' WHERE id = 1";
    store.writer.run(|it| it.execute_batch(sql).map_err(error::general)).await.unwrap();
    let records = store.select(everything(BOOK)).await.unwrap().records;
    let found: Vec<_> = records.iter().map(|it| (it.get(1).clone(), it.version)).collect();
    let title = |it: &str| Value::Text(it.to_owned());
    assert_eq!(found, [(title("a"), 1), (title("b"), 2), (title("d"), 1)]);
}

#[tokio::test]
async fn a_caller_who_goes_away_leaves_no_transaction_open() {
    let store = store(&[BOOK]).await;
    for index in 0..20 {
        let write = store.write(new_book("x", &index.to_string()));
        let gone = tokio::time::timeout(std::time::Duration::from_micros(index * 10), write).await;
        drop(gone);
    }
    done(store.write(new_book("last", "last")).await);
    let records = store.select(everything(BOOK)).await.unwrap().records;
    assert_eq!(records.last().unwrap().get(1), &Value::Text("last".to_owned()));
}
