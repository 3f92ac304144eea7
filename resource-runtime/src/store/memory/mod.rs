//! The store in memory: for tests, and for services that may forget.

mod order;
mod table;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use self::table::{Found, Table};
use super::{
    BoxFuture, JsonRow, JsonSelection, Key, Select, Selection, Store, StoreError, StoreErrorKind, StoreResult, Write,
    Written,
};
use crate::field::Value;
use crate::json::Projection;
use crate::resource::{Record, ResourceMeta};

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
#[derive(Default)]
pub struct MemoryStore {
    // A std lock: it is never held across an `.await`, and no code of a user's runs under it. Rows
    // are shared (`Arc`), so that a reader keeps what it found and lets go of the lock.
    tables: RwLock<HashMap<&'static str, Table>>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn read<T>(&self, meta: &'static ResourceMeta, read: impl FnOnce(&Table) -> StoreResult<T>) -> StoreResult<T> {
        // A panic cannot leave a table half-written: every write is checked first, and then done in
        // steps that do not fail.
        let tables = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        tables.get(meta.table).ok_or_else(|| not_migrated(meta)).and_then(read)
    }

    fn find(&self, select: &Select) -> StoreResult<Found> {
        self.read(select.meta, |table| Ok(table.select(select)))
    }

    fn find_one(&self, key: &Key) -> StoreResult<Option<Arc<Record>>> {
        self.read(key.meta, |table| Ok(table.get(key).cloned()))
    }

    fn apply(&self, write: Write) -> StoreResult<Written> {
        let meta = match &write {
            Write::Insert { meta, .. } => meta,
            Write::Update { key, .. } | Write::Delete { key, .. } => key.meta,
        };
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        let table = tables.get_mut(meta.table).ok_or_else(|| not_migrated(meta))?;
        match write {
            Write::Insert { values, version, .. } => table.insert(values, version),
            Write::Update { key, changes, version } => table.update(&key, changes, version),
            Write::Delete { key, version } => table.delete(&key, version),
        }
    }

    fn register(&self, resources: &[&'static ResourceMeta]) -> StoreResult<()> {
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
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
        tables.extend(new);
        Ok(())
    }
}

impl Store for MemoryStore {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn ping(&self) -> BoxFuture<'_, StoreResult<()>> {
        Box::pin(async { Ok(()) })
    }

    fn migrate<'a>(&'a self, resources: &'a [&'static ResourceMeta]) -> BoxFuture<'a, StoreResult<()>> {
        Box::pin(async move { self.register(resources) })
    }

    fn select(&self, select: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        Box::pin(async move {
            let Found { rows, total, has_more } = self.find(&select)?;
            let records = rows.into_iter().map(Arc::unwrap_or_clone).collect();
            Ok(Selection { records, total, has_more })
        })
    }

    fn select_json(&self, select: Select, projection: Arc<Projection>) -> BoxFuture<'_, StoreResult<JsonSelection>> {
        Box::pin(async move {
            let Found { rows, total, has_more } = self.find(&select)?;
            let mut items = Vec::with_capacity(rows.len() * 256);
            for (index, record) in rows.iter().enumerate() {
                if index > 0 {
                    items.push(b',');
                }
                record.write_json(&mut items, &projection)?;
            }
            let keys = |record: &Arc<Record>| -> Vec<Value> {
                select.sort.iter().map(|key| record.get(key.field).clone()).collect()
            };
            let edges = rows.first().zip(rows.last()).map(|(first, last)| (keys(first), keys(last)));
            Ok(JsonSelection { items, len: rows.len(), edges, total, has_more })
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
        Box::pin(async move { self.apply(write) })
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

fn not_migrated(meta: &ResourceMeta) -> StoreError {
    StoreError::new(StoreErrorKind::Internal)
        .caused_by(format!("there is no table `{}`; call `migrate::<{}>()` first", meta.table, meta.name))
}
