//! Values that attributes name: defaults, examples, and what normalizers and computed fields give.

use rust_decimal::Decimal;

use crate::field::{EnumType, FieldType, FromText, Items, NotNull, Numeric, ObjectType, Value, ValueError};

/// `default`, without a value.
#[must_use]
pub fn of_type<T: FieldType + Default>() -> Value {
    T::default().into_value()
}

/// A number as it was written: `mantissa / 10^scale`.
#[must_use]
pub fn number<T: FieldType<Inner: Numeric>>(mantissa: i64, scale: u32) -> Value {
    T::Inner::from_decimal(Decimal::try_new(mantissa, scale).unwrap_or_default()).into_value()
}

/// A string literal.
#[must_use]
pub fn text<T: FieldType<Inner: FromText>>(text: &str) -> Value {
    T::Inner::from_text(text).into_value()
}

/// What a field of type `T`, which is a list or an `Option` of one, is a list of.
pub type ItemOf<T> = <<T as FieldType>::Inner as Items>::Item;

/// A list in brackets, of items of type `I`. That the field is a list has been asked by [`ItemOf`].
#[must_use]
pub const fn items<I>(items: Vec<Value>) -> Value {
    Value::List(items)
}

/// What an expression in an attribute may give for a field of type `T`: a `T`, or, where that is an
/// `Option`, what is inside. The marker `M` tells the two apart; it is always inferred.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a value of a field of type `{T}`", label = "expected `{T}`")]
pub trait ValueOf<T, M> {
    /// The field's value.
    fn into_value_of(self) -> Value;
}

/// Marks a `T` for a field of type `T`.
#[derive(Debug)]
pub struct Same;

/// Marks a `T` for a field of type `Option<T>`.
#[derive(Debug)]
pub struct Inside;

impl<T: FieldType> ValueOf<T, Same> for T {
    fn into_value_of(self) -> Value {
        self.into_value()
    }
}

impl<T: NotNull> ValueOf<Option<T>, Inside> for T {
    fn into_value_of(self) -> Value {
        self.into_value()
    }
}

/// Any other expression.
#[must_use]
pub fn expression<T: FieldType, V: ValueOf<T, M>, M>(value: V) -> Value {
    value.into_value_of()
}

/// What `normalize` can name for values of type `T`. The marker `M` is always inferred.
#[diagnostic::on_unimplemented(
    message = "this function does not normalize a `{T}`",
    label = "expected `fn({T}) -> {T}`",
    note = "a normalizer takes the value and gives it back as it shall be, a `String` as `&str` too; of an `Option` it sees what is \
            inside"
)]
pub trait Normalizer<T, M> {
    /// Calls it.
    fn normalize(&self, value: T) -> T;
}

#[diagnostic::do_not_recommend]
impl<T, F: Fn(T) -> T> Normalizer<T, Same> for F {
    fn normalize(&self, value: T) -> T {
        self(value)
    }
}

/// Marks a normalizer that borrows: `fn(&str) -> String`.
#[derive(Debug)]
pub struct Borrowing;

#[diagnostic::do_not_recommend]
impl<T: std::ops::Deref, F: Fn(&T::Target) -> T> Normalizer<T, Borrowing> for F {
    fn normalize(&self, value: T) -> T {
        self(&value)
    }
}

/// Calls a `normalize = function`; null stays null.
///
/// # Errors
///
/// When the value is not of the field's kind.
pub fn normalize<T: FieldType, M>(value: Value, function: &impl Normalizer<T::Inner, M>) -> Result<Value, ValueError> {
    if value.is_null() {
        return Ok(value);
    }
    T::Inner::from_value(value).map(|it| function.normalize(it)).map(FieldType::into_value)
}

/// What an identifier of type `T` can be copied of. The marker `M` is always inferred.
pub trait CopyOf<T, M> {
    /// The copy.
    fn copy_of(&self) -> T;
}

impl<T: FieldType> CopyOf<T, Same> for T {
    fn copy_of(&self) -> T {
        T::__clone(self)
    }
}

/// A copy of an identifier.
pub fn copy<T, M>(of: &impl CopyOf<T, M>) -> T {
    of.copy_of()
}

/// Values in a row.
#[must_use]
pub fn list<const N: usize>(values: [Value; N]) -> Vec<Value> {
    values.into()
}

/// An enum's value: its name on the wire.
pub fn of_variant<T: EnumType>(variant: &T) -> Value {
    Value::Text(T::ENUM.names().nth(variant.index()).unwrap_or_default().to_owned())
}

/// The same variant once more.
pub fn copy_of_variant<T: EnumType>(variant: &T) -> T {
    // A variant is at its own position.
    T::from_index(variant.index()).unwrap_or_else(super::never)
}

/// The inverse of [`of_variant`].
///
/// # Errors
///
/// When the value is no name of the enum's.
pub fn to_variant<T: EnumType>(value: &Value) -> Result<T, ValueError> {
    let index = match value {
        Value::Text(text) => T::ENUM.names().position(|it| it == text),
        _ => None,
    };
    index.and_then(T::from_index).ok_or_else(|| ValueError::new(T::ENUM.name, value))
}

/// A nested object's value.
pub fn of_object<T: ObjectType>(object: T) -> Value {
    Value::Object(object.into_values())
}

/// The inverse of [`of_object`].
///
/// # Errors
///
/// When the value is not of the object's kind.
pub fn to_object<T: ObjectType>(value: Value) -> Result<T, ValueError> {
    match value {
        Value::Object(values) => T::from_values(values),
        other => Err(ValueError::new(T::OBJECT.name, &other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_may_give_what_is_inside_an_option() {
        assert_eq!(expression::<Option<i64>, _, _>(1 + 1), Value::Int(2));
        assert_eq!(expression::<Option<i64>, _, _>(None), Value::Null);
        assert_eq!(expression::<i16, _, _>(3), Value::Int(3));
    }

    #[test]
    fn normalizers_never_see_a_null() {
        #[expect(clippy::needless_pass_by_value, reason = "normalizers take values")]
        fn upper(text: String) -> String {
            text.to_uppercase()
        }
        assert_eq!(normalize::<String, _>(Value::Text("A".into()), &str::to_lowercase), Ok(Value::Text("a".into())));
        assert_eq!(normalize::<Option<String>, _>(Value::Null, &upper), Ok(Value::Null));
        assert_eq!(normalize::<Option<String>, _>(Value::Text("a".into()), &upper), Ok(Value::Text("A".into())));
    }
}
