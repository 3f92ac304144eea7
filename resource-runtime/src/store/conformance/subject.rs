//! The store under test, and what it should hold.

use std::sync::Arc;

use super::expected::expected;
use super::pool::{ROWS, zoo_row};
use super::zoo::ZOO;
use crate::field::Value;
use crate::json::Projection;
use crate::model::Usage;
use crate::query::{CountMode, Filter, SortKey};
use crate::resource::{Record, ResourceMeta};
use crate::store::{Database, Key, Select, StoreErrorKind, StoreResult, Window, Write, Written};

/// A store with one resource, and the rows that it should hold.
pub(super) struct Subject {
    pub(super) db: Database,
    pub(super) meta: &'static ResourceMeta,
    pub(super) rows: Vec<Record>,
}

impl Subject {
    /// An empty table of a resource.
    pub(super) async fn new(db: Database, meta: &'static ResourceMeta) -> Self {
        migrate(&db, &[meta]).await.expect("a new store can be migrated");
        Self { db, meta, rows: Vec::new() }
    }

    /// The zoo with a row for every value.
    pub(super) async fn zoo(db: Database) -> Self {
        let mut zoo = Self::new(db, ZOO).await;
        for number in 0..ROWS {
            zoo.insert(zoo_row(number)).await;
        }
        zoo
    }

    /// The position of a field.
    #[track_caller]
    pub(super) fn field(&self, name: &str) -> usize {
        self.meta.field(name).unwrap_or_else(|| panic!("there is no field `{name}`")).0
    }

    /// Inserts a row that nothing stands against.
    pub(super) async fn insert(&mut self, values: Vec<Value>) -> Record {
        let record = done(self.try_insert(values).await);
        self.rows.push(record.clone());
        record
    }

    pub(super) async fn try_insert(&self, values: Vec<Value>) -> StoreResult<Written> {
        self.db.write(Write::Insert { meta: self.meta, values, version: 1 }).await
    }

    pub(super) async fn try_update(
        &self,
        id: &Value,
        changes: Vec<(usize, Value)>,
        version: Option<i64>,
    ) -> StoreResult<Written> {
        self.db.write(Write::Update { key: self.key(id), changes, version }).await
    }

    pub(super) async fn try_delete(&self, id: &Value, version: Option<i64>) -> StoreResult<Written> {
        self.db.write(Write::Delete { key: self.key(id), version }).await
    }

    /// Updates a row that is there.
    pub(super) async fn update(&mut self, id: &Value, changes: Vec<(usize, Value)>) -> Record {
        let record = done(self.try_update(id, changes, None).await);
        let position = self.position(id);
        self.rows[position] = record.clone();
        record
    }

    /// Deletes a row that is there.
    pub(super) async fn delete(&mut self, id: &Value) -> Record {
        let record = done(self.try_delete(id, None).await);
        let position = self.position(id);
        self.rows.remove(position);
        record
    }

    pub(super) async fn get(&self, id: &Value) -> Option<Record> {
        self.db.get(self.key(id)).await.expect("a row can be read")
    }

    pub(super) fn key(&self, id: &Value) -> Key {
        Key { meta: self.meta, id: id.clone(), scope: Filter::All }
    }

    pub(super) fn id_of(&self, record: &Record) -> Value {
        record.get(self.meta.id()).clone()
    }

    /// All rows, by their identifier.
    pub(super) fn everything(&self) -> Select {
        Select {
            meta: self.meta,
            scope: Filter::All,
            filter: Filter::All,
            sort: vec![self.by("id")],
            window: Window::Offset { offset: 0, limit: 100_000 },
            count: CountMode::None,
        }
    }

    /// The rows that match, by their identifier.
    pub(super) fn filtered(&self, filter: Filter) -> Select {
        Select { filter, ..self.everything() }
    }

    /// All rows, by these keys and the identifier.
    pub(super) fn sorted(&self, keys: &[SortKey]) -> Select {
        let mut sort = keys.to_vec();
        sort.push(self.by("id"));
        Select { sort, ..self.everything() }
    }

    /// A sort key from the least to the greatest.
    #[track_caller]
    pub(super) fn by(&self, field: &str) -> SortKey {
        SortKey { field: self.field(field), descending: false, nulls_first: false }
    }

    /// Checks that a list has the rows that it should have, of each kind of read.
    pub(super) async fn check(&self, select: &Select) {
        let expected = expected(&self.rows, select);
        let found = self.db.select(select.clone()).await.unwrap_or_else(|error| failed(&error, select));
        expected.assert_records(&found, select);
        self.check_json(select, &Arc::new(Projection::of(self.meta, Usage::Response))).await;
    }

    /// Checks that a list has the rows that it should have, by their identifiers alone.
    pub(super) async fn check_ids(&self, select: &Select) {
        self.check_json(select, &Arc::new(Projection::new(self.meta, &[self.meta.id()]))).await;
    }

    /// Checks that a list has the bytes that it should have.
    pub(super) async fn check_json(&self, select: &Select, projection: &Arc<Projection>) {
        let expected = expected(&self.rows, select);
        let found = self.db.select_json(select.clone(), Arc::clone(projection)).await;
        let found = found.unwrap_or_else(|error| failed(&error, select));
        expected.assert_json(&found, select, projection);
    }

    /// Checks that the table holds what it should hold.
    pub(super) async fn check_everything(&self) {
        self.check(&self.everything()).await;
    }

    #[track_caller]
    fn position(&self, id: &Value) -> usize {
        let position = self.rows.iter().position(|it| it.get(self.meta.id()) == id);
        position.expect("the row is one of the suite's")
    }
}

/// Creates tables by their descriptions.
pub(super) async fn migrate(db: &Database, metas: &[&'static ResourceMeta]) -> StoreResult<()> {
    (**db).migrate(metas).await
}

/// The row that a write gave.
#[track_caller]
pub(super) fn done(written: StoreResult<Written>) -> Record {
    match written {
        Ok(Written::Done(record)) => record,
        other => panic!("the write was not done: {other:?}"),
    }
}

/// Checks that a write was refused because of these fields.
#[track_caller]
pub(super) fn assert_duplicate(written: &StoreResult<Written>, expected: &[&str]) {
    match written {
        Err(error) => match error.kind() {
            StoreErrorKind::Duplicate { fields } => assert_eq!(fields, expected, "the fields of the duplicate"),
            other => panic!("expected a duplicate of {expected:?}, found {other:?}"),
        },
        Ok(other) => panic!("expected a duplicate of {expected:?}, found {other:?}"),
    }
}

pub(super) fn int(value: i64) -> Value {
    Value::Int(value)
}

pub(super) fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn failed(error: &crate::store::StoreError, select: &Select) -> ! {
    panic!("the store failed: {error}, at {}", super::expected::describe(select))
}
