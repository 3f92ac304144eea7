//! What the values of a field type can do, as traits: the compiler answers with them whether an
//! operator, a rule or a role fits the type that the user wrote, at the place where they wrote it.
//!
//! Each speaks of [`FieldType::Inner`]: that a field can be null changes nothing about it.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use uuid::Uuid;

use super::{Element, FieldType, NotNull};

/// Values that are equal or not, and that lists can be sorted by: scalars and enums. Implemented by
/// `#[derive(ResourceEnum)]`.
#[diagnostic::on_unimplemented(
    message = "values of `{Self}` cannot be compared, so the field cannot be sorted, unique, or filtered like this",
    label = "not for `{Self}`",
    note = "`eq`, `ne`, `in`, `nin`, `sort`, `unique` and `index` are for scalars and enums; a list takes `has_all` and `has_any`"
)]
pub trait Comparable {}

/// Values of which one can be greater than another: numbers, text, times.
#[diagnostic::on_unimplemented(
    message = "values of `{Self}` have no order that a filter can compare by",
    label = "not for `{Self}`",
    note = "`gt`, `gte`, `lt` and `lte` are for numbers, text, UUIDs, dates and times"
)]
pub trait Ordered: Comparable {}

/// Text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text",
    label = "only for `String`",
    note = "`search`, the operators `contains`, `starts_with`, `ends_with`, `ieq`, `icontains` and the rules `email`, \
            `url` and `regex` are for `String` and `Option<String>`"
)]
pub trait Textual: NotNull {}

/// A list of values that can be looked for in it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of scalars or enums",
    label = "only for lists",
    note = "`has_all` and `has_any` are for `Vec`; for one value take `eq` or `in`"
)]
pub trait Listing: NotNull {
    /// What it is a list of.
    type Item: Comparable + FieldType;
}

/// Values with a length: text and lists.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no length",
    label = "only for text and lists",
    note = "the rule `length` is for `String` and `Vec`; for a number take `range`"
)]
pub trait Measured: NotNull {}

/// Text, or a list of texts.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not contain text",
    label = "only for text and lists of text",
    note = "the rules `contains` and `does_not_contain` are for `String` and `Vec<String>`"
)]
pub trait ContainsText: NotNull {}

/// Numbers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    label = "only for numbers",
    note = "the rule `range` and numbers as `default` or `example` are for integers, floats and `Decimal`"
)]
pub trait Numeric: NotNull {
    /// The number that is nearest to this one.
    fn from_decimal(number: Decimal) -> Self;
}

/// Types that a string literal in an attribute can stand for.
#[diagnostic::on_unimplemented(
    message = "a string cannot be a value of `{Self}`",
    label = "not a `String`",
    note = "write an expression of the field's type, such as `Status::Active` or `\"1.50\".parse().unwrap()`"
)]
pub trait FromText: NotNull {
    /// The value.
    fn from_text(text: &str) -> Self;
}

/// Nested value objects, and lists of them. Implemented by `#[derive(ResourceObject)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a nested value object",
    label = "only for nested value objects",
    note = "`nested` is for structs with `#[derive(ResourceObject)]` and lists of them; leave it out here"
)]
pub trait NestedValue {}

/// Field types that have a null.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is never null",
    label = "not an `Option`",
    note = "`is_null` is for fields of type `Option`"
)]
pub trait Nullable: FieldType {}

/// Field types that a new row needs no value for, because null is one.
#[diagnostic::on_unimplemented(
    message = "nothing says what the value of this field is in a new row",
    label = "clients cannot send it at creation, and `{Self}` has no null",
    note = "give it a `default`, make it an `Option`, or let clients send it"
)]
pub trait EmptyInNewRow: FieldType {}

/// Identifiers that the framework can choose: `i64` and `Uuid`.
#[diagnostic::on_unimplemented(
    message = "the server cannot choose an id of type `{Self}`",
    label = "neither `i64` nor `Uuid`",
    note = "write `id(client)` to let clients choose it, or make it an `i64` (counted up) or a `Uuid` (version 7)"
)]
pub trait StoreId: NotNull {}

/// Identifiers that clients can choose: integers, `String` and `Uuid`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an id",
    label = "not an id type",
    note = "ids are integers, `String` or `Uuid`"
)]
pub trait ClientId: NotNull {}

/// The type of `created_at`.
#[diagnostic::on_unimplemented(
    message = "a `created_at` field is a `Timestamp`, not `{Self}`",
    label = "expected `Timestamp`",
    note = "every row has a time of creation, so it is no `Option` either"
)]
pub trait CreationTime: FieldType {}

/// The types of `updated_at`.
#[diagnostic::on_unimplemented(
    message = "an `updated_at` field is a `Timestamp` or an `Option<Timestamp>`, not `{Self}`",
    label = "expected `Timestamp` or `Option<Timestamp>`"
)]
pub trait UpdateTime: FieldType {}

/// The type of the field of a soft delete.
#[diagnostic::on_unimplemented(
    message = "a `soft_delete` field is an `Option<Timestamp>`, not `{Self}`",
    label = "expected `Option<Timestamp>`",
    note = "it is null in every row that is not deleted"
)]
pub trait DeletionTime: FieldType {}

#[diagnostic::do_not_recommend]
impl DeletionTime for Option<Timestamp> {}
#[diagnostic::do_not_recommend]
impl CreationTime for Timestamp {}
#[diagnostic::do_not_recommend]
impl UpdateTime for Timestamp {}
#[diagnostic::do_not_recommend]
impl UpdateTime for Option<Timestamp> {}

#[diagnostic::do_not_recommend]
impl<T: NotNull> Nullable for Option<T> {}
#[diagnostic::do_not_recommend]
impl<T: NotNull> EmptyInNewRow for Option<T> {}

macro_rules! can {
    ($($ty:ty: $($ability:ident)*;)*) => {$($(
        #[diagnostic::do_not_recommend]
        impl $ability for $ty {}
    )*)*};
}

can! {
    bool: Comparable;
    i8: Comparable Ordered ClientId;
    i16: Comparable Ordered ClientId;
    i32: Comparable Ordered ClientId;
    i64: Comparable Ordered ClientId StoreId;
    u8: Comparable Ordered ClientId;
    u16: Comparable Ordered ClientId;
    u32: Comparable Ordered ClientId;
    f32: Comparable Ordered;
    f64: Comparable Ordered;
    Decimal: Comparable Ordered;
    String: Comparable Ordered ClientId Textual Measured ContainsText;
    Vec<String>: ContainsText;
    Uuid: Comparable Ordered ClientId StoreId;
    Timestamp: Comparable Ordered;
    Date: Comparable Ordered;
    Time: Comparable Ordered;
}

#[diagnostic::do_not_recommend]
impl<T: Element> Measured for Vec<T> {}
#[diagnostic::do_not_recommend]
impl<T: Element + Comparable> Listing for Vec<T> {
    type Item = T;
}
#[diagnostic::do_not_recommend]
impl<T: NestedValue + Element> NestedValue for Vec<T> {}

#[diagnostic::do_not_recommend]
impl FromText for String {
    fn from_text(text: &str) -> Self {
        text.to_owned()
    }
}

macro_rules! integers {
    ($($ty:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Numeric for $ty {
            fn from_decimal(number: Decimal) -> Self {
                number.to_i64().and_then(|it| it.try_into().ok()).unwrap_or_default()
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 u8 u16 u32);

// Through text, because that is the one conversion that rounds correctly.
#[diagnostic::do_not_recommend]
impl Numeric for f32 {
    fn from_decimal(number: Decimal) -> Self {
        number.to_string().parse().unwrap_or_default()
    }
}

#[diagnostic::do_not_recommend]
impl Numeric for f64 {
    fn from_decimal(number: Decimal) -> Self {
        number.to_string().parse().unwrap_or_default()
    }
}

#[diagnostic::do_not_recommend]
impl Numeric for Decimal {
    fn from_decimal(number: Decimal) -> Self {
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_from_literals_are_the_ones_that_rust_would_parse() {
        assert_eq!(f64::from_decimal(Decimal::new(1, 1)).to_bits(), 0.1_f64.to_bits());
        assert_eq!(f32::from_decimal(Decimal::new(3999, 2)).to_bits(), 39.99_f32.to_bits());
    }

    #[test]
    fn decimals_from_literals_keep_their_zeros() {
        assert_eq!(Decimal::from_decimal(Decimal::new(3990, 2)).to_string(), "39.90");
    }
}
