use std::borrow::Cow;

use rust_decimal::Decimal;

use super::Value;

/// A rule that a field's values obey, from `#[validate(...)]`, with the meaning that the
/// [validator](https://docs.rs/validator) crate gives it.
///
/// A rule is not asked about null: whether a field can be null is a matter of its type.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// Number of Unicode scalar values of a text, or of items of a list.
    Length {
        /// At least so many.
        min: Option<u64>,
        /// At most so many.
        max: Option<u64>,
        /// Exactly so many.
        equal: Option<u64>,
    },
    /// Bounds of a number.
    Range {
        /// Not less than this.
        min: Option<Bound>,
        /// Not more than this.
        max: Option<Bound>,
        /// More than this.
        exclusive_min: Option<Bound>,
        /// Less than this.
        exclusive_max: Option<Bound>,
    },
    /// An e-mail address as HTML's `input type=email` understands it.
    Email,
    /// An absolute URL.
    Url,
    /// Text in which the pattern occurs.
    Regex(fn() -> Cow<'static, regex::Regex>),
    /// Text (or a list of texts) that contains this one.
    Contains(&'static str),
    /// Text (or a list of texts) that does not contain this one.
    DoesNotContain(&'static str),
    /// The same value as the field of this name.
    MustMatch(&'static str),
    /// A function of the user's; on an object or a resource, over the whole of it.
    Custom(fn(&Value) -> Result<(), RuleError>),
}

/// A [`Rule`] with what `code = "…"` and `message = "…"` say of it.
#[derive(Debug, Clone, Copy)]
pub struct RuleMeta {
    /// The rule.
    pub rule: Rule,
    /// The problem's code, where it is not the rule's own name.
    pub code: Option<&'static str>,
    /// The problem's text for people, where it is not the rule's own.
    pub message: Option<&'static str>,
}

impl RuleMeta {
    /// A rule with its own code and message.
    #[must_use]
    pub const fn new(rule: Rule) -> Self {
        Self { rule, code: None, message: None }
    }

    /// With another code.
    #[must_use]
    pub const fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// With another message.
    #[must_use]
    pub const fn message(mut self, message: &'static str) -> Self {
        self.message = Some(message);
        self
    }
}

/// What a [`Rule::Custom`] found wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleError {
    /// The problem's code.
    pub code: Cow<'static, str>,
    /// The problem's text for people.
    pub message: Option<Cow<'static, str>>,
    /// What the problem's `params` say; never the rejected value.
    pub params: Vec<(Cow<'static, str>, serde_json::Value)>,
}

/// A bound of [`Rule::Range`]: exact, whatever the field's type.
#[derive(Debug, Clone, Copy)]
pub enum Bound {
    /// A literal: `mantissa / 10^scale`.
    Literal {
        /// All digits of the literal, as an integer.
        mantissa: i64,
        /// How many of them stand after the point.
        scale: u32,
    },
    /// A path or another expression.
    Expr(fn() -> Decimal),
}

impl Bound {
    /// A whole number.
    #[must_use]
    pub const fn int(value: i64) -> Self {
        Self::Literal { mantissa: value, scale: 0 }
    }

    /// The bound as an exact number.
    #[must_use]
    pub fn value(&self) -> Decimal {
        match self {
            Self::Literal { mantissa, scale } => Decimal::try_new(*mantissa, *scale).unwrap_or_default(),
            Self::Expr(value) => value(),
        }
    }
}
