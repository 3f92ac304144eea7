use std::time::Duration;

use jiff::Timestamp;

use super::{Database, Key, Select, StoreErrorKind, StoreResult, Window, Write, Written, soft_delete};
use crate::field::Value;
use crate::field::now;
use crate::query::{CountMode, Filter, Keyset, Operator, SortKey};
use crate::resource::{Record, ResourceMeta};

/// How many rows go in one transaction, which others have to wait for.
const BATCH: u32 = 100;
/// How long those others have before the next one.
const PAUSE: Duration = Duration::from_millis(50);

/// Rows that one of their fields says to be over.
#[derive(Debug, Clone)]
pub(crate) struct Expired {
    pub(crate) meta: &'static ResourceMeta,
    /// The rows that it is looked for among.
    pub(crate) scope: Filter,
    /// The field that says it: a time.
    pub(crate) field: usize,
    /// The last time that is over.
    pub(crate) until: Timestamp,
}

impl Expired {
    /// The rows that were deleted softly at least this long ago; none where deletes are not soft, or
    /// where time does not go back that far.
    pub(crate) fn deleted(meta: &'static ResourceMeta, older_than: Duration) -> Option<Self> {
        let until = now().checked_sub(older_than).ok()?;
        Some(Self { meta, scope: soft_delete::deleted(meta), field: meta.soft_delete()?, until })
    }

    /// Removes them all, in batches, and tells how many they were. Several processes can do so at once.
    ///
    /// A row that others still refer to is left, and said in the log.
    pub(crate) async fn remove(&self, database: &Database) -> StoreResult<u64> {
        let (mut removed, mut left) = (0, 0);
        let mut place = None;
        loop {
            let found = self.find(database, place.take()).await?;
            let gone = self.remove_batch(database, &found).await?;
            removed += gone.removed;
            left += gone.left;
            match found.last() {
                Some(last) if found.len() == BATCH as usize => place = Some(self.place(last)),
                _ => break,
            }
            tokio::time::sleep(PAUSE).await;
        }
        if left > 0 {
            tracing::warn!(resource = self.meta.name, left, "rows are over, but others refer to them; they stay");
        }
        Ok(removed)
    }

    /// All processes remove in one order, so that none waits for one that waits for it.
    fn sort(&self) -> Vec<SortKey> {
        [self.field, self.meta.id()].map(|field| SortKey { field, descending: false, nulls_first: false }).into()
    }

    fn place(&self, row: &Record) -> Keyset {
        Keyset { values: self.sort().iter().map(|it| row.get(it.field).clone()).collect(), backward: false }
    }

    async fn find(&self, database: &Database, keyset: Option<Keyset>) -> StoreResult<Vec<Record>> {
        let select = Select {
            meta: self.meta,
            scope: self.scope.clone(),
            filter: Filter::one(self.field, Operator::Lte, Value::Timestamp(self.until)),
            sort: self.sort(),
            window: Window::Keyset { keyset, limit: BATCH },
            count: CountMode::None,
        };
        Ok(database.select(select).await?.records)
    }

    async fn remove_batch(&self, database: &Database, found: &[Record]) -> StoreResult<Gone> {
        let mut gone = Gone::default();
        if found.is_empty() {
            return Ok(gone);
        }
        let mut transaction = database.begin().await?;
        for record in found {
            let key = Key { meta: self.meta, id: record.get(self.meta.id()).clone(), scope: self.scope.clone() };
            // By its version: one that was written since is not over.
            match transaction.write(Write::Delete { key, version: Some(record.version) }).await {
                Ok(Written::Done(_)) => gone.removed += 1,
                Ok(Written::Missing | Written::Stale { .. }) => {}
                Err(error) if matches!(error.kind(), StoreErrorKind::Reference { .. }) => gone.left += 1,
                Err(error) => return Err(error),
            }
        }
        transaction.commit().await?;
        Ok(gone)
    }
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default)]
struct Gone {
    removed: u64,
    left: u64,
}
