use std::process::Command;

use tokio::runtime::Handle;

use super::{Directory, done, everything, key, new_book};
use crate::field::Value;
use crate::query::{CountMode, Filter, Operator};
use crate::store::sqlite::SqliteStore;
use crate::store::{Select, Store as _, StoreErrorKind, Write, Written};
use crate::testing::{BOOK, PLANT};

#[track_caller]
fn refused(url: &str, why: &str) {
    let error = SqliteStore::open(url).unwrap_err();
    assert_eq!(*error.kind(), StoreErrorKind::Unavailable);
    assert!(error.to_string().contains(why), "{error}");
}

#[test]
fn a_file_that_cannot_be_opened_says_why() {
    let directory = Directory::new();
    refused(&directory.url("none/x.db"), "there is no directory");
    refused(&directory.url(""), "is a directory");
    refused(&directory.url("x.db?mode=rw"), "there is no such file");
    std::fs::write(directory.0.join("text.db"), "this is no database at all, only text".repeat(100)).unwrap();
    refused(&directory.url("text.db"), "a file of another kind");
}

#[tokio::test]
async fn a_database_is_as_it_was_when_it_is_opened_again() {
    let directory = Directory::new();
    let url = directory.url("a b.db").replace(' ', "%20");
    let written = {
        let store = SqliteStore::open(&url).unwrap();
        store.migrate(&[BOOK]).await.unwrap();
        let written = done(store.write(new_book("1")).await);
        store.close().await;
        written
    };
    assert!(directory.0.join("a b.db").exists() && !directory.0.join("a b.db-wal").exists());
    let store = SqliteStore::open(&url).unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    assert_eq!(store.get(key(BOOK, 1)).await.unwrap(), Some(written));
}

#[tokio::test]
async fn many_writes_are_copied_out_of_the_log_together() {
    let directory = Directory::new();
    let store = SqliteStore::open(&directory.url("x.db")).unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    let file = || std::fs::metadata(directory.0.join("x.db")).unwrap().len();
    let log = || std::fs::metadata(directory.0.join("x.db-wal")).unwrap().len();
    let before = file();
    // More than SQLite's own thousand pages.
    let mut number = 0;
    while log() < 1_500 * 4_096 {
        done(store.write(new_book(&number.to_string())).await);
        number += 1;
    }
    assert_eq!(file(), before);
    while file() == before {
        assert!(log() < 3_000 * 4_096, "the log is copied at last");
        done(store.write(new_book(&number.to_string())).await);
        number += 1;
    }
}

#[tokio::test]
async fn the_end_of_a_store_leaves_no_statistics_of_a_young_table() {
    let directory = Directory::new();
    let url = directory.url("x.db");
    let store = SqliteStore::open(&url).unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    done(store.write(new_book("1")).await);
    let update = Write::Update { key: key(BOOK, 1), changes: vec![(4, Value::Text("x".to_owned()))], version: None };
    done(store.write(update).await);
    store.close().await;
    let connection = rusqlite::Connection::open(directory.0.join("x.db")).unwrap();
    let statistics = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'sqlite_stat%'";
    assert_eq!(connection.query_row(statistics, [], |row| row.get(0)), Ok(0));
}

#[tokio::test]
async fn a_closed_store_answers_that_it_is() {
    let directory = Directory::new();
    let store = SqliteStore::open(&directory.url("x.db")).unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    store.ping().await.unwrap();
    store.close().await;
    store.close().await;
    for error in [
        store.ping().await.unwrap_err(),
        store.write(new_book("1")).await.unwrap_err(),
        store.select(everything(BOOK)).await.unwrap_err(),
    ] {
        assert_eq!(*error.kind(), StoreErrorKind::Unavailable);
    }
}

#[tokio::test]
async fn a_database_for_reading_only_is_read() {
    let directory = Directory::new();
    let store = SqliteStore::open(&directory.url("x.db")).unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    done(store.write(new_book("1")).await);
    drop(store);
    let store = SqliteStore::open(&directory.url("x.db?mode=ro")).unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    assert!(store.get(key(BOOK, 1)).await.unwrap().is_some());
    assert!(store.write(new_book("2")).await.is_err());
    assert_eq!(store.select(everything(BOOK)).await.unwrap().records.len(), 1);
}

#[tokio::test]
async fn a_database_in_memory_is_one_for_all_and_leaves_no_file() {
    let store = SqliteStore::open("sqlite::memory:").unwrap();
    let path = store.readers.path().to_owned();
    store.migrate(&[BOOK]).await.unwrap();
    done(store.write(new_book("1")).await);
    let (one, other) = tokio::join!(store.get(key(BOOK, 1)), store.select(everything(BOOK)));
    assert_eq!(one.unwrap().as_ref(), other.unwrap().records.first());
    assert!(path.exists());
    drop(store);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_write_that_another_process_holds_up_is_busy() {
    let directory = Directory::new();
    let store = SqliteStore::open(&directory.url("x.db?busy_timeout=20")).unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    let other = rusqlite::Connection::open(directory.0.join("x.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(*store.write(new_book("1")).await.unwrap_err().kind(), StoreErrorKind::Busy);
    assert_eq!(store.select(everything(BOOK)).await.unwrap().records.len(), 0);
    other.execute_batch("ROLLBACK").unwrap();
    done(store.write(new_book("1")).await);
}

/// Opens the same file several times at once, and does something with each store, as processes would.
fn processes<T: Send + 'static>(url: &str, run: impl Fn(SqliteStore, Handle) -> T + Clone + Send + 'static) -> Vec<T> {
    let process = |_| {
        let (url, run) = (url.to_owned(), run.clone());
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            run(SqliteStore::open(&url).unwrap(), runtime.handle().clone())
        })
    };
    let threads: Vec<_> = (0..4).map(process).collect();
    threads.into_iter().map(|it| it.join().unwrap()).collect()
}

#[test]
fn processes_that_begin_at_once_make_the_tables_once() {
    for _ in 0..8 {
        let directory = Directory::new();
        let created = processes(&directory.url("x.db"), |store, runtime| {
            runtime.block_on(async { store.migrate(&[BOOK, PLANT]).await.unwrap().created })
        });
        assert_eq!(created.concat().len(), 2, "{created:?}");
    }
}

#[test]
fn processes_write_at_once_and_see_each_others_rows() {
    let directory = Directory::new();
    let rows = processes(&directory.url("x.db"), |store, runtime| {
        runtime.block_on(async {
            store.migrate(&[BOOK]).await.unwrap();
            for _ in 0..50 {
                done(store.write(new_book(&uuid::Uuid::new_v4().simple().to_string())).await);
                let mut transaction = store.begin().await.unwrap();
                done(transaction.write(new_book(&uuid::Uuid::new_v4().simple().to_string())).await);
                transaction.commit().await.unwrap();
            }
            store.select(everything(BOOK)).await.unwrap().records.len()
        })
    });
    assert_eq!(rows.into_iter().max(), Some(400));
}

#[tokio::test]
async fn statements_outlive_what_another_process_makes_of_the_table() {
    let directory = Directory::new();
    let store = SqliteStore::open(&directory.url("x.db")).unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    let other = SqliteStore::open(&directory.url("x.db")).unwrap();
    for number in 0..3 {
        done(store.write(new_book(&number.to_string())).await);
        assert_eq!(store.select(everything(BOOK)).await.unwrap().records.len(), number + 1);
        assert!(store.get(key(BOOK, 1)).await.unwrap().is_some());
        let change = format!(
            "ALTER TABLE books ADD COLUMN extra_{number} TEXT; CREATE INDEX extra_{number} ON books (extra_{number}, title)"
        );
        other
            .writer
            .run(move |it| it.execute_batch(&change).map_err(crate::store::sqlite::error::general))
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_read_hinders_nobody_and_ends_with_its_caller() {
    let store = SqliteStore::open("sqlite::memory:").unwrap();
    store.migrate(&[BOOK]).await.unwrap();
    let fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) \
                INSERT INTO books (title, author_name, isbn, price, tags, status, created_at) \
                SELECT 'title ' || i, 'x', i, '1.0', '[]', 'available', i FROM n";
    store.writer.run(move |it| it.execute_batch(fill).map_err(crate::store::sqlite::error::general)).await.unwrap();
    let filter = Filter::one(1, Operator::Icontains, Value::Text("E 7".to_owned()));
    let slow = Select { filter, count: CountMode::Exact, ..everything(BOOK) };
    for _ in 0..2 {
        let found = store.select(slow.clone()).await.unwrap();
        assert_eq!(found.total.unwrap().rows, 1_111);
    }
    // The connections of reads that were given up are whole, and the reads are really over.
    for micros in [1, 100, 1_000, 3_000] {
        let given_up = tokio::time::timeout(std::time::Duration::from_micros(micros), store.select(slow.clone())).await;
        drop(given_up);
        assert_eq!(store.select(everything(BOOK)).await.unwrap().records.len(), 1_000);
    }
    let closed = tokio::time::timeout(std::time::Duration::from_secs(5), store.close()).await;
    assert!(closed.is_ok());
}

/// Runs the test below in a process of its own, which is killed while it writes.
#[test]
fn every_acknowledged_write_survives_a_kill() {
    let directory = Directory::new();
    let name = "store::sqlite::tests::files::writes_until_it_is_killed";
    for round in 1..=3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([name, "--exact", "--ignored", "--nocapture"])
            .env("RESOURCE_TEST_DATABASE", directory.url("x.db"))
            .env("RESOURCE_TEST_LOG", directory.0.join("log"))
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let enough = 50 * round;
        let log = directory.0.join("log");
        let acknowledged = || std::fs::read_to_string(&log).unwrap_or_default();
        for _ in 0..500 {
            if acknowledged().lines().count() >= enough {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let log = acknowledged();
        assert!(log.lines().count() >= enough);
        let connection = rusqlite::Connection::open(directory.0.join("x.db")).unwrap();
        let isbns: std::collections::HashSet<String> = connection
            .prepare("SELECT isbn FROM books")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        // The last line may have been cut.
        let whole = log.rsplit_once('\n').unwrap().0;
        for isbn in whole.lines() {
            assert!(isbns.contains(isbn), "{isbn} was acknowledged and is gone");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is run, and killed, by the test above"]
async fn writes_until_it_is_killed() {
    use std::io::Write as _;
    let (Ok(url), Ok(log)) = (std::env::var("RESOURCE_TEST_DATABASE"), std::env::var("RESOURCE_TEST_LOG")) else {
        return;
    };
    let store = std::sync::Arc::new(SqliteStore::open(&url).unwrap());
    store.migrate(&[BOOK]).await.unwrap();
    let log = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
    let writers = (0..8).map(|_| {
        let (store, mut log) = (std::sync::Arc::clone(&store), log.try_clone().unwrap());
        tokio::spawn(async move {
            loop {
                let isbn = uuid::Uuid::now_v7().to_string();
                let Ok(Written::Done(_)) = store.write(new_book(&isbn)).await else { break };
                log.write_all(format!("{isbn}\n").as_bytes()).unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}
