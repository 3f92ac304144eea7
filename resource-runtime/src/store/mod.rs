//! Where rows are kept: the [`Store`] trait, the stores that come with the framework, and
//! [`Database`], the handle that resources are mounted on.
//!
//! # Design
//!
//! A store works on a resource's description and on plain values, so that one store serves every
//! resource and is compiled once. Requests are owned values ([`Select`], [`Write`]): a store may
//! send them to another thread, or into a transaction, as they are. Each carries a `scope`: a
//! filter given from outside, for rows that are as if they were not there when it does not hold.
//! Where deletes are soft, [`Database`] adds to it that the row is not deleted, and makes of a delete the
//! update that marks the row: a store need not know.
//!
//! Reads come in two forms. [`Store::select`] gives records; [`Store::select_json`] gives the bytes
//! of the response, which a store can make from its rows without a record in between. The second
//! is provided in terms of the first, and must give the same bytes.

mod complete;
#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod expired;
pub(crate) mod idempotency;
mod json;
mod memory;
#[cfg(feature = "postgres")]
pub mod postgres;
mod request;
mod soft_delete;
pub mod sql;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub(crate) mod tasks;
mod transaction;
mod tx;
mod typed;
mod waking;

pub use complete::complete;
pub use error::{StoreError, StoreErrorKind, StoreResult};
#[cfg(feature = "server")]
pub(crate) use expired::Expired;
pub use memory::MemoryStore;
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
pub use request::{JsonRow, JsonSelection, Key, Select, Selection, Total, Window, Write, Written};
#[cfg(feature = "server")]
pub(crate) use soft_delete::{deleted, either, restoration};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
pub use transaction::Transaction;
pub use tx::{Matching, Tx};
#[cfg(feature = "server")]
pub(crate) use tx::{Open, Outcome, Slot, joined};
#[cfg(feature = "server")]
pub(crate) use typed::{first_version, of_record};
use waking::Waking;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::watch;

use crate::json::Projection;
use crate::resource::{Record, Resource, ResourceMeta, Resources};

/// How far a capped count counts: what a client can show as "more than 1,000", and costs a store little
/// even where it has to look at each row ([`CountMode::Capped`](crate::query::CountMode::Capped)).
pub const COUNT_CAP: u64 = 1_000;

/// A future that can be sent, in a box.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A place that keeps the rows of resources.
///
/// Every method is one atomic step. See the module's documentation for the design, and
/// `conformance` for the suite that a store has to pass.
pub trait Store: Send + Sync + 'static {
    /// The name that logs and messages use.
    fn name(&self) -> &'static str;

    /// Asks whether the store answers.
    fn ping(&self) -> BoxFuture<'_, StoreResult<()>>;

    /// Creates what is missing of these resources' tables and indexes.
    ///
    /// Where deletes are soft, what has to be unique is so among the rows whose mark
    /// ([`ResourceMeta::soft_delete`]) is null; but for identifiers, which no two rows have alike.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Drift`] where a table exists and does not fit its resource; the message
    /// has the statements that would mend it.
    fn migrate<'a>(&'a self, resources: &'a [&'static ResourceMeta]) -> BoxFuture<'a, StoreResult<Migration>>;

    /// Rows of a resource, in an order, as records.
    fn select(&self, select: Select) -> BoxFuture<'_, StoreResult<Selection>>;

    /// Rows of a resource, in an order, as JSON objects separated by commas, or in the projection's other form
    /// and separated as it says.
    ///
    /// Provided through [`Store::select`]; override it where rows can be written without records.
    fn select_json(&self, select: Select, projection: Arc<Projection>) -> BoxFuture<'_, StoreResult<JsonSelection>> {
        Box::pin(async move { Ok(self.select(select.clone()).await?.to_json(&select, &projection)?) })
    }

    /// The row with this identifier, as a record.
    fn get(&self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>>;

    /// The row with this identifier, as a JSON object.
    ///
    /// Provided through [`Store::get`]; override it where rows can be written without records.
    fn get_json(&self, key: Key, projection: Arc<Projection>) -> BoxFuture<'_, StoreResult<Option<JsonRow>>> {
        Box::pin(async move {
            let Some(record) = self.get(key).await? else { return Ok(None) };
            Ok(Some(JsonRow { json: record.to_json(&projection)?, version: record.version }))
        })
    }

    /// Carries out one write.
    fn write(&self, write: Write) -> BoxFuture<'_, StoreResult<Written>>;

    /// Opens a transaction.
    fn begin(&self) -> BoxFuture<'_, StoreResult<Box<dyn Transaction>>>;

    /// Ends all connections, after what is running has ended.
    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

/// The handle of a store that resources are mounted on. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    store: Arc<dyn Store>,
    /// Changes when a task is there that was not before, as far as this process knows.
    tasks: Arc<watch::Sender<()>>,
}

impl Database {
    /// A handle of this store.
    #[must_use]
    pub fn new(store: impl Store) -> Self {
        Self { store: Arc::new(soft_delete::Hiding(store)), tasks: Arc::default() }
    }

    /// Whether both are handles of one store.
    #[cfg(feature = "server")]
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        std::ptr::addr_eq(Arc::as_ptr(&self.store), Arc::as_ptr(&other.store))
    }

    /// Creates what is missing of these resources' tables and indexes: of one resource, or of a
    /// tuple of them. A table `_tasks` comes with them, for [work after the commit](crate::task), and
    /// where clients can write to one of them a table `_idempotency`, for the answers that are kept
    /// under an `Idempotency-Key`.
    ///
    /// # Errors
    ///
    /// As for [`Store::migrate`].
    // Not async: of a future that is of its type parameter, too, a type that is no resource is an error once more.
    pub fn migrate<R: Resources>(&self) -> BoxFuture<'_, StoreResult<Migration>> {
        let mut metas = R::metas();
        metas.push(&tasks::TASKS);
        if metas.iter().any(|it| idempotency::takes_keys(it)) {
            metas.push(&idempotency::IDEMPOTENCY);
        }
        Box::pin(async move {
            let mut migration = self.store.migrate(&metas).await?;
            migration.created.retain(|it| ![tasks::TASKS.table, idempotency::IDEMPOTENCY.table].contains(it));
            Ok(migration)
        })
    }

    /// Carries out one write; see [`Store::write`].
    pub fn write(&self, write: Write) -> BoxFuture<'_, StoreResult<Written>> {
        if !tasks::is_new(&write) {
            return self.store.write(write);
        }
        Box::pin(async move {
            let written = self.store.write(write).await?;
            self.wake_workers();
            Ok(written)
        })
    }

    /// Opens a transaction; see [`Store::begin`].
    pub fn begin(&self) -> BoxFuture<'_, StoreResult<Box<dyn Transaction>>> {
        Box::pin(async move {
            let transaction = self.store.begin().await?;
            Ok(Box::new(Waking::new(transaction, Arc::clone(&self.tasks))) as _)
        })
    }

    /// Tells the workers of this process that there may be a task to run.
    pub(crate) fn wake_workers(&self) {
        self.tasks.send_replace(());
    }

    /// Changes when there may be a task to run.
    pub(crate) fn new_tasks(&self) -> watch::Receiver<()> {
        self.tasks.subscribe()
    }
}

impl std::ops::Deref for Database {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        &*self.store
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Database").field(&self.store.name()).finish()
    }
}

/// What [`Store::migrate`] created.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Migration {
    /// The names of the tables that were not there before.
    pub created: Vec<&'static str>,
}

impl Migration {
    /// Whether the resource's table was not there before: the time to fill it.
    #[must_use]
    pub fn created<R: Resource>(&self) -> bool {
        self.created.contains(&R::META.table)
    }
}
