use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::mem;
use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use super::Tables;
use super::table::{Table, Undo};
use crate::resource::{Record, ResourceMeta};
use crate::store::{BoxFuture, Key, Select, Selection, StoreError, StoreResult, Transaction, Write, Written};

/// A transaction in memory.
///
/// # Design
///
/// It works on copies of the tables that it has written to, and on the committed ones of all
/// others; nobody else changes those, because it holds the turn to write. Its marks are places in a
/// list of what would undo each write: a copy per mark would cost as much as the table is long.
pub(super) struct MemoryTransaction {
    committed: Arc<Tables>,
    written: HashMap<&'static str, Table>,
    /// What undoes the writes since the first mark, in their order.
    undo: Vec<(&'static str, Undo)>,
    /// How long `undo` was at each mark.
    marks: Vec<usize>,
    /// Given back on drop.
    _turn: OwnedMutexGuard<()>,
}

impl MemoryTransaction {
    pub(super) fn new(committed: Arc<Tables>, turn: OwnedMutexGuard<()>) -> Self {
        Self { committed, written: HashMap::new(), undo: Vec::new(), marks: Vec::new(), _turn: turn }
    }

    fn with<T>(&self, meta: &ResourceMeta, read: impl FnOnce(&Table) -> T) -> StoreResult<T> {
        match self.written.get(meta.table) {
            Some(table) => Ok(read(table)),
            None => self.committed.with(meta, read),
        }
    }

    fn apply(&mut self, write: Write) -> StoreResult<Written> {
        let meta = write.meta();
        let table = match self.written.entry(meta.table) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(self.committed.with(meta, Table::clone)?),
        };
        if self.marks.is_empty() {
            return table.apply(write);
        }
        let (written, undo) = table.apply_undoably(write)?;
        self.undo.extend(undo.map(|it| (meta.table, it)));
        Ok(written)
    }

    /// Forgets the last mark, and gives its place.
    fn unmark(&mut self) -> StoreResult<usize> {
        self.marks.pop().ok_or_else(|| StoreError::internal("no place is marked in this transaction"))
    }
}

impl Transaction for MemoryTransaction {
    fn select(&mut self, select: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        Box::pin(async move { Ok(self.with(select.meta, |it| it.select(&select))?.into_selection()) })
    }

    fn get(&mut self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        Box::pin(async move { self.with(key.meta, |it| it.get(&key).map(|it| Record::clone(it))) })
    }

    fn write(&mut self, write: Write) -> BoxFuture<'_, StoreResult<Written>> {
        Box::pin(async move { self.apply(write) })
    }

    fn mark(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        Box::pin(async move {
            self.marks.push(self.undo.len());
            Ok(())
        })
    }

    fn keep(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        Box::pin(async move {
            self.unmark()?;
            if self.marks.is_empty() {
                self.undo.clear();
            }
            Ok(())
        })
    }

    fn undo(&mut self) -> BoxFuture<'_, StoreResult<()>> {
        Box::pin(async move {
            let place = self.unmark()?;
            for (table, undo) in self.undo.drain(place..).rev() {
                if let Some(table) = self.written.get_mut(table) {
                    table.undo(undo);
                }
            }
            Ok(())
        })
    }

    fn commit(mut self: Box<Self>) -> BoxFuture<'static, StoreResult<()>> {
        Box::pin(async move {
            let mut committed = self.committed.write();
            for (name, table) in &mut self.written {
                if let Some(old) = committed.get_mut(name) {
                    // The old table is dropped with the transaction, after the lock.
                    mem::swap(old, table);
                }
            }
            drop(committed);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::field::Value;
    use crate::store::{Database, MemoryStore, Store as _, StoreErrorKind};
    use crate::testing::{BOOK, book};

    fn insert(number: i64) -> Write {
        let mut values = book(number, "Dune", &number.to_string()).values;
        values[0] = Value::Null;
        Write::Insert { meta: BOOK, values, version: 1 }
    }

    fn id(written: StoreResult<Written>) -> Value {
        let Ok(Written::Done(record)) = written else { panic!("{written:?}") };
        record.get(0).clone()
    }

    async fn store() -> Database {
        let store = MemoryStore::new();
        store.migrate(&[BOOK]).await.unwrap();
        Database::new(store)
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_beside_the_own_transaction_ends() {
        let store = store().await;
        let mut transaction = store.begin().await.unwrap();
        let beside = tokio::time::timeout(Duration::from_secs(60), store.write(insert(1))).await.unwrap();
        assert_eq!(*beside.unwrap_err().kind(), StoreErrorKind::Busy);
        id(transaction.write(insert(1)).await);
        transaction.commit().await.unwrap();
        id(store.write(insert(2)).await);
    }

    #[tokio::test]
    async fn a_write_waits_for_the_transaction_before_it() {
        let store = store().await;
        let mut transaction = store.begin().await.unwrap();
        let other = store.clone();
        let waits = tokio::spawn(async move { other.write(insert(1)).await });
        tokio::task::yield_now().await;
        id(transaction.write(insert(1)).await);
        transaction.commit().await.unwrap();
        let error = waits.await.unwrap().unwrap_err();
        assert_eq!(*error.kind(), StoreErrorKind::Duplicate { fields: vec!["isbn"] });
    }

    #[tokio::test]
    async fn a_panic_lets_the_next_one_write() {
        let store = store().await;
        let other = store.clone();
        let panicked = tokio::spawn(async move {
            let mut transaction = other.begin().await.unwrap();
            id(transaction.write(insert(1)).await);
            panic!("on purpose");
        });
        assert!(panicked.await.is_err());
        id(store.write(insert(1)).await);
    }

    #[tokio::test]
    async fn identifiers_are_not_given_back() {
        let store = store().await;
        let mut transaction = store.begin().await.unwrap();
        assert_eq!(id(transaction.write(insert(1)).await), Value::Int(1));
        transaction.mark().await.unwrap();
        assert_eq!(id(transaction.write(insert(2)).await), Value::Int(2));
        transaction.undo().await.unwrap();
        assert_eq!(id(transaction.write(insert(2)).await), Value::Int(3));
        drop(transaction);
        assert_eq!(id(store.write(insert(1)).await), Value::Int(4));
    }

    #[tokio::test]
    async fn a_place_that_was_not_marked_is_no_place_to_go_to() {
        let store = store().await;
        let mut transaction = store.begin().await.unwrap();
        assert!(transaction.undo().await.is_err());
        transaction.mark().await.unwrap();
        transaction.keep().await.unwrap();
        assert!(transaction.keep().await.is_err());
    }

    #[tokio::test]
    async fn an_identifier_that_was_changed_comes_back() {
        let store = store().await;
        store.write(insert(1)).await.unwrap();
        let mut transaction = store.begin().await.unwrap();
        let key = |id| Key { meta: BOOK, id: Value::Int(id), scope: crate::query::Filter::All };
        transaction.mark().await.unwrap();
        let changes = vec![(0, Value::Int(7))];
        id(transaction.write(Write::Update { key: key(1), changes, version: None }).await);
        transaction.undo().await.unwrap();
        assert!(transaction.get(key(7)).await.unwrap().is_none());
        let row = transaction.get(key(1)).await.unwrap().unwrap();
        assert_eq!(row.version, 1);
        // What is unique is free again, and taken by the row that came back.
        let error = transaction.write(insert(1)).await.unwrap_err();
        assert_eq!(*error.kind(), StoreErrorKind::Duplicate { fields: vec!["isbn"] });
    }
}
