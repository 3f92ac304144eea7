//! What statements are run on: the lanes, each for itself, or a transaction.

use std::future::Future;

use tokio_postgres::Row;

use super::lanes::Lanes;
use super::row;
use crate::resource::{Record, ResourceMeta};
use crate::store::StoreResult;
use crate::store::sql::SqlText;

/// Runs statements. Reads and writes are the same on all of them.
pub(super) trait Runner: Send {
    /// Runs a statement that changes nothing and locks nothing.
    fn read(
        &mut self,
        sql: &SqlText,
        meta: Option<&ResourceMeta>,
    ) -> impl Future<Output = StoreResult<Vec<Row>>> + Send;

    /// Runs a statement that changes or locks one row at most, and gives that row.
    fn change(
        &mut self,
        sql: &SqlText,
        meta: &ResourceMeta,
    ) -> impl Future<Output = StoreResult<Option<Record>>> + Send;
}

/// How many lost connections a read tries after another. Where there is no server at all it is refused
/// long before, when no connection can be opened.
const READ_ATTEMPTS: usize = 20;

impl Runner for &Lanes {
    /// The statement is run again where its connection was lost: after a server's restart all of
    /// them may be, and nobody has noticed yet.
    async fn read(&mut self, sql: &SqlText, meta: Option<&ResourceMeta>) -> StoreResult<Vec<Row>> {
        let mut attempts = 0;
        loop {
            let connection = self.connection().await?;
            let answer = connection.query(sql, meta).await;
            attempts += 1;
            if answer.is_ok() || connection.is_alive() || attempts > READ_ATTEMPTS {
                return answer;
            }
        }
    }

    /// The statement is run once: where its connection is lost, nobody knows whether it was done.
    async fn change(&mut self, sql: &SqlText, meta: &ResourceMeta) -> StoreResult<Option<Record>> {
        first(&self.connection().await?.query(sql, Some(meta)).await?, meta)
    }
}

/// The record of the first row, where there is one.
pub(super) fn first(rows: &[Row], meta: &ResourceMeta) -> StoreResult<Option<Record>> {
    rows.first().map(|it| row::record(it, meta)).transpose()
}
