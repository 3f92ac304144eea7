use std::sync::Arc;

use tokio::sync::watch;

use super::{BoxFuture, Key, Select, Selection, StoreResult, Transaction, Write, Written, tasks};
use crate::resource::Record;

/// A transaction of any store which wakes the workers of this process once it has committed tasks.
///
/// It stands here so that nobody who opens a transaction has to think of it. Workers of other
/// processes find the tasks by looking.
pub(super) struct Waking {
    transaction: Box<dyn Transaction>,
    workers: Arc<watch::Sender<()>>,
    has_tasks: bool,
}

impl Waking {
    pub(super) const fn new(transaction: Box<dyn Transaction>, workers: Arc<watch::Sender<()>>) -> Self {
        Self { transaction, workers, has_tasks: false }
    }
}

impl Transaction for Waking {
    fn select(&mut self, select: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        self.transaction.select(select)
    }

    fn get(&mut self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        self.transaction.get(key)
    }

    fn lock(&mut self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        self.transaction.lock(key)
    }

    fn write(&mut self, write: Write) -> BoxFuture<'_, StoreResult<Written>> {
        self.has_tasks |= tasks::is_new(&write);
        self.transaction.write(write)
    }

    fn mark(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        self.transaction.mark()
    }

    fn keep(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        self.transaction.keep()
    }

    fn undo(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        self.transaction.undo()
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, StoreResult<()>> {
        let Self { transaction, workers, has_tasks } = *self;
        if !has_tasks {
            return transaction.commit();
        }
        Box::pin(async move {
            transaction.commit().await?;
            workers.send_replace(());
            Ok(())
        })
    }
}
