//! Values of every type, from the least to the greatest.

use serde_json::Value;

/// A value as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// As a client sends it.
    pub sent: String,
    /// As every store gives it back.
    pub kept: String,
}

impl Sample {
    /// As it is written in a query string, before percent-encoding.
    #[must_use]
    pub fn text(&self) -> String {
        match serde_json::from_str(&self.sent) {
            Ok(Value::String(text)) => text,
            _ => self.sent.clone(),
        }
    }
}

/// A type of field, by the end of the names of the fields that have it.
#[derive(Debug, Clone, Copy)]
pub struct Type {
    /// `i64` in `plain_i64`, `maybe_i64` and `list_i64`.
    pub name: &'static str,
    /// Whether it has `gt` and its like.
    pub ordered: bool,
    /// Values, each less than the next: as sent, and as kept where that differs.
    values: &'static [(&'static str, &'static str)],
}

/// Texts that have been trouble somewhere; [`samples`] puts them in order.
const TEXTS: &[&str] = &[
    "",
    " ",
    "  a",
    "a ",
    "\u{1}",
    "\t\n",
    "%",
    "_",
    "a%b",
    "a_b",
    "axb",
    "\\",
    "\\,",
    "a,b",
    "a\\b",
    "'",
    "''",
    "\"",
    "\"quoted\"",
    "`",
    "*",
    "?",
    "[a]",
    "null",
    "true",
    "1",
    "-",
    "--",
    ";",
    "$1",
    "?1",
    "<b>",
    "&amp;",
    "A",
    "B",
    "a",
    "b",
    "É",
    "é",
    "e\u{301}",
    "ÉTÉ",
    "été",
    "Straße",
    "STRASSE",
    "ΣΊΣΥΦΟΣ",
    "σίσυφος",
    "İ",
    "i\u{307}",
    "ı",
    "I",
    "Ǆ",
    "ǆ",
    "日本",
    "\u{7f}",
    "\u{a0}",
    "\u{200b}",
    "\u{202e}",
    "\u{2028}",
    "\u{feff}",
    "\u{fffd}",
    "\u{ffff}",
    "😀",
    "👩‍👩‍👧",
    "\u{10ffff}",
];

const fn of(name: &'static str, ordered: bool, values: &'static [(&'static str, &'static str)]) -> Type {
    Type { name, ordered, values }
}

/// Every type.
pub const TYPES: &[Type] = &[
    of("bool", false, &[("false", ""), ("true", "")]),
    of("i8", true, &[("-128", ""), ("-1", ""), ("-0", "0"), ("1", ""), ("1.27e2", "127")]),
    of("i16", true, &[("-32768", ""), ("-1", ""), ("0", ""), ("1.0", "1"), ("32767", "")]),
    of("i32", true, &[("-2147483648", ""), ("-1", ""), ("0", ""), ("1e0", "1"), ("2147483647", "")]),
    of(
        "i64",
        true,
        &[
            ("-9223372036854775808", ""),
            ("-9007199254740993", ""),
            ("-1", ""),
            ("0", ""),
            ("9007199254740992", ""),
            ("9007199254740993", ""),
            ("9223372036854775806", ""),
            ("9223372036854775807", ""),
        ],
    ),
    of("u8", true, &[("0", ""), ("1", ""), ("127", ""), ("128", ""), ("255", "")]),
    of("u16", true, &[("0", ""), ("1", ""), ("32768", ""), ("65535", "")]),
    of("u32", true, &[("0", ""), ("1", ""), ("2147483648", ""), ("4294967295.0", "4294967295")]),
    of(
        "f32",
        true,
        &[
            ("-3.4028235e38", "-3.4028235e+38"),
            ("-0.1", ""),
            ("-1e-45", ""),
            ("-0.0", "0.0"),
            ("1e-45", ""),
            ("1.1754944e-38", ""),
            ("0.1", ""),
            ("0.3", ""),
            ("1", "1.0"),
            ("16777216", "16777216.0"),
            ("16777218", "16777218.0"),
            ("3.4028235e38", "3.4028235e+38"),
        ],
    ),
    of(
        "f64",
        true,
        &[
            ("-1.7976931348623157e308", "-1.7976931348623157e+308"),
            ("-0.1", ""),
            ("-5e-324", ""),
            ("-0", "0.0"),
            ("5e-324", ""),
            ("2.2250738585072011e-308", "2.225073858507201e-308"),
            ("2.2250738585072014e-308", ""),
            ("0.1", ""),
            ("0.30000000000000004", ""),
            ("1", "1.0"),
            ("9007199254740992", "9007199254740992.0"),
            ("1e22", "1e+22"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ],
    ),
    of(
        "decimal",
        true,
        &[
            ("-79228162514264337593543950335", ""),
            ("-9007199254740993.1", ""),
            ("-0.0000000000000000000000000001", ""),
            ("0.00", ""),
            ("0.0000000000000000000000000001", ""),
            ("0.1", ""),
            ("1.50", ""),
            ("1.5000000000000000000000000001", ""),
            ("2", ""),
            ("10.0", ""),
            ("1e2", "100"),
            ("9007199254740993", ""),
            ("12345678901234567890.12345000", ""),
            ("7922816251426433759354395033.5", ""),
            ("79228162514264337593543950335", ""),
        ],
    ),
    of("text", true, &[]),
    of(
        "uuid",
        true,
        &[
            ("\"00000000-0000-0000-0000-000000000000\"", ""),
            ("\"01890a5d-ac96-774b-bcce-b302099a8057\"", ""),
            ("\"7FFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF\"", "\"7fffffff-ffff-4fff-bfff-ffffffffffff\""),
            ("\"80000000-0000-4000-8000-000000000000\"", ""),
            ("\"ffffffff-ffff-ffff-ffff-ffffffffffff\"", ""),
        ],
    ),
    of(
        "timestamp",
        true,
        &[
            ("\"0001-01-01T00:00:00Z\"", ""),
            ("\"0001-01-01T23:59:59.999999+23:59\"", "\"0001-01-01T00:00:59.999999Z\""),
            ("\"1582-10-15T00:00:00Z\"", ""),
            ("\"1969-12-31T23:59:59.999999Z\"", ""),
            ("\"1970-01-01t00:00:00z\"", "\"1970-01-01T00:00:00Z\""),
            ("\"1970-01-01T00:00:00.000001Z\"", ""),
            ("\"2000-02-29T12:00:00.120+02:00\"", "\"2000-02-29T10:00:00.12Z\""),
            ("\"2016-12-31T23:59:59Z\"", ""),
            ("\"2026-11-20T12:00:00-00:00\"", "\"2026-11-20T12:00:00Z\""),
            ("\"2038-01-19T03:14:08.1Z\"", ""),
            ("\"9999-12-30T21:59:59.999999Z\"", ""),
        ],
    ),
    of(
        "date",
        true,
        &[
            ("\"0001-01-01\"", ""),
            ("\"1582-10-10\"", ""),
            ("\"1969-12-31\"", ""),
            ("\"1970-01-01\"", ""),
            ("\"2000-02-29\"", ""),
            ("\"2026-11-20\"", ""),
            ("\"9999-12-31\"", ""),
        ],
    ),
    of(
        "time",
        true,
        &[
            ("\"00:00\"", "\"00:00:00\""),
            ("\"00:00:00.000001\"", ""),
            ("\"08:30:00.5\"", ""),
            ("\"12:00:00.000\"", "\"12:00:00\""),
            ("\"23:59:59\"", ""),
            ("\"23:59:59.999999\"", ""),
        ],
    ),
    of("mood", false, &[("\"ANGRY!\"", ""), ("\"calm\"", ""), ("\"hungry\"", "")]),
];

/// The values of a type, each less than the next.
#[must_use]
pub fn samples(ty: &Type) -> Vec<Sample> {
    if ty.name == "text" {
        let mut texts = TEXTS.to_vec();
        texts.sort_unstable();
        return texts.into_iter().map(|it| Sample { sent: quoted(it), kept: quoted(it) }).collect();
    }
    let sample = |&(sent, kept): &(&str, &str)| Sample {
        sent: sent.to_owned(),
        kept: if kept.is_empty() { sent } else { kept }.to_owned(),
    };
    ty.values.iter().map(sample).collect()
}

/// A text as JSON.
#[must_use]
pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A text as operators that do not tell cases apart see it.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|it| if it == 'ς' { 'σ' } else { it }).collect()
}
