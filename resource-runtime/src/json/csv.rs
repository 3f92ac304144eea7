//! Comma-separated values (RFC 4180): text as it is, everything else as JSON has it.
//!
//! Null is nothing, and an empty text is `""`, so that the two can be told apart. Lists and objects are their JSON. No
//! value is changed, those that a spreadsheet would take for a formula neither: who opens such a file should import its
//! columns as text.

use super::write_cell as write_json;
use crate::field::{Cell, Kind};

/// What stands between two values.
pub(crate) const SEPARATOR: u8 = b',';
/// What stands after a record.
pub(crate) const RECORD_END: &[u8] = b"\r\n";

/// Writes the names of columns.
#[cfg(feature = "server")]
pub(crate) fn write_header(out: &mut Vec<u8>, names: impl Iterator<Item = &'static str>) {
    for (index, name) in names.enumerate() {
        if index > 0 {
            out.push(SEPARATOR);
        }
        write_text(out, name);
    }
    out.extend_from_slice(RECORD_END);
}

/// Writes one value.
pub(super) fn write_cell(out: &mut Vec<u8>, cell: Cell<'_>, kind: &Kind) {
    match cell {
        Cell::Null => {}
        Cell::Text(it) | Cell::Plain(it) => write_text(out, it),
        Cell::Bool(_) | Cell::Int(_) | Cell::Float(_) | Cell::Decimal(_) => write_json(out, cell, kind),
        _ => {
            let mut json = Vec::new();
            write_json(&mut json, cell, kind);
            let text = String::from_utf8_lossy(&json);
            // Identifiers, dates and times are strings without escapes.
            let is_composite = matches!(kind, Kind::List(_) | Kind::Object(_) | Kind::Json);
            let bare = text.strip_prefix('"').and_then(|it| it.strip_suffix('"')).filter(|_| !is_composite);
            write_text(out, bare.unwrap_or(&text));
        }
    }
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    if !text.is_empty() && !text.bytes().any(|it| matches!(it, b'"' | b',' | b'\r' | b'\n')) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for (index, part) in text.split('"').enumerate() {
        if index > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(part.as_bytes());
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Value;

    #[track_caller]
    fn check(value: &Value, kind: &Kind, expected: &str) {
        let mut out = Vec::new();
        write_cell(&mut out, value.as_cell(kind), kind);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn text_is_quoted_where_it_has_to_be() {
        for (text, expected) in [
            ("Dune", "Dune"),
            ("", "\"\""),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("\\ é\t=1+1", "\\ é\t=1+1"),
        ] {
            check(&Value::Text(text.to_owned()), &Kind::Text, expected);
        }
    }

    #[test]
    fn null_is_nothing() {
        check(&Value::Null, &Kind::Text, "");
    }

    #[test]
    fn everything_else_is_as_in_json_without_quotes() {
        check(&Value::Bool(true), &Kind::Bool, "true");
        check(&Value::Timestamp("2026-11-20T12:00:00Z".parse().unwrap()), &Kind::Timestamp, "2026-11-20T12:00:00Z");
        check(&Value::Uuid(uuid::Uuid::nil()), &Kind::Uuid, "00000000-0000-0000-0000-000000000000");
        let list = Value::List(vec![Value::Text("a".to_owned()), Value::Text("b".to_owned())]);
        check(&list, &Kind::List(&Kind::Text), "\"[\"\"a\"\",\"\"b\"\"]\"");
        check(&Value::List(Vec::new()), &Kind::List(&Kind::Text), "[]");
        check(&Value::Json("\"a\"".to_owned()), &Kind::Json, "\"\"\"a\"\"\"");
    }
}
