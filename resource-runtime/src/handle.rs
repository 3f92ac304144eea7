//! Typed names of fields for queries in Rust: `Book::PRICE.gte(10)`.
//!
//! The derive gives every field one, as a constant of the struct with the field's name in capitals.
//! A constant of that name in the user's own `impl` is therefore a compile error (E0592), not a
//! silent choice between the two.

use std::marker::PhantomData;

use crate::field::{Comparable, FieldType, Listing, Nullable, Ordered, Textual, Value};
use crate::query::{Filter, Operator, SortKey};
use crate::resource::Resource;

/// A field of the resource `R`, holding a `T`. It has the operators that its type can do.
pub struct Field<R, T> {
    index: usize,
    marker: PhantomData<fn() -> (R, T)>,
}

/// The field at a position. For the derive: the position and the type have to agree.
#[doc(hidden)]
#[must_use]
pub const fn field<R, T>(index: usize) -> Field<R, T> {
    Field { index, marker: PhantomData }
}

impl<R, T> Clone for Field<R, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, T> Copy for Field<R, T> {}

impl<R: Resource, T> std::fmt::Debug for Field<R, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", R::META.name, self.name())
    }
}

impl<R, T> Field<R, T> {
    /// The field's position.
    #[must_use]
    pub const fn index(self) -> usize {
        self.index
    }

    /// The field's name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str
    where
        R: Resource,
    {
        R::META.fields.get(self.index).map_or("", |it| it.name)
    }

    fn one(self, operator: Operator, value: Value) -> Where<R> {
        Where::new(Filter::one(self.index, operator, value))
    }

    fn many(self, operator: Operator, values: Vec<Value>) -> Where<R> {
        Where::new(Filter::many(self.index, operator, values))
    }
}

fn values<T: FieldType>(values: impl IntoIterator<Item = impl Into<T>>) -> Vec<Value> {
    values.into_iter().map(|it| it.into().into_value()).collect()
}

impl<R, T: FieldType<Inner: Comparable>> Field<R, T> {
    /// Equal to the value.
    #[must_use]
    pub fn eq(self, value: impl Into<T::Inner>) -> Where<R> {
        self.one(Operator::Eq, value.into().into_value())
    }

    /// Not equal to the value; null is not equal to any.
    #[must_use]
    pub fn ne(self, value: impl Into<T::Inner>) -> Where<R> {
        self.one(Operator::Ne, value.into().into_value())
    }

    /// Equal to one of the values.
    #[must_use]
    pub fn is_in(self, any: impl IntoIterator<Item = impl Into<T::Inner>>) -> Where<R> {
        self.many(Operator::In, values::<T::Inner>(any))
    }

    /// Equal to none of the values.
    #[must_use]
    pub fn not_in(self, none: impl IntoIterator<Item = impl Into<T::Inner>>) -> Where<R> {
        self.many(Operator::Nin, values::<T::Inner>(none))
    }
}

impl<R, T: FieldType<Inner: Ordered>> Field<R, T> {
    /// Greater than the value.
    #[must_use]
    pub fn gt(self, value: impl Into<T::Inner>) -> Where<R> {
        self.one(Operator::Gt, value.into().into_value())
    }

    /// Greater than the value, or equal.
    #[must_use]
    pub fn gte(self, value: impl Into<T::Inner>) -> Where<R> {
        self.one(Operator::Gte, value.into().into_value())
    }

    /// Less than the value.
    #[must_use]
    pub fn lt(self, value: impl Into<T::Inner>) -> Where<R> {
        self.one(Operator::Lt, value.into().into_value())
    }

    /// Less than the value, or equal.
    #[must_use]
    pub fn lte(self, value: impl Into<T::Inner>) -> Where<R> {
        self.one(Operator::Lte, value.into().into_value())
    }

    /// From the least to the greatest, nulls last.
    #[must_use]
    pub const fn asc(self) -> Order<R> {
        self.order(false)
    }

    /// From the greatest to the least, nulls last.
    #[must_use]
    pub const fn desc(self) -> Order<R> {
        self.order(true)
    }

    const fn order(self, descending: bool) -> Order<R> {
        Order { key: SortKey { field: self.index, descending, nulls_first: false }, marker: PhantomData }
    }
}

impl<R, T: FieldType<Inner: Textual>> Field<R, T> {
    /// Contains the text.
    #[must_use]
    pub fn contains(self, text: impl Into<String>) -> Where<R> {
        self.one(Operator::Contains, Value::Text(text.into()))
    }

    /// Starts with the text.
    #[must_use]
    pub fn starts_with(self, text: impl Into<String>) -> Where<R> {
        self.one(Operator::StartsWith, Value::Text(text.into()))
    }

    /// Ends with the text.
    #[must_use]
    pub fn ends_with(self, text: impl Into<String>) -> Where<R> {
        self.one(Operator::EndsWith, Value::Text(text.into()))
    }

    /// Equal to the text, whatever the case of the letters.
    #[must_use]
    pub fn ieq(self, text: impl Into<String>) -> Where<R> {
        self.one(Operator::Ieq, Value::Text(text.into()))
    }

    /// Contains the text, whatever the case of the letters.
    #[must_use]
    pub fn icontains(self, text: impl Into<String>) -> Where<R> {
        self.one(Operator::Icontains, Value::Text(text.into()))
    }
}

impl<R, T: Nullable> Field<R, T> {
    /// Null, or (with `false`) not null.
    #[must_use]
    pub fn is_null(self, null: bool) -> Where<R> {
        self.one(Operator::IsNull, Value::Bool(null))
    }
}

impl<R, T: FieldType<Inner: Listing>> Field<R, T> {
    /// Has all of the values.
    #[must_use]
    pub fn has_all(self, all: impl IntoIterator<Item = impl Into<<T::Inner as Listing>::Item>>) -> Where<R> {
        self.many(Operator::HasAll, values::<<T::Inner as Listing>::Item>(all))
    }

    /// Has at least one of the values.
    #[must_use]
    pub fn has_any(self, any: impl IntoIterator<Item = impl Into<<T::Inner as Listing>::Item>>) -> Where<R> {
        self.many(Operator::HasAny, values::<<T::Inner as Listing>::Item>(any))
    }
}

/// A condition on rows of the resource `R`.
///
/// ```ignore
/// let cheap = Book::PRICE.lt(10).or(Book::TAGS.has_any(["sale"]));
/// let rows = !cheap.and(Book::GENRE.is_null(false));
/// ```
pub struct Where<R> {
    filter: Filter,
    marker: PhantomData<fn() -> R>,
}

/// An order of rows of the resource `R`, by one field: `Book::PRICE.desc()`.
pub struct Order<R> {
    key: SortKey,
    marker: PhantomData<fn() -> R>,
}

impl<R> Order<R> {
    /// The order without its type, as stores take it.
    #[must_use]
    pub const fn into_key(self) -> SortKey {
        self.key
    }
}

impl<R> Clone for Order<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Order<R> {}

impl<R> std::fmt::Debug for Order<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.key.fmt(f)
    }
}

impl<R> Where<R> {
    /// All rows.
    #[must_use]
    pub const fn all() -> Self {
        Self::new(Filter::All)
    }

    const fn new(filter: Filter) -> Self {
        Self { filter, marker: PhantomData }
    }

    /// The rows that this and the other hold for.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::new(self.filter.and(other.filter))
    }

    /// The rows that this or the other holds for.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::new(self.filter.or(other.filter))
    }

    /// The condition without its type, as stores take it.
    #[must_use]
    pub fn into_filter(self) -> Filter {
        self.filter
    }
}

impl<R> std::ops::Not for Where<R> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(!self.filter)
    }
}

impl<R> Clone for Where<R> {
    fn clone(&self) -> Self {
        Self::new(self.filter.clone())
    }
}

impl<R> PartialEq for Where<R> {
    fn eq(&self, other: &Self) -> bool {
        self.filter == other.filter
    }
}

impl<R> std::fmt::Debug for Where<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.filter.fmt(f)
    }
}

impl<R> From<Where<R>> for Filter {
    fn from(condition: Where<R>) -> Self {
        condition.filter
    }
}
