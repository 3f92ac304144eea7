//! Texts that PostgreSQL reads values from.

use crate::field::{Kind, Value, text::to_text};
use crate::json::write_value;

/// The text of a list or of JSON. Null is not for it.
pub(super) fn text(value: &Value, kind: &Kind) -> String {
    match (value, kind) {
        (Value::List(items), Kind::List(item)) if is_array(item) => {
            let mut out = String::from("{");
            for (index, value) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_item(&mut out, value, item);
            }
            out.push('}');
            out
        }
        _ => {
            let mut json = Vec::new();
            write_value(&mut json, value, kind);
            String::from_utf8(json).unwrap_or_default()
        }
    }
}

/// Whether lists of this kind are arrays; others are JSON.
const fn is_array(item: &Kind) -> bool {
    !matches!(item, Kind::List(_) | Kind::Object(_) | Kind::Json)
}

/// One item of an array, in quotes, in which only quotes and backslashes have a meaning.
fn write_item(out: &mut String, value: &Value, kind: &Kind) {
    if value.is_null() {
        return out.push_str("NULL");
    }
    out.push('"');
    for character in to_text(value, kind).chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::IntKind;

    #[test]
    fn items_are_what_they_look_like() {
        let of = |items: &[&str]| {
            text(&Value::List(items.iter().map(|it| Value::Text((*it).to_owned())).collect()), &Kind::List(&Kind::Text))
        };
        assert_eq!(of(&[]), "{}");
        assert_eq!(of(&["", "NULL", "a,b", "{}", "\"\\", " é"]), r#"{"","NULL","a,b","{}","\"\\"," é"}"#);
        assert_eq!(
            text(&Value::List(vec![Value::Null, Value::Int(1)]), &Kind::List(&Kind::Int(IntKind::I64))),
            r#"{NULL,"1"}"#
        );
    }

    #[test]
    fn what_is_no_array_is_json() {
        let tags = Value::List(vec![Value::List(vec![Value::Int(1)])]);
        assert_eq!(text(&tags, &Kind::List(&Kind::List(&Kind::Int(IntKind::I64)))), "[[1]]");
        assert_eq!(text(&Value::Json("{\"a\":1}".to_owned()), &Kind::Json), "{\"a\":1}");
    }
}
