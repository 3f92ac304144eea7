//! Work after the commit: tasks that are kept in the same transaction as the writes they belong to, and
//! run once it is committed.
//!
//! ```
//! use resource_runtime::prelude::*;
//! use resource_runtime::task::{Task, TaskContext, TaskError};
//! use serde::{Deserialize, Serialize};
//!
//! /// Thanks a reader for an order.
//! #[derive(Serialize, Deserialize)]
//! struct SendReceipt {
//!     order: i64,
//! }
//!
//! impl Task for SendReceipt {
//!     const NAME: &'static str = "send_receipt";
//!
//!     async fn run(self, cx: &TaskContext) -> Result<(), TaskError> {
//!         let mailer = cx.state::<Mailer>()?;
//!         mailer.send(self.order, cx.id()).await?;
//!         Ok(())
//!     }
//! }
//!
//! # async fn example(store: Database) -> resource_runtime::Result<()> {
//! // Together with other writes: it runs if they take effect, and only then.
//! let mut transaction = store.begin().await?;
//! // … transaction.write(…).await?;
//! transaction.enqueue(&SendReceipt { order: 7 }).await?;
//! transaction.commit().await?;
//!
//! // By itself.
//! store.enqueue(&SendReceipt { order: 8 }).await?;
//! # Ok(())
//! # }
//! # #[derive(Clone)] struct Mailer;
//! # impl Mailer { async fn send(&self, _: i64, _: Uuid) -> Result<(), std::io::Error> { Ok(()) } }
//! ```
//!
//! [`Api::task`](crate::http::Api::task) has the server run them; a [`Worker`] runs them without one, in a
//! process of its own.
//!
//! # What is promised
//!
//! - A task whose transaction was committed runs **at least once**, also if the process ends at any
//!   moment; one whose transaction was not never does. (The store in memory forgets its tasks with
//!   everything else.) It may run again after it has done its work, if the process ended before that
//!   was written down: so its work must bear to be done twice. [`TaskContext::id`] tells a repetition
//!   from another task.
//! - However many processes share a store, a task does not run **twice at the same time**, as long as
//!   their clocks agree to within two thirds of [`Task::LEASE`].
//! - A task that fails or panics is tried again, after a time that doubles from [`Task::FIRST_DELAY`] to
//!   [`Task::LONGEST_DELAY`], until it was begun [`Task::MAX_ATTEMPTS`] times. Then it has failed for good: that is
//!   logged as an error, and it stays for [`Tasks`] to look at, to try again, or to discard.
//! - Tasks run in no particular order, several at once.
//!
//! # Design
//!
//! A task is a row of the table `_tasks`, a resource of the framework's own, which every store has without
//! a line of code for it. A worker takes a row by an update on condition of its version: of several
//! workers one wins. That update moves the time at which the row is due to the end of a lease. While the
//! task runs the lease is renewed at each third of it; when its worker dies, it ends, and the row is due
//! again, for any worker. A task whose lease could not be renewed in time is dropped at its next
//! `.await`, because another worker may have it. What is done is deleted, and all of it is on condition of
//! the version that the worker wrote last. No transaction is open while a task runs.
//!
//! An attempt is counted when it begins, so that a task that brings its process down does not do so for
//! ever.
//!
//! Workers find tasks by looking, each second, one query per kind of task; that asks for those which
//! are due within the next second too, so that they start on time. Within one process a commit wakes
//! the workers at once.

mod context;
mod enqueue;
mod error;
mod handler;
mod tasks;
mod worker;

pub use context::TaskContext;
pub use enqueue::{enqueue, enqueue_at};
pub use error::TaskError;
#[cfg(feature = "server")]
pub(crate) use handler::Handlers;
pub use tasks::{FailedTask, Tasks};
pub use worker::Worker;
#[cfg(feature = "server")]
pub(crate) use worker::told;

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Work that is done after a commit. See the [module](self) for an example, and for what is promised.
///
/// It is kept as JSON under its name, so both have to stay readable for the tasks that wait while a new
/// version of the program is put in place.
pub trait Task: Serialize + DeserializeOwned + Send + 'static {
    /// The name that it is kept under, which no other task has.
    const NAME: &'static str;
    /// How often it is begun at most.
    const MAX_ATTEMPTS: u32 = 20;
    /// How long to wait after the first attempt that failed; after each further one twice as long.
    /// Chance makes it up to a fifth longer or shorter, so that what failed together does not come
    /// back together.
    const FIRST_DELAY: Duration = Duration::from_secs(1);
    /// How long to wait at most between two attempts.
    const LONGEST_DELAY: Duration = Duration::from_secs(60 * 60);
    /// How long it is left alone after its worker was last heard of: after the worker's process has
    /// died, it is up to so long until another goes on. It does not bound how long a task runs.
    const LEASE: Duration = Duration::from_secs(30);

    /// Does the work. It must not block the thread for long, or its lease could not be renewed:
    /// `tokio::task::spawn_blocking` is for that.
    ///
    /// # Errors
    ///
    /// When it could not be done; it is tried again later, unless the error is
    /// [permanent](TaskError::permanent).
    fn run(self, cx: &TaskContext) -> impl Future<Output = Result<(), TaskError>> + Send;
}
