use std::sync::Arc;

use super::{done, everything, key, new_book, store};
use crate::field::Value;
use crate::query::CountMode;
use crate::store::sqlite::{SqliteStore, error};
use crate::store::{Select, Store as _, StoreErrorKind, StoreResult, Total, Transaction as _, Write};
use crate::testing::BOOK;

const YEAR: usize = 5;

fn set_year(year: i64) -> Write {
    Write::Update { key: key(BOOK, 1), changes: vec![(YEAR, Value::Int(year))], version: None }
}

async fn isbns(store: &SqliteStore) -> Vec<String> {
    let records = store.select(everything(BOOK)).await.unwrap().records;
    let isbn = |value: &Value| match value {
        Value::Text(it) => it.clone(),
        other => panic!("{other:?}"),
    };
    records.iter().map(|it| isbn(it.get(3))).collect()
}

#[tokio::test]
async fn readers_see_a_transaction_when_it_is_committed_and_not_before() {
    let store = store(&[BOOK]).await;
    let mut transaction = store.begin().await.unwrap();
    done(transaction.write(new_book("1")).await);
    done(transaction.write(new_book("2")).await);
    assert!(isbns(&store).await.is_empty());
    transaction.commit().await.unwrap();
    assert_eq!(isbns(&store).await, ["1", "2"]);
}

#[tokio::test]
async fn a_transaction_reads_what_it_has_written() {
    let store = store(&[BOOK]).await;
    done(store.write(new_book("0")).await);
    let mut transaction = store.begin().await.unwrap();
    let written = done(transaction.write(new_book("1")).await);
    assert_eq!(transaction.get(key(BOOK, 2)).await.unwrap(), Some(written.clone()));
    assert_eq!(transaction.lock(key(BOOK, 2)).await.unwrap(), Some(written));
    done(transaction.write(Write::Delete { key: key(BOOK, 1), version: None }).await);
    assert_eq!(transaction.get(key(BOOK, 1)).await.unwrap(), None);
    assert_eq!(transaction.select(everything(BOOK)).await.unwrap().records.len(), 1);
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn counting_rows_does_not_end_a_transaction() {
    let store = store(&[BOOK]).await;
    done(store.write(new_book("0")).await);
    let mut transaction = store.begin().await.unwrap();
    done(transaction.write(new_book("1")).await);
    let window = crate::store::Window::Offset { offset: 0, limit: 1 };
    let counted = Select { count: CountMode::Exact, window, ..everything(BOOK) };
    let found = transaction.select(counted).await.unwrap();
    assert_eq!(found.total, Some(Total { rows: 2, kind: CountMode::Exact }));
    drop(transaction);
    assert_eq!(isbns(&store).await, ["0"]);
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_no_trace() {
    let store = store(&[BOOK]).await;
    done(store.write(new_book("0")).await);
    let mut transaction = store.begin().await.unwrap();
    done(transaction.write(new_book("1")).await);
    done(transaction.write(set_year(1)).await);
    drop(transaction);
    // The next write waits for nothing but the end.
    done(store.write(new_book("2")).await);
    assert_eq!(isbns(&store).await, ["0", "2"]);
    assert_eq!(store.get(key(BOOK, 1)).await.unwrap().unwrap().version, 1);
}

#[tokio::test]
async fn a_commit_that_is_not_waited_for_is_whole_or_nothing() {
    let store = store(&[BOOK]).await;
    for index in 0..50_u64 {
        let mut transaction = store.begin().await.unwrap();
        done(transaction.write(new_book(&format!("{index}-a"))).await);
        done(transaction.write(new_book(&format!("{index}-b"))).await);
        let commit = transaction.commit();
        drop(tokio::time::timeout(std::time::Duration::from_micros(index), commit).await);
    }
    done(store.write(new_book("last")).await);
    let mut found = isbns(&store).await;
    assert_eq!(found.pop().as_deref(), Some("last"));
    for pair in found.chunks(2) {
        assert_eq!(pair[0].replace("-a", "-b"), pair[1]);
    }
}

#[tokio::test]
async fn a_failed_write_undoes_itself_and_nothing_else() {
    let store = store(&[BOOK]).await;
    let mut transaction = store.begin().await.unwrap();
    done(transaction.write(new_book("1")).await);
    let error = transaction.write(new_book("1")).await.unwrap_err();
    assert_eq!(*error.kind(), StoreErrorKind::Duplicate { fields: vec!["isbn"] });
    done(transaction.write(new_book("2")).await);
    transaction.commit().await.unwrap();
    assert_eq!(isbns(&store).await, ["1", "2"]);
}

#[tokio::test]
async fn a_write_that_fails_or_panics_after_it_wrote_is_undone() {
    let store = store(&[BOOK]).await;
    let mut transaction = store.writer.begin(Arc::clone(&store.statements)).await.unwrap();
    done(transaction.write(new_book("1")).await);
    for panics in [false, true] {
        let work = move |connection: &rusqlite::Connection| -> StoreResult<()> {
            connection.execute_batch("DELETE FROM books").map_err(error::general)?;
            assert!(!panics, "in the middle");
            Err(crate::store::StoreError::new(StoreErrorKind::Internal))
        };
        assert_eq!(*transaction.step(work, true).await.unwrap_err().kind(), StoreErrorKind::Internal);
    }
    done(transaction.write(new_book("2")).await);
    Box::new(transaction).commit().await.unwrap();
    assert_eq!(isbns(&store).await, ["1", "2"]);
}

#[tokio::test]
async fn marks_nest() {
    let store = store(&[BOOK]).await;
    let mut transaction = store.begin().await.unwrap();
    done(transaction.write(new_book("kept")).await);
    transaction.mark().await.unwrap();
    done(transaction.write(new_book("outer")).await);
    transaction.mark().await.unwrap();
    done(transaction.write(new_book("inner")).await);
    transaction.undo().await.unwrap();
    done(transaction.write(new_book("inner")).await);
    transaction.mark().await.unwrap();
    done(transaction.write(new_book("second")).await);
    transaction.keep().await.unwrap();
    assert_eq!(transaction.select(everything(BOOK)).await.unwrap().records.len(), 4);
    // What an inner mark kept goes with the outer one.
    transaction.undo().await.unwrap();
    done(transaction.write(new_book("after")).await);
    transaction.commit().await.unwrap();
    assert_eq!(isbns(&store).await, ["kept", "after"]);
}

#[tokio::test]
async fn a_mark_that_was_neither_kept_nor_undone_is_committed() {
    let store = store(&[BOOK]).await;
    let mut transaction = store.begin().await.unwrap();
    transaction.mark().await.unwrap();
    done(transaction.write(new_book("1")).await);
    transaction.commit().await.unwrap();
    done(store.write(new_book("2")).await);
    assert_eq!(isbns(&store).await, ["1", "2"]);
}

#[tokio::test]
async fn a_place_that_was_not_marked_is_no_place_to_go_to() {
    let store = store(&[BOOK]).await;
    let mut transaction = store.begin().await.unwrap();
    done(transaction.write(new_book("1")).await);
    assert_eq!(*transaction.undo().await.unwrap_err().kind(), StoreErrorKind::Internal);
    assert_eq!(*transaction.keep().await.unwrap_err().kind(), StoreErrorKind::Internal);
    transaction.commit().await.unwrap();
    assert_eq!(isbns(&store).await, ["1"]);
}

#[tokio::test]
async fn a_panic_while_a_transaction_is_open_undoes_it() {
    let store = Arc::new(store(&[BOOK]).await);
    let panicking = Arc::clone(&store);
    let task = tokio::spawn(async move {
        let mut transaction = panicking.begin().await.unwrap();
        done(transaction.write(new_book("1")).await);
        panic!("in the middle");
    });
    assert!(task.await.is_err());
    done(store.write(new_book("1")).await);
    assert_eq!(isbns(&store).await, ["1"]);
}

#[tokio::test]
async fn a_transaction_that_sqlite_undid_is_over() {
    let store = store(&[BOOK]).await;
    let trigger = "CREATE TRIGGER undo BEFORE DELETE ON books BEGIN SELECT RAISE(ROLLBACK, 'no'); END";
    store.writer.run(move |it| it.execute_batch(trigger).map_err(error::general)).await.unwrap();
    let mut transaction = store.begin().await.unwrap();
    done(transaction.write(new_book("1")).await);
    transaction.write(Write::Delete { key: key(BOOK, 1), version: None }).await.unwrap_err();
    // Nothing is written outside of a transaction by mistake.
    assert_eq!(*transaction.write(new_book("2")).await.unwrap_err().kind(), StoreErrorKind::Unavailable);
    assert_eq!(*transaction.commit().await.unwrap_err().kind(), StoreErrorKind::Unavailable);
    assert!(isbns(&store).await.is_empty());
    done(store.write(new_book("3")).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_transactions_lose_no_update() {
    let store = Arc::new(store(&[BOOK]).await);
    done(store.write(new_book("1")).await);
    done(store.write(set_year(0)).await);
    let racers = (0..64_u32).map(|racer| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let mut commits = 0;
            for round in 0..10 {
                let mut transaction = store.begin().await.unwrap();
                let record = transaction.lock(key(BOOK, 1)).await.unwrap().unwrap();
                let Value::Int(year) = *record.get(YEAR) else { panic!() };
                done(transaction.write(set_year(year + 1)).await);
                if (racer + round) % 4 == 0 {
                    drop(transaction);
                } else {
                    transaction.commit().await.unwrap();
                    commits += 1;
                }
            }
            commits
        })
    });
    let mut commits = 0;
    for racer in racers.collect::<Vec<_>>() {
        commits += racer.await.unwrap();
    }
    assert_eq!(store.get(key(BOOK, 1)).await.unwrap().unwrap().get(YEAR), &Value::Int(commits));
}
