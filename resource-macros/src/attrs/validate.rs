//! `#[validate(…)]`, in the validator crate's grammar.

use darling::{FromAttributes, FromMeta};
use syn::Meta;

use super::{Bare, Callable, Expression, Many, Name, Once, Text, Unknown, Value, nested, value::takes_no_value};

/// `#[validate(…)]` on a field.
#[derive(Debug, Default, FromAttributes)]
#[darling(attributes(validate))]
pub(crate) struct ValidateAttrs {
    #[darling(multiple)]
    pub(crate) length: Once<LengthAttrs>,
    #[darling(multiple)]
    pub(crate) range: Once<RangeAttrs>,
    #[darling(multiple)]
    pub(crate) email: Once<PlainRuleAttrs>,
    #[darling(multiple)]
    pub(crate) url: Once<PlainRuleAttrs>,
    #[darling(multiple)]
    pub(crate) regex: Once<RegexAttrs>,
    #[darling(multiple)]
    pub(crate) contains: Once<ContainsAttrs>,
    #[darling(multiple)]
    pub(crate) does_not_contain: Once<ContainsAttrs>,
    #[darling(multiple)]
    pub(crate) must_match: Once<MustMatchAttrs>,
    #[darling(multiple)]
    pub(crate) nested: Once<Bare>,
    #[darling(multiple)]
    pub(crate) custom: Many<CustomAttrs>,
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

impl ValidateAttrs {
    pub(crate) const KEYS: &[&'static str] =
        &["length", "range", "email", "url", "regex", "contains", "does_not_contain", "must_match", "nested", "custom"];
}

/// `#[validate(…)]` on a struct.
#[derive(Debug, Default, FromAttributes)]
#[darling(attributes(validate))]
pub(crate) struct ValidateStructAttrs {
    #[darling(multiple)]
    pub(crate) schema: Many<SchemaAttrs>,
    #[darling(flatten)]
    pub(crate) unknown: Unknown,
}

impl ValidateStructAttrs {
    pub(crate) const KEYS: &[&'static str] = &["schema"];
}

/// The attributes of one rule: its own keys, then `code` and `message`, which every rule has.
macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident($example:literal) { $($key:ident: $ty:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Default, FromMeta)]
        pub(crate) struct $name {
            $(
                #[darling(multiple)]
                pub(crate) $key: Once<$ty>,
            )*
            #[darling(multiple)]
            pub(crate) code: Once<Text>,
            #[darling(multiple)]
            pub(crate) message: Once<Text>,
            #[darling(flatten)]
            pub(crate) unknown: Unknown,
        }

        impl $name {
            pub(crate) const KEYS: &[&'static str] = &[$(stringify!($key),)* "code", "message"];
            const EXAMPLE: &str = $example;
        }
    )*};
}

rules! {
    /// `length(…)`
    LengthAttrs("length(min = 1, max = 100)") { min: Expression, max: Expression, equal: Expression, }
    /// `range(…)`
    RangeAttrs("range(min = 1, max = 100)") {
        min: Expression, max: Expression, exclusive_min: Expression, exclusive_max: Expression,
    }
    /// `email` and `url`
    PlainRuleAttrs("email(message = \"…\")") {}
    /// `regex(…)`
    RegexAttrs("regex(path = *PATTERN)") { path: Expression, }
    /// `contains(…)` and `does_not_contain(…)`
    ContainsAttrs("contains(pattern = \"…\")") { pattern: Text, }
    /// `must_match(…)`
    MustMatchAttrs("must_match(other = \"field\")") { other: Name, }
    /// `custom(…)`
    CustomAttrs("custom(function = name_of_a_function)") { function: Callable, }
    /// `schema(…)`
    SchemaAttrs("schema(function = name_of_a_function)") { function: Callable, }
}

macro_rules! nested {
    ($($name:ident)*) => {$(
        impl Value for $name {
            fn from_item(item: &Meta) -> syn::Result<Self> {
                nested(item, Self::EXAMPLE)
            }
        }
    )*};
}

nested!(LengthAttrs RangeAttrs RegexAttrs MustMatchAttrs CustomAttrs SchemaAttrs);

impl Value for PlainRuleAttrs {
    fn from_item(item: &Meta) -> syn::Result<Self> {
        match item {
            Meta::Path(_) => Ok(Self::default()),
            Meta::List(_) => nested(item, Self::EXAMPLE),
            Meta::NameValue(_) => Err(takes_no_value(item)),
        }
    }
}

impl Value for ContainsAttrs {
    /// `contains = "…"` says the same as `contains(pattern = "…")`.
    fn from_item(item: &Meta) -> syn::Result<Self> {
        if let Meta::NameValue(_) = item {
            let mut pattern = Once::default();
            pattern.push(super::Given { key: item.path().clone(), value: Ok(Text::from_item(item)?) });
            return Ok(Self { pattern, ..Self::default() });
        }
        nested(item, Self::EXAMPLE)
    }
}
