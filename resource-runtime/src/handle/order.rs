use std::marker::PhantomData;

use crate::query::SortKey;

/// A key of an order of the resource `R`: `Book::PRICE.desc()`.
pub struct Order<R, const INDEX: usize> {
    key: SortKey,
    marker: PhantomData<fn() -> R>,
}

impl<R, const INDEX: usize> Order<R, INDEX> {
    pub(super) const fn new(key: SortKey) -> Self {
        Self { key, marker: PhantomData }
    }

    /// The order without its type, as stores take it.
    #[must_use]
    pub const fn into_key(self) -> SortKey {
        self.key
    }

    /// With nulls before everything else, instead of after it.
    #[must_use]
    pub const fn nulls_first(mut self) -> Self {
        self.key.nulls_first = true;
        self
    }
}

impl<R, const INDEX: usize> Clone for Order<R, INDEX> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, const INDEX: usize> Copy for Order<R, INDEX> {}

impl<R, const INDEX: usize> From<Order<R, INDEX>> for SortKey {
    fn from(order: Order<R, INDEX>) -> Self {
        order.into_key()
    }
}

impl<R, const INDEX: usize> std::fmt::Debug for Order<R, INDEX> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.key.fmt(f)
    }
}

/// Says that clients can sort by the field at a position. Implemented by the derive.
#[diagnostic::on_unimplemented(
    message = "the server does not sort by this field",
    label = "not declared as a sort",
    note = "add `sort` to the field's `#[resource(...)]`"
)]
pub trait Sorts<const INDEX: usize> {}

/// Keys that the server declares as sorts of `R`.
#[diagnostic::on_unimplemented(
    message = "this order is none that the server declares",
    note = "orders of clients are made of the sorts that the resource declares: `Book::PRICE.desc()`"
)]
pub trait DeclaredOrder<R>: Into<SortKey> {}

impl<R: Sorts<INDEX>, const INDEX: usize> DeclaredOrder<R> for Order<R, INDEX> {}
