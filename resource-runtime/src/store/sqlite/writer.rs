//! The thread that writes.
//!
//! # Design
//!
//! SQLite has one writer at a time, so there is one connection that writes, and one thread that
//! owns it. Jobs come over a channel. All that wait when the thread looks go into one transaction,
//! each in a savepoint, so that the cost of a commit is shared and every job still stands or falls
//! alone. A job's outcome is told after the commit, never before.
//!
//! A job sees the connection and nothing else, and holds it for its own duration alone. A
//! transaction of several steps is one job that takes its steps from a channel of its own: it ends
//! when that channel does, so that a caller who went away leaves nothing open.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::bind::command;
use super::error;
use crate::store::{StoreError, StoreErrorKind, StoreResult};

/// Jobs that may wait; callers beyond them wait to get in.
const QUEUE: usize = 1_024;
/// Jobs in one transaction at most: nobody's answer waits for longer than that many.
const BATCH: usize = 128;

pub(super) struct Writer {
    jobs: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(connection: Connection) -> StoreResult<Self> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || run(connection, queue))
            .map_err(|it| error::unavailable(format!("cannot start the thread that writes: {it}")))?;
        Ok(Self { jobs: Mutex::new(Some(jobs)), thread: Mutex::new(Some(thread)) })
    }

    /// Does some work in a transaction, and gives its outcome when that is committed. What failed
    /// work did is undone. Work that nobody waits for any more when its turn comes is not begun.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> StoreResult<T> + Send + 'static,
    ) -> StoreResult<T> {
        let gone = || error::unavailable("the store was closed".to_owned());
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (reply, outcome) = oneshot::channel();
        let task = Task { state: State::Waiting(work), reply };
        jobs.ok_or_else(gone)?.send(Box::new(task)).await.map_err(|_| gone())?;
        outcome.await.map_err(|_| gone())?
    }

    /// Lets no more jobs in, waits for those that are in, and ends the thread. The second call
    /// waits for nothing.
    pub(super) fn stop(&self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // The thread catches the panics of its jobs, and has none of its own.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Work with its own way of telling its outcome.
trait Job: Send {
    /// Whether nobody waits for it any more.
    fn is_abandoned(&self) -> bool;
    /// Does the work. Whether to keep what it did.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Tells the outcome, which is a failure whatever the work came to if there is one here.
    fn finish(self: Box<Self>, failure: Option<StoreError>);
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
        // What the work touched is undone with its savepoint, so that nothing broken is left.
        let outcome = catch_unwind(AssertUnwindSafe(|| work(connection)))
            .unwrap_or_else(|_| Err(StoreError::new(StoreErrorKind::Internal).caused_by("a write panicked")));
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
        // The caller may have gone away; the write is done all the same.
        let _ = self.reply.send(outcome);
    }
}

fn run(connection: Connection, mut queue: mpsc::Receiver<Box<dyn Job>>) {
    let mut waiting = VecDeque::new();
    loop {
        if waiting.is_empty() {
            let Some(job) = queue.blocking_recv() else { break };
            waiting.push_back(job);
        }
        while waiting.len() < BATCH
            && let Ok(job) = queue.try_recv()
        {
            waiting.push_back(job);
        }
        waiting.retain(|job| !job.is_abandoned());
        if !waiting.is_empty() {
            batch(&connection, &mut waiting);
        }
    }
    // Moves what is in the log into the file, so that a copy of the file alone is whole.
    let _ = connection.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);");
    if let Err((_, error)) = connection.close() {
        tracing::warn!(%error, "the SQLite database did not close cleanly");
    }
}

/// Does the jobs in one transaction. Those that it did not come to stay.
fn batch(connection: &Connection, waiting: &mut VecDeque<Box<dyn Job>>) {
    if let Err(error) = command(connection, "BEGIN IMMEDIATE") {
        return finish(waiting.drain(..), Some(error));
    }
    let alone = waiting.len() == 1;
    let mut done = Vec::with_capacity(waiting.len());
    let mut failure = None;
    while let Some(mut job) = waiting.pop_front() {
        let step = if alone { run_alone(connection, &mut *job) } else { run_in_savepoint(connection, &mut *job) };
        done.push(job);
        if let Err(error) = step {
            failure = Some(error);
            break;
        }
        // Some failures, such as a full disk, make SQLite undo the whole transaction.
        if connection.is_autocommit() {
            failure = Some(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT_ROLLBACK),
                Some("the transaction was undone".to_owned()),
            ));
            break;
        }
    }
    let result = failure.map_or_else(|| command(connection, "COMMIT"), Err);
    if result.is_err() && !connection.is_autocommit() {
        let _ = connection.execute_batch("ROLLBACK");
    }
    finish(done, result.err());
}

/// A job that has the transaction to itself needs no savepoint: if it fails, the transaction is
/// undone, and an empty one is committed in its place.
fn run_alone(connection: &Connection, job: &mut dyn Job) -> rusqlite::Result<()> {
    if !job.run(connection) && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK; BEGIN")?;
    }
    Ok(())
}

fn run_in_savepoint(connection: &Connection, job: &mut dyn Job) -> rusqlite::Result<()> {
    command(connection, "SAVEPOINT job")?;
    if !job.run(connection) && !connection.is_autocommit() {
        command(connection, "ROLLBACK TO job")?;
    }
    if connection.is_autocommit() {
        return Ok(());
    }
    command(connection, "RELEASE job")
}

fn finish(jobs: impl IntoIterator<Item = Box<dyn Job>>, failure: Option<rusqlite::Error>) {
    // The error itself cannot be given to each of them.
    let failure = failure.map(|it| {
        let error = error::general(it);
        tracing::warn!(%error, "a transaction of the SQLite store failed");
        error
    });
    for job in jobs {
        job.finish(failure.as_ref().map(|it| StoreError::new(it.kind().clone()).caused_by(it.to_string())));
    }
}
