//! What statements are run on: shared connections, each for itself, or a transaction.

use std::future::Future;
use std::sync::Arc;

use tokio_postgres::Row;

use super::row;
use crate::resource::{Record, ResourceMeta};
use crate::store::sql::{Statement, Statements};
use crate::store::{Key, StoreResult};

/// Runs statements. Reads and writes are the same on all of them.
pub(super) trait Runner: Send {
    /// Where statements are found by their shape.
    fn statements(&self) -> &Statements;

    /// Runs a statement that changes nothing and locks nothing.
    fn read(
        &mut self,
        sql: &Statement,
        meta: Option<&ResourceMeta>,
    ) -> impl Future<Output = StoreResult<Vec<Row>>> + Send;

    /// Reads a row: these columns, then the version, and perhaps more.
    fn row(&mut self, key: &Key, columns: &[usize]) -> impl Future<Output = StoreResult<Option<Arc<Row>>>> + Send;

    /// Runs a statement that changes or locks one row at most, and gives that row.
    fn change(
        &mut self,
        sql: &Statement,
        meta: &ResourceMeta,
    ) -> impl Future<Output = StoreResult<Option<Record>>> + Send;
}

/// Reads a row by a statement of its own: these columns, then the version.
pub(super) async fn row(on: &mut impl Runner, key: &Key, columns: &[usize]) -> StoreResult<Option<Arc<Row>>> {
    let sql = on.statements().get(key, columns);
    Ok(on.read(&sql, Some(key.meta)).await?.into_iter().next().map(Arc::new))
}

/// The record of the first row, where there is one.
pub(super) fn first(rows: &[Row], meta: &ResourceMeta) -> StoreResult<Option<Record>> {
    rows.first().map(|it| row::record(it, meta)).transpose()
}
