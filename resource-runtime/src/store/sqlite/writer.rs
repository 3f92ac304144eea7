//! The one who writes: the callers' side.
//!
//! # Design
//!
//! SQLite has one writer at a time, so there is one connection that writes, and one thread that
//! owns it (`worker`). Whoever wants to write waits in one queue, first come,
//! first served: single writes, and transactions of several steps. Writes that follow each other in
//! the queue share a commit; a transaction has the thread to itself from its turn to its end.
//!
//! All that the thread is told comes over one channel: new work, a transaction's steps, the end. So
//! it hears of a caller who went away, and of a deadline that passed, while it waits for a step.
//!
//! A transaction that nobody carries on must not stop everybody else, so there are two bounds. One
//! without a statement for `Bounds::idle` is undone. And whoever has waited for `Bounds::turn`,
//! with a transaction open, is told that the store is busy: without that a task that holds a
//! transaction and writes past it would wait for itself.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::error;
use super::job::{Job, Single, job};
use super::transaction::SqliteTransaction;
use super::worker::Worker;
use super::write::Prepared;
use crate::store::sql::Statements;
use crate::store::{StoreError, StoreErrorKind, StoreResult, Write, Written};

/// Callers in the queue; those beyond them wait to get in, so that work that was given up does not
/// pile up.
const QUEUE: usize = 1_024;

/// How long is waited for whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// How long somebody waits for a transaction of somebody else's.
    pub(super) turn: Duration,
    /// How long a transaction may have no statement.
    pub(super) idle: Duration,
}

/// What the thread is told. Numbers tell transactions apart: a step may come after its
/// transaction's end.
pub(super) enum Message {
    Turn(Turn),
    Step(u64, Step),
    Commit(u64, oneshot::Sender<StoreResult<()>>),
    /// The transaction's owner has gone.
    Leave(u64),
    /// No more work comes; an open transaction is waited for as long as this.
    Close(Duration),
}

/// A place in the queue.
pub(super) struct Turn {
    pub(super) since: Instant,
    pub(super) work: Work,
    /// The place itself, given back with the turn.
    _place: OwnedSemaphorePermit,
}

pub(super) enum Work {
    /// Shares a commit with the writes that follow it.
    Write(Box<Single>),
    /// Has a transaction to itself.
    Alone(Box<dyn Job>),
    Transaction(Begin),
}

/// A transaction that is to begin.
pub(super) struct Begin {
    pub(super) number: u64,
    pub(super) fate: Arc<Fate>,
    pub(super) reply: oneshot::Sender<StoreResult<()>>,
}

/// What a transaction has to do next.
pub(super) struct Step {
    pub(super) job: Box<dyn Job>,
    /// Whether it writes, so that what it did has to be undone if it fails.
    pub(super) writes: bool,
}

/// What a transaction's owner and the thread know of each other without asking.
#[derive(Default)]
pub(super) struct Fate {
    /// The owner has gone: what is running is for nobody.
    pub(super) abandoned: AtomicBool,
    /// The thread has ended the transaction, and why.
    pub(super) ended: OnceLock<(StoreErrorKind, String)>,
}

impl Fate {
    /// Why there is no answer.
    pub(super) fn error(&self) -> StoreError {
        self.ended.get().map_or_else(gone, |(kind, why)| StoreError::new(kind.clone()).caused_by(why.as_str()))
    }
}

pub(super) struct Writer {
    inbox: mpsc::Sender<Message>,
    places: Arc<Semaphore>,
    transactions: AtomicU64,
    bounds: Bounds,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(connection: Connection, bounds: Bounds) -> StoreResult<Self> {
        let (inbox, messages) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || Worker::new(connection, messages, bounds).run())
            .map_err(|it| error::unavailable(format!("cannot start the thread that writes: {it}")))?;
        let (places, transactions) = (Arc::new(Semaphore::new(QUEUE)), AtomicU64::new(0));
        Ok(Self { inbox, places, transactions, bounds, thread: Mutex::new(Some(thread)) })
    }

    /// Does some work in a transaction, and gives its outcome when that is committed. What failed
    /// work did is undone. Work that nobody waits for any more when its turn comes is not begun.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> StoreResult<T> + Send + 'static,
    ) -> StoreResult<T> {
        let (job, outcome) = job(work);
        self.queue(Work::Alone(job)).await?;
        outcome.await.map_err(|_| gone())?
    }

    /// Carries out one write, and gives its outcome when that is committed.
    pub(super) async fn write(&self, write: Write, statements: &Arc<Statements>) -> StoreResult<Written> {
        // The statement is found here, and not in the one thread that all writes wait for.
        let (single, outcome) = Single::new(Prepared::new(statements, write), Arc::clone(statements));
        self.queue(Work::Write(single)).await?;
        outcome.await.map_err(|_| gone())?
    }

    /// Waits until a transaction can begin, and begins it.
    pub(super) async fn begin(&self, statements: Arc<Statements>) -> StoreResult<SqliteTransaction> {
        let (reply, begun) = oneshot::channel();
        let number = self.transactions.fetch_add(1, Ordering::Relaxed);
        let fate = Arc::new(Fate::default());
        // Made first: when this future is dropped, so is the transaction, and the thread hears of it.
        let transaction = SqliteTransaction::new(number, Arc::clone(&fate), self.inbox.clone(), statements);
        self.queue(Work::Transaction(Begin { number, fate, reply })).await?;
        begun.await.map_err(|_| gone())??;
        Ok(transaction)
    }

    async fn queue(&self, work: Work) -> StoreResult<()> {
        let since = Instant::now();
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| gone())?;
        self.inbox.send(Message::Turn(Turn { since, work, _place: place })).map_err(|_| gone())
    }

    /// Lets no more work in, waits for what is in, and ends the thread. A transaction that is open
    /// has as long as others would wait for it; those that have not begun do not. The second call
    /// waits for nothing.
    pub(super) fn stop(&self) {
        self.end(self.bounds.turn);
    }

    fn end(&self, patience: Duration) {
        self.places.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // Where the message does not arrive, the thread has ended. It catches the panics of its
            // jobs, and has none of its own.
            let _ = self.inbox.send(Message::Close(patience));
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    /// A transaction that is still open may belong to whoever drops the store, and is not waited for.
    fn drop(&mut self) {
        self.end(Duration::ZERO);
    }
}

fn gone() -> StoreError {
    error::unavailable("the store was closed".to_owned())
}
