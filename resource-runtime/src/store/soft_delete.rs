//! Soft deletes: rows that are marked as deleted, and are as if they were not there.
//!
//! # Design
//!
//! [`Hiding`] stands between [`Database`](super::Database) and every store. It puts `AND deleted_at
//! IS NULL` into the scope of each request, and makes of each delete an update that sets the mark. So
//! there is one place that hides, which no store and no statement can forget, and the handlers of
//! users' own, transactions and `Database::find` pass through it like the framework's.
//!
//! There is one way past it, which restoring and purging take: a scope of which one condition is that
//! the row is deleted (`Author::DELETED_AT.is_null(false)`). It has those rows alone, and a delete under
//! it removes them for good. With the condition that it is or is not ([`either`]) a scope has both. One
//! that says anything else about the mark hides as all others do.

use std::sync::Arc;

use super::{
    BoxFuture, JsonRow, JsonSelection, Key, Migration, Select, Selection, Store, StoreResult, Transaction, Write,
    Written,
};
use crate::field::now;
use crate::field::{Role, Value};
use crate::json::Projection;
use crate::query::{Condition, Filter, Operand, Operator};
use crate::resource::{Record, ResourceMeta};

/// The rows that are deleted; none where deletes are not soft.
pub(crate) fn deleted(meta: &ResourceMeta) -> Filter {
    match meta.soft_delete() {
        Some(mark) => Filter::one(mark, Operator::IsNull, Value::Bool(false)),
        None => Filter::Or(Vec::new()),
    }
}

/// The rows that are deleted, and those that are not.
#[cfg(any(feature = "server", feature = "conformance", test))]
pub(crate) fn either(meta: &ResourceMeta) -> Filter {
    match meta.soft_delete() {
        Some(mark) => live(mark).or(deleted(meta)),
        None => Filter::All,
    }
}

/// The rows that are not deleted.
const fn live(mark: usize) -> Filter {
    Filter::one(mark, Operator::IsNull, Value::Bool(true))
}

/// What to change in a deleted row for it to be back. It was written then, so that whoever asks for
/// what has changed since is told of it.
pub(crate) fn restoration(meta: &ResourceMeta) -> Vec<(usize, Value)> {
    let value = |role: Role| match role {
        Role::DeletedAt { .. } => Some(Value::Null),
        Role::UpdatedAt => Some(Value::Timestamp(now())),
        _ => None,
    };
    meta.fields.iter().enumerate().filter_map(|(index, field)| Some((index, value(field.role)?))).collect()
}

/// A scope with what it hides by itself.
fn hiding(meta: &ResourceMeta, scope: Filter) -> Filter {
    match meta.soft_delete() {
        Some(mark) if asked(mark, &scope) == Asked::Live => live(mark).and(scope),
        _ => scope,
    }
}

/// Which rows a scope asks for, in one of its conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Live,
    Either,
    Deleted,
}

fn asked(mark: usize, scope: &Filter) -> Asked {
    let says = |it: &Filter, null: bool| {
        let Filter::Condition(Condition { field, operator: Operator::IsNull, operand }) = it else { return false };
        *field == mark && *operand == Operand::One(Value::Bool(null))
    };
    match scope {
        it if says(it, false) => Asked::Deleted,
        Filter::Or(any) if any.iter().any(|it| says(it, true)) && any.iter().any(|it| says(it, false)) => Asked::Either,
        Filter::And(all) => all.iter().map(|it| asked(mark, it)).max().unwrap_or(Asked::Live),
        _ => Asked::Live,
    }
}

fn hiding_key(key: Key) -> Key {
    Key { scope: hiding(key.meta, key.scope), ..key }
}

fn hiding_select(select: Select) -> Select {
    Select { scope: hiding(select.meta, select.scope), ..select }
}

/// A write to rows that are there, with the delete made soft.
fn hiding_write(write: Write) -> Write {
    match write {
        Write::Update { key, changes, version } => Write::Update { key: hiding_key(key), changes, version },
        Write::Delete { key, version } => match key.meta.soft_delete() {
            Some(mark) if asked(mark, &key.scope) != Asked::Deleted => {
                // What is deleted is not deleted once more, whatever else can be done to it.
                let key = Key { scope: live(mark).and(key.scope), ..key };
                Write::Update { key, changes: vec![(mark, Value::Timestamp(now()))], version }
            }
            _ => Write::Delete { key, version },
        },
        insert @ Write::Insert { .. } => insert,
    }
}

/// A store in which rows that are marked as deleted cannot be seen.
pub(super) struct Hiding<S>(pub(super) S);

impl<S: Store> Store for Hiding<S> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn ping(&self) -> BoxFuture<'_, StoreResult<()>> {
        self.0.ping()
    }

    fn migrate<'a>(&'a self, resources: &'a [&'static ResourceMeta]) -> BoxFuture<'a, StoreResult<Migration>> {
        self.0.migrate(resources)
    }

    fn select(&self, select: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        self.0.select(hiding_select(select))
    }

    fn select_json(&self, select: Select, projection: Arc<Projection>) -> BoxFuture<'_, StoreResult<JsonSelection>> {
        self.0.select_json(hiding_select(select), projection)
    }

    fn get(&self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        self.0.get(hiding_key(key))
    }

    fn get_json(&self, key: Key, projection: Arc<Projection>) -> BoxFuture<'_, StoreResult<Option<JsonRow>>> {
        self.0.get_json(hiding_key(key), projection)
    }

    fn write(&self, write: Write) -> BoxFuture<'_, StoreResult<Written>> {
        self.0.write(hiding_write(write))
    }

    fn begin(&self) -> BoxFuture<'_, StoreResult<Box<dyn Transaction>>> {
        Box::pin(async { Ok(Box::new(HidingTransaction(self.0.begin().await?)) as Box<dyn Transaction>) })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.0.close()
    }
}

/// A transaction of [`Hiding`].
struct HidingTransaction(Box<dyn Transaction>);

impl Transaction for HidingTransaction {
    fn select(&mut self, select: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        self.0.select(hiding_select(select))
    }

    fn get(&mut self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        self.0.get(hiding_key(key))
    }

    fn lock(&mut self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        self.0.lock(hiding_key(key))
    }

    fn write(&mut self, write: Write) -> BoxFuture<'_, StoreResult<Written>> {
        self.0.write(hiding_write(write))
    }

    fn mark(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        self.0.mark()
    }

    fn keep(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        self.0.keep()
    }

    fn undo(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        self.0.undo()
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, StoreResult<()>> {
        self.0.commit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TRASHABLE as META;

    const NAME: usize = 1;
    const MARK: usize = 3;

    fn is_null(flag: bool) -> Filter {
        Filter::one(MARK, Operator::IsNull, Value::Bool(flag))
    }

    fn name() -> Filter {
        Filter::one(NAME, Operator::Eq, Value::Text("a".to_owned()))
    }

    #[test]
    fn every_scope_hides_but_those_that_ask_for_deleted_rows() {
        assert_eq!(hiding(META, Filter::All), is_null(true));
        assert_eq!(hiding(META, name()), is_null(true).and(name()));
        for opens in [deleted(META), name().and(deleted(META)), either(META), name().and(either(META))] {
            assert_eq!(hiding(META, opens.clone()), opens);
        }
        for hides in [is_null(true), deleted(META).or(name()), !is_null(true), !!is_null(false)] {
            assert_eq!(hiding(META, hides.clone()), is_null(true).and(hides));
        }
    }

    #[test]
    fn a_delete_is_for_good_only_under_a_scope_of_deleted_rows_alone() {
        let delete = |scope| Write::Delete { key: Key { meta: META, id: Value::Int(1), scope }, version: Some(3) };
        assert!(matches!(hiding_write(delete(deleted(META))), Write::Delete { .. }));
        assert!(matches!(hiding_write(delete(either(META).and(deleted(META)))), Write::Delete { .. }));
        for scope in [Filter::All, is_null(true), either(META)] {
            let Write::Update { key, changes, version } = hiding_write(delete(scope.clone())) else { panic!() };
            assert!(matches!(changes.as_slice(), [(MARK, Value::Timestamp(_))]));
            assert_eq!((key.scope, version), (is_null(true).and(scope), Some(3)));
        }
    }
}
