//! The one who writes: the thread's side. See `writer`.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::bind::command;
use super::error;
use super::job::{Job, Single, run_alone, run_bare, run_in_savepoint, run_whole};
use super::writer::{Begin, Bounds, Fate, Message, Step, Turn, Work};
use crate::store::{StoreError, StoreErrorKind, StoreResult};

/// Writes in one commit at most: nobody's answer waits for longer than that many.
const BATCH: usize = 128;
/// Steps of SQLite's machine between two looks at whether anybody still waits for the outcome.
const STEPS: i32 = 1_000;

pub(super) struct Worker {
    connection: Connection,
    messages: Receiver<Message>,
    waiting: VecDeque<Turn>,
    bounds: Bounds,
    /// Set when no more work comes: until when an open transaction may go on.
    closing: Option<Instant>,
}

/// How a transaction ends.
enum End {
    Commit(oneshot::Sender<StoreResult<()>>),
    /// Its owner has gone.
    Left,
    /// It is ended from here.
    Broken(StoreErrorKind, String),
}

impl Worker {
    pub(super) const fn new(connection: Connection, messages: Receiver<Message>, bounds: Bounds) -> Self {
        Self { connection, messages, waiting: VecDeque::new(), bounds, closing: None }
    }

    /// Works until the store is closed.
    pub(super) fn run(mut self) {
        loop {
            if self.waiting.is_empty() && self.closing.is_none() {
                let Ok(message) = self.messages.recv() else { break };
                self.hear(message);
            }
            while let Ok(message) = self.messages.try_recv() {
                self.hear(message);
            }
            match self.waiting.pop_front().map(|it| it.work) {
                Some(Work::Write(single)) => self.batch(single),
                Some(Work::Alone(job)) => alone(&self.connection, job),
                Some(Work::Transaction(begin)) => self.transaction(begin),
                None if self.closing.is_some() => break,
                None => {}
            }
        }
        // Moves what is in the log into the file, so that a copy of the file alone is whole.
        // Without `PRAGMA optimize`, whose statistics would be those of a table as it is now, for ever.
        let _ = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);");
        if let Err((_, error)) = self.connection.close() {
            tracing::warn!(%error, "the SQLite database did not close cleanly");
        }
    }

    /// Takes in a message that is not for the open transaction.
    fn hear(&mut self, message: Message) {
        match message {
            // What comes after the end is dropped, which its caller understands.
            Message::Turn(turn) if self.closing.is_none() => self.waiting.push_back(turn),
            Message::Close(patience) => self.closing = Some(Instant::now() + patience),
            // The transaction has ended before.
            Message::Turn(_) | Message::Step(..) | Message::Commit(..) | Message::Leave(_) => {}
        }
    }

    /// Does this write, and those that follow it in the queue, in one commit. Those that it did not
    /// come to stay.
    fn batch(&mut self, first: Box<Single>) {
        let mut writes = Vec::with_capacity(self.waiting.len().min(BATCH) + 1);
        writes.push(first);
        while writes.len() < BATCH
            && let Some(turn) = self.waiting.pop_front()
        {
            match turn {
                Turn { work: Work::Write(single), .. } => writes.push(single),
                other => {
                    self.waiting.push_front(other);
                    break;
                }
            }
        }
        writes.retain(|it| !it.is_abandoned());
        let mut care = Care::None;
        while !writes.is_empty() {
            care = batch(&self.connection, &mut writes, care);
        }
    }

    /// Carries out a transaction, from its beginning to its end.
    fn transaction(&mut self, begin: Begin) {
        let Begin { number, fate, reply } = begin;
        // Without an answer, which says that the store was closed. An owner who has gone may have
        // said so before, and will not again.
        if fate.abandoned.load(Ordering::Relaxed) || self.closing.is_some() {
            return;
        }
        let watched = Arc::clone(&fate);
        let watch = move || watched.abandoned.load(Ordering::Relaxed);
        let begun = command(&self.connection, "BEGIN IMMEDIATE")
            .and_then(|()| self.connection.progress_handler(STEPS, Some(watch)))
            .map_err(failed);
        let open = begun.is_ok();
        // Where nobody takes the answer, a message says that the owner has left.
        let _ = reply.send(begun);
        let end = if open { self.steps(number, &fate) } else { End::Left };
        // What follows is to be carried out whoever waits for it.
        let _ = self.connection.progress_handler(0, None::<fn() -> bool>);
        match end {
            End::Commit(reply) => {
                let committed = command(&self.connection, "COMMIT");
                roll_back(&self.connection);
                let _ = reply.send(committed.map_err(failed));
            }
            End::Left => roll_back(&self.connection),
            End::Broken(kind, why) => {
                roll_back(&self.connection);
                tracing::warn!("a transaction of the SQLite store was rolled back: {why}");
                // Nobody else sets it.
                let _ = fate.ended.set((kind, why));
            }
        }
    }

    /// Carries out the steps of the open transaction.
    fn steps(&mut self, number: u64, fate: &Fate) -> End {
        let opened = Instant::now();
        let mut last = opened;
        loop {
            let turn = self.waiting.front().map(|it| it.since + self.bounds.turn);
            let until = [turn, self.closing].into_iter().flatten().fold(last + self.bounds.idle, Instant::min);
            match self.messages.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Message::Step(of, step)) if of == number => match self.step(step, fate) {
                    Ok(()) => last = Instant::now(),
                    // It was broken off.
                    Err(_) if fate.abandoned.load(Ordering::Relaxed) => return End::Left,
                    Err(error) => return End::Broken(StoreErrorKind::Unavailable, error.to_string()),
                },
                Ok(Message::Commit(of, reply)) if of == number => {
                    return if reply.is_closed() { End::Left } else { End::Commit(reply) };
                }
                Ok(Message::Leave(of)) if of == number => return End::Left,
                Ok(message) => self.hear(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return End::Left,
            }
            let now = Instant::now();
            if now >= last + self.bounds.idle {
                let why = format!("it had no statement for {:?}", self.bounds.idle);
                return End::Broken(StoreErrorKind::Busy, why);
            }
            if self.closing.is_some_and(|it| now >= it) {
                return End::Broken(StoreErrorKind::Unavailable, "the store was closed".to_owned());
            }
            self.turn_away(opened, last);
        }
    }

    fn step(&self, mut step: Step, fate: &Fate) -> rusqlite::Result<()> {
        // Without an answer: there is nobody to hear it.
        if fate.abandoned.load(Ordering::Relaxed) || step.job.is_abandoned() {
            return Ok(());
        }
        let run = if step.writes { run_in_savepoint } else { run_bare };
        let result = run(&self.connection, &mut *step.job);
        step.job.finish(result.as_ref().err().map(|it| error::unavailable(it.to_string())));
        result
    }

    /// Tells those that have waited too long that the open transaction goes on and on.
    fn turn_away(&mut self, opened: Instant, last: Instant) {
        let mut turned_away = 0_u32;
        while self.waiting.front().is_some_and(|it| it.since.elapsed() >= self.bounds.turn)
            && let Some(turn) = self.waiting.pop_front()
        {
            let why = format!("an open transaction kept it waiting for {:?}", self.bounds.turn);
            let error = StoreError::new(StoreErrorKind::Busy).caused_by(why);
            match turn.work {
                Work::Write(single) => single.finish(Some(error)),
                Work::Alone(job) => job.finish(Some(error)),
                Work::Transaction(begin) => drop(begin.reply.send(Err(error))),
            }
            turned_away += 1;
        }
        if turned_away > 0 {
            tracing::warn!(
                turned_away,
                open_for = ?opened.elapsed(),
                idle_for = ?last.elapsed(),
                "writes waited {:?} for an open transaction of the SQLite store, and gave up; a task that has one \
                 open has to write through it, and should wait for nothing else meanwhile",
                self.bounds.turn,
            );
        }
    }
}

/// How writes that share a commit are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Care {
    /// A write that failed has left nothing behind, as all do but for the rarest.
    None,
    /// Each has a savepoint.
    Savepoints,
}

/// Does the writes in one commit, and tells each its outcome. Those that it did not come to stay, and
/// the care to take of them: of all where one failed half-way, and all was undone for that.
#[expect(clippy::vec_box, reason = "they come in boxes, which the queue moves")]
fn batch(connection: &Connection, writes: &mut Vec<Box<Single>>, care: Care) -> Care {
    if let Err(error) = command(connection, "BEGIN IMMEDIATE") {
        finish(writes.drain(..), Some(error));
        return care;
    }
    let mut done = 0;
    let mut failure = None;
    for single in writes.iter_mut() {
        let step = match care {
            Care::None => run_whole(connection, &mut **single),
            Care::Savepoints => run_in_savepoint(connection, &mut **single).map(Some),
        };
        match step {
            Ok(Some(())) => done += 1,
            Ok(None) => {
                roll_back(connection);
                return Care::Savepoints;
            }
            Err(error) => {
                done += 1;
                failure = Some(error);
                break;
            }
        }
    }
    let result = failure.map_or_else(|| command(connection, "COMMIT"), Err);
    if result.is_err() {
        roll_back(connection);
    }
    finish(writes.drain(..done), result.err());
    care
}

/// Does a job in a transaction of its own.
fn alone(connection: &Connection, mut job: Box<dyn Job>) {
    if job.is_abandoned() {
        return;
    }
    let result = command(connection, "BEGIN IMMEDIATE")
        .and_then(|()| run_alone(connection, &mut *job))
        .and_then(|()| command(connection, "COMMIT"));
    if result.is_err() {
        roll_back(connection);
    }
    job.finish(result.err().map(failed));
}

fn finish(writes: impl IntoIterator<Item = Box<Single>>, failure: Option<rusqlite::Error>) {
    // The error itself cannot be given to each of them.
    let failure = failure.map(failed);
    for single in writes {
        single.finish(failure.as_ref().map(|it| StoreError::new(it.kind().clone()).caused_by(it.to_string())));
    }
}

fn failed(error: rusqlite::Error) -> StoreError {
    let error = error::general(error);
    tracing::warn!(%error, "a transaction of the SQLite store failed");
    error
}

fn roll_back(connection: &Connection) {
    // What fails here has failed before, and was told.
    if !connection.is_autocommit() {
        let _ = connection.execute_batch("ROLLBACK");
    }
}
