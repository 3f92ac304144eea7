//! Bodies as bytes: whether they are JSON at all, and walking their objects and arrays without
//! building trees of them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize as _, DeserializeSeed, Deserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::reader::found;
use super::scan;
use crate::error::{ApiError, ErrorCode, Problem};
use crate::field::Mismatch;

/// The body as text, if it can be JSON.
pub(super) fn text(body: &[u8]) -> Result<&str, ApiError> {
    if body.starts_with(b"\xEF\xBB\xBF") {
        return Err(malformed("it starts with a byte order mark, which JSON does not have", 1, 1));
    }
    let text = std::str::from_utf8(body).map_err(|error| {
        let before = body.split_at_checked(error.valid_up_to()).map_or(body, |(before, _)| before);
        let line = before.iter().filter(|&&it| it == b'\n').count() + 1;
        let column = before.iter().rev().take_while(|&&it| it != b'\n').count() + 1;
        malformed("it is not in UTF-8", line, column)
    })?;
    if text.bytes().all(is_space) {
        return Err(malformed("it is empty", 1, 1));
    }
    Ok(text)
}

/// Calls back for every member of the object that a whole text is.
///
/// Values are handed on as they are written. They have been checked to be JSON, and are never
/// descended into here, so that no nesting in a body can exhaust the stack.
pub(super) fn members<'a>(text: &'a str, mut each: impl FnMut(Cow<'a, str>, &'a str)) -> serde_json::Result<()> {
    let mut done = 0_usize;
    let whole = scan::members(text, |key, raw| {
        done += 1;
        each(Cow::Borrowed(key), raw);
    });
    if whole {
        return Ok(());
    }
    thorough_members(text, |key, raw| match done.checked_sub(1) {
        Some(left) => done = left,
        None => each(key, raw),
    })
}

/// Calls back for every item of the array that a whole text is, until it gives `false`.
pub(super) fn elements<'a>(text: &'a str, mut each: impl FnMut(&'a str) -> bool) -> serde_json::Result<()> {
    let (mut done, mut go_on) = (0_usize, true);
    let whole = scan::elements(text, |raw| {
        done += 1;
        go_on = go_on && each(raw);
    });
    if whole {
        return Ok(());
    }
    thorough_elements(text, |item| match done.checked_sub(1) {
        Some(left) => done = left,
        None => go_on = go_on && each(item),
    })
}

/// [`members`] by serde_json, which knows what is wrong where something is.
#[cold]
pub(super) fn thorough_members<'a>(text: &'a str, each: impl FnMut(Cow<'a, str>, &'a str)) -> serde_json::Result<()> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.deserialize_map(Members(each))?;
    deserializer.end()
}

/// [`elements`] by serde_json.
#[cold]
pub(super) fn thorough_elements<'a>(text: &'a str, mut each: impl FnMut(&'a str)) -> serde_json::Result<()> {
    raw_elements(text, |raw| each(raw.get()))
}

fn raw_elements<'a>(text: &'a str, each: impl FnMut(&'a RawValue)) -> serde_json::Result<()> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.deserialize_seq(Elements(each))?;
    deserializer.end()
}

/// That a body is not of the type that an operation takes; or not JSON at all, which comes first.
pub(super) fn wrong_type(text: &str, expected: &'static str) -> ApiError {
    if let Err(error) = serde_json::from_str::<&RawValue>(text) {
        return not_json(&error);
    }
    let found = found(text.trim_start());
    let article = if expected.starts_with(['a', 'o']) { "an" } else { "a" };
    let problem = Problem::pointer("", "invalid_type", format!("the body must be {article} {expected}"))
        .param("expected", expected)
        .param("found", found);
    ApiError::new(ErrorCode::VALIDATION_FAILED).detail(problem.detail.clone()).problem(problem)
}

/// What serde_json says of a text that is not JSON.
pub(super) fn not_json(error: &serde_json::Error) -> ApiError {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    malformed(what, error.line().max(1), error.column().max(1))
}

fn malformed(what: &str, line: usize, column: usize) -> ApiError {
    let detail = format!("the body is not valid JSON: {what} (line {line}, column {column})");
    let problem = Problem::pointer("", "malformed_json", detail.clone()).param("line", line).param("column", column);
    ApiError::new(ErrorCode::MALFORMED_JSON).detail(detail).problem(problem)
}

/// The items of a bulk request, as they are written.
///
/// # Errors
///
/// 400 where the body is not JSON or has more than `max` items; 422 where it is not an array, or
/// an empty one.
pub fn items(body: &[u8], max: usize) -> Result<Vec<&RawValue>, ApiError> {
    let text = text(body)?;
    if !text.trim_start().starts_with('[') {
        return Err(wrong_type(text, "array"));
    }
    let mut items = Vec::new();
    let mut count = 0_usize;
    let walked = raw_elements(text, |item| {
        count += 1;
        if count <= max {
            items.push(item);
        }
    });
    walked.map_err(|error| not_json(&error))?;
    if count > max {
        return Err(ApiError::new(ErrorCode::BATCH_TOO_LARGE)
            .detail(format!("the batch has {count} items; send at most {max} at a time")));
    }
    if items.is_empty() {
        let mismatch = Mismatch::new("length", format!("must have 1 to {max} items")).param("min", 1).param("max", max);
        let problem = mismatch.at(crate::error::Location::Pointer(String::new()));
        return Err(ApiError::new(ErrorCode::VALIDATION_FAILED).detail("the batch is empty").problem(problem));
    }
    Ok(items)
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

struct Members<F>(F);

impl<'de, F: FnMut(Cow<'de, str>, &'de str)> Visitor<'de> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Text)? {
            (self.0)(key, map.next_value::<&'de RawValue>()?.get());
        }
        Ok(())
    }
}

struct Elements<F>(F);

impl<'de, F: FnMut(&'de RawValue)> Visitor<'de> for Elements<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        while let Some(item) = seq.next_element::<&'de RawValue>()? {
            (self.0)(item);
        }
        Ok(())
    }
}

/// A string, borrowed unless it has escapes.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// The inside of a JSON string.
///
/// # Errors
///
/// When it has half of a surrogate pair, which is no character.
pub(super) fn unescape(raw: &str) -> Result<Cow<'_, str>, Mismatch> {
    match raw.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        // The text has been found to be JSON, so that nothing else in it needs a second look.
        Some(inside) if !has_backslash(inside.as_bytes()) => Ok(Cow::Borrowed(inside)),
        _ => match String::deserialize(&mut serde_json::Deserializer::from_str(raw)) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(_) => Err(lone_surrogate()),
        },
    }
}

/// Looks at blocks; the last one is of full size again, and so overlaps with the one before it.
fn has_backslash(text: &[u8]) -> bool {
    fn is_in<const N: usize>(block: &[u8; N]) -> bool {
        block.iter().fold(false, |found, &byte| found | (byte == b'\\'))
    }
    if let Some(last) = text.last_chunk::<16>() {
        return text.as_chunks::<16>().0.iter().any(is_in) || is_in(last);
    }
    match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) => is_in(first) | is_in(last),
        _ => text.contains(&b'\\'),
    }
}

/// `\ud800` without the other half.
pub(super) fn lone_surrogate() -> Mismatch {
    Mismatch::new(
        "invalid_character",
        "must not contain half of a surrogate pair (`\\ud800` to `\\udfff` come in twos)",
    )
    .param("character", "surrogate")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raws(body: &str, max: usize) -> Result<Vec<&str>, ApiError> {
        items(body.as_bytes(), max).map(|items| items.into_iter().map(RawValue::get).collect())
    }

    #[test]
    fn the_items_of_a_batch_come_as_they_are_written() {
        assert_eq!(raws(" [ {\"a\": 1} ,5, [ ] ] ", 3).unwrap(), ["{\"a\": 1}", "5", "[ ]"]);
    }

    #[test]
    fn a_batch_over_the_limit_is_refused_with_the_limit() {
        let error = raws("[1,2,3]", 2).unwrap_err();
        assert_eq!(error.code, ErrorCode::BATCH_TOO_LARGE);
        assert_eq!(error.detail.as_deref(), Some("the batch has 3 items; send at most 2 at a time"));
        assert_eq!(raws("[1,2,x]", 1).unwrap_err().code, ErrorCode::MALFORMED_JSON);
    }

    #[test]
    fn a_batch_is_an_array_with_items() {
        for body in ["{}", "5", "null"] {
            let error = raws(body, 100).unwrap_err();
            assert_eq!(error.code, ErrorCode::VALIDATION_FAILED);
            assert_eq!(error.detail.as_deref(), Some("the body must be an array"));
        }
        let error = raws("[]", 100).unwrap_err();
        assert_eq!((error.code, error.problems[0].code.as_ref()), (ErrorCode::VALIDATION_FAILED, "length"));
        for body in ["", "[1,", "[1]]", "\u{feff}[1]"] {
            assert_eq!(raws(body, 100).unwrap_err().code, ErrorCode::MALFORMED_JSON, "{body}");
        }
    }

    #[test]
    fn no_nesting_in_a_batch_exhausts_the_stack() {
        let deep = format!("[{}{}]", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(raws(&deep, 100).unwrap().len(), 1);
    }

    #[test]
    fn a_backslash_is_found_wherever_it_stands() {
        for len in 0..70 {
            let mut text = vec![b'x'; len];
            assert!(!has_backslash(&text));
            for at in 0..len {
                text[at] = b'\\';
                assert!(has_backslash(&text), "{at} of {len}");
                text[at] = b'x';
            }
        }
    }

    #[test]
    fn strings_are_borrowed_unless_they_have_escapes() {
        assert!(matches!(unescape("\"plain é\""), Ok(Cow::Borrowed("plain é"))));
        assert!(matches!(unescape("\"\""), Ok(Cow::Borrowed(""))));
        assert!(matches!(unescape(r#""a\"b\\""#), Ok(Cow::Owned(it)) if it == "a\"b\\"));
        assert_eq!(unescape(r#""\udfff""#).unwrap_err().code, "invalid_character");
    }
}
