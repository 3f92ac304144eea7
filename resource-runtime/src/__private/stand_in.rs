//! What generated code asks of a field's type, where that is no field.
//!
//! # Design
//!
//! Attributes ask a lot of a type: whether it has an order, a length, a default. Of one that is no field the compiler would
//! answer each question with an error of its own, though there is one mistake, and it has been told of at the type.
//! So questions go to [`Asked::Of`]: the type itself, or a [`StandIn`], which answers yes to all of them.

use rust_decimal::Decimal;

use super::rule::SameAs;
use super::value::{CopyOf, Normalizer, ValueOf};
use crate::field::{
    AsString, ClientId, Comparable, ContainsText, CreationTime, CustomRule, DeletionTime, EmptyInNewRow, FieldType,
    FromText, Items, Kind, Listing, Measured, NestedValue, NotNull, Nullable, Numeric, Ordered, Patterned, RuleError,
    Set, StoreId, Textual, UpdateTime, Value, ValueError,
};

/// Asks whether a type is a field. Its own constant goes before that of the trait, where there is one.
#[derive(Debug)]
pub struct Probe<T>(std::marker::PhantomData<T>);

impl<T: FieldType> Probe<T> {
    /// How many field types it is.
    pub const FIELDS: usize = 1;
}

/// What [`Probe`] says of types that are no field.
pub trait NotAField {
    /// How many field types it is.
    const FIELDS: usize = 0;
}

impl<T> NotAField for Probe<T> {}

/// What generated code has in place of a type. It is said of arrays with [`Probe::FIELDS`] items, because of a type
/// that is an argument of another the compiler says something else when it does not exist.
pub trait Asked {
    /// What questions go to.
    type Of: FieldType;
    /// What an update has in place of the field.
    type Update;
}

impl<T> Asked for [T; 0] {
    type Of = StandIn;
    type Update = Set<T>;
}

impl<T: FieldType> Asked for [T; 1] {
    type Of = T;
    type Update = T::Update;
}

/// In place of a type that is no field. There is an error at that type, and so none is needed here.
#[derive(Debug, Clone, Copy, Default)]
pub struct StandIn;

/// Marks what is said of a [`StandIn`].
#[derive(Debug)]
pub struct OfStandIn;

#[diagnostic::do_not_recommend]
impl FieldType for StandIn {
    const KIND: Kind = Kind::Text;
    crate::__not_null!();

    fn into_value(self) -> Value {
        Value::Null
    }

    fn from_value(_: Value) -> Result<Self, ValueError> {
        Ok(Self)
    }
}

macro_rules! can {
    ($($ability:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl $ability for StandIn {}
    )*};
}

can! {
    AsString ClientId Comparable ContainsText CreationTime DeletionTime EmptyInNewRow Measured NestedValue NotNull
    Nullable Ordered Patterned StoreId Textual UpdateTime
}

#[diagnostic::do_not_recommend]
impl Items for StandIn {
    type Item = Self;
}

#[diagnostic::do_not_recommend]
impl Listing for StandIn {
    type Item = Self;
}

#[diagnostic::do_not_recommend]
impl Numeric for StandIn {
    fn from_decimal(_: Decimal) -> Self {
        Self
    }
}

#[diagnostic::do_not_recommend]
impl FromText for StandIn {
    fn from_text(_: &str) -> Self {
        Self
    }
}

#[diagnostic::do_not_recommend]
impl<T> SameAs<T, OfStandIn> for StandIn {}

#[diagnostic::do_not_recommend]
impl<V> ValueOf<StandIn, OfStandIn> for V {
    fn into_value_of(self) -> Value {
        Value::Null
    }
}

#[diagnostic::do_not_recommend]
impl<V> CopyOf<StandIn, OfStandIn> for V {
    fn copy_of(&self) -> StandIn {
        StandIn
    }
}

#[diagnostic::do_not_recommend]
impl<F> Normalizer<StandIn, OfStandIn> for F {
    fn normalize(&self, value: StandIn) -> StandIn {
        value
    }
}

#[diagnostic::do_not_recommend]
impl<F> CustomRule<StandIn, OfStandIn> for F {
    fn check(&self, _: &StandIn) -> Result<(), RuleError> {
        Ok(())
    }
}
