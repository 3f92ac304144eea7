//! Group commit.
//!
//! # Design
//!
//! A commit waits until the disk has its log, for milliseconds in which a connection does nothing
//! else: pipelined writes would wait for the disk one after another, each at the price of a flush.
//! So writes that are under way together go over connections on which PostgreSQL answers commits
//! before the disk has them (`synchronous_commit = off`), each still a transaction for itself, with
//! an outcome of its own. None is answered to its client before a [barrier](Barrier) behind it on the
//! same connection: a commit that does wait, as the server is set to, and is one for all before it.
//! Because the log is written in order, what the barrier's commit has reached, theirs have too; and
//! because it is the same session, the server has not gone down in between.
//!
//! Others may read a row some milliseconds before it is durable.
//!
//! A flush costs the processor several times what a write does, so that few flushes for many writes
//! are what makes writes cheap. Clients that wait for their answers send their next writes when they
//! have them, which is just after the next barrier was sent: each flush would be for half of them. So a
//! barrier [waits](Barrier::gather) for as many writes as were under way around the last one, for as
//! long as they keep coming, and for a part of a flush's time at most.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio_postgres::Error;

use super::connection::Connection;
use crate::store::sql::{Dialect, SqlText, Statement};

/// How long a barrier waits for one more write; timers know no shorter time.
const TICK: Duration = Duration::from_millis(1);

/// A disk that is faster than this is not waited for.
const FAST: Duration = Duration::from_millis(2);

/// How long a barrier waits for writes at most, however slow the disk is.
const LONGEST: Duration = Duration::from_millis(10);

/// The commits of one connection that wait for the disk, each for all the writes sent before it.
pub(super) struct Barrier {
    sql: Statement,
    /// Held by who sends one, until it is answered. Fair.
    turn: tokio::sync::Mutex<()>,
    // A std mutex, because it orders what is sent before and after it is held.
    sent: Mutex<Sent>,
    /// Told of each write that comes.
    came: Notify,
}

#[derive(Default)]
struct Sent {
    /// How many barriers were sent.
    begun: u64,
    /// The number of the last that was answered.
    done: u64,
    /// How many writes have been sent that wait for a barrier which is not sent yet.
    waiting: usize,
    /// How many writes were under way when the last barrier was answered, its own included.
    expected: usize,
    /// How long the last one took.
    took: Duration,
}

impl Barrier {
    /// Commits that wait as this value of `synchronous_commit` says.
    pub(super) fn new(synchronous_commit: &str) -> Self {
        let mut sql = SqlText::new(Dialect::Postgres);
        // The setting lasts until the commit has ended. A transaction that has nothing in the log
        // would not wait: the message is what it has there, which nobody reads.
        sql.push("SELECT set_config('synchronous_commit', '");
        sql.push_made(&synchronous_commit.replace('\'', "''"));
        sql.push("', true), pg_logical_emit_message(true, 'resource', '')");
        Self { sql: sql.into(), turn: tokio::sync::Mutex::default(), sent: Mutex::default(), came: Notify::new() }
    }

    /// Whether writes of several clients are to be expected.
    pub(super) fn expects_others(&self) -> bool {
        self.sent().expected > 1
    }

    /// Waits until everything is durable that has been sent on the connection by now.
    pub(super) async fn passed(&self, connection: &Connection) -> Result<(), Error> {
        let before = {
            let mut sent = self.sent();
            sent.waiting += 1;
            sent.begun
        };
        self.came.notify_one();
        let _turn = self.turn.lock().await;
        if self.sent().done > before {
            // One of those who waited as well has sent it.
            return Ok(());
        }
        self.gather().await;
        let (number, size) = {
            let mut sent = self.sent();
            sent.begun += 1;
            (sent.begun, std::mem::take(&mut sent.waiting))
        };
        let began = Instant::now();
        connection.run(&self.sql).await?;
        let mut sent = self.sent();
        sent.done = number;
        sent.took = began.elapsed();
        sent.expected = size + sent.waiting;
        Ok(())
    }

    /// Waits for the writes that may come in a moment.
    async fn gather(&self) {
        let (expected, took) = {
            let sent = self.sent();
            (sent.expected, sent.took)
        };
        if took < FAST {
            return;
        }
        let began = Instant::now();
        while self.sent().waiting < expected && began.elapsed() < LONGEST.min(took / 2) {
            if tokio::time::timeout(TICK, self.came.notified()).await.is_err() {
                return;
            }
        }
    }

    fn sent(&self) -> std::sync::MutexGuard<'_, Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
