//! The operators of filters, each as a function that only types with that operator can be given to.
//!
//! The names are those of attributes, so that the derive forwards what the user wrote (only `in`
//! is a keyword, and has another name here).

use crate::field::{Comparable, FieldType, FilterMeta, Listing, Nullable, Ordered, Textual};
use crate::query::Operator;

macro_rules! operators {
    ($($name:ident $operator:ident $ability:ident;)*) => {$(
        #[doc = concat!("[`Operator::", stringify!($operator), "`].")]
        #[must_use]
        pub const fn $name<T: FieldType<Inner: $ability>>() -> FilterMeta {
            FilterMeta::new(Operator::$operator)
        }
    )*};
}

operators! {
    eq Eq Comparable;
    ne Ne Comparable;
    gt Gt Ordered;
    gte Gte Ordered;
    lt Lt Ordered;
    lte Lte Ordered;
    is_in In Comparable;
    nin Nin Comparable;
    contains Contains Textual;
    starts_with StartsWith Textual;
    ends_with EndsWith Textual;
    ieq Ieq Textual;
    icontains Icontains Textual;
    has_all HasAll Listing;
    has_any HasAny Listing;
}

/// [`Operator::IsNull`].
#[must_use]
pub const fn is_null<T: Nullable>() -> FilterMeta {
    FilterMeta::new(Operator::IsNull)
}
