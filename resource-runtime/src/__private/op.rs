//! The operators of filters, each as a function that only types with that operator can be given to.
//!
//! The names are those of attributes, so that the derive forwards what the user wrote (only `in`
//! is a keyword, and has another name here). They are written out, because the compiler's errors
//! show them.

use crate::field::{Comparable, FieldType, FilterMeta, Listing, Nullable, Ordered, Textual};
use crate::query::Operator;

/// [`Operator::Eq`]
#[must_use]
pub const fn eq<T: FieldType<Inner: Comparable>>() -> FilterMeta {
    FilterMeta::new(Operator::Eq)
}

/// [`Operator::Ne`]
#[must_use]
pub const fn ne<T: FieldType<Inner: Comparable>>() -> FilterMeta {
    FilterMeta::new(Operator::Ne)
}

/// [`Operator::Gt`]
#[must_use]
pub const fn gt<T: FieldType<Inner: Ordered>>() -> FilterMeta {
    FilterMeta::new(Operator::Gt)
}

/// [`Operator::Gte`]
#[must_use]
pub const fn gte<T: FieldType<Inner: Ordered>>() -> FilterMeta {
    FilterMeta::new(Operator::Gte)
}

/// [`Operator::Lt`]
#[must_use]
pub const fn lt<T: FieldType<Inner: Ordered>>() -> FilterMeta {
    FilterMeta::new(Operator::Lt)
}

/// [`Operator::Lte`]
#[must_use]
pub const fn lte<T: FieldType<Inner: Ordered>>() -> FilterMeta {
    FilterMeta::new(Operator::Lte)
}

/// [`Operator::In`]
#[must_use]
pub const fn is_in<T: FieldType<Inner: Comparable>>() -> FilterMeta {
    FilterMeta::new(Operator::In)
}

/// [`Operator::Nin`]
#[must_use]
pub const fn nin<T: FieldType<Inner: Comparable>>() -> FilterMeta {
    FilterMeta::new(Operator::Nin)
}

/// [`Operator::Contains`]
#[must_use]
pub const fn contains<T: FieldType<Inner: Textual>>() -> FilterMeta {
    FilterMeta::new(Operator::Contains)
}

/// [`Operator::StartsWith`]
#[must_use]
pub const fn starts_with<T: FieldType<Inner: Textual>>() -> FilterMeta {
    FilterMeta::new(Operator::StartsWith)
}

/// [`Operator::EndsWith`]
#[must_use]
pub const fn ends_with<T: FieldType<Inner: Textual>>() -> FilterMeta {
    FilterMeta::new(Operator::EndsWith)
}

/// [`Operator::Ieq`]
#[must_use]
pub const fn ieq<T: FieldType<Inner: Textual>>() -> FilterMeta {
    FilterMeta::new(Operator::Ieq)
}

/// [`Operator::Icontains`]
#[must_use]
pub const fn icontains<T: FieldType<Inner: Textual>>() -> FilterMeta {
    FilterMeta::new(Operator::Icontains)
}

/// [`Operator::HasAll`]
#[must_use]
pub const fn has_all<T: FieldType<Inner: Listing>>() -> FilterMeta {
    FilterMeta::new(Operator::HasAll)
}

/// [`Operator::HasAny`]
#[must_use]
pub const fn has_any<T: FieldType<Inner: Listing>>() -> FilterMeta {
    FilterMeta::new(Operator::HasAny)
}

/// [`Operator::IsNull`]
#[must_use]
pub const fn is_null<T: Nullable>() -> FilterMeta {
    FilterMeta::new(Operator::IsNull)
}
