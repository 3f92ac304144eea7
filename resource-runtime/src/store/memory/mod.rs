//! The store in memory: for tests, and for services that may forget.

mod order;
mod table;
mod transaction;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};

use self::table::{Found, Table};
use self::transaction::MemoryTransaction;
use super::{
    BoxFuture, JsonRow, JsonSelection, Key, Migration, Select, Selection, Store, StoreError, StoreErrorKind,
    StoreResult, Transaction, Write, Written, json,
};
use crate::json::Projection;
use crate::resource::{Record, ResourceMeta};

/// How long a write waits for its turn: the bound for a write that is awaited by the very task that
/// holds a transaction open, and would wait for ever.
const PATIENCE: Duration = Duration::from_secs(5);

/// A store that keeps its rows in memory, and loses them with the process.
///
/// It obeys the same rules as the others: identifiers are never given twice, unique fields are
/// unique, writes are atomic and carry versions. Filters and sorts look at every row, so it is meant
/// for some ten thousands of them.
///
/// ```
/// use resource_runtime::store::{Database, MemoryStore};
///
/// let db = Database::new(MemoryStore::new());
/// assert_eq!(db.name(), "memory");
/// ```
///
/// # Design
///
/// Two locks. A transaction, and every write outside of one, holds the turn to write; turns are
/// given in the order in which they were asked for. A transaction works on copies of the tables that
/// it writes to, and swaps them in when it commits, so readers never wait for it and see what is
/// committed alone. A writer that has waited for its turn for five seconds is told that the store is
/// busy; to wait, it needs a Tokio runtime with a timer.
#[derive(Default)]
pub struct MemoryStore {
    tables: Arc<Tables>,
    turn: Arc<Mutex<()>>,
}

/// The tables by their names: what is committed.
#[derive(Default)]
struct Tables(
    // A std lock: it is never held across an `.await`, and no code of a user's runs under it. Rows
    // are shared (`Arc`), so that a reader keeps what it found and lets go of the lock.
    RwLock<HashMap<&'static str, Table>>,
);

impl Tables {
    // A panic cannot leave a table half-written: every write is checked first, and then done in
    // steps that do not fail.

    fn read(&self) -> RwLockReadGuard<'_, HashMap<&'static str, Table>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<&'static str, Table>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, meta: &ResourceMeta, read: impl FnOnce(&Table) -> T) -> StoreResult<T> {
        self.read().get(meta.table).ok_or_else(|| StoreError::not_migrated(meta)).map(read)
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits for the turn to write.
    async fn turn(&self) -> StoreResult<OwnedMutexGuard<()>> {
        // Without a timer where there is nobody to wait for. This does not push in: a turn that
        // others wait for is never free.
        if let Ok(turn) = Arc::clone(&self.turn).try_lock_owned() {
            return Ok(turn);
        }
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turn).lock_owned()).await;
        turn.map_err(|_| {
            StoreError::new(StoreErrorKind::Busy)
                .caused_by("another transaction did not end in time; what runs inside of one has to write through it")
        })
    }

    fn find(&self, select: &Select) -> StoreResult<Found> {
        self.tables.with(select.meta, |table| table.select(select))
    }

    fn find_one(&self, key: &Key) -> StoreResult<Option<Arc<Record>>> {
        self.tables.with(key.meta, |table| table.get(key).cloned())
    }

    fn register(&self, resources: &[&'static ResourceMeta]) -> StoreResult<Migration> {
        let mut tables = self.tables.write();
        let mut new: HashMap<&'static str, Table> = HashMap::new();
        for meta in resources {
            match tables.get(meta.table).or_else(|| new.get(meta.table)) {
                Some(table) if table.fits(meta) => {}
                Some(table) => {
                    let report = format!(
                        "`{}` and `{}` both keep their rows in the table `{}`, but have different fields; \
                         give one of them another `table`",
                        table.meta().name,
                        meta.name,
                        meta.table
                    );
                    return Err(StoreError::new(StoreErrorKind::Drift { report }));
                }
                None => {
                    new.insert(meta.table, Table::new(meta));
                }
            }
        }
        let created = resources.iter().map(|it| it.table).filter(|it| new.contains_key(it)).collect();
        tables.extend(new);
        Ok(Migration { created })
    }
}

impl Store for MemoryStore {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn ping(&self) -> BoxFuture<'_, StoreResult<()>> {
        Box::pin(async { Ok(()) })
    }

    fn migrate<'a>(&'a self, resources: &'a [&'static ResourceMeta]) -> BoxFuture<'a, StoreResult<Migration>> {
        Box::pin(async move {
            let _turn = self.turn().await?;
            self.register(resources)
        })
    }

    fn select(&self, select: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        Box::pin(async move { Ok(self.find(&select)?.into_selection()) })
    }

    fn select_json(&self, select: Select, projection: Arc<Projection>) -> BoxFuture<'_, StoreResult<JsonSelection>> {
        Box::pin(async move {
            let Found { rows, total, has_more } = self.find(&select)?;
            Ok(json::selection(rows.iter().map(|it| &**it), &select, &projection, (total, has_more))?)
        })
    }

    fn get(&self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        Box::pin(async move { Ok(self.find_one(&key)?.map(Arc::unwrap_or_clone)) })
    }

    fn get_json(&self, key: Key, projection: Arc<Projection>) -> BoxFuture<'_, StoreResult<Option<JsonRow>>> {
        Box::pin(async move {
            let Some(record) = self.find_one(&key)? else { return Ok(None) };
            Ok(Some(JsonRow { json: record.to_json(&projection)?, version: record.version }))
        })
    }

    fn write(&self, write: Write) -> BoxFuture<'_, StoreResult<Written>> {
        Box::pin(async move {
            let _turn = self.turn().await?;
            let meta = write.meta();
            self.tables.write().get_mut(meta.table).ok_or_else(|| StoreError::not_migrated(meta))?.apply(write)
        })
    }

    fn begin(&self) -> BoxFuture<'_, StoreResult<Box<dyn Transaction>>> {
        Box::pin(async move {
            let turn = self.turn().await?;
            Ok(Box::new(MemoryTransaction::new(Arc::clone(&self.tables), turn)) as Box<dyn Transaction>)
        })
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{FieldMeta, IdSource, Value};
    use crate::query::Filter;
    use crate::store::Database;
    use crate::testing::{BOOK, book};

    #[cfg(feature = "conformance")]
    mod conformance {
        use super::*;

        async fn make() -> Database {
            Database::new(MemoryStore::new())
        }

        crate::conformance_suite!(make);
    }

    fn insert(record: Record) -> Write {
        Write::Insert { meta: BOOK, values: record.values, version: record.version }
    }

    #[tokio::test]
    async fn a_resource_that_was_not_migrated_is_named() {
        let db = Database::new(MemoryStore::new());
        let error = db.write(insert(book(1, "Dune", "1"))).await.unwrap_err();
        assert_eq!(error.to_string(), "the store failed: there is no table `books`; call `migrate::<Book>()` first");
    }

    #[tokio::test]
    async fn two_resources_can_share_a_table_only_with_the_same_fields() {
        static SAME: ResourceMeta = ResourceMeta::new("PublicBook", "public-books", "books", BOOK.fields);
        static OTHER: ResourceMeta =
            ResourceMeta::new("Tome", "tomes", "books", &[FieldMeta::of::<i64>("id").id(IdSource::Store)]);
        let store = MemoryStore::new();
        store.migrate(&[BOOK, &SAME]).await.unwrap();
        let error = store.migrate(&[&OTHER]).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "`Book` and `Tome` both keep their rows in the table `books`, but have different fields; \
             give one of them another `table`"
        );
        store.write(insert(book(1, "Dune", "1"))).await.unwrap();
        let key = Key { meta: &SAME, id: Value::Int(1), scope: Filter::All };
        assert!(store.get(key).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_migration_that_fails_registers_nothing() {
        static OTHER: ResourceMeta =
            ResourceMeta::new("Tome", "tomes", "books", &[FieldMeta::of::<i64>("id").id(IdSource::Store)]);
        let store = MemoryStore::new();
        assert!(store.migrate(&[BOOK, &OTHER]).await.is_err());
        assert!(store.write(insert(book(1, "Dune", "1"))).await.is_err());
    }

    #[tokio::test]
    async fn an_identifier_that_is_given_is_not_given_again() {
        let store = MemoryStore::new();
        store.migrate(&[BOOK]).await.unwrap();
        store.write(insert(book(41, "Dune", "1"))).await.unwrap();
        let mut next = book(0, "Emma", "2");
        next.values[0] = Value::Null;
        let Written::Done(record) = store.write(insert(next)).await.unwrap() else { panic!() };
        assert_eq!(record.get(0), &Value::Int(42));
    }

    #[tokio::test]
    async fn null_is_refused_where_the_field_has_none() {
        let store = MemoryStore::new();
        store.migrate(&[BOOK]).await.unwrap();
        let mut record = book(1, "Dune", "1");
        record.values[1] = Value::Null;
        let error = store.write(insert(record)).await.unwrap_err();
        assert_eq!(error.to_string(), "the store failed: `title` cannot be null");
    }
}
