//! The table of tasks, as a worker uses it.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

use crate::field::{Value, later, now};
use crate::query::{CountMode, Filter, Operator, SortKey};
use crate::resource::Record;
use crate::store::tasks::{TASKS, field};
use crate::store::{Database, Key, Select, StoreError, StoreResult, Window, Write, Written};

/// The longest part of an error that is kept.
const MAX_ERROR: usize = 2000;

/// A task that is waiting, as it was found.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) id: Uuid,
    pub(super) payload: String,
    /// How often it was begun.
    pub(super) attempts: u32,
    pub(super) due_at: Timestamp,
    version: i64,
}

/// A task's row, held by this worker for some time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hold {
    pub(super) id: Uuid,
    version: i64,
    /// Until when no other worker takes it.
    pub(super) until: Instant,
}

/// What became of a write to a row that this worker held.
#[derive(Debug, Clone, Copy)]
pub(super) enum Held<T = ()> {
    Done(T),
    /// Another worker has the row by now, or has dealt with it.
    Lost,
}

/// The first tasks of a name that are due at a time.
pub(super) async fn due(database: &Database, name: &str, at: Timestamp, limit: u32) -> StoreResult<Vec<Waiting>> {
    let ascending = |field| SortKey { field, descending: false, nulls_first: false };
    let select = Select {
        meta: &TASKS,
        scope: Filter::All,
        filter: Filter::one(field::NAME, Operator::Eq, Value::Text(name.to_owned())).and(Filter::one(
            field::DUE_AT,
            Operator::Lte,
            Value::Timestamp(at),
        )),
        sort: vec![ascending(field::DUE_AT), ascending(field::ID)],
        window: Window::Offset { offset: 0, limit },
        count: CountMode::None,
    };
    database.select(select).await?.records.into_iter().map(Waiting::of).collect()
}

impl Waiting {
    fn of(mut record: Record) -> StoreResult<Self> {
        let version = record.version;
        let payload = record.values.get_mut(field::PAYLOAD).map(|it| std::mem::replace(it, Value::Null));
        match (record.get(field::ID), payload, record.get(field::ATTEMPTS), record.get(field::DUE_AT)) {
            (Value::Uuid(id), Some(Value::Text(payload)), Value::Int(attempts), Value::Timestamp(due_at)) => Ok(Self {
                id: *id,
                payload,
                attempts: u32::try_from(*attempts).unwrap_or_default(),
                due_at: *due_at,
                version,
            }),
            _ => Err(StoreError::internal("the table `_tasks` has a row that is none")),
        }
    }

    /// Takes it for its next attempt, for some time.
    pub(super) async fn take(&self, database: &Database, lease: Duration) -> StoreResult<Held<Hold>> {
        let changes = vec![(field::ATTEMPTS, Value::Int(i64::from(self.attempts) + 1))];
        Hold { id: self.id, version: self.version, until: Instant::now() }.extended(database, lease, changes).await
    }

    /// Writes down that its last attempt never ended, and that there is no further one.
    pub(super) async fn give_up(&self, database: &Database, error: &str) -> StoreResult<Held> {
        let hold = Hold { id: self.id, version: self.version, until: Instant::now() };
        hold.fail(database, error, None).await
    }
}

impl Hold {
    fn key(&self) -> Key {
        Key { meta: &TASKS, id: Value::Uuid(self.id), scope: Filter::All }
    }

    /// Holds it for some time more.
    pub(super) async fn renew(&self, database: &Database, lease: Duration) -> StoreResult<Held<Self>> {
        self.extended(database, lease, Vec::new()).await
    }

    async fn extended(
        &self,
        database: &Database,
        lease: Duration,
        mut changes: Vec<(usize, Value)>,
    ) -> StoreResult<Held<Self>> {
        // From before the write, however long that takes.
        let until = Instant::now() + lease;
        changes.push((field::DUE_AT, Value::Timestamp(later(now(), lease))));
        Ok(match self.update(database, changes).await? {
            Held::Done(record) => Held::Done(Self { version: record.version, until, ..*self }),
            Held::Lost => Held::Lost,
        })
    }

    /// Writes down that the task is done: it goes.
    pub(super) async fn finish(&self, database: &Database) -> StoreResult<Held> {
        let write = Write::Delete { key: self.key(), version: Some(self.version) };
        Ok(match database.write(write).await? {
            Written::Done(_) => Held::Done(()),
            Written::Missing | Written::Stale { .. } => Held::Lost,
        })
    }

    /// Writes down that an attempt failed, and after how long there is a further one.
    pub(super) async fn fail(&self, database: &Database, error: &str, again: Option<Duration>) -> StoreResult<Held> {
        let due_at = again.map_or(Value::Null, |delay| Value::Timestamp(later(now(), delay)));
        let changes = vec![(field::LAST_ERROR, Value::Text(shortened(error))), (field::DUE_AT, due_at)];
        Ok(self.update(database, changes).await?.map(drop))
    }

    /// Gives it back, as if this attempt had not been begun.
    pub(super) async fn give_back(&self, database: &Database, attempt: u32) -> StoreResult<Held> {
        let attempts = Value::Int(i64::from(attempt) - 1);
        let changes = vec![(field::ATTEMPTS, attempts), (field::DUE_AT, Value::Timestamp(now()))];
        Ok(self.update(database, changes).await?.map(drop))
    }

    async fn update(&self, database: &Database, changes: Vec<(usize, Value)>) -> StoreResult<Held<Record>> {
        let write = Write::Update { key: self.key(), changes, version: Some(self.version) };
        Ok(match database.write(write).await? {
            Written::Done(record) => Held::Done(record),
            Written::Missing | Written::Stale { .. } => Held::Lost,
        })
    }
}

impl<T> Held<T> {
    fn map<U>(self, map: impl FnOnce(T) -> U) -> Held<U> {
        match self {
            Self::Done(value) => Held::Done(map(value)),
            Self::Lost => Held::Lost,
        }
    }
}

/// As much of an error as is kept. PostgreSQL keeps no NUL.
fn shortened(error: &str) -> String {
    error.replace('\0', "\u{fffd}").chars().take(MAX_ERROR).collect()
}
