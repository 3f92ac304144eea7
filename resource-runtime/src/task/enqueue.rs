//! Tasks on their way into a store.

use jiff::Timestamp;
use uuid::Uuid;

use super::Task;
use crate::error::ApiError;
use crate::field::{Value, now, whole_microseconds};
use crate::store::tasks::{TASKS, field};
use crate::store::{BoxFuture, Database, StoreError, StoreErrorKind, StoreResult, Transaction, Tx, Write, Written};

/// The write that adds a task, for whoever carries out writes: the task runs once it is committed, and
/// never if it is not.
///
/// # Errors
///
/// When the task cannot be written as JSON.
pub fn enqueue<T: Task>(task: &T) -> StoreResult<Write> {
    enqueue_at(task, now())
}

/// As [`enqueue`], for a task that does not run before a time.
///
/// # Errors
///
/// As for [`enqueue`].
pub fn enqueue_at<T: Task>(task: &T, time: Timestamp) -> StoreResult<Write> {
    let payload = serde_json::to_string(task)
        .map_err(|error| StoreError::internal(format!("the task `{}` cannot be written as JSON: {error}", T::NAME)))?;
    let values = vec![
        Value::Uuid(Uuid::now_v7()),
        Value::Text(T::NAME.to_owned()),
        Value::Text(payload),
        Value::Int(0),
        Value::Timestamp(whole_microseconds(time)),
        Value::Null,
        Value::Timestamp(now()),
    ];
    Ok(Write::Insert { meta: &TASKS, values, version: 1 })
}

impl Database {
    /// Adds a task by itself, and gives its identifier. What belongs to other writes goes into their
    /// transaction: `transaction.enqueue(&task)`.
    ///
    /// # Errors
    ///
    /// When the task cannot be written as JSON, or the store fails.
    pub fn enqueue<T: Task>(&self, task: &T) -> BoxFuture<'_, StoreResult<Uuid>> {
        self.enqueue_at(task, now())
    }

    /// Adds a task that does not run before a time.
    ///
    /// # Errors
    ///
    /// As for [`Database::enqueue`].
    pub fn enqueue_at<T: Task>(&self, task: &T, time: Timestamp) -> BoxFuture<'_, StoreResult<Uuid>> {
        let write = enqueue_at(task, time);
        Box::pin(async move { added::<T>(self.write(write?).await) })
    }
}

impl dyn Transaction + '_ {
    /// Adds a task, which runs once the transaction is committed, and never if it is not. Gives its
    /// identifier.
    ///
    /// # Errors
    ///
    /// When the task cannot be written as JSON, or the store fails.
    pub fn enqueue<T: Task>(&mut self, task: &T) -> BoxFuture<'_, StoreResult<Uuid>> {
        self.enqueue_at(task, now())
    }

    /// Adds a task that does not run before a time, nor before the transaction is committed.
    ///
    /// # Errors
    ///
    /// As for `enqueue`.
    pub fn enqueue_at<T: Task>(&mut self, task: &T, time: Timestamp) -> BoxFuture<'_, StoreResult<Uuid>> {
        let write = enqueue_at(task, time);
        Box::pin(async move { added::<T>(self.write(write?).await) })
    }
}

impl Tx {
    /// Adds a task, which runs once the transaction is committed, and never if it is not. Gives its
    /// identifier.
    ///
    /// # Errors
    ///
    /// When the task cannot be written as JSON, or the store fails.
    pub async fn enqueue<T: Task>(&mut self, task: &T) -> Result<Uuid, ApiError> {
        self.enqueue_at(task, now()).await
    }

    /// Adds a task that does not run before a time, nor before the transaction is committed.
    ///
    /// # Errors
    ///
    /// As for [`Tx::enqueue`].
    pub async fn enqueue_at<T: Task>(&mut self, task: &T, time: Timestamp) -> Result<Uuid, ApiError> {
        let write = enqueue_at(task, time)?;
        Ok(added::<T>(self.write(write).await)?)
    }
}

/// The identifier of a task that was added.
fn added<T: Task>(written: StoreResult<Written>) -> StoreResult<Uuid> {
    match written {
        Ok(Written::Done(record)) => match record.get(field::ID) {
            Value::Uuid(id) => Ok(*id),
            other => Err(StoreError::internal(format!("a task has the identifier {other:?}"))),
        },
        Ok(other) => Err(StoreError::internal(format!("an insert ended with {other:?}"))),
        Err(error) if *error.kind() == StoreErrorKind::Internal => Err(StoreError::internal(format!(
            "the task `{}` cannot be kept; `Database::migrate` creates the table `{}` ({error})",
            T::NAME,
            TASKS.table
        ))),
        Err(error) => Err(error),
    }
}
