use crate::field::Kind;

/// A comparison that a filter makes between a field and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal; a null is not equal to any value.
    Ne,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Equal to one of several.
    In,
    /// Equal to none of several.
    Nin,
    /// Contains a text.
    Contains,
    /// Starts with a text.
    StartsWith,
    /// Ends with a text.
    EndsWith,
    /// Equal, whatever the case of the letters.
    Ieq,
    /// Contains a text, whatever the case of the letters.
    Icontains,
    /// Is null, or is not.
    IsNull,
    /// The list has all of several values.
    HasAll,
    /// The list has at least one of several values.
    HasAny,
}

impl Operator {
    /// All of them, in the order that documentation lists them.
    pub const ALL: [Self; 16] = [
        Self::Eq,
        Self::Ne,
        Self::Gt,
        Self::Gte,
        Self::Lt,
        Self::Lte,
        Self::In,
        Self::Nin,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Ieq,
        Self::Icontains,
        Self::IsNull,
        Self::HasAll,
        Self::HasAny,
    ];

    /// The name in query strings and attributes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::In => "in",
            Self::Nin => "nin",
            Self::Contains => "contains",
            Self::StartsWith => "starts_with",
            Self::EndsWith => "ends_with",
            Self::Ieq => "ieq",
            Self::Icontains => "icontains",
            Self::IsNull => "is_null",
            Self::HasAll => "has_all",
            Self::HasAny => "has_any",
        }
    }

    /// Whether fields of a kind can be filtered with it.
    #[must_use]
    pub const fn applies_to(self, kind: &Kind) -> bool {
        match self {
            Self::Eq | Self::Ne | Self::In | Self::Nin => kind.is_ordered(),
            Self::Gt | Self::Gte | Self::Lt | Self::Lte => {
                kind.is_ordered() && !matches!(kind, Kind::Bool | Kind::Enum(_))
            }
            Self::Contains | Self::StartsWith | Self::EndsWith | Self::Ieq | Self::Icontains => kind.is_text(),
            Self::IsNull => true,
            Self::HasAll | Self::HasAny => match kind {
                Kind::List(item) => item.is_ordered(),
                _ => false,
            },
        }
    }

    /// Whether it compares with several values.
    #[must_use]
    pub const fn takes_many(self) -> bool {
        matches!(self, Self::In | Self::Nin | Self::HasAll | Self::HasAny)
    }
}
