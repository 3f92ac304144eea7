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
pub fn write_value(out: &mut Vec<u8>, value: &Value, kind: &Kind) {
    write_cell(out, value.as_cell(kind), kind);
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
