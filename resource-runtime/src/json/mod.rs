//! JSON written straight into a buffer, from values and from the rows of stores.

pub(crate) mod csv;
mod digits;
mod moment;
mod number;
mod projection;
mod text;

pub use moment::write_timestamp;
pub use number::{write_decimal, write_f32, write_f64, write_int};
pub use projection::{Cells, Form, Projection, write_row};
pub(crate) use text::plain_len;
pub use text::write_string;

use crate::field::{Cell, Kind, ObjectMeta, Value};

/// Writes one value of a field of this kind.
// As [`write_cell`] writes what `as_cell` lends, without the way over it.
#[inline]
pub fn write_value(out: &mut Vec<u8>, value: &Value, kind: &Kind) {
    match value {
        Value::Null => write_bytes(out, b"null"),
        Value::Bool(true) => write_bytes(out, b"true"),
        Value::Bool(false) => write_bytes(out, b"false"),
        Value::Int(it) => write_int(out, *it),
        Value::Float(it) => number::write_float(out, *it, kind),
        Value::Decimal(it) => write_decimal(out, *it),
        Value::Json(it) => write_bytes(out, it.as_bytes()),
        Value::Text(it) => write_string(out, it),
        Value::Uuid(it) => text::write_uuid(out, *it),
        Value::Timestamp(it) => write_timestamp(out, it.as_microsecond()),
        Value::Date(it) => moment::write_date(out, *it),
        Value::Time(it) => moment::write_time(out, *it),
        Value::Object(it) => match kind {
            Kind::Object(meta) => write_object(out, meta, it),
            _ => write_bytes(out, b"null"),
        },
        Value::List(it) => write_list(out, it, kind),
    }
}

/// Writes one value of a field of this kind, as a row lends it.
// Each arm is a call and nothing else, so that this is a jump for the processor.
pub fn write_cell(out: &mut Vec<u8>, cell: Cell<'_>, kind: &Kind) {
    match cell {
        Cell::Null => write_bytes(out, b"null"),
        Cell::Bool(true) => write_bytes(out, b"true"),
        Cell::Bool(false) => write_bytes(out, b"false"),
        Cell::Int(it) => write_int(out, it),
        Cell::Float(it) => number::write_float(out, it, kind),
        Cell::Decimal(it) => write_decimal(out, it),
        Cell::Json(it) => write_bytes(out, it.as_bytes()),
        Cell::Text(it) => write_string(out, it),
        Cell::Plain(it) => text::write_plain(out, it),
        Cell::Uuid(it) => text::write_uuid(out, it),
        Cell::Timestamp(it) => write_timestamp(out, it),
        Cell::Date(it) => moment::write_date(out, it),
        Cell::Time(it) => moment::write_time(out, it),
        Cell::Object(meta, values) => write_object(out, meta, values),
        Cell::Raw(bytes, write) => write(out, bytes, kind),
        Cell::List(items) => write_list(out, items, kind),
    }
}

// A call too, as there is nothing then that a caller has to keep for later.
#[inline(never)]
fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
}

fn write_list(out: &mut Vec<u8>, items: &[Value], kind: &Kind) {
    let item_kind = match kind {
        Kind::List(item) => item,
        _ => kind,
    };
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_value(out, item, item_kind);
    }
    out.push(b']');
}

/// Writes one value of a field of this kind; in quotes, where the field says that its numbers are strings.
#[inline]
pub fn write_as(string: bool, out: &mut Vec<u8>, cell: Cell<'_>, kind: &Kind) {
    if !string || matches!(cell, Cell::Null) {
        return write_cell(out, cell, kind);
    }
    out.push(b'"');
    write_cell(out, cell, kind);
    out.push(b'"');
}

fn write_object(out: &mut Vec<u8>, meta: &ObjectMeta, values: &[Value]) {
    out.push(b'{');
    for (index, (field, value)) in meta.fields.iter().zip(values).enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_string(out, field.name);
        out.push(b':');
        write_value(out, value, &field.kind);
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// There are two ways to the same bytes.
    #[test]
    fn a_value_is_written_as_the_cell_that_it_lends() {
        let kinds = [
            ("true", Kind::Bool),
            ("false", Kind::Bool),
            ("-12", Kind::Int(crate::field::IntKind::I64)),
            ("0.1", Kind::F32),
            ("0.1", Kind::F64),
            ("17.90", Kind::Decimal),
            ("a \"b\"", Kind::Text),
            ("0190163d-8694-739b-aea5-966c26f8ad91", Kind::Uuid),
            ("2026-11-20T12:00:00.5Z", Kind::Timestamp),
            ("2026-11-20", Kind::Date),
            ("12:30:00", Kind::Time),
        ];
        let mut values: Vec<_> =
            kinds.map(|(text, kind)| (crate::field::parse_text(&kind, text).unwrap(), kind)).into();
        let list = Value::List(vec![Value::Float(0.1), Value::Float(2.5)]);
        values.extend([
            (Value::Null, Kind::Text),
            (Value::Object(Vec::new()), Kind::Text),
            (Value::Json("{\"a\":1}".to_owned()), Kind::Json),
            (list, Kind::List(&Kind::F32)),
        ]);
        for (value, kind) in values {
            let (mut one, mut other) = (Vec::new(), Vec::new());
            write_value(&mut one, &value, &kind);
            write_cell(&mut other, value.as_cell(&kind), &kind);
            assert_eq!(String::from_utf8(one).unwrap(), String::from_utf8(other).unwrap());
        }
    }
}
