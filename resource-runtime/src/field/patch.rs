/// A nullable field in an update: left alone, set to null, or set to a value (RFC 7396).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// The field is not mentioned, and stays as it is.
    #[default]
    Absent,
    /// The field is set to null.
    Null,
    /// The field is set to this value.
    Value(T),
}

impl<T> Patch<T> {
    /// Whether the field is not mentioned.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The value, where there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(it) => Some(it),
            Self::Absent | Self::Null => None,
        }
    }
}

impl<T> From<Option<T>> for Patch<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// A field without a null in an update, or one with a default in a create: left out, or set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Set<T> {
    /// The field is not mentioned.
    #[default]
    Absent,
    /// The field is set to this value.
    Value(T),
}

impl<T> Set<T> {
    /// Whether the field is not mentioned.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The value, where there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(it) => Some(it),
            Self::Absent => None,
        }
    }
}

impl<T> From<T> for Set<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}
