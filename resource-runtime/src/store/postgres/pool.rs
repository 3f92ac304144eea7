//! The connections that transactions have for themselves.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::connection::{Connection, Connector};
use super::transaction::PostgresTransaction;
use crate::store::sql::Statements;
use crate::store::{StoreError, StoreErrorKind, StoreResult};

/// Connections for transactions, opened when they are first needed, and kept.
pub(super) struct Pool {
    connector: Arc<Connector>,
    // A std mutex: held for a push or a pop.
    idle: Mutex<Vec<Connection>>,
    // Fair: who has waited longest is next.
    permits: Arc<Semaphore>,
    patience: Duration,
}

impl Pool {
    /// As many connections, which transactions wait for as long when all are taken.
    pub(super) fn new(connector: Arc<Connector>, size: usize, patience: Duration) -> Arc<Self> {
        Arc::new(Self { connector, idle: Mutex::default(), permits: Arc::new(Semaphore::new(size.max(1))), patience })
    }

    /// Begins a transaction.
    pub(super) async fn begin(self: &Arc<Self>) -> StoreResult<PostgresTransaction> {
        let permit = match tokio::time::timeout(self.patience, Arc::clone(&self.permits).acquire_owned()).await {
            Ok(Ok(permit)) => permit,
            Ok(Err(_)) => return Err(StoreError::new(StoreErrorKind::Unavailable).caused_by("the store is closed")),
            Err(_) => {
                return Err(StoreError::new(StoreErrorKind::Busy)
                    .caused_by(format!("all connections for transactions were taken for {:?}", self.patience)));
            }
        };
        PostgresTransaction::begin(Arc::clone(self), permit).await
    }

    pub(super) fn statements(&self) -> &Statements {
        self.connector.statements()
    }

    /// A connection that is idle, or else a new one, and whether it is new. An idle one may have died
    /// without anybody having noticed.
    pub(super) async fn connection(&self) -> StoreResult<(Connection, bool)> {
        match self.take_idle() {
            Some(connection) => Ok((connection, false)),
            None => Ok((self.connector.connect(None).await?, true)),
        }
    }

    /// Takes a connection back, on which no transaction is open.
    pub(super) fn put(&self, connection: Connection) {
        if connection.is_alive() {
            self.idle().push(connection);
        }
    }

    /// Asks the server to end what is under way on a connection.
    pub(super) async fn cancel(&self, connection: &Connection) {
        self.connector.cancel(connection).await;
    }

    /// Ends all connections, after the transactions that run have ended.
    pub(super) async fn close(&self, size: usize) {
        let all = u32::try_from(size.max(1)).unwrap_or(u32::MAX);
        let _ = self.permits.acquire_many(all).await;
        self.permits.close();
        self.idle().clear();
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
