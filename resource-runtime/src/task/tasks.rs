use jiff::Timestamp;
use uuid::Uuid;

use crate::field::{Value, now};
use crate::query::{CountMode, Filter, Operator, SortKey};
use crate::resource::Record;
use crate::store::tasks::{TASKS, field};
use crate::store::{Database, Key, Select, StoreResult, Window, Write, Written};

/// How many rows are looked at in one step.
const BATCH: u32 = 100;

/// The tasks of a store that have failed for good: to be looked at, tried again, or discarded.
///
/// ```
/// # async fn example(store: resource_runtime::store::Database) -> resource_runtime::Result<()> {
/// use resource_runtime::task::Tasks;
///
/// let tasks = Tasks::of(&store);
/// for failed in tasks.failed(100).await? {
///     println!("{} {}: {}", failed.id, failed.name, failed.error);
/// }
/// tasks.retry_failed().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Tasks {
    database: Database,
}

/// A task that has failed for good.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedTask {
    /// The identifier.
    pub id: Uuid,
    /// The task's name.
    pub name: String,
    /// What it works on, as JSON.
    pub payload: String,
    /// How often it was begun.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub error: String,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Tasks {
    /// Those of a store.
    #[must_use]
    pub fn of(database: &Database) -> Self {
        Self { database: database.clone() }
    }

    /// The tasks that have failed for good, as many at most; those that were added first come first.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn failed(&self, limit: u32) -> StoreResult<Vec<FailedTask>> {
        Ok(self.rows(limit).await?.iter().filter_map(FailedTask::of).collect())
    }

    /// Has a task that has failed for good tried again at once, as often as a new one. Tells whether there
    /// was such a task.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn retry(&self, id: Uuid) -> StoreResult<bool> {
        let Some(record) = self.database.get(failed(id)).await? else { return Ok(false) };
        self.retry_record(&record).await
    }

    /// Has all tasks that have failed for good tried again; tells how many those are.
    ///
    /// # Errors
    ///
    /// When the store fails; some may be tried again then.
    pub async fn retry_failed(&self) -> StoreResult<u64> {
        let mut retried = 0;
        loop {
            let found = self.rows(BATCH).await?;
            for record in &found {
                retried += u64::from(self.retry_record(record).await?);
            }
            if found.len() < BATCH as usize {
                return Ok(retried);
            }
        }
    }

    async fn retry_record(&self, record: &Record) -> StoreResult<bool> {
        // By its version instead of the scope, which the row leaves by this.
        let key = Key { meta: &TASKS, id: record.get(field::ID).clone(), scope: Filter::All };
        let changes = vec![(field::ATTEMPTS, Value::Int(0)), (field::DUE_AT, Value::Timestamp(now()))];
        let written = self.database.write(Write::Update { key, changes, version: Some(record.version) }).await?;
        self.database.wake_workers();
        Ok(matches!(written, Written::Done(_)))
    }

    /// Removes a task that has failed for good. Tells whether there was such a task.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn discard(&self, id: Uuid) -> StoreResult<bool> {
        let written = self.database.write(Write::Delete { key: failed(id), version: None }).await?;
        Ok(matches!(written, Written::Done(_)))
    }

    async fn rows(&self, limit: u32) -> StoreResult<Vec<Record>> {
        let select = Select {
            meta: &TASKS,
            scope: Filter::All,
            filter: has_failed(),
            // Identifiers begin with the time.
            sort: vec![SortKey { field: field::ID, descending: false, nulls_first: false }],
            window: Window::Offset { offset: 0, limit },
            count: CountMode::None,
        };
        Ok(self.database.select(select).await?.records)
    }
}

/// The row of a task, if it has failed for good.
fn failed(id: Uuid) -> Key {
    Key { meta: &TASKS, id: Value::Uuid(id), scope: has_failed() }
}

const fn has_failed() -> Filter {
    Filter::one(field::DUE_AT, Operator::IsNull, Value::Bool(true))
}

impl FailedTask {
    fn of(record: &Record) -> Option<Self> {
        let text = |field| match record.get(field) {
            Value::Text(text) => text.clone(),
            _ => String::new(),
        };
        let Value::Uuid(id) = *record.get(field::ID) else { return None };
        let Value::Timestamp(created_at) = *record.get(field::CREATED_AT) else { return None };
        let attempts = match record.get(field::ATTEMPTS) {
            Value::Int(count) => u32::try_from(*count).unwrap_or_default(),
            _ => 0,
        };
        let (name, payload, error) = (text(field::NAME), text(field::PAYLOAD), text(field::LAST_ERROR));
        Some(Self { id, name, payload, attempts, error, created_at })
    }
}
