//! What users of the store get of it.

mod files;
mod indexes;
mod pages;
mod plans;
mod schema;
mod transactions;
mod turns;
mod types;
mod writes;

use std::path::PathBuf;

use super::SqliteStore;
use super::bind::prepare;
use crate::field::Value;
use crate::query::{CountMode, Filter, SortKey};
use crate::resource::{Record, ResourceMeta};
use crate::store::sql::{Dialect, SqlText, Statement};
use crate::store::{Key, Select, Store as _, StoreResult, Window, Write, Written};
use crate::testing::{BOOK, book};

/// A directory of a test's own, gone after it.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("resource-test-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn url(&self, file: &str) -> String {
        format!("sqlite://{}", self.0.join(file).display())
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn store(resources: &[&'static ResourceMeta]) -> SqliteStore {
    let store = SqliteStore::open("sqlite::memory:").unwrap();
    store.migrate(resources).await.unwrap();
    store
}

fn insert(meta: &'static ResourceMeta, values: Vec<Value>) -> Write {
    Write::Insert { meta, values, version: 1 }
}

fn new_book(isbn: &str) -> Write {
    let mut values = book(1, "Dune", isbn).values;
    values[0] = Value::Null;
    insert(BOOK, values)
}

fn key(meta: &'static ResourceMeta, id: impl Into<i64>) -> Key {
    Key { meta, id: Value::Int(id.into()), scope: Filter::All }
}

/// All rows, in the order of their identifiers.
fn everything(meta: &'static ResourceMeta) -> Select {
    Select {
        meta,
        scope: Filter::All,
        filter: Filter::All,
        sort: vec![SortKey { field: meta.id(), descending: false, nulls_first: false }],
        window: Window::Offset { offset: 0, limit: 1_000 },
        count: CountMode::None,
    }
}

#[track_caller]
fn done(written: StoreResult<Written>) -> Record {
    match written.unwrap() {
        Written::Done(record) => record,
        other => panic!("{other:?}"),
    }
}

/// A column of a query's rows, as text.
fn rows(store: &SqliteStore, sql: &Statement, column: usize) -> Vec<String> {
    store
        .readers
        .quick(|connection| {
            let mut statement = prepare(connection, sql).unwrap();
            let mut rows = statement.raw_query();
            let mut lines = Vec::new();
            while let Some(row) = rows.next().unwrap() {
                lines.push(row.get::<_, String>(column).unwrap());
            }
            Ok(lines)
        })
        .unwrap()
}

fn query(text: &str) -> Statement {
    Statement::from(SqlText { text: text.to_owned(), ..SqlText::new(Dialect::Sqlite) })
}

/// The suite that every store has to pass.
#[cfg(feature = "conformance")]
mod conformance {
    use super::SqliteStore;
    use crate::store::Database;

    async fn make() -> Database {
        Database::new(SqliteStore::open("sqlite::memory:").unwrap())
    }

    crate::conformance_suite!(make);
}
