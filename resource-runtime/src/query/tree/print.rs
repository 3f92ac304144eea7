//! Conditions as text, for clients.

use super::operator::spelling;
use crate::query::parameters::operand_kind;
use crate::query::{Condition, Filter, Operand, Operator};
use crate::resource::ResourceMeta;

/// Writes a condition as `filter` takes it; nothing for every row.
///
/// # Errors
///
/// A sentence, where the grammar has no words for a part of it: an empty list matches nothing.
pub(crate) fn print(meta: &ResourceMeta, filter: &Filter) -> Result<String, &'static str> {
    let mut out = Vec::new();
    if !matches!(filter, Filter::All) {
        write(meta, filter, false, &mut out)?;
    }
    String::from_utf8(out).map_err(|_| "a value of the filter is not text")
}

/// `nested`: inside of another condition, where `and` and `or` need parentheses.
fn write(meta: &ResourceMeta, filter: &Filter, nested: bool, out: &mut Vec<u8>) -> Result<(), &'static str> {
    if is_constant(filter) {
        return Err("a filter that holds for every row or for none has no words");
    }
    match filter {
        Filter::And(items) | Filter::Or(items) => {
            let [only] = items.as_slice() else {
                let joint: &[u8] = if matches!(filter, Filter::And(_)) { b" and " } else { b" or " };
                return group(meta, items, joint, nested, out);
            };
            write(meta, only, nested, out)
        }
        Filter::Not(inner) => {
            out.extend_from_slice(b"not ");
            write(meta, inner, true, out)
        }
        Filter::Condition(condition) => comparison(meta, condition, out),
        Filter::All => Ok(()),
    }
}

fn is_constant(filter: &Filter) -> bool {
    matches!(filter, Filter::All) || matches!(filter, Filter::And(items) | Filter::Or(items) if items.is_empty())
}

fn group(
    meta: &ResourceMeta,
    items: &[Filter],
    joint: &[u8],
    nested: bool,
    out: &mut Vec<u8>,
) -> Result<(), &'static str> {
    if nested {
        out.push(b'(');
    }
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(joint);
        }
        write(meta, item, true, out)?;
    }
    if nested {
        out.push(b')');
    }
    Ok(())
}

fn comparison(meta: &ResourceMeta, condition: &Condition, out: &mut Vec<u8>) -> Result<(), &'static str> {
    let Condition { field, operator, operand } = condition;
    let field = meta.fields.get(*field).ok_or("the filter names a field that is not there")?;
    out.extend_from_slice(field.name.as_bytes());
    out.push(b' ');
    if let (Operator::IsNull, Operand::One(crate::field::Value::Bool(is_null))) = (operator, operand) {
        out.extend_from_slice(if *is_null { b"is null" } else { b"is not null" });
        return Ok(());
    }
    out.extend_from_slice(spelling(*operator).as_bytes());
    out.push(b' ');
    let kind = operand_kind(*operator, &field.kind);
    match operand {
        Operand::One(value) => crate::json::write_value(out, value, &kind),
        Operand::Many(values) if values.is_empty() => return Err("a comparison with an empty list has no words"),
        Operand::Many(values) => {
            for (index, value) in values.iter().enumerate() {
                out.extend_from_slice(if index == 0 { b"(" } else { b", " });
                crate::json::write_value(out, value, &kind);
            }
            out.push(b')');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::tree::parse;
    use crate::testing::BOOK;

    #[track_caller]
    fn check(text: &str) {
        let filter = parse(BOOK, text).unwrap();
        assert_eq!(print(BOOK, &filter).unwrap(), text);
    }

    #[test]
    fn what_was_read_is_written_as_it_was() {
        check("price >= 10");
        check("price >= 10.50 and price <= 20");
        check(r#"title = "a \"quoted\" \\ text\nand more" or title icontains "é""#);
        check(r#"price >= 10 and (status = "available" or not genre in ("a", "b"))"#);
        check(r#"not (price >= 1 or tags has_all ("x", "y"))"#);
    }

    #[test]
    fn what_has_no_words_is_an_error() {
        assert_eq!(print(BOOK, &Filter::All).unwrap(), "");
        let (title, _) = BOOK.field("title").unwrap();
        assert!(print(BOOK, &Filter::many(title, Operator::In, Vec::new())).is_err());
        assert!(print(BOOK, &Filter::Or(Vec::new())).is_err());
        assert!(print(BOOK, &!Filter::All).is_err());
    }
}
