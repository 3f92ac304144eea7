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
//! Few flushes for many writes are what makes writes cheap: so a barrier waits for as many writes as were
//! under way around the last one (`gather.rs`).

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio_postgres::Error;

use super::connection::Connection;
use super::gather::gather;
use crate::store::sql::{Dialect, SqlText, Statement};

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
        let (expected, took) = {
            let sent = self.sent();
            (sent.expected, sent.took)
        };
        gather(&self.came, took, || self.sent().waiting < expected).await;
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

    fn sent(&self) -> std::sync::MutexGuard<'_, Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
