use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{FieldMeta, IntKind, Kind, Patch, Value};
use crate::model::Values;

/// A Rust type that can be a field of a resource.
///
/// It is implemented for `bool`, the integers up to `i64` and `u32`, `f32`, `f64`, [`Decimal`],
/// `String`, [`Uuid`], [`Timestamp`], [`Date`], [`Time`], `serde_json::Value`, `Vec`, `Secret` and `Option` of those, and by
/// `#[derive(ResourceEnum)]` and `#[derive(ResourceObject)]` for types of the user's own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a resource field",
    label = "not a field type",
    note = "field types are bool, the integers up to i64 and u32, f32, f64, Decimal, String, Uuid, Timestamp, Date, Time, \
            and `Vec` and `Option` of them",
    note = "an `Option` stands outermost, and a `Vec` holds neither lists nor `Option`s",
    note = "for an enum add `#[derive(ResourceEnum)]`, for a nested struct `#[derive(ResourceObject)]`"
)]
pub trait FieldType: Sized + Send + Sync + 'static {
    /// What its values are.
    const KIND: Kind;
    /// Whether null is one of them.
    const NULLABLE: bool = false;
    /// Whether it must not leave the server, as a [`Secret`](super::Secret) must not.
    const SECRET: bool = false;
    /// Whether clients can send it, as they cannot a hash of what they know.
    const SENT: bool = true;
    /// The type without its null: `T` for `Option<T>`, else the type itself.
    type Inner: FieldType;
    /// The type that an update has in this field's place: [`Patch`] where null is a value,
    /// [`Set`](super::Set) where it is not.
    type Update: Default + Send + Sync + 'static;
    /// The description of a field of this type, without its name. What generated code begins with.
    #[doc(hidden)]
    const FIELD: FieldMeta = FieldMeta::of::<Self>("");

    /// This value as stores keep it.
    fn into_value(self) -> Value;

    /// The inverse of [`FieldType::into_value`].
    ///
    /// # Errors
    ///
    /// When the value is not of this type's kind.
    fn from_value(value: Value) -> Result<Self, ValueError>;

    /// What an update says of this field: `None` where it says nothing.
    fn update_into_value(update: Self::Update) -> Option<Value>;

    /// The inverse of [`FieldType::update_into_value`].
    ///
    /// # Errors
    ///
    /// When the value is not of this type's kind.
    fn update_from_value(value: Option<Value>) -> Result<Self::Update, ValueError>;

    // What generated code calls. These are the trait's, and not functions with a bound: so a type that is no
    // field gives the same error everywhere, and the compiler shows it once.

    #[doc(hidden)]
    fn __take(values: &mut Values, slot: usize) -> Result<Self, ValueError> {
        values.take(slot)
    }

    #[doc(hidden)]
    fn __take_update(values: &mut Values, slot: usize) -> Result<Self::Update, ValueError> {
        values.take_update::<Self>(slot)
    }

    #[doc(hidden)]
    fn __give(values: &mut Values, slot: usize, value: &Self) {
        values.set(slot, Self::__clone(value).into_value());
    }

    #[doc(hidden)]
    fn __give_update(values: &mut Values, slot: usize, update: &Self::Update) {
        values.set(slot, Self::update_into_value(Self::__clone_update(update)));
    }

    #[doc(hidden)]
    fn __clone(value: &Self) -> Self;

    #[doc(hidden)]
    fn __absent() -> Self::Update {
        Self::Update::default()
    }

    #[doc(hidden)]
    fn __clone_update(update: &Self::Update) -> Self::Update;
}

/// What an update has in place of a field of type `T`; see [`FieldType::Update`].
pub type UpdateOf<T> = <T as FieldType>::Update;

/// A field type that has no null.
#[diagnostic::on_unimplemented(
    message = "`Option<{Self}>` cannot be a resource field",
    label = "not a field type, or one that can be null already",
    note = "an `Option` stands outermost, and only once",
    note = "for an enum add `#[derive(ResourceEnum)]`, for a nested struct `#[derive(ResourceObject)]`"
)]
pub trait NotNull: FieldType<Inner = Self> {}

/// A field type that can be the item of a list.
#[diagnostic::on_unimplemented(
    message = "`Vec<{Self}>` cannot be a resource field",
    label = "not a type that a list can hold",
    note = "lists hold scalars, enums and value objects; neither lists nor `Option`s",
    note = "for an enum add `#[derive(ResourceEnum)]`, for a nested struct `#[derive(ResourceObject)]`"
)]
pub trait Element: NotNull {}

/// A stored value that is not of its field's kind: the table was changed behind the framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueError {
    expected: &'static str,
    found: String,
}

impl ValueError {
    /// Says what was expected and what was found.
    #[must_use]
    pub fn new(expected: &'static str, found: &Value) -> Self {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Int(_) => "an integer",
            Value::Float(_) => "a float",
            Value::Decimal(_) => "a decimal",
            Value::Text(_) => "a text",
            Value::Uuid(_) => "a UUID",
            Value::Timestamp(_) => "a timestamp",
            Value::Date(_) => "a date",
            Value::Time(_) => "a time",
            Value::Object(_) => "an object",
            Value::List(_) => "a list",
            Value::Json(_) => "JSON",
        };
        Self { expected, found: found.to_owned() }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

impl std::error::Error for ValueError {}

/// The part of [`FieldType`] that every type without a null has in common.
#[doc(hidden)]
#[macro_export]
macro_rules! __not_null {
    () => {
        $crate::__not_null!(::core::clone::Clone::clone);
    };
    ($clone:path) => {
        fn __clone(value: &Self) -> Self {
            $clone(value)
        }

        fn __clone_update(update: &Self::Update) -> Self::Update {
            match update {
                $crate::field::Set::Absent => $crate::field::Set::Absent,
                $crate::field::Set::Value(value) => $crate::field::Set::Value($clone(value)),
            }
        }

        type Inner = Self;
        type Update = $crate::field::Set<Self>;

        fn update_into_value(update: Self::Update) -> ::core::option::Option<$crate::field::Value> {
            match update {
                $crate::field::Set::Absent => ::core::option::Option::None,
                $crate::field::Set::Value(value) => {
                    ::core::option::Option::Some($crate::field::FieldType::into_value(value))
                }
            }
        }

        fn update_from_value(
            value: ::core::option::Option<$crate::field::Value>,
        ) -> ::core::result::Result<Self::Update, $crate::field::ValueError> {
            ::core::result::Result::Ok(match value {
                ::core::option::Option::None => $crate::field::Set::Absent,
                ::core::option::Option::Some(value) => {
                    $crate::field::Set::Value(<Self as $crate::field::FieldType>::from_value(value)?)
                }
            })
        }
    };
}

macro_rules! scalar {
    ($($ty:ty, $kind:expr, $variant:ident, $noun:literal;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl FieldType for $ty {
            const KIND: Kind = $kind;
            __not_null!();

            fn into_value(self) -> Value {
                Value::$variant(self.into())
            }

            fn from_value(value: Value) -> Result<Self, ValueError> {
                match value {
                    Value::$variant(it) => it.try_into().map_err(|_| ValueError::new($noun, &Value::$variant(it))),
                    other => Err(ValueError::new($noun, &other)),
                }
            }
        }
        #[diagnostic::do_not_recommend]
        impl NotNull for $ty {}
        #[diagnostic::do_not_recommend]
        impl Element for $ty {}
    )*};
}

scalar! {
    bool, Kind::Bool, Bool, "a boolean";
    i8, Kind::Int(IntKind::I8), Int, "an i8";
    i16, Kind::Int(IntKind::I16), Int, "an i16";
    i32, Kind::Int(IntKind::I32), Int, "an i32";
    i64, Kind::Int(IntKind::I64), Int, "an i64";
    u8, Kind::Int(IntKind::U8), Int, "a u8";
    u16, Kind::Int(IntKind::U16), Int, "a u16";
    u32, Kind::Int(IntKind::U32), Int, "a u32";
    f64, Kind::F64, Float, "an f64";
    Decimal, Kind::Decimal, Decimal, "a decimal";
    Uuid, Kind::Uuid, Uuid, "a UUID";
    Timestamp, Kind::Timestamp, Timestamp, "a timestamp";
    Date, Kind::Date, Date, "a date";
    Time, Kind::Time, Time, "a time";
}

#[diagnostic::do_not_recommend]
impl FieldType for String {
    const KIND: Kind = Kind::Text;
    __not_null!();

    fn into_value(self) -> Value {
        Value::Text(self)
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Text(it) => Ok(it),
            other => Err(ValueError::new("a text", &other)),
        }
    }
}
#[diagnostic::do_not_recommend]
impl NotNull for String {}
#[diagnostic::do_not_recommend]
impl Element for String {}

#[diagnostic::do_not_recommend]
impl FieldType for f32 {
    const KIND: Kind = Kind::F32;
    __not_null!();

    fn into_value(self) -> Value {
        Value::Float(self.into())
    }

    #[expect(clippy::cast_possible_truncation, reason = "the value was made from an f32")]
    fn from_value(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Float(it) => Ok(it as Self),
            other => Err(ValueError::new("an f32", &other)),
        }
    }
}
#[diagnostic::do_not_recommend]
impl NotNull for f32 {}
#[diagnostic::do_not_recommend]
impl Element for f32 {}

#[diagnostic::do_not_recommend]
impl FieldType for serde_json::Value {
    const KIND: Kind = Kind::Json;
    __not_null!();

    fn into_value(self) -> Value {
        Value::Json(self.to_string())
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Json(ref it) => serde_json::from_str(it).map_err(|_| ValueError::new("JSON text", &value)),
            other => Err(ValueError::new("JSON", &other)),
        }
    }
}
#[diagnostic::do_not_recommend]
impl NotNull for serde_json::Value {}

#[diagnostic::do_not_recommend]
impl<T: Element> FieldType for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);
    __not_null!(clone_list);

    fn into_value(self) -> Value {
        Value::List(self.into_iter().map(T::into_value).collect())
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::List(items) => items.into_iter().map(T::from_value).collect(),
            other => Err(ValueError::new("a list", &other)),
        }
    }
}

#[expect(clippy::ptr_arg, reason = "it is given a list")]
fn clone_list<T: Element>(list: &Vec<T>) -> Vec<T> {
    list.iter().map(T::__clone).collect()
}
#[diagnostic::do_not_recommend]
impl<T: Element> NotNull for Vec<T> {}

#[diagnostic::do_not_recommend]
impl<T: NotNull> FieldType for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    const SECRET: bool = T::SECRET;
    const SENT: bool = T::SENT;
    type Inner = T;
    type Update = Patch<T>;

    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        if value.is_null() { Ok(None) } else { T::from_value(value).map(Some) }
    }

    fn __clone(value: &Self) -> Self {
        value.as_ref().map(T::__clone)
    }

    fn __clone_update(update: &Patch<T>) -> Patch<T> {
        match update {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(value) => Patch::Value(T::__clone(value)),
        }
    }

    fn update_into_value(update: Patch<T>) -> Option<Value> {
        match update {
            Patch::Absent => None,
            Patch::Null => Some(Value::Null),
            Patch::Value(it) => Some(it.into_value()),
        }
    }

    fn update_from_value(value: Option<Value>) -> Result<Patch<T>, ValueError> {
        Ok(match value {
            None => Patch::Absent,
            Some(Value::Null) => Patch::Null,
            Some(value) => Patch::Value(T::from_value(value)?),
        })
    }
}
