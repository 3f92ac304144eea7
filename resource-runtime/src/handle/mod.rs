//! Typed names of fields for queries in Rust: `Book::PRICE.gte(10)`.
//!
//! The derive gives every field one, as a constant of the struct with the field's name in capitals.
//! A constant of that name in the user's own `impl` is therefore a compile error (E0592), not a
//! silent choice between the two.
//!
//! # Design
//!
//! A field's position is part of its handle's type, and what a condition is made of is part of the condition's. On the server
//! any condition that the types can do will do; a client may only use those that the server declares, and the compiler
//! can tell the two apart ([`Declared`]).

mod condition;
mod declared;
mod order;

use std::marker::PhantomData;

pub use condition::{Declared, Filters, Uses, Where, op};
pub use declared::Searches;
pub use order::{DeclaredOrder, Order, Sorts};

use crate::field::{Comparable, FieldType, Listing, Nullable, Ordered, Textual, Value};
use crate::query::{Filter, SortKey};
use crate::resource::Resource;

/// The field of the resource `R` at the position `INDEX`, holding a `T`. It has the operators that its type can do.
pub struct Field<R, T, const INDEX: usize>(PhantomData<fn() -> (R, T)>);

/// The field at a position. For the derive: the position and the type have to agree.
#[doc(hidden)]
#[must_use]
pub const fn field<R, T, const INDEX: usize>() -> Field<R, T, INDEX> {
    Field(PhantomData)
}

impl<R, T, const INDEX: usize> Clone for Field<R, T, INDEX> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, T, const INDEX: usize> Copy for Field<R, T, INDEX> {}

impl<R: Resource, T, const INDEX: usize> std::fmt::Debug for Field<R, T, INDEX> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", R::META.name, self.name())
    }
}

impl<R, T, const INDEX: usize> Field<R, T, INDEX> {
    /// The field's position.
    #[must_use]
    pub const fn index(self) -> usize {
        INDEX
    }

    /// The field's name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str
    where
        R: Resource,
    {
        R::META.fields.get(INDEX).map_or("", |it| it.name)
    }

    fn one<O: op::Marker>(self, value: Value) -> Where<R, Uses<INDEX, O>> {
        Where::new(Filter::one(INDEX, O::OPERATOR, value))
    }

    fn many<O: op::Marker>(self, values: Vec<Value>) -> Where<R, Uses<INDEX, O>> {
        Where::new(Filter::many(INDEX, O::OPERATOR, values))
    }
}

fn values<T: FieldType>(values: impl IntoIterator<Item = impl Into<T>>) -> Vec<Value> {
    values.into_iter().map(|it| it.into().into_value()).collect()
}

impl<R, T: FieldType<Inner: Comparable>, const INDEX: usize> Field<R, T, INDEX> {
    /// Equal to the value.
    #[must_use]
    pub fn eq(self, value: impl Into<T::Inner>) -> Where<R, Uses<INDEX, op::eq>> {
        self.one(value.into().into_value())
    }

    /// Not equal to the value; null is not equal to any.
    #[must_use]
    pub fn ne(self, value: impl Into<T::Inner>) -> Where<R, Uses<INDEX, op::ne>> {
        self.one(value.into().into_value())
    }

    /// Equal to one of the values.
    #[must_use]
    pub fn is_in(self, any: impl IntoIterator<Item = impl Into<T::Inner>>) -> Where<R, Uses<INDEX, op::is_in>> {
        self.many(values::<T::Inner>(any))
    }

    /// Equal to none of the values.
    #[must_use]
    pub fn not_in(self, none: impl IntoIterator<Item = impl Into<T::Inner>>) -> Where<R, Uses<INDEX, op::nin>> {
        self.many(values::<T::Inner>(none))
    }
}

impl<R, T: FieldType<Inner: Comparable>, const INDEX: usize> Field<R, T, INDEX> {
    /// From the least to the greatest, nulls last.
    #[must_use]
    pub const fn asc(self) -> Order<R, INDEX> {
        Order::new(SortKey { field: INDEX, descending: false, nulls_first: false })
    }

    /// From the greatest to the least, nulls last.
    #[must_use]
    pub const fn desc(self) -> Order<R, INDEX> {
        Order::new(SortKey { field: INDEX, descending: true, nulls_first: false })
    }
}

impl<R, T: FieldType<Inner: Ordered>, const INDEX: usize> Field<R, T, INDEX> {
    /// Greater than the value.
    #[must_use]
    pub fn gt(self, value: impl Into<T::Inner>) -> Where<R, Uses<INDEX, op::gt>> {
        self.one(value.into().into_value())
    }

    /// Greater than the value, or equal.
    #[must_use]
    pub fn gte(self, value: impl Into<T::Inner>) -> Where<R, Uses<INDEX, op::gte>> {
        self.one(value.into().into_value())
    }

    /// Less than the value.
    #[must_use]
    pub fn lt(self, value: impl Into<T::Inner>) -> Where<R, Uses<INDEX, op::lt>> {
        self.one(value.into().into_value())
    }

    /// Less than the value, or equal.
    #[must_use]
    pub fn lte(self, value: impl Into<T::Inner>) -> Where<R, Uses<INDEX, op::lte>> {
        self.one(value.into().into_value())
    }
}

impl<R, T: FieldType<Inner: Textual>, const INDEX: usize> Field<R, T, INDEX> {
    /// Contains the text.
    #[must_use]
    pub fn contains(self, text: impl Into<String>) -> Where<R, Uses<INDEX, op::contains>> {
        self.one(Value::Text(text.into()))
    }

    /// Starts with the text.
    #[must_use]
    pub fn starts_with(self, text: impl Into<String>) -> Where<R, Uses<INDEX, op::starts_with>> {
        self.one(Value::Text(text.into()))
    }

    /// Ends with the text.
    #[must_use]
    pub fn ends_with(self, text: impl Into<String>) -> Where<R, Uses<INDEX, op::ends_with>> {
        self.one(Value::Text(text.into()))
    }

    /// Equal to the text, whatever the case of the letters.
    #[must_use]
    pub fn ieq(self, text: impl Into<String>) -> Where<R, Uses<INDEX, op::ieq>> {
        self.one(Value::Text(text.into()))
    }

    /// Contains the text, whatever the case of the letters.
    #[must_use]
    pub fn icontains(self, text: impl Into<String>) -> Where<R, Uses<INDEX, op::icontains>> {
        self.one(Value::Text(text.into()))
    }
}

impl<R, T: Nullable, const INDEX: usize> Field<R, T, INDEX> {
    /// Null, or (with `false`) not null.
    #[must_use]
    pub fn is_null(self, null: bool) -> Where<R, Uses<INDEX, op::is_null>> {
        self.one(Value::Bool(null))
    }
}

impl<R, T: FieldType<Inner: Listing>, const INDEX: usize> Field<R, T, INDEX> {
    /// Has all of the values.
    #[must_use]
    pub fn has_all(
        self,
        all: impl IntoIterator<Item = impl Into<<T::Inner as Listing>::Item>>,
    ) -> Where<R, Uses<INDEX, op::has_all>> {
        self.many(values::<<T::Inner as Listing>::Item>(all))
    }

    /// Has at least one of the values.
    #[must_use]
    pub fn has_any(
        self,
        any: impl IntoIterator<Item = impl Into<<T::Inner as Listing>::Item>>,
    ) -> Where<R, Uses<INDEX, op::has_any>> {
        self.many(values::<<T::Inner as Listing>::Item>(any))
    }
}
