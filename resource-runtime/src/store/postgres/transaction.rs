//! Transactions.
//!
//! # Design
//!
//! A transaction has a connection of the pool for itself. `BEGIN` goes out with the first
//! statement, so that opening one costs no round trip, and a connection that died while it was idle
//! can be replaced without anybody noticing: nothing was done on it.
//!
//! One savepoint, `step`, always stands behind the last change. A statement that fails makes the
//! server refuse everything until a rollback; one to `step` undoes that statement and nothing else.
//! The savepoint is moved on after each change, in the same round trip, and reads cost nothing. It is
//! moved on behind locked rows too, because a rollback to it would give up their locks.
//!
//! `COMMIT` of a transaction that the server refuses to go on with is a rollback that says "done".
//! So `RELEASE step` stands in front of it, which fails then.
//!
//! Where the server gave up (a deadlock, a timeout), all is rolled back at once, because others may
//! wait for its locks.
//!
//! A step whose answer nobody waited for has been sent as a whole, and may or may not have been
//! carried out: after it the transaction refuses everything, and is rolled back.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio_postgres::Row;

use super::connection::{Connection, Step};
use super::pool::Pool;
use super::run::{self, Runner};
use super::{read, write};
use crate::resource::{Record, ResourceMeta};
use crate::store::sql::{self, Dialect, Statement, Statements};
use crate::store::{
    BoxFuture, Key, Select, Selection, StoreError, StoreErrorKind, StoreResult, Transaction, Write, Written,
};

/// Whatever the server's default is: what follows relies on statements that see what others have
/// committed before them.
pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SAVEPOINT step";
const NEXT: &str = "RELEASE step; SAVEPOINT step";
const BACK: &str = "ROLLBACK TO step";
pub(super) const COMMIT: &str = "RELEASE step; COMMIT";

// Savepoints of the same name hide each other; what is released or rolled back to is the last one.
const MARK: &str = "RELEASE step; SAVEPOINT mark; SAVEPOINT step";
const KEEP: &str = "RELEASE mark; SAVEPOINT step";
const UNDO: &str = "ROLLBACK TO mark; RELEASE mark; SAVEPOINT step";

/// How long rolling back may take.
const ROLLBACK: Duration = Duration::from_secs(5);

/// How long a statement that nobody waits for any more may go on before it is cancelled.
const ABANDONED: Duration = Duration::from_millis(100);

/// A transaction. It is rolled back when it is dropped before it was committed.
pub(super) struct PostgresTransaction {
    /// There until the transaction is dropped.
    connection: Option<Connection>,
    /// Whether the server has begun it.
    is_open: bool,
    /// Why it cannot go on.
    failed: Option<StoreErrorKind>,
    marks: usize,
    pool: Arc<Pool>,
    permit: Option<OwnedSemaphorePermit>,
}

impl PostgresTransaction {
    pub(super) async fn begin(pool: Arc<Pool>, permit: OwnedSemaphorePermit) -> StoreResult<Self> {
        let (connection, _) = pool.connection().await?;
        let connection = Some(connection);
        Ok(Self { connection, is_open: false, failed: None, marks: 0, pool, permit: Some(permit) })
    }

    /// Runs statements that give no rows and have no placeholders, and may take long.
    pub(super) async fn batch(&mut self, sql: &str, meta: Option<&ResourceMeta>) -> StoreResult<()> {
        let after = format!("{sql}; {NEXT}");
        let step = Step { is_unbounded: true, ..self.behind(None, &after) };
        self.step(step, meta).await.map(drop)
    }

    /// Ends the transaction, and makes what it did last.
    ///
    /// An error of [`StoreErrorKind::Unavailable`] leaves open whether it did.
    pub(super) async fn commit(mut self) -> StoreResult<()> {
        self.check()?;
        if self.is_open {
            self.connection()?.commit(COMMIT).await?;
            self.is_open = false;
        }
        Ok(())
    }

    /// A statement, and others without rows and placeholders behind it.
    fn behind<'a>(&self, sql: Option<&'a Statement>, after: &'a str) -> Step<'a> {
        let (before, undo) = if self.is_open { ("", BACK) } else { (BEGIN, "ROLLBACK") };
        Step { before, sql, after, undo, is_unbounded: false }
    }

    /// Takes one step, in one round trip. It is done, or the transaction is as it was before, or it
    /// has failed.
    async fn step(&mut self, step: Step<'_>, meta: Option<&ResourceMeta>) -> StoreResult<Vec<Row>> {
        self.check()?;
        // Until the answer is there; it may not be waited for.
        self.failed = Some(StoreErrorKind::Internal);
        let answer = self.take(step, meta).await;
        self.failed = match &answer {
            Err(error) if matches!(error.kind(), StoreErrorKind::Unavailable | StoreErrorKind::Busy) => {
                Some(error.kind().clone())
            }
            Ok(_) | Err(_) => None,
        };
        self.is_open |= answer.is_ok();
        answer
    }

    async fn take(&mut self, step: Step<'_>, meta: Option<&ResourceMeta>) -> StoreResult<Vec<Row>> {
        let mut is_new = false;
        loop {
            let connection = self.connection()?;
            let answer = connection.step(&step, meta).await;
            if answer.is_ok() || self.is_open || is_new || connection.is_alive() {
                return answer;
            }
            // It died while it was idle, and with it whatever was done on it just now.
            let (connection, opened) = self.pool.connection().await?;
            (self.connection, is_new) = (Some(connection), opened);
        }
    }

    fn check(&self) -> StoreResult<()> {
        let refuse = |it: &StoreErrorKind| StoreError::new(it.clone()).caused_by("the transaction has failed before");
        self.failed.as_ref().map_or(Ok(()), |it| Err(refuse(it)))
    }

    /// Goes to the last mark, and forgets it.
    async fn forget_mark(&mut self, how: &str) -> StoreResult<()> {
        let Some(marks) = self.marks.checked_sub(1) else {
            return Err(StoreError::new(StoreErrorKind::Internal).caused_by("no place is marked"));
        };
        self.step(self.behind(None, how), None).await?;
        self.marks = marks;
        Ok(())
    }

    fn connection(&self) -> StoreResult<&Connection> {
        self.connection.as_ref().ok_or_else(|| StoreError::new(StoreErrorKind::Internal))
    }
}

impl Runner for PostgresTransaction {
    fn statements(&self) -> &Statements {
        self.pool.statements()
    }

    async fn read(&mut self, sql: &Statement, meta: Option<&ResourceMeta>) -> StoreResult<Vec<Row>> {
        self.step(self.behind(Some(sql), ""), meta).await
    }

    async fn row(&mut self, key: &Key, columns: &[usize]) -> StoreResult<Option<Arc<Row>>> {
        run::row(self, key, columns).await
    }

    async fn change(&mut self, sql: &Statement, meta: &ResourceMeta) -> StoreResult<Option<Record>> {
        run::first(&self.step(self.behind(Some(sql), NEXT), Some(meta)).await?, meta)
    }
}

impl Transaction for PostgresTransaction {
    fn select(&mut self, select: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        Box::pin(async move { read::select(self, &select).await })
    }

    fn get(&mut self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        Box::pin(async move { read::get(self, &key).await })
    }

    fn lock(&mut self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        Box::pin(async move {
            let mut sql = sql::get(Dialect::Postgres, &key, &sql::all(key.meta));
            sql.push(" FOR UPDATE");
            self.change(&sql.into(), key.meta).await
        })
    }

    fn write(&mut self, write: Write) -> BoxFuture<'_, StoreResult<Written>> {
        Box::pin(write::write(self, write))
    }

    fn mark(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        Box::pin(async {
            self.step(self.behind(None, MARK), None).await?;
            self.marks += 1;
            Ok(())
        })
    }

    fn keep(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        Box::pin(self.forget_mark(KEEP))
    }

    fn undo(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        Box::pin(self.forget_mark(UNDO))
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, StoreResult<()>> {
        Box::pin(Self::commit(*self))
    }
}

impl Drop for PostgresTransaction {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if !self.is_open && self.failed.is_none() {
            return self.pool.put(connection);
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return connection.cut() };
        let patience = if self.failed.is_some() { ABANDONED } else { ROLLBACK };
        let (pool, permit) = (Arc::clone(&self.pool), self.permit.take());
        runtime.spawn(async move {
            roll_back(&pool, connection, patience).await;
            drop(permit);
        });
    }
}

/// Rolls back what a connection has open, and gives the connection back if that has worked.
async fn roll_back(pool: &Pool, connection: Connection, patience: Duration) {
    match tokio::time::timeout(patience, connection.client().batch_execute("ROLLBACK")).await {
        Ok(Ok(())) => pool.put(connection),
        Ok(Err(_)) => connection.cut(),
        Err(_) => {
            // A server notices only after a statement that nobody waits for it, and holds its locks
            // until then. The connection is not used again: a cancellation may come late.
            pool.cancel(&connection).await;
            connection.cut();
        }
    }
}
