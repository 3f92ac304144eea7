use super::{BoxFuture, Key, Select, Selection, StoreResult, Write, Written};
use crate::resource::Record;

/// Reads and writes that take effect together or not at all; opened by [`Store::begin`].
///
/// What it has written is seen by its own reads at once, and by everybody else after
/// [`Transaction::commit`]. A transaction that is dropped without it leaves no trace, whatever the
/// reason: an error, a panic, a client that went away.
///
/// A write that fails (a duplicate, a reference) is undone by itself, and the transaction can go on
/// as if it had not been asked for; so batches need no savepoint per item. After
/// [`StoreErrorKind::Unavailable`] and [`StoreErrorKind::Busy`] nothing but dropping it is left.
///
/// A row that a transaction has read with [`Transaction::lock`] does not change under it.
///
/// # Design
///
/// One transaction writes to a store in memory or in SQLite at a time, and others wait for it, so
/// it should not wait for anything else than the store. In PostgreSQL it has a connection of the
/// pool; what runs inside it uses that one, and never asks the pool for a second.
///
/// [`Store::begin`]: super::Store::begin
/// [`StoreErrorKind::Unavailable`]: super::StoreErrorKind::Unavailable
/// [`StoreErrorKind::Busy`]: super::StoreErrorKind::Busy
pub trait Transaction: Send {
    /// Rows of a resource; see [`Store::select`](super::Store::select).
    fn select(&mut self, select: Select) -> BoxFuture<'_, StoreResult<Selection>>;

    /// The row with this identifier; see [`Store::get`](super::Store::get).
    fn get(&mut self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>>;

    /// The row with this identifier, which nobody else can write until the transaction has ended,
    /// or has gone back to a place that was marked before ([`Transaction::undo`]).
    ///
    /// Provided as [`Transaction::get`], for stores with one writer at a time.
    fn lock(&mut self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        self.get(key)
    }

    /// Carries out one write; see [`Store::write`](super::Store::write).
    fn write(&mut self, write: Write) -> BoxFuture<'_, StoreResult<Written>>;

    /// Marks a place that [`Transaction::undo`] goes back to; places nest.
    fn mark(&mut self) -> BoxFuture<'_, StoreResult<()>>;

    /// Forgets the last marked place, and keeps what was written since.
    fn keep(&mut self) -> BoxFuture<'_, StoreResult<()>>;

    /// Undoes what was written since the last marked place, and forgets it.
    fn undo(&mut self) -> BoxFuture<'_, StoreResult<()>>;

    /// Makes everything take effect, durably.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Unavailable`](super::StoreErrorKind::Unavailable) where the answer got lost:
    /// nobody knows then whether it did. After every other error it did not.
    fn commit(self: Box<Self>) -> BoxFuture<'static, StoreResult<()>>;
}
