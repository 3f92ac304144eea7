use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering as Memory};

use super::order::{self, Ordered};
use crate::field::{IdSource, Kind, Value};
use crate::query::{CountMode, Keyset};
use crate::resource::{Record, ResourceMeta};
use crate::store::{
    COUNT_CAP, Key, Select, Selection, StoreError, StoreErrorKind, StoreResult, Total, Window, Write, Written,
};

/// The rows of a resource. A copy shares the rows themselves.
#[derive(Clone)]
pub(super) struct Table {
    meta: &'static ResourceMeta,
    rows: BTreeMap<Ordered, Arc<Record>>,
    unique: Vec<Unique>,
    /// The greatest identifier that any row ever had, so that none is given twice. Copies share it:
    /// what a transaction gave is not given again when it ends in nothing.
    last_id: Arc<AtomicI64>,
}

/// Which row has which values of a set of fields that is unique.
#[derive(Clone)]
struct Unique {
    fields: Vec<(usize, &'static str)>,
    /// The field that marks a row as deleted, which then shares its values with nobody.
    mark: Option<usize>,
    rows: BTreeMap<Vec<Ordered>, Ordered>,
}

/// What a select found.
pub(super) struct Found {
    pub(super) rows: Vec<Arc<Record>>,
    pub(super) total: Option<Total>,
    pub(super) has_more: bool,
}

/// What undoes a write.
pub(super) struct Undo {
    /// The row that it left.
    after: Option<Ordered>,
    /// The row that it found.
    before: Option<Arc<Record>>,
}

impl Found {
    pub(super) fn into_selection(self) -> Selection {
        let records = self.rows.into_iter().map(Arc::unwrap_or_clone).collect();
        Selection { records, total: self.total, has_more: self.has_more }
    }
}

impl Table {
    pub(super) fn new(meta: &'static ResourceMeta) -> Self {
        let unique = |names: &[&str]| Unique {
            fields: names.iter().filter_map(|name| meta.field(name)).map(|(index, it)| (index, it.name)).collect(),
            mark: meta.soft_delete(),
            rows: BTreeMap::new(),
        };
        let single = meta.fields.iter().filter(|it| it.unique).map(|it| unique(&[it.name]));
        let unique = single.chain(meta.unique.iter().map(|names| unique(names))).collect();
        Self { meta, rows: BTreeMap::new(), unique, last_id: Arc::default() }
    }

    pub(super) const fn meta(&self) -> &'static ResourceMeta {
        self.meta
    }

    /// Whether the rows of a resource can be kept here: the same columns, with the same rules.
    ///
    /// The descriptions are not compared by address: a constant can have several.
    pub(super) fn fits(&self, other: &ResourceMeta) -> bool {
        let meta = self.meta;
        let same_fields = meta.fields.len() == other.fields.len()
            && meta.fields.iter().zip(other.fields).all(|(a, b)| {
                a.column == b.column && a.nullable == b.nullable && a.unique == b.unique && same_kind(&a.kind, &b.kind)
            });
        let same_id = meta.id() == other.id() && meta.id_source() == other.id_source();
        same_fields && same_id && meta.unique == other.unique && meta.soft_delete() == other.soft_delete()
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Arc<Record>> {
        let row = self.rows.get(&Ordered(key.id.clone()))?;
        key.scope.matches(self.meta, row).then_some(row)
    }

    pub(super) fn select(&self, select: &Select) -> Found {
        let meta = self.meta;
        let mut rows: Vec<&Arc<Record>> =
            self.rows.values().filter(|it| select.scope.matches(meta, it) && select.filter.matches(meta, it)).collect();
        let total = total(select.count, rows.len());
        let forward = |a: &&Arc<Record>, b: &&Arc<Record>| order::of_rows(&select.sort, a, b);
        let limit = select.limit() as usize;
        let mut has_more = false;
        match &select.window {
            Window::Offset { offset, .. } => {
                let offset = usize::try_from(*offset).unwrap_or(usize::MAX);
                take_first(&mut rows, offset.saturating_add(limit), forward);
                rows.drain(..offset.min(rows.len()));
            }
            Window::Keyset { keyset: Some(Keyset { values, backward: true }), .. } => {
                rows.retain(|it| order::of_place(&select.sort, it, values).is_lt());
                has_more = rows.len() > limit;
                take_first(&mut rows, limit, |a, b| forward(b, a));
                rows.reverse();
            }
            Window::Keyset { keyset, .. } => {
                if let Some(Keyset { values, .. }) = keyset {
                    rows.retain(|it| order::of_place(&select.sort, it, values).is_gt());
                }
                has_more = rows.len() > limit;
                take_first(&mut rows, limit, forward);
            }
        }
        Found { rows: rows.into_iter().map(Arc::clone).collect(), total, has_more }
    }

    pub(super) fn apply(&mut self, write: Write) -> StoreResult<Written> {
        match write {
            Write::Insert { values, version, .. } => self.insert(values, version),
            Write::Update { key, changes, version } => self.update(key, changes, version),
            Write::Delete { key, version } => self.delete(&key, version),
        }
    }

    /// Carries out a write, and says what undoes it where there is something to undo.
    pub(super) fn apply_undoably(&mut self, write: Write) -> StoreResult<(Written, Option<Undo>)> {
        let (before, stays) = match &write {
            Write::Insert { .. } => (None, true),
            Write::Update { key, .. } => (self.rows.get(&Ordered(key.id.clone())).cloned(), true),
            Write::Delete { key, .. } => (self.rows.get(&Ordered(key.id.clone())).cloned(), false),
        };
        let written = self.apply(write)?;
        let undo = match &written {
            Written::Done(row) => {
                let after = stays.then(|| Ordered(row.get(self.meta.id()).clone()));
                Some(Undo { after, before })
            }
            Written::Missing | Written::Stale { .. } => None,
        };
        Ok((written, undo))
    }

    /// Undoes a write; those after it have been undone.
    pub(super) fn undo(&mut self, undo: Undo) {
        if let Some(id) = &undo.after {
            self.remove(id);
        }
        if let Some(row) = undo.before {
            self.put(Ordered(row.get(self.meta.id()).clone()), row);
        }
    }

    fn insert(&mut self, mut values: Vec<Value>, version: i64) -> StoreResult<Written> {
        if values.len() != self.meta.fields.len() {
            return Err(StoreError::internal("an insert needs one value per field"));
        }
        let position = self.meta.id();
        if let Some(id) = values.get_mut(position).filter(|it| it.is_null()) {
            *id = Value::Int(self.next_id()?);
        }
        let record = Record { values, version };
        self.check_nulls(&record)?;
        let id = Ordered(record.get(position).clone());
        if self.rows.contains_key(&id) {
            return Err(duplicate(vec![self.meta.id_field().name]));
        }
        self.check_unique(&record, None)?;
        self.put(id, Arc::new(record.clone()));
        Ok(Written::Done(record))
    }

    fn update(&mut self, key: Key, changes: Vec<(usize, Value)>, version: Option<i64>) -> StoreResult<Written> {
        let current = match self.current(&key, version) {
            Ok(current) => current,
            Err(written) => return Ok(written),
        };
        let key = key.staying_in_scope(&changes);
        if !key.scope.matches(self.meta, current) {
            return Ok(Written::Missing);
        }
        let mut record = Record::clone(current);
        record.version = record.version.saturating_add(1);
        for (index, value) in changes {
            let slot = record
                .values
                .get_mut(index)
                .ok_or_else(|| StoreError::internal("an update of a field that is not there"))?;
            *slot = value;
        }
        self.check_nulls(&record)?;
        let old = Ordered(key.id);
        let new = Ordered(record.get(self.meta.id()).clone());
        if old != new && self.rows.contains_key(&new) {
            return Err(duplicate(vec![self.meta.id_field().name]));
        }
        self.check_unique(&record, Some(&old))?;
        self.remove(&old);
        self.put(new, Arc::new(record.clone()));
        Ok(Written::Done(record))
    }

    fn delete(&mut self, key: &Key, version: Option<i64>) -> StoreResult<Written> {
        if let Err(written) = self.current(key, version) {
            return Ok(written);
        }
        let row = self.remove(&Ordered(key.id.clone()));
        Ok(row.map_or(Written::Missing, |it| Written::Done(Arc::unwrap_or_clone(it))))
    }

    /// The row that a write is for, or why there is none.
    fn current(&self, key: &Key, version: Option<i64>) -> Result<&Arc<Record>, Written> {
        let row = self.get(key).ok_or(Written::Missing)?;
        match version {
            Some(version) if version != row.version => Err(Written::Stale { version: row.version }),
            _ => Ok(row),
        }
    }

    fn next_id(&self) -> StoreResult<i64> {
        let Kind::Int(int) = self.meta.id_field().kind else {
            return Err(StoreError::internal("an insert without an identifier"));
        };
        match self.last_id.load(Memory::Relaxed).checked_add(1) {
            Some(id) if id <= int.max() && self.meta.id_source() == IdSource::Store => Ok(id),
            _ => Err(StoreError::internal("no identifier is left to give")),
        }
    }

    fn check_nulls(&self, record: &Record) -> StoreResult<()> {
        match self.meta.fields.iter().zip(&record.values).find(|(field, value)| value.is_null() && !field.nullable) {
            Some((field, _)) => Err(StoreError::internal(format!("`{}` cannot be null", field.name))),
            None => Ok(()),
        }
    }

    /// Whether the record can stand beside all rows but the one that it replaces.
    fn check_unique(&self, record: &Record, replaced: Option<&Ordered>) -> StoreResult<()> {
        let taken = self.unique.iter().find(|unique| {
            let row = unique.key(record).and_then(|key| unique.rows.get(&key));
            row.is_some_and(|row| Some(row) != replaced)
        });
        match taken {
            Some(unique) => Err(duplicate(unique.fields.iter().map(|(_, name)| *name).collect())),
            None => Ok(()),
        }
    }

    fn put(&mut self, id: Ordered, record: Arc<Record>) {
        if let Value::Int(it) = id.0 {
            // Whoever writes has the turn to write, which orders what it reads and writes here.
            self.last_id.fetch_max(it, Memory::Relaxed);
        }
        for unique in &mut self.unique {
            if let Some(key) = unique.key(&record) {
                unique.rows.insert(key, id.clone());
            }
        }
        self.rows.insert(id, record);
    }

    fn remove(&mut self, id: &Ordered) -> Option<Arc<Record>> {
        let row = self.rows.remove(id)?;
        for unique in &mut self.unique {
            if let Some(key) = unique.key(&row) {
                unique.rows.remove(&key);
            }
        }
        Some(row)
    }
}

impl Unique {
    /// The record's values; none where it is deleted, or where one is null, because nulls are all different.
    fn key(&self, record: &Record) -> Option<Vec<Ordered>> {
        if self.mark.is_some_and(|it| !record.get(it).is_null()) {
            return None;
        }
        let values = self.fields.iter().map(|(index, _)| record.get(*index));
        values.map(|it| (!it.is_null()).then(|| Ordered(it.clone()))).collect()
    }
}

/// Leaves the first rows of an order, in that order.
fn take_first<T>(rows: &mut Vec<T>, len: usize, compare: impl Fn(&T, &T) -> Ordering) {
    if len < rows.len() {
        if len > 0 {
            rows.select_nth_unstable_by(len - 1, &compare);
        }
        rows.truncate(len);
    }
    rows.sort_by(compare);
}

fn total(mode: CountMode, rows: usize) -> Option<Total> {
    let rows = u64::try_from(rows).unwrap_or(u64::MAX);
    match mode {
        CountMode::None => None,
        CountMode::Capped if rows > COUNT_CAP => Some(Total { rows: COUNT_CAP, kind: CountMode::Capped }),
        CountMode::Exact | CountMode::Estimated | CountMode::Capped => Some(Total { rows, kind: CountMode::Exact }),
    }
}

fn same_kind(a: &Kind, b: &Kind) -> bool {
    match (a, b) {
        (Kind::Int(a), Kind::Int(b)) => a == b,
        (Kind::Enum(a), Kind::Enum(b)) => a.names().eq(b.names()),
        (Kind::List(a), Kind::List(b)) => same_kind(a, b),
        (Kind::Object(a), Kind::Object(b)) => {
            a.fields.len() == b.fields.len()
                && a.fields
                    .iter()
                    .zip(b.fields)
                    .all(|(a, b)| a.name == b.name && a.nullable == b.nullable && same_kind(&a.kind, &b.kind))
        }
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

fn duplicate(fields: Vec<&'static str>) -> StoreError {
    StoreError::new(StoreErrorKind::Duplicate { fields })
}
