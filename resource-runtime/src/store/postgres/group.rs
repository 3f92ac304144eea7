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

use std::sync::{Mutex, PoisonError};

use tokio_postgres::Error;

use super::connection::Connection;
use crate::store::sql::{Dialect, SqlText};

/// The commits of one connection that wait for the disk, each for all the writes sent before it.
pub(super) struct Barrier {
    sql: SqlText,
    /// Held by who sends one, until it is answered. Fair.
    turn: tokio::sync::Mutex<()>,
    // A std mutex, because it orders what is sent before and after it is held.
    sent: Mutex<Sent>,
}

#[derive(Default)]
struct Sent {
    /// How many barriers were sent.
    begun: u64,
    /// The number of the last that was answered.
    done: u64,
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
        Self { sql, turn: tokio::sync::Mutex::default(), sent: Mutex::default() }
    }

    /// Waits until everything is durable that has been sent on the connection by now.
    pub(super) async fn passed(&self, connection: &Connection) -> Result<(), Error> {
        let before = self.sent().begun;
        let _turn = self.turn.lock().await;
        let number = {
            let mut sent = self.sent();
            if sent.done > before {
                // One of those who waited as well has sent it.
                return Ok(());
            }
            sent.begun += 1;
            sent.begun
        };
        connection.run(&self.sql).await?;
        self.sent().done = number;
        Ok(())
    }

    fn sent(&self) -> std::sync::MutexGuard<'_, Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
