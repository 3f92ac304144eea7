use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rusqlite::{Connection, ffi};
use tokio::sync::oneshot;

use super::bind::command;
use super::write::{Outcome, Prepared};
use crate::store::sql::Statements;
use crate::store::{StoreError, StoreErrorKind, StoreResult, Written};

/// Work for the thread that writes, with its own way of telling its outcome.
pub(super) trait Job: Send {
    /// Whether nobody waits for it any more.
    fn is_abandoned(&self) -> bool;
    /// Does the work. Whether to keep what it did.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Tells the outcome, which is a failure whatever the work came to if there is one here.
    fn finish(self: Box<Self>, failure: Option<StoreError>);
}

/// A job of this work, and where its outcome comes out.
pub(super) fn job<T: Send + 'static>(
    work: impl FnOnce(&Connection) -> StoreResult<T> + Send + 'static,
) -> (Box<dyn Job>, oneshot::Receiver<StoreResult<T>>) {
    let (reply, outcome) = oneshot::channel();
    (Box::new(Task { state: State::Waiting(work), reply }), outcome)
}

struct Task<T, W> {
    state: State<T, W>,
    reply: oneshot::Sender<StoreResult<T>>,
}

enum State<T, W> {
    Waiting(W),
    Done(StoreResult<T>),
    Running,
}

impl<T: Send, W: FnOnce(&Connection) -> StoreResult<T> + Send> Job for Task<T, W> {
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, connection: &Connection) -> bool {
        let State::Waiting(work) = std::mem::replace(&mut self.state, State::Running) else { return false };
        let outcome = caught(|| work(connection));
        let keep = outcome.is_ok();
        self.state = State::Done(outcome);
        keep
    }

    fn finish(self: Box<Self>, failure: Option<StoreError>) {
        let outcome = match (self.state, failure) {
            (State::Done(Err(error)), _) | (_, Some(error)) => Err(error),
            (State::Done(Ok(value)), None) => Ok(value),
            (State::Waiting(_) | State::Running, None) => Err(StoreError::new(StoreErrorKind::Internal)),
        };
        // The caller may have gone away; what was done is done all the same.
        let _ = self.reply.send(outcome);
    }
}

/// A write that can share a commit with others, and its caller.
///
/// It can be run again, after what it did was undone.
pub(super) struct Single {
    write: Prepared,
    statements: Arc<Statements>,
    outcome: Option<StoreResult<Outcome>>,
    reply: oneshot::Sender<StoreResult<Written>>,
}

impl Single {
    /// A write, and where its outcome comes out.
    pub(super) fn new(
        write: Prepared,
        statements: Arc<Statements>,
    ) -> (Box<Self>, oneshot::Receiver<StoreResult<Written>>) {
        let (reply, outcome) = oneshot::channel();
        (Box::new(Self { write, statements, outcome: None, reply }), outcome)
    }
}

impl Job for Single {
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, connection: &Connection) -> bool {
        let outcome = caught(|| self.write.carry_out(connection, &self.statements));
        self.outcome.insert(outcome).is_ok()
    }

    fn finish(self: Box<Self>, failure: Option<StoreError>) {
        let Self { write, outcome, reply, .. } = *self;
        let result = match (outcome, failure) {
            (Some(Err(error)), _) | (_, Some(error)) => Err(error),
            (Some(Ok(outcome)), None) => Ok(write.into_written(outcome)),
            (None, None) => Err(StoreError::new(StoreErrorKind::Internal)),
        };
        // The caller may have gone away; what was done is done all the same.
        let _ = reply.send(result);
    }
}

/// Does some work. What it touched is undone where it panics, so that nothing broken is left.
fn caught<T>(work: impl FnOnce() -> StoreResult<T>) -> StoreResult<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(StoreError::new(StoreErrorKind::Internal).caused_by("a statement's work panicked")))
}

/// Runs a write that shares its transaction with others, for which it did what it had to, or nothing.
/// `None` where it failed half-way.
///
/// A statement that fails leaves nothing behind, but what comes after it may fail too: to read the row
/// back, say, where somebody else has put there what no type has. A savepoint around each write would
/// undo that, and has SQLite copy every page that the write touches.
///
/// # Errors
///
/// When the whole transaction was undone.
pub(super) fn run_whole(connection: &Connection, job: &mut dyn Job) -> rusqlite::Result<Option<()>> {
    let before = connection.total_changes();
    let keep = job.run(connection);
    still_open(connection)?;
    Ok((keep || connection.total_changes() == before).then_some(()))
}

/// Runs a job that has the transaction to itself. It needs no savepoint: if it fails, the
/// transaction is undone, and an empty one is committed in its place.
pub(super) fn run_alone(connection: &Connection, job: &mut dyn Job) -> rusqlite::Result<()> {
    if !job.run(connection) {
        still_open(connection)?;
        connection.execute_batch("ROLLBACK; BEGIN")?;
    }
    still_open(connection)
}

/// Runs a job so that, if it fails, what it did is undone and what was done before is not.
///
/// # Errors
///
/// When the whole transaction was undone.
pub(super) fn run_in_savepoint(connection: &Connection, job: &mut dyn Job) -> rusqlite::Result<()> {
    command(connection, "SAVEPOINT job")?;
    if !job.run(connection) {
        still_open(connection)?;
        command(connection, "ROLLBACK TO job")?;
    }
    still_open(connection)?;
    command(connection, "RELEASE job")
}

/// Runs a job that has nothing to undo.
///
/// # Errors
///
/// When the whole transaction was undone.
pub(super) fn run_bare(connection: &Connection, job: &mut dyn Job) -> rusqlite::Result<()> {
    job.run(connection);
    still_open(connection)
}

/// Some failures, such as a full disk, make SQLite undo the whole transaction.
fn still_open(connection: &Connection) -> rusqlite::Result<()> {
    if !connection.is_autocommit() {
        return Ok(());
    }
    let why = "the transaction was undone".to_owned();
    Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_ABORT_ROLLBACK), Some(why)))
}
