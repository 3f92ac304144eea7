//! The rules, each as a function that only types with that rule can be given to.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;

use crate::field::{
    Bound, ContainsText, CustomRule, FieldType, Measured, Numeric, ObjectType, Patterned, Role, Rule, RuleError,
    RuleMeta, Value,
};
use crate::resource::{Record, Resource};

/// In place of a `max` that was not given.
pub const NO_MAX: u64 = u64::MAX;

/// `length(min, max)`
#[must_use]
pub const fn length<T: FieldType<Inner: Measured>>(min: u64, max: u64) -> RuleMeta {
    let min = if min == 0 { None } else { Some(min) };
    let max = if max == NO_MAX { None } else { Some(max) };
    RuleMeta::new(Rule::Length { min, max, equal: None })
}

/// `length(equal)`
#[must_use]
pub const fn length_equal<T: FieldType<Inner: Measured>>(equal: u64) -> RuleMeta {
    RuleMeta::new(Rule::Length { min: None, max: None, equal: Some(equal) })
}

/// One end of a range.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// None.
    Open,
    /// The bound itself is inside.
    Inclusive(Bound),
    /// The bound itself is outside.
    Exclusive(Bound),
}

impl Limit {
    const fn inclusive(self) -> Option<Bound> {
        if let Self::Inclusive(it) = self { Some(it) } else { None }
    }

    const fn exclusive(self) -> Option<Bound> {
        if let Self::Exclusive(it) = self { Some(it) } else { None }
    }
}

/// `range(min or exclusive_min, max or exclusive_max)`
#[must_use]
pub const fn range<T: FieldType<Inner: Numeric>>(low: Limit, high: Limit) -> RuleMeta {
    RuleMeta::new(Rule::Range {
        min: low.inclusive(),
        max: high.inclusive(),
        exclusive_min: low.exclusive(),
        exclusive_max: high.exclusive(),
    })
}

/// `min` or `max`, written as a number: `mantissa / 10^scale`.
#[must_use]
pub const fn at(mantissa: i64, scale: u32) -> Limit {
    Limit::Inclusive(Bound::Literal { mantissa, scale })
}

/// `exclusive_min` or `exclusive_max`, written as a number.
#[must_use]
pub const fn beyond(mantissa: i64, scale: u32) -> Limit {
    Limit::Exclusive(Bound::Literal { mantissa, scale })
}

/// A number that a bound can be computed as.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a bound of `range`",
    label = "expected a number",
    note = "bounds are integers and `Decimal`s: a float has no exact value to compare with"
)]
pub trait IntoBound {
    /// The exact number.
    fn into_bound(self) -> Decimal;
}

macro_rules! bounds {
    ($($ty:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoBound for $ty {
            fn into_bound(self) -> Decimal {
                self.into()
            }
        }
    )*};
}

bounds!(i8 i16 i32 i64 u8 u16 u32 u64 Decimal);

/// `email`
#[must_use]
pub const fn email<T: FieldType<Inner: Patterned>>() -> RuleMeta {
    RuleMeta::new(Rule::Email)
}

/// `url`
#[must_use]
pub const fn url<T: FieldType<Inner: Patterned>>() -> RuleMeta {
    RuleMeta::new(Rule::Url)
}

/// `regex(path)`
#[must_use]
pub const fn regex<T: FieldType<Inner: Patterned>>(regex: fn() -> Cow<'static, Regex>) -> RuleMeta {
    RuleMeta::new(Rule::Regex(regex))
}

/// What `regex(path = …)` can name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no pattern",
    label = "expected a `Regex`",
    note = "write `regex(path = *PATTERN)` with `static PATTERN: LazyLock<Regex> = LazyLock::new(|| Regex::new(\"…\").unwrap());`"
)]
pub trait RegexPath {
    /// The pattern.
    fn pattern(&'static self) -> Cow<'static, Regex>;
}

#[diagnostic::do_not_recommend]
impl RegexPath for Regex {
    fn pattern(&'static self) -> Cow<'static, Regex> {
        Cow::Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl RegexPath for LazyLock<Regex> {
    fn pattern(&'static self) -> Cow<'static, Regex> {
        Cow::Borrowed(self)
    }
}

/// The pattern behind a `regex(path = …)`.
pub fn pattern<P: RegexPath + ?Sized>(pattern: &'static P) -> Cow<'static, Regex> {
    pattern.pattern()
}

/// `contains(pattern)`
#[must_use]
pub const fn contains<T: FieldType<Inner: ContainsText>>(pattern: &'static str) -> RuleMeta {
    RuleMeta::new(Rule::Contains(pattern))
}

/// `does_not_contain(pattern)`
#[must_use]
pub const fn does_not_contain<T: FieldType<Inner: ContainsText>>(pattern: &'static str) -> RuleMeta {
    RuleMeta::new(Rule::DoesNotContain(pattern))
}

/// Types whose values can be the same. The marker `M` is always inferred.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` never matches a `{T}`",
    label = "the other field is a `{T}`",
    note = "`must_match` is for two fields of one type; that one of them is an `Option` does not matter"
)]
pub trait SameAs<T, M> {}

#[diagnostic::do_not_recommend]
impl<T> SameAs<T, super::value::Same> for T {}

/// `must_match(other)`
#[must_use]
pub const fn must_match<T: FieldType<Inner: SameAs<U::Inner, M>>, U: FieldType, M>(other: &'static str) -> RuleMeta {
    RuleMeta::new(Rule::MustMatch(other))
}

/// `custom(function)` and `schema(function)`
#[must_use]
pub const fn function(function: fn(&Value) -> Result<(), RuleError>) -> RuleMeta {
    RuleMeta::new(Rule::Custom(function))
}

/// Calls a `custom(function)`; null passes.
///
/// # Errors
///
/// What the function found wrong.
pub fn custom<T: FieldType, M>(value: &Value, rule: &impl CustomRule<T::Inner, M>) -> Result<(), RuleError> {
    if value.is_null() {
        return Ok(());
    }
    let value = T::Inner::from_value(value.clone()).map_err(|it| unreadable(&it))?;
    rule.check(&value)
}

/// Calls a resource's `schema(function)`.
///
/// A new row has no identifier yet where the store counts it up; the function sees 0.
///
/// # Errors
///
/// What the function found wrong.
pub fn record<R: Resource, M>(value: &Value, rule: &impl CustomRule<R, M>) -> Result<(), RuleError> {
    let Value::Object(values) = value else { return Ok(()) };
    let mut values = values.clone();
    for (value, field) in values.iter_mut().zip(R::META.fields) {
        if value.is_null() && matches!(field.role, Role::Id(_)) {
            *value = Value::Int(0);
        }
    }
    let record = R::from_record(Record { values, version: 1 }).map_err(|it| unreadable(&it))?;
    rule.check(&record)
}

/// Calls a value object's `schema(function)`.
///
/// # Errors
///
/// What the function found wrong.
pub fn object<T: ObjectType, M>(value: &Value, rule: &impl CustomRule<T, M>) -> Result<(), RuleError> {
    let Value::Object(values) = value else { return Ok(()) };
    let object = T::from_values(values.clone()).map_err(|it| unreadable(&it))?;
    rule.check(&object)
}

/// Rules are asked about values that were read as their field's kind before; were one not, it would
/// be refused and not let through.
fn unreadable(error: &crate::field::ValueError) -> RuleError {
    RuleError { code: Cow::Borrowed("invalid_type"), message: Some(error.to_string().into()), params: Vec::new() }
}
