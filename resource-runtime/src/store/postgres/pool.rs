//! The connections that transactions have for themselves.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_postgres::Row;

use super::connection::{Connection, Connector};
use super::error;
use crate::resource::ResourceMeta;
use crate::store::sql::SqlText;
use crate::store::{StoreError, StoreErrorKind, StoreResult};

/// How long a transaction waits for a connection when all are taken.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long an abandoned transaction may take to be rolled back.
const ROLLBACK: Duration = Duration::from_secs(5);

/// Connections for transactions, opened when they are first needed, and kept.
pub(super) struct Pool {
    connector: Arc<Connector>,
    // A std mutex: held for a push or a pop.
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Pool {
    pub(super) fn new(connector: Arc<Connector>, size: usize) -> Arc<Self> {
        Arc::new(Self { connector, idle: Mutex::default(), permits: Arc::new(Semaphore::new(size.max(1))) })
    }

    /// Begins a transaction.
    pub(super) async fn begin(self: &Arc<Self>) -> StoreResult<Transaction> {
        let permit = match tokio::time::timeout(PATIENCE, Arc::clone(&self.permits).acquire_owned()).await {
            Ok(Ok(permit)) => permit,
            Ok(Err(_)) => return Err(StoreError::new(StoreErrorKind::Unavailable).caused_by("the store is closed")),
            Err(_) => return Err(StoreError::new(StoreErrorKind::Busy).caused_by("all connections are taken")),
        };
        // One that died while it was idle shows at the first statement, which is harmless to repeat.
        while let Some(connection) = self.take_idle() {
            if let Ok(transaction) = self.start(connection).await {
                return Ok(transaction.with(permit));
            }
        }
        let connection = self.connector.connect(None).await?;
        self.start(connection).await.map(|it| it.with(permit))
    }

    /// Ends all connections, after the transactions that run have ended.
    pub(super) async fn close(&self, size: usize) {
        let all = u32::try_from(size.max(1)).unwrap_or(u32::MAX);
        let _ = self.permits.acquire_many(all).await;
        self.permits.close();
        self.idle().clear();
    }

    async fn start(self: &Arc<Self>, connection: Connection) -> StoreResult<Transaction> {
        connection.client().batch_execute("BEGIN").await.map_err(|error| error::convert(error, None))?;
        Ok(Transaction { connection: Some(connection), pool: Arc::clone(self), permit: None })
    }

    fn take_idle(&self) -> Option<Connection> {
        let mut idle = self.idle();
        while let Some(connection) = idle.pop() {
            if connection.is_alive() {
                return Some(connection);
            }
        }
        None
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A transaction. It is rolled back when it is dropped before it was committed.
pub(super) struct Transaction {
    /// There until the transaction ends.
    connection: Option<Connection>,
    pool: Arc<Pool>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Transaction {
    /// Runs a statement, and gives its rows.
    pub(super) async fn query(&self, sql: &SqlText, meta: Option<&ResourceMeta>) -> StoreResult<Vec<Row>> {
        self.connection()?.query(sql, meta).await
    }

    /// Runs statements that give no rows and have no placeholders.
    pub(super) async fn batch(&self, sql: &str, meta: Option<&ResourceMeta>) -> StoreResult<()> {
        self.connection()?.client().batch_execute(sql).await.map_err(|error| error::convert(error, meta))
    }

    /// Ends the transaction, and makes what it did last.
    ///
    /// An error of [`StoreErrorKind::Unavailable`] leaves open whether it did.
    pub(super) async fn commit(mut self) -> StoreResult<()> {
        self.batch("COMMIT", None).await?;
        if let Some(connection) = self.connection.take() {
            self.pool.idle().push(connection);
        }
        Ok(())
    }

    fn with(mut self, permit: OwnedSemaphorePermit) -> Self {
        self.permit = Some(permit);
        self
    }

    fn connection(&self) -> StoreResult<&Connection> {
        self.connection.as_ref().ok_or_else(|| StoreError::new(StoreErrorKind::Internal))
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take().filter(Connection::is_alive) else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return connection.cut() };
        let (pool, permit) = (Arc::clone(&self.pool), self.permit.take());
        runtime.spawn(async move {
            let rolled_back = connection.client().batch_execute("ROLLBACK");
            match tokio::time::timeout(ROLLBACK, rolled_back).await {
                Ok(Ok(())) => pool.idle().push(connection),
                Ok(Err(_)) | Err(_) => connection.cut(),
            }
            drop(permit);
        });
    }
}
