//! The store on PostgreSQL.
//!
//! # Design
//!
//! Single statements are pipelined over a few connections that all requests share (`lanes.rs`), on
//! which writes that are under way together wait for the disk together (`singles.rs`, `group.rs`);
//! requests of one kind that come together are one statement (`together`). Transactions have
//! connections of their own (`pool.rs`, `transaction.rs`). Results come in PostgreSQL's binary format,
//! and go from there into the response's JSON without a record in between, where no Rust code has to
//! see one.
//!
//! A list and its count are one statement, and so of one moment. A conditional write is one
//! statement too: the version stands in its `WHERE`. Where it met no row, the version that is
//! there is asked for, and the answer is true of that later moment: the write would have been
//! refused then as well.
//!
//! Nothing that processes must share is kept in one of them: any number can use one database.

mod catalog;
mod config;
mod connection;
mod decode;
mod drift;
mod encode;
mod error;
mod gather;
mod group;
mod lanes;
mod migrate;
mod numeric;
mod pages;
mod pool;
mod read;
mod row;
mod run;
mod singles;
mod statements;
mod statistics;
#[cfg(test)]
mod tests;
mod tls;
mod together;
mod transaction;
mod trigrams;
mod write;

pub use config::{PostgresSettings, PostgresUrlError};

use std::sync::Arc;

use self::connection::Connector;
use self::lanes::Lanes;
use self::pages::Pages;
use self::pool::Pool;
use self::run::Runner;
use self::singles::Singles;
use super::Migration;
use super::sql::{Dialect, SqlText};
use super::{
    BoxFuture, JsonRow, JsonSelection, Key, Select, Selection, Store, StoreError, StoreErrorKind, StoreResult,
    Transaction, Write, Written,
};
use crate::field::Kind;
use crate::json::Projection;
use crate::resource::{Record, ResourceMeta};

/// A store that keeps its rows in PostgreSQL (12 or later).
///
/// ```no_run
/// # async fn run() -> Result<(), resource_runtime::store::StoreError> {
/// use resource_runtime::store::Database;
/// use resource_runtime::store::postgres::PostgresStore;
///
/// let store = PostgresStore::connect("postgres://postgres@127.0.0.1:5432/books").await?;
/// let database = Database::new(store);
/// # Ok(())
/// # }
/// ```
pub struct PostgresStore {
    connector: Arc<Connector>,
    singles: Arc<Singles>,
    pages: Pages,
    pool: Arc<Pool>,
    transactions: usize,
}

impl PostgresStore {
    /// Connects to the server of this URL. See [`PostgresSettings`] for what a URL can say.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Unavailable`] where the URL cannot be used or the server cannot be reached;
    /// the message says which, and why.
    pub async fn connect(url: &str) -> StoreResult<Self> {
        let settings = url
            .parse()
            .map_err(|error: PostgresUrlError| StoreError::new(StoreErrorKind::Unavailable).caused_by(error))?;
        Self::connect_with(settings).await
    }

    /// Connects with these settings.
    ///
    /// # Errors
    ///
    /// As for [`PostgresStore::connect`].
    pub async fn connect_with(settings: PostgresSettings) -> StoreResult<Self> {
        let (connections, transactions) = (settings.connections, settings.transaction_connections);
        let wait = settings.transaction_wait;
        let groups = if settings.group_commits { connections } else { 0 };
        let connector = Arc::new(Connector::new(settings)?);
        let lanes = Lanes::open(Arc::clone(&connector), connections).await?;
        let singles = Arc::new(Singles::new(lanes, Arc::clone(&connector), groups));
        let pool = Pool::new(Arc::clone(&connector), transactions, wait);
        Ok(Self { connector, singles, pages: Pages::default(), pool, transactions })
    }
}

impl Store for PostgresStore {
    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    fn ping(&self) -> BoxFuture<'_, StoreResult<()>> {
        Box::pin(async {
            let mut sql = SqlText::new(Dialect::Postgres);
            sql.push("SELECT 1");
            (&self.singles).read(&sql.into(), None).await.map(drop)
        })
    }

    fn migrate<'a>(&'a self, resources: &'a [&'static ResourceMeta]) -> BoxFuture<'a, StoreResult<Migration>> {
        Box::pin(async move {
            let migration = migrate::migrate(&self.pool, resources).await?;
            statistics::keep(&self.connector, resources);
            Ok(migration)
        })
    }

    fn select(&self, select: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        Box::pin(async move {
            let select = self.pages.narrow(&mut &self.singles, select).await?;
            read::select(&mut &self.singles, &select).await
        })
    }

    fn select_json(&self, select: Select, projection: Arc<Projection>) -> BoxFuture<'_, StoreResult<JsonSelection>> {
        Box::pin(async move {
            let select = self.pages.narrow(&mut &self.singles, select).await?;
            read::select_json(&mut &self.singles, &select, &projection).await
        })
    }

    fn get(&self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        Box::pin(async move { read::get(&mut &self.singles, &key).await })
    }

    fn get_json(&self, key: Key, projection: Arc<Projection>) -> BoxFuture<'_, StoreResult<Option<JsonRow>>> {
        Box::pin(async move { read::get_json(&mut &self.singles, &key, &projection).await })
    }

    fn write(&self, write: Write) -> BoxFuture<'_, StoreResult<Written>> {
        Box::pin(async { together::write(&self.singles, write).await })
    }

    fn begin(&self) -> BoxFuture<'_, StoreResult<Box<dyn Transaction>>> {
        Box::pin(async { Ok(Box::new(self.pool.begin().await?) as _) })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.singles.close().await;
            self.pool.close(self.transactions).await;
        })
    }
}

/// Whether values of a kind are kept as JSON text.
fn is_json(kind: &Kind) -> bool {
    match kind {
        Kind::Object(_) | Kind::Json => true,
        Kind::List(item) => matches!(item, Kind::Object(_) | Kind::Json | Kind::List(_)),
        _ => false,
    }
}
