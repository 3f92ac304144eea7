use super::{EnumMeta, ObjectMeta};

/// What the values of a field are, on the wire and in a store alike.
///
/// A store maps each kind to a column type; the JSON Schema, the parser of query values and the
/// operators that a field may declare follow from it too.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number that fits the given width.
    Int(IntKind),
    /// A 32-bit float; never NaN or infinite.
    F32,
    /// A 64-bit float; never NaN or infinite.
    F64,
    /// An exact decimal of at most 28 digits after the point, with its trailing zeros.
    Decimal,
    /// Text in Unicode, without U+0000.
    Text,
    /// A UUID in its hyphenated lower-case form.
    Uuid,
    /// A moment in UTC, to the microsecond, from year 1 to 9999 (RFC 3339).
    Timestamp,
    /// A calendar date, from year 1 to 9999.
    Date,
    /// A time of day without an offset, to the microsecond.
    Time,
    /// One of a fixed set of strings.
    Enum(&'static EnumMeta),
    /// A nested value object, stored as JSON.
    Object(&'static ObjectMeta),
    /// A list of values of one kind.
    List(&'static Kind),
    /// Any JSON value, kept as it came (without insignificant white space).
    Json,
}

impl Kind {
    /// Whether values of this kind have a total order that clients can sort and compare by.
    #[must_use]
    pub const fn is_ordered(&self) -> bool {
        !matches!(self, Self::Object(_) | Self::List(_) | Self::Json)
    }

    /// Whether values of this kind are text (operators such as `contains` apply).
    #[must_use]
    pub const fn is_text(&self) -> bool {
        matches!(self, Self::Text)
    }

    /// The kind's name as used in messages: `an integer`, `a string`, ….
    #[must_use]
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::Bool => "a boolean",
            Self::Int(_) => "an integer",
            Self::F32 | Self::F64 | Self::Decimal => "a number",
            Self::Text | Self::Enum(_) => "a string",
            Self::Uuid => "a UUID",
            Self::Timestamp => "an RFC 3339 timestamp with an offset",
            Self::Date => "a date (YYYY-MM-DD)",
            Self::Time => "a time (HH:MM:SS)",
            Self::Object(_) => "an object",
            Self::List(_) => "an array",
            Self::Json => "a JSON value",
        }
    }

    /// The JSON type that carries values of this kind: `boolean`, `integer`, `number`, `string`,
    /// `object`, `array`, or `any`.
    #[must_use]
    pub const fn json_type(&self) -> &'static str {
        match self {
            Self::Bool => "boolean",
            Self::Int(_) => "integer",
            Self::F32 | Self::F64 | Self::Decimal => "number",
            Self::Text | Self::Enum(_) | Self::Uuid | Self::Timestamp | Self::Date | Self::Time => "string",
            Self::Object(_) => "object",
            Self::List(_) => "array",
            Self::Json => "any",
        }
    }
}

/// The width of an integer field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the Rust type of that name")]
pub enum IntKind {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
}

impl IntKind {
    /// The smallest value.
    #[must_use]
    pub const fn min(self) -> i64 {
        match self {
            Self::I8 => i8::MIN as i64,
            Self::I16 => i16::MIN as i64,
            Self::I32 => i32::MIN as i64,
            Self::I64 => i64::MIN,
            Self::U8 | Self::U16 | Self::U32 => 0,
        }
    }

    /// The largest value.
    #[must_use]
    pub const fn max(self) -> i64 {
        match self {
            Self::I8 => i8::MAX as i64,
            Self::I16 => i16::MAX as i64,
            Self::I32 => i32::MAX as i64,
            Self::I64 => i64::MAX,
            Self::U8 => u8::MAX as i64,
            Self::U16 => u16::MAX as i64,
            Self::U32 => u32::MAX as i64,
        }
    }
}
