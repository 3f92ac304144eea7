//! Values written as text: in query strings, in paths, and inside JSON strings.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use super::{EnumMeta, Kind, Value, moment, number, suggest};
use crate::error::{Location, Problem};

/// A value as a text by itself: what is read as the value again.
pub(crate) fn to_text(value: &Value, kind: &Kind) -> String {
    if let Value::Text(text) = value {
        return text.clone();
    }
    let mut json = Vec::new();
    crate::json::write_value(&mut json, value, kind);
    String::from_utf8_lossy(&json).trim_matches('"').to_owned()
}

/// Why a text is not a value of a kind: a stable code, a sentence that follows the name of the
/// field or parameter ("must be …"), and the figures of it. It never repeats the text itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// The stable code: `invalid_type`, `invalid_format`, `invalid_choice`, `invalid_character`,
    /// `range` or `precision`.
    pub code: &'static str,
    /// The sentence for people.
    pub detail: String,
    /// What the value would have to be.
    pub params: Map<String, Json>,
}

impl Mismatch {
    /// A mismatch without figures.
    #[must_use]
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), params: Map::new() }
    }

    /// With one more figure.
    #[must_use]
    pub fn param(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// As a problem at a place of the request.
    #[must_use]
    pub fn at(self, location: Location) -> Problem {
        Problem { location, code: Cow::Borrowed(self.code), detail: self.detail, params: self.params }
    }

    /// A value of another type than the kind's.
    pub(crate) fn of_type(kind: &Kind) -> Self {
        Self::new("invalid_type", format!("must be {}", kind.noun())).param("expected", kind.json_type())
    }

    /// A text that is not in the format of the kind, by the format's name in JSON Schema.
    pub(crate) fn of_format(format: &'static str, detail: impl Into<String>) -> Self {
        Self::new("invalid_format", detail).param("format", format)
    }
}

/// Reads a value of a kind from text, exactly: nothing is trimmed, rounded, wrapped or guessed.
///
/// Numbers have the syntax of JSON (so `2000.0` and `2e3` are integers), booleans are `true` and
/// `false`, and everything else is written as inside a JSON string.
///
/// ```
/// use resource_runtime::field::{IntKind, Kind, Value, parse_text};
///
/// assert_eq!(parse_text(&Kind::Int(IntKind::I16), "2e3")?, Value::Int(2000));
/// assert_eq!(parse_text(&Kind::Int(IntKind::I8), "2e3").unwrap_err().code, "range");
/// # Ok::<(), resource_runtime::field::Mismatch>(())
/// ```
///
/// # Errors
///
/// When the text is not a value of the kind. Objects, lists and JSON cannot be written as text.
pub fn parse_text(kind: &Kind, text: &str) -> Result<Value, Mismatch> {
    match kind {
        Kind::Bool => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(Mismatch::new("invalid_type", "must be `true` or `false`").param("expected", "boolean")),
        },
        Kind::Int(_) | Kind::F32 | Kind::F64 | Kind::Decimal => number::parse(kind, text),
        Kind::Object(_) | Kind::List(_) | Kind::Json => Err(Mismatch::of_type(kind)),
        Kind::Text | Kind::Enum(_) | Kind::Uuid | Kind::Timestamp | Kind::Date | Kind::Time => {
            parse_string(kind, Cow::Borrowed(text))
        }
    }
}

/// Reads a value of a kind that JSON carries in strings from the inside of such a string.
pub(crate) fn parse_string(kind: &Kind, text: Cow<'_, str>) -> Result<Value, Mismatch> {
    match kind {
        Kind::Text if text.as_bytes().contains(&0) => {
            Err(Mismatch::new("invalid_character", "must not contain the character U+0000")
                .param("character", "U+0000"))
        }
        Kind::Text => Ok(Value::Text(text.into_owned())),
        Kind::Enum(meta) => choice(meta, &text),
        Kind::Uuid => uuid(&text),
        Kind::Timestamp => moment::timestamp(&text),
        Kind::Date => moment::date(&text),
        Kind::Time => moment::time(&text),
        _ => Err(Mismatch::of_type(kind)),
    }
}

fn choice(meta: &EnumMeta, text: &str) -> Result<Value, Mismatch> {
    if let Some(name) = meta.names().find(|&it| it == text) {
        return Ok(Value::Text(name.to_owned()));
    }
    let names = meta.names().collect::<Vec<_>>();
    let near = suggest(text, meta.names());
    let detail = match near {
        Some(near) => format!("must be one of: {}; did you mean `{near}`?", names.join(", ")),
        None => format!("must be one of: {}", names.join(", ")),
    };
    let mismatch = Mismatch::new("invalid_choice", detail).param("allowed", names);
    Err(match near {
        Some(near) => mismatch.param("did_you_mean", near),
        None => mismatch,
    })
}

/// Only the hyphenated form, in either case: braces, `urn:uuid:` and bare digits are other
/// spellings of the same value, which clients would then meet in URLs.
fn uuid(text: &str) -> Result<Value, Mismatch> {
    const HYPHENATED: usize = 36;
    match uuid::Uuid::try_parse(text) {
        Ok(it) if text.len() == HYPHENATED => Ok(Value::Uuid(it)),
        _ => Err(Mismatch::of_format(
            "uuid",
            "must be a UUID with hyphens, such as `01890a5d-ac96-774b-bcce-b302099a8057`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{EnumType as _, IntKind};
    use crate::testing::BookStatus;

    fn code(kind: &Kind, text: &str) -> &'static str {
        parse_text(kind, text).unwrap_err().code
    }

    #[test]
    fn booleans_are_the_two_words() {
        assert_eq!(parse_text(&Kind::Bool, "true"), Ok(Value::Bool(true)));
        assert_eq!(parse_text(&Kind::Bool, "false"), Ok(Value::Bool(false)));
        for text in ["", "True", "1", "yes", " true"] {
            assert_eq!(code(&Kind::Bool, text), "invalid_type", "{text}");
        }
    }

    #[test]
    fn text_is_kept_as_it_is_but_for_nul() {
        assert_eq!(parse_text(&Kind::Text, " é日 "), Ok(Value::Text(" é日 ".to_owned())));
        assert_eq!(parse_text(&Kind::Text, ""), Ok(Value::Text(String::new())));
        assert_eq!(code(&Kind::Text, "a\0b"), "invalid_character");
    }

    #[test]
    fn uuids_have_hyphens_and_either_case() {
        let id = uuid::uuid!("01890a5d-ac96-774b-bcce-b302099a8057");
        for text in ["01890a5d-ac96-774b-bcce-b302099a8057", "01890A5D-AC96-774B-BCCE-B302099A8057"] {
            assert_eq!(parse_text(&Kind::Uuid, text), Ok(Value::Uuid(id)));
        }
        for text in [
            "",
            "01890a5dac96774bbcceb302099a8057",
            "{01890a5d-ac96-774b-bcce-b302099a8057}",
            "urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057",
            "01890a5d-ac96-774b-bcce-b302099a805g",
            "01890a5d-ac96-774b-bcce-b302099a805é",
        ] {
            let error = parse_text(&Kind::Uuid, text).unwrap_err();
            assert_eq!((error.code, &error.params["format"]), ("invalid_format", &Json::from("uuid")), "{text}");
        }
    }

    #[test]
    fn an_unknown_choice_lists_all_and_the_nearest() {
        let kind = Kind::Enum(BookStatus::ENUM);
        assert_eq!(parse_text(&kind, "checked_out"), Ok(Value::Text("checked_out".to_owned())));
        let error = parse_text(&kind, "availible").unwrap_err();
        assert_eq!(error.code, "invalid_choice");
        assert_eq!(error.detail, "must be one of: available, checked_out; did you mean `available`?");
        assert_eq!(error.params["allowed"], serde_json::json!(["available", "checked_out"]));
        assert_eq!(error.params["did_you_mean"], "available");
        assert!(!parse_text(&kind, "zzz").unwrap_err().params.contains_key("did_you_mean"));
        assert_eq!(code(&kind, ""), "invalid_choice");
    }

    #[test]
    fn nested_kinds_cannot_be_written_as_text() {
        assert_eq!(code(&Kind::List(&Kind::Int(IntKind::I64)), "[1]"), "invalid_type");
        assert_eq!(code(&Kind::Json, "1"), "invalid_type");
    }
}
