use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Kind, ObjectMeta};

/// A value of a field, owned.
///
/// Which variant a field's values have follows from its [`Kind`]: every integer is an [`Int`],
/// enums are [`Text`], nested objects [`Object`].
///
/// [`Int`]: Value::Int
/// [`Text`]: Value::Text
/// [`Object`]: Value::Object
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// [`Kind::Bool`].
    Bool(bool),
    /// [`Kind::Int`] of any width.
    Int(i64),
    /// [`Kind::F32`] and [`Kind::F64`]; finite, and never negative zero.
    Float(f64),
    /// [`Kind::Decimal`].
    Decimal(Decimal),
    /// [`Kind::Text`] and [`Kind::Enum`].
    Text(String),
    /// [`Kind::Uuid`].
    Uuid(Uuid),
    /// [`Kind::Timestamp`]; whole microseconds.
    Timestamp(Timestamp),
    /// [`Kind::Date`].
    Date(Date),
    /// [`Kind::Time`]; whole microseconds.
    Time(Time),
    /// [`Kind::Object`]: one value per field of the [`ObjectMeta`], in its order.
    Object(Vec<Value>),
    /// [`Kind::List`].
    List(Vec<Value>),
    /// [`Kind::Json`]: JSON text without insignificant white space.
    Json(String),
}

impl Value {
    /// Whether this is [`Value::Null`].
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The order that `sort` uses, for two values of one field that are not null: numbers by
    /// value, text by code point, `false` before `true`.
    ///
    /// Values of different variants do not occur in one field; they, nested values and nulls
    /// compare as equal.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.total_cmp(b),
            (Self::Decimal(a), Self::Decimal(b)) => a.cmp(b),
            // UTF-8 sorts by bytes as it does by code points.
            (Self::Text(a), Self::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Self::Uuid(a), Self::Uuid(b)) => a.cmp(b),
            (Self::Timestamp(a), Self::Timestamp(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Time(a), Self::Time(b)) => a.cmp(b),
            _ => Ordering::Equal,
        }
    }

    /// This value, borrowed.
    #[must_use]
    #[inline]
    pub fn as_cell<'a>(&'a self, kind: &Kind) -> Cell<'a> {
        match self {
            Self::Null => Cell::Null,
            Self::Bool(it) => Cell::Bool(*it),
            Self::Int(it) => Cell::Int(*it),
            Self::Float(it) => Cell::Float(*it),
            Self::Decimal(it) => Cell::Decimal(*it),
            Self::Text(it) => Cell::Text(it),
            Self::Uuid(it) => Cell::Uuid(*it),
            Self::Timestamp(it) => Cell::Timestamp(it.as_microsecond()),
            Self::Date(it) => Cell::Date(*it),
            Self::Time(it) => Cell::Time(*it),
            Self::Object(it) => match kind {
                Kind::Object(meta) => Cell::Object(meta, it),
                _ => Cell::Null,
            },
            Self::List(it) => Cell::List(it),
            Self::Json(it) => Cell::Json(it),
        }
    }
}

/// A value of a field as a store's row lends it, for writing JSON without a copy.
#[derive(Debug, Clone, Copy)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// [`Kind::Bool`].
    Bool(bool),
    /// [`Kind::Int`] of any width.
    Int(i64),
    /// [`Kind::F32`] and [`Kind::F64`].
    Float(f64),
    /// [`Kind::Decimal`].
    Decimal(Decimal),
    /// Numbers and other JSON that a store keeps as text in exactly the form that leaves the
    /// server: decimals, nested objects, lists, [`Kind::Json`].
    Json(&'a str),
    /// [`Kind::Text`] and [`Kind::Enum`].
    Text(&'a str),
    /// Text that needs quotes but no escapes: a store's own form of a UUID, date or time.
    Plain(&'a str),
    /// [`Kind::Uuid`].
    Uuid(Uuid),
    /// [`Kind::Timestamp`], in microseconds since 1970-01-01T00:00:00Z.
    Timestamp(i64),
    /// [`Kind::Date`].
    Date(Date),
    /// [`Kind::Time`].
    Time(Time),
    /// [`Kind::Object`].
    Object(&'static ObjectMeta, &'a [Value]),
    /// [`Kind::List`].
    List(&'a [Value]),
    /// A store's own form of a value, with the function that writes it as JSON.
    Raw(&'a [u8], fn(&mut Vec<u8>, &[u8], &Kind)),
}
