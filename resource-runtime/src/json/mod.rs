//! JSON written straight into a buffer, from values and from the rows of stores.

pub(crate) mod csv;
mod projection;
mod text;

pub use projection::{Cells, Form, Projection, write_row};
pub use text::{write_decimal, write_f32, write_f64, write_string, write_timestamp};

use crate::field::{Cell, Kind, ObjectMeta, Value};

/// Writes one value of a field of this kind.
pub fn write_value(out: &mut Vec<u8>, value: &Value, kind: &Kind) {
    write_cell(out, value.as_cell(kind), kind);
}

/// Writes one value of a field of this kind, as a row lends it.
pub fn write_cell(out: &mut Vec<u8>, cell: Cell<'_>, kind: &Kind) {
    match cell {
        Cell::Null => out.extend_from_slice(b"null"),
        Cell::Bool(true) => out.extend_from_slice(b"true"),
        Cell::Bool(false) => out.extend_from_slice(b"false"),
        Cell::Int(it) => out.extend_from_slice(itoa::Buffer::new().format(it).as_bytes()),
        Cell::Float(it) => match kind {
            Kind::F32 => write_f32(out, it),
            _ => write_f64(out, it),
        },
        Cell::Decimal(it) => write_decimal(out, it),
        Cell::Json(it) => out.extend_from_slice(it.as_bytes()),
        Cell::Text(it) => write_string(out, it),
        Cell::Plain(it) => {
            out.push(b'"');
            out.extend_from_slice(it.as_bytes());
            out.push(b'"');
        }
        Cell::Uuid(it) => {
            out.push(b'"');
            out.extend_from_slice(it.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()).as_bytes());
            out.push(b'"');
        }
        Cell::Timestamp(it) => write_timestamp(out, it),
        Cell::Date(it) => text::write_quoted(out, it),
        Cell::Time(it) => text::write_quoted(out, it),
        Cell::Object(meta, values) => write_object(out, meta, values),
        Cell::Raw(bytes, write) => write(out, bytes, kind),
        Cell::List(items) => {
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
    }
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
