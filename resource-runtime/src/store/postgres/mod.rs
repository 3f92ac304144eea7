//! The store on PostgreSQL.
//!
//! # Design
//!
//! Single statements are pipelined over a few connections that all requests share (`lanes.rs`);
//! transactions have connections of their own (`pool.rs`). Results come in PostgreSQL's binary
//! format, and go from there into the response's JSON without a record in between, where no Rust
//! code has to see one.
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
mod lanes;
mod migrate;
mod numeric;
mod pool;
mod read;
mod row;
mod statements;
#[cfg(test)]
mod tests;
mod tls;
mod trigrams;

pub use config::{PostgresSettings, PostgresUrlError};

use std::sync::Arc;

use tokio_postgres::Row;

use self::connection::Connector;
use self::lanes::Lanes;
use self::pool::Pool;
use super::Migration;
use super::sql::{self, Dialect, SqlText};
use super::{
    BoxFuture, JsonRow, JsonSelection, Key, Select, Selection, Store, StoreError, StoreErrorKind, StoreResult, Write,
    Written,
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
    lanes: Arc<Lanes>,
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
        let connector = Arc::new(Connector::new(settings)?);
        let lanes = Lanes::open(Arc::clone(&connector), connections).await?;
        Ok(Self { lanes, pool: Pool::new(connector, transactions), transactions })
    }

    /// Runs a statement that changes nothing. It is run again where its connection was lost: after
    /// a server's restart all of them may be, and nobody has noticed yet.
    async fn read(&self, sql: &SqlText, meta: Option<&ResourceMeta>) -> StoreResult<Vec<Row>> {
        let mut attempts = 0;
        loop {
            let connection = self.lanes.connection().await?;
            let answer = connection.query(sql, meta).await;
            attempts += 1;
            if answer.is_ok() || connection.is_alive() || attempts > 2 * self.lanes.count() {
                return answer;
            }
        }
    }

    /// Runs a statement once: where its connection is lost, nobody knows whether it was done.
    async fn change(&self, sql: &SqlText, meta: &ResourceMeta) -> StoreResult<Option<Record>> {
        let rows = self.lanes.connection().await?.query(sql, Some(meta)).await?;
        rows.first().map(|it| row::record(it, meta)).transpose()
    }

    async fn write(&self, write: Write) -> StoreResult<Written> {
        const DIALECT: Dialect = Dialect::Postgres;
        // For an update, the key of the row if it stays in its scope.
        let mut staying = None;
        let (sql, key, version) = match write {
            Write::Insert { meta, values, version } => {
                let sql = sql::insert(DIALECT, meta, values, version, &sql::all(meta));
                let record = self.change(&sql, meta).await?;
                return record.map(Written::Done).ok_or_else(|| StoreError::new(StoreErrorKind::Internal));
            }
            Write::Update { key, changes, version } => {
                let narrow = staying.insert(key.clone().staying_in_scope(&changes));
                (sql::update(DIALECT, narrow, changes, version, &sql::all(key.meta)), key, version)
            }
            Write::Delete { key, version } => (sql::delete(DIALECT, &key, version, &sql::all(key.meta)), key, version),
        };
        loop {
            if let Some(record) = self.change(&sql, key.meta).await? {
                return Ok(Written::Done(record));
            }
            let Some(expected) = version else { return Ok(Written::Missing) };
            let rows = self.read(&sql::version_of(DIALECT, &key), Some(key.meta)).await?;
            let Some(row) = rows.first() else { return Ok(Written::Missing) };
            let found = row::number(row, 0)?;
            if found != expected {
                return Ok(Written::Stale { version: found });
            }
            if let Some(staying) = &staying
                && self.read(&sql::version_of(DIALECT, staying), Some(key.meta)).await?.is_empty()
            {
                return Ok(Written::Missing);
            }
            // A row of this version has come into being since: the write is for it.
        }
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
            self.read(&sql, None).await.map(drop)
        })
    }

    fn migrate<'a>(&'a self, resources: &'a [&'static ResourceMeta]) -> BoxFuture<'a, StoreResult<Migration>> {
        Box::pin(migrate::migrate(&self.pool, resources))
    }

    fn select(&self, select: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        Box::pin(async move { self.select_records(&select).await })
    }

    fn select_json(&self, select: Select, projection: Arc<Projection>) -> BoxFuture<'_, StoreResult<JsonSelection>> {
        Box::pin(async move { self.select_as_json(&select, &projection).await })
    }

    fn get(&self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        Box::pin(async move { self.get_record(&key).await })
    }

    fn get_json(&self, key: Key, projection: Arc<Projection>) -> BoxFuture<'_, StoreResult<Option<JsonRow>>> {
        Box::pin(async move { self.get_as_json(&key, &projection).await })
    }

    fn write(&self, write: Write) -> BoxFuture<'_, StoreResult<Written>> {
        Box::pin(self.write(write))
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.lanes.close().await;
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
