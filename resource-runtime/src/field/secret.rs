use std::fmt;

use rust_decimal::Decimal;

use super::{
    AsString, ContainsText, FieldType, FromText, Items, Kind, Measured, NestedValue, NotNull, Numeric, Patterned,
    Value, ValueError,
};

/// A value that clients send and never see: no response, view, computed field, filter, sort, search, cursor, example or
/// log has it.
///
/// As a field it has to be `write_only` or `hidden`; every other use is a compile error. Rules hold as they do for what is
/// inside. It is stored as it is.
///
/// ```
/// use resource_runtime::prelude::*;
///
/// #[derive(Debug, Clone, Resource)]
/// pub struct Webhook {
///     #[resource(id)]
///     pub id: i64,
///     #[validate(url)]
///     pub target: String,
///     /// Deliveries are signed with it.
///     #[resource(write_only)]
///     #[validate(length(min = 16))]
///     pub signing_key: Secret<String>,
/// }
///
/// let key = Secret::from("correct horse battery".to_owned());
/// assert_eq!(format!("{key:?}"), "[hidden]");
/// assert_eq!(key.expose().len(), 21);
/// ```
///
/// # Design
///
/// There is no `PartialEq`: a comparison that ends at the first difference tells how much of a guess was right.
#[derive(Clone, Default)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides a value.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value. Whoever calls this answers for where it goes.
    #[must_use]
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value, taken out.
    #[must_use]
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

#[diagnostic::do_not_recommend]
impl<T: NotNull> FieldType for Secret<T> {
    const KIND: Kind = T::KIND;
    const SECRET: bool = true;
    const SENT: bool = T::SENT;
    crate::__not_null!(clone);

    fn into_value(self) -> Value {
        self.0.into_value()
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        T::from_value(value).map(Self)
    }
}

fn clone<T: FieldType>(secret: &Secret<T>) -> Secret<T> {
    Secret(T::__clone(&secret.0))
}
#[diagnostic::do_not_recommend]
impl<T: NotNull> NotNull for Secret<T> {}

// What rules and literals need; nothing that a query could ask.
#[diagnostic::do_not_recommend]
impl<T: AsString> AsString for Secret<T> {}
#[diagnostic::do_not_recommend]
impl<T: Items> Items for Secret<T> {
    type Item = T::Item;
}
#[diagnostic::do_not_recommend]
impl<T: Measured> Measured for Secret<T> {}
#[diagnostic::do_not_recommend]
impl<T: ContainsText> ContainsText for Secret<T> {}
#[diagnostic::do_not_recommend]
impl<T: Patterned> Patterned for Secret<T> {}
#[diagnostic::do_not_recommend]
impl<T: NestedValue> NestedValue for Secret<T> {}
#[diagnostic::do_not_recommend]
impl<T: Numeric> Numeric for Secret<T> {
    fn from_decimal(number: Decimal) -> Self {
        Self(T::from_decimal(number))
    }
}
#[diagnostic::do_not_recommend]
impl<T: FromText> FromText for Secret<T> {
    fn from_text(text: &str) -> Self {
        Self(T::from_text(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{FieldMeta, Set};

    #[test]
    fn a_secret_is_stored_as_what_it_hides() {
        assert_eq!(Secret::new(7_i64).into_value(), Value::Int(7));
        assert_eq!(Secret::<String>::from_value(Value::Text("a".into())).unwrap().expose(), "a");
    }

    #[test]
    fn its_description_says_so_even_where_it_can_be_null() {
        assert!(FieldMeta::of::<Option<Secret<String>>>("key").secret);
        assert!(!FieldMeta::of::<Option<String>>("key").secret);
    }

    #[test]
    fn no_debug_form_shows_it() {
        let shown = format!("{:?} {:?}", Some(Secret::new("hunter2")), Set::Value(Secret::new("hunter2")));
        assert_eq!(shown, "Some([hidden]) Value([hidden])");
    }
}
