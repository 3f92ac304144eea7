//! Statements that are no part of a transaction.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use tokio_postgres::Row;

use super::connection::{Connection, Connector};
use super::lanes::Lanes;
use super::run::{self, Runner};
use super::together::{self, Changes, Lines, Rows};
use crate::resource::{Record, ResourceMeta};
use crate::store::sql::{Statement, Statements};
use crate::store::{Key, StoreResult};

/// How many lost connections a read tries after another. Where there is no server at all it is refused
/// long before, when no connection can be opened.
const READ_ATTEMPTS: usize = 20;

/// Runs single statements. Writes that are under way together wait for the disk together, on
/// connections that no read waits on; a write alone waits for its own commit.
pub(super) struct Singles {
    lanes: Arc<Lanes>,
    connector: Arc<Connector>,
    /// How many connections there are for groups of writes.
    groups: usize,
    /// Opened when two writes are first under way at once.
    grouped: OnceLock<Arc<Lanes>>,
    writes: AtomicUsize,
    pub(super) rows: Lines<Rows>,
    pub(super) changes: Lines<Changes>,
}

impl Singles {
    /// Over these lanes, and as many as `groups` more for groups of writes.
    pub(super) fn new(lanes: Arc<Lanes>, connector: Arc<Connector>, groups: usize) -> Self {
        Self {
            lanes,
            connector,
            groups,
            grouped: OnceLock::new(),
            writes: AtomicUsize::new(0),
            rows: Lines::default(),
            changes: Lines::default(),
        }
    }

    /// Where statements are found by their shape.
    pub(super) fn statements(&self) -> &Statements {
        self.connector.statements()
    }

    /// Ends all connections, after what is under way on them has ended.
    pub(super) async fn close(&self) {
        self.lanes.close().await;
        if let Some(grouped) = self.grouped.get() {
            grouped.close().await;
        }
    }

    /// Runs a statement that writes several rows, and gives them. It is run once: where its connection is
    /// lost, nobody knows whether it was done.
    pub(super) async fn change_several(&self, sql: &Statement, meta: &ResourceMeta) -> StoreResult<Vec<Row>> {
        let _under_way = UnderWay::new(&self.writes);
        self.writer(false).await?.change(sql, meta).await
    }

    /// Where a write goes that is the only one under way or not. All that are in groups go to one
    /// connection, so that they are in one group.
    async fn writer(&self, is_alone: bool) -> StoreResult<Arc<Connection>> {
        if !is_alone && self.groups > 0 {
            let open = || Lanes::grouped(Arc::clone(&self.connector), self.groups);
            // Until they are open, and where the server has no place for them, it goes the usual way.
            if let Some(connection) = self.grouped.get_or_init(open).first() {
                return Ok(connection);
            }
        }
        // The first of several that come together is alone only for a moment.
        let grouped = self.grouped.get().and_then(|it| it.first()).filter(|it| it.expects_others());
        match grouped {
            Some(connection) => Ok(connection),
            None => self.lanes.connection().await,
        }
    }
}

impl Runner for &Arc<Singles> {
    fn statements(&self) -> &Statements {
        Singles::statements(self)
    }

    /// The statement is run again where its connection was lost: after a server's restart all of
    /// them may be, and nobody has noticed yet.
    async fn read(&mut self, sql: &Statement, meta: Option<&ResourceMeta>) -> StoreResult<Vec<Row>> {
        let mut attempts = 0;
        loop {
            let connection = self.lanes.connection().await?;
            let answer = connection.query(sql, meta).await;
            attempts += 1;
            if answer.is_ok() || connection.is_alive() || attempts > READ_ATTEMPTS {
                return answer;
            }
        }
    }

    async fn row(&mut self, key: &Key, columns: &[usize]) -> StoreResult<Option<Arc<Row>>> {
        together::row(self, key, columns).await
    }

    /// The statement is run once: where its connection is lost, nobody knows whether it was done.
    async fn change(&mut self, sql: &Statement, meta: &ResourceMeta) -> StoreResult<Option<Record>> {
        let under_way = UnderWay::new(&self.writes);
        let connection = self.writer(under_way.is_alone).await?;
        run::first(&connection.change(sql, meta).await?, meta)
    }
}

/// Counts a write for as long as it is under way, however it ends.
struct UnderWay<'a> {
    count: &'a AtomicUsize,
    is_alone: bool,
}

impl<'a> UnderWay<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        Self { is_alone: count.fetch_add(1, Ordering::Relaxed) == 0, count }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}
