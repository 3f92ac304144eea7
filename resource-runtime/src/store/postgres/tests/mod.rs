//! Tests against a server: `TEST_DATABASE_URL`, or one on this machine that trusts `postgres`.
//! Each has a schema of its own.

mod groups;
mod indexes;
mod lists;
mod loss;
mod migration;
mod pages;
mod statistics;
#[cfg(feature = "conformance")]
mod suite;
mod together;
mod transactions;
mod writes;
mod zoo;

use std::io::Write as _;

use std::future::Future;
use std::sync::Arc;

use tokio_postgres::NoTls;

use super::{PostgresSettings, PostgresStore};
use crate::field::Value;
use crate::query::{CountMode, Filter, SortKey};
use crate::resource::{Record, ResourceMeta};
use crate::store::{Key, Select, Store, Window, Write, Written};

/// A schema for one test.
struct Schema {
    name: String,
    /// The server's URL, with the schema as its search path and as the application's name.
    url: String,
    admin: tokio_postgres::Client,
}

impl Schema {
    /// A new schema; none, said once, where there is no server.
    async fn create() -> Option<Self> {
        let server = std::env::var("TEST_DATABASE_URL")
            .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
        let (admin, connection) = match tokio_postgres::connect(&server, NoTls).await {
            Ok(connected) => connected,
            Err(error) if std::env::var("REQUIRE_POSTGRES").is_ok_and(|it| it == "1") => {
                panic!("REQUIRE_POSTGRES=1, and there is no PostgreSQL at TEST_DATABASE_URL: {error}")
            }
            Err(error) => {
                static SAID: std::sync::Once = std::sync::Once::new();
                // Not `eprintln`, which the test harness keeps to itself while tests pass.
                SAID.call_once(|| {
                    let _ = writeln!(std::io::stderr(), "skipped: no PostgreSQL server at {server} ({error})");
                });
                return None;
            }
        };
        tokio::spawn(connection);
        let name = format!("test_{}", uuid::Uuid::now_v7().simple());
        admin.batch_execute(&format!("CREATE SCHEMA {name}")).await.unwrap();
        let and = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{and}options=-c%20search_path%3D{name}&application_name={name}");
        Some(Self { name, url, admin })
    }

    async fn drop(self) {
        let drop = format!("SET client_min_messages = warning; DROP SCHEMA {} CASCADE", self.name);
        self.admin.batch_execute(&drop).await.unwrap();
    }
}

/// Runs a test in a schema of its own; where there is no server, it does not.
async fn on_server<T: Future<Output = ()> + Send + 'static>(test: impl FnOnce(Fixture) -> T) {
    let Some(schema) = Schema::create().await else { return };
    // A task, so that the schema goes when the test panics too.
    let outcome = tokio::spawn(test(Fixture { url: schema.url.clone(), schema: schema.name.clone() })).await;
    schema.drop().await;
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}

/// What a test knows of its schema.
#[derive(Clone)]
struct Fixture {
    url: String,
    schema: String,
}

impl Fixture {
    async fn store(&self) -> PostgresStore {
        PostgresStore::connect(&self.url).await.unwrap()
    }

    /// A store in which the table of a resource is there.
    async fn store_of(&self, meta: &'static ResourceMeta) -> PostgresStore {
        let store = self.store().await;
        store.migrate(&[meta]).await.unwrap();
        store
    }

    /// Runs statements as somebody else would.
    async fn sql(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        let mut config: tokio_postgres::Config = self.url.parse().unwrap();
        config.application_name("somebody else");
        let (client, connection) = config.connect(NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        let messages = client.simple_query(sql).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
        let mut rows = Vec::new();
        for message in messages {
            if let tokio_postgres::SimpleQueryMessage::Row(row) = message {
                rows.push((0..row.len()).map(|it| row.get(it).map(str::to_owned)).collect());
            }
        }
        rows
    }
}

fn key(meta: &'static ResourceMeta, id: impl Into<Id>) -> Key {
    Key { meta, id: id.into().0, scope: Filter::All }
}

struct Id(Value);

impl From<i64> for Id {
    fn from(id: i64) -> Self {
        Self(Value::Int(id))
    }
}

/// All rows by their identifier.
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

async fn insert(store: &PostgresStore, meta: &'static ResourceMeta, values: Vec<Value>) -> Record {
    match Store::write(store, Write::Insert { meta, values, version: 1 }).await.unwrap() {
        Written::Done(record) => record,
        other => panic!("{other:?}"),
    }
}

/// A book without an identifier, which the store chooses.
fn new_book(title: &str, isbn: &str) -> Vec<Value> {
    let mut values = crate::testing::book(0, title, isbn).values;
    values[0] = Value::Null;
    values
}

/// Runs as many tasks at once, and gives what they gave.
async fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    count: usize,
    task: impl Fn(usize) -> F,
) -> Vec<T> {
    let tasks: Vec<_> = (0..count).map(|it| tokio::spawn(task(it))).collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

#[tokio::test]
async fn the_session_is_set_up() {
    on_server(|it| async move {
        let settings: PostgresSettings = it.url.parse().unwrap();
        let connector = super::Connector::new(settings).unwrap();
        let connection = connector.connect(None).await.unwrap();
        for (name, expected) in [
            ("TimeZone", "UTC"),
            ("client_min_messages", "warning"),
            ("statement_timeout", "30s"),
            ("idle_in_transaction_session_timeout", "30s"),
            ("search_path", it.schema.as_str()),
            ("application_name", it.schema.as_str()),
        ] {
            let row = connection.client().query_one("SELECT current_setting($1)", &[&name]).await.unwrap();
            assert_eq!(row.get::<_, String>(0), expected, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_statement_is_prepared_once_for_all_who_ask_at_the_same_time() {
    on_server(|it| async move {
        let store = Arc::new(PostgresStore::connect(&format!("{}&connections=1", it.url)).await.unwrap());
        at_once(32, |_| {
            let store = Arc::clone(&store);
            async move { store.ping().await.unwrap() }
        })
        .await;
        let mut sql = super::SqlText::new(super::Dialect::Postgres);
        sql.push("SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 1'");
        let rows = super::Runner::read(&mut &store.singles, &sql.into(), None).await.unwrap();
        assert_eq!(super::row::number(&rows[0], 0).unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn text_with_a_nul_is_refused_as_invalid() {
    on_server(|it| async move {
        let store = it.store_of(crate::testing::BOOK).await;
        let write = Write::Insert { meta: crate::testing::BOOK, values: new_book("a\0b", "1"), version: 1 };
        let error = Store::write(&store, write).await.unwrap_err();
        assert_eq!(*error.kind(), crate::store::StoreErrorKind::Invalid);
        assert_eq!(crate::error::ApiError::from(error).status(), 422);
    })
    .await;
}

#[tokio::test]
async fn a_closed_store_refuses() {
    on_server(|it| async move {
        let store = it.store().await;
        store.ping().await.unwrap();
        store.close().await;
        assert_eq!(*store.ping().await.unwrap_err().kind(), crate::store::StoreErrorKind::Unavailable);
        assert!(store.pool.begin().await.is_err());
    })
    .await;
}
