use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::bind::command;
use super::job::job;
use super::read::SelectPlan;
use super::write::Prepared;
use super::writer::{Fate, Message, Step};
use super::{error, read};
use crate::resource::Record;
use crate::store::sql::Statements;
use crate::store::{BoxFuture, Key, Select, Selection, StoreResult, Transaction, Write, Written};

/// A transaction that has the thread that writes to itself. Its reads run there too, so that they
/// see what it has written.
pub(super) struct SqliteTransaction {
    number: u64,
    fate: Arc<Fate>,
    worker: mpsc::Sender<Message>,
    statements: Arc<Statements>,
}

impl SqliteTransaction {
    pub(super) const fn new(
        number: u64,
        fate: Arc<Fate>,
        worker: mpsc::Sender<Message>,
        statements: Arc<Statements>,
    ) -> Self {
        Self { number, fate, worker, statements }
    }

    /// Has something read.
    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> StoreResult<T> + Send + 'static,
    ) -> BoxFuture<'_, StoreResult<T>> {
        self.step(work, false)
    }

    /// Has a command carried out that is one step of SQLite's.
    fn command(&self, sql: &'static str) -> BoxFuture<'_, StoreResult<()>> {
        self.step(move |connection| command(connection, sql).map_err(error::general), false)
    }

    /// Has some work done; what writes is undone if it fails.
    pub(super) fn step<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> StoreResult<T> + Send + 'static,
        writes: bool,
    ) -> BoxFuture<'_, StoreResult<T>> {
        Box::pin(async move {
            let (job, outcome) = job(work);
            self.tell(Message::Step(self.number, Step { job, writes }), outcome).await
        })
    }

    async fn tell<T>(&self, message: Message, outcome: oneshot::Receiver<StoreResult<T>>) -> StoreResult<T> {
        // What comes too late is dropped unanswered.
        self.worker.send(message).map_err(|_| self.fate.error())?;
        outcome.await.map_err(|_| self.fate.error())?
    }
}

impl Transaction for SqliteTransaction {
    fn select(&mut self, select: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        let plan = SelectPlan::of_records(Arc::clone(&self.statements), select);
        self.read(move |connection| plan.records(connection, None))
    }

    fn get(&mut self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        let statements = Arc::clone(&self.statements);
        self.read(move |connection| read::get(connection, &statements, &key))
    }

    fn write(&mut self, write: Write) -> BoxFuture<'_, StoreResult<Written>> {
        let statements = Arc::clone(&self.statements);
        let write = Prepared::new(&statements, write);
        let work = move |connection: &Connection| {
            let outcome = write.carry_out(connection, &statements)?;
            Ok(write.into_written(outcome))
        };
        self.step(work, true)
    }

    // Places may have the same name: the last one is meant.
    fn mark(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        self.command("SAVEPOINT mark")
    }

    fn keep(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        self.command("RELEASE mark")
    }

    fn undo(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        self.step(
            |connection| {
                command(connection, "ROLLBACK TO mark").map_err(error::general)?;
                command(connection, "RELEASE mark").map_err(error::general)
            },
            false,
        )
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, StoreResult<()>> {
        Box::pin(async move {
            let (reply, committed) = oneshot::channel();
            self.tell(Message::Commit(self.number, reply), committed).await
        })
    }
}

impl Drop for SqliteTransaction {
    fn drop(&mut self) {
        // First, so that a statement that is running for nobody breaks off.
        self.fate.abandoned.store(true, Ordering::Relaxed);
        // After the end of the transaction, or of the thread, this tells nobody anything.
        let _ = self.worker.send(Message::Leave(self.number));
    }
}
