//! Values of [`Kind::Json`](crate::field::Kind::Json): JSON text without insignificant white space.

use std::borrow::Cow;

use indexmap::IndexMap;

use super::body::{lone_surrogate, members};
use crate::field::Mismatch;
use crate::json::write_string;

/// How deep objects and arrays may be nested. serde_json, which reads such values back in Rust and
/// in many a client, stops at 127, and a list's envelope takes some levels.
const DEPTH_MAX: usize = 120;

/// JSON text without insignificant white space; numbers and strings stay as they are written.
///
/// The text has been found to be JSON. What is refused beyond that is what stores or readers of the
/// value would stumble over.
pub(super) fn compact(raw: &str) -> Result<String, Mismatch> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    let mut depth = 0_usize;
    while let Some(first) = rest.bytes().next() {
        let len = match first {
            b' ' | b'\t' | b'\n' | b'\r' => {
                rest = rest.split_at_checked(1).map_or("", |(_, after)| after);
                continue;
            }
            b'"' => string(rest)?,
            b'[' | b'{' => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(Mismatch::new("depth", format!("must not be nested deeper than {DEPTH_MAX} levels"))
                        .param("max", DEPTH_MAX));
                }
                1
            }
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                1
            }
            b'-' | b'0'..=b'9' => number(rest)?,
            _ => 1,
        };
        let Some((token, after)) = rest.split_at_checked(len) else { break };
        out.push_str(token);
        rest = after;
    }
    Ok(out)
}

/// The length of the string at the start.
fn string(text: &str) -> Result<usize, Mismatch> {
    let mut bytes = text.bytes().enumerate().skip(1);
    // The first half of a surrogate pair, until the second one follows.
    let mut high = false;
    while let Some((at, byte)) = bytes.next() {
        let escape = if byte == b'\\' { bytes.next().map(|(_, it)| it) } else { None };
        let unit = match escape {
            Some(b'u') => bytes.by_ref().take(4).fold(0, |unit, (_, it)| unit * 16 + hex(it)),
            _ => u32::from(b' '),
        };
        match unit {
            0 => {
                return Err(Mismatch::new("invalid_character", "must not contain the character U+0000")
                    .param("character", "U+0000"));
            }
            0xDC00..=0xDFFF if high => high = false,
            0xD800..=0xDBFF if !high => high = true,
            0xD800..=0xDFFF => return Err(lone_surrogate()),
            _ if high => return Err(lone_surrogate()),
            _ => {}
        }
        if byte == b'"' {
            return Ok(at + 1);
        }
    }
    Ok(text.len())
}

fn hex(digit: u8) -> u32 {
    char::from(digit).to_digit(16).unwrap_or_default()
}

/// The length of the number at the start. One that no float can hold would not be read back.
fn number(text: &str) -> Result<usize, Mismatch> {
    let is_part = |it: u8| matches!(it, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    let len = text.bytes().position(|it| !is_part(it)).unwrap_or(text.len());
    let number = text.split_at_checked(len).map_or(text, |(number, _)| number);
    match number.parse::<f64>() {
        Ok(it) if it.is_finite() => Ok(len),
        _ => Err(Mismatch::new("range", "must not contain a number that is too large for a floating-point number")
            .param("max", f64::MAX)),
    }
}

/// What a merge patch makes of a JSON value (RFC 7396, section 2). Both are compact; so is the
/// result.
pub(super) fn merge(target: &str, patch: &str) -> String {
    let replaces = !target.starts_with('{');
    if !patch.starts_with('{') || (replaces && !patch.contains("null")) {
        return patch.to_owned();
    }
    let mut merged: IndexMap<Cow<'_, str>, Option<Cow<'_, str>>> = IndexMap::new();
    if !replaces {
        // Both are objects that have been read before, so walking them does not fail.
        let _ = members(target, |key, value| {
            merged.insert(key, Some(Cow::Borrowed(value)));
        });
    }
    let _ = members(patch, |key, value| {
        let slot = merged.entry(key).or_default();
        *slot = match value {
            "null" => None,
            _ => Some(Cow::Owned(merge(slot.as_deref().unwrap_or("null"), value))),
        };
    });
    let mut out = vec![b'{'];
    for (key, value) in &merged {
        let Some(value) = value else { continue };
        if out.len() > 1 {
            out.push(b',');
        }
        write_string(&mut out, key);
        out.push(b':');
        out.extend_from_slice(value.as_bytes());
    }
    out.push(b'}');
    // Everything in it was text before.
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(raw: &str) -> &'static str {
        compact(raw).unwrap_err().code
    }

    #[test]
    fn white_space_outside_strings_goes_and_all_else_stays() {
        let raw = " { \"a b\" : [ 1.50 , -0e+1 , true ,\n\tnull ] , \"é\\u0041\\\" \" : { } } ";
        assert_eq!(compact(raw).unwrap(), "{\"a b\":[1.50,-0e+1,true,null],\"é\\u0041\\\" \":{}}");
    }

    #[test]
    fn what_stores_and_readers_stumble_over_is_refused() {
        assert_eq!(code(r#"["a\u0000"]"#), "invalid_character");
        assert_eq!(code(r#"{"a\u0000":1}"#), "invalid_character");
        for raw in [r#""\ud800""#, r#""\udc00""#, r#""\ud800x""#, r#""\ud800\ud800\udc00""#, r#""\ud800\n""#] {
            assert_eq!(code(raw), "invalid_character", "{raw}");
        }
        assert_eq!(code("[1e400]"), "range");
        assert_eq!(compact(r#""\ud83d\ude00\\u0000""#).unwrap(), r#""\ud83d\ude00\\u0000""#);
    }

    #[test]
    fn nesting_is_bounded_to_what_can_be_read_back() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let deep = compact(&nested(DEPTH_MAX)).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&deep).is_ok());
        assert_eq!(code(&nested(DEPTH_MAX + 1)), "depth");
        assert_eq!(code(&nested(100_000)), "depth");
    }

    #[test]
    fn merging_follows_the_examples_of_rfc_7396() {
        for (target, patch, expected) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
            (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
            ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
            ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
            (r#"{"n":1.50}"#, r#"{"m":2e0}"#, r#"{"n":1.50,"m":2e0}"#),
        ] {
            assert_eq!(merge(target, patch), expected, "{target} + {patch}");
        }
    }
}
