use super::path::At;
use super::reader::{Reader, Slot, is_kept_by_framework, not_writable};
use super::{body, computed};
use crate::error::{ApiError, ErrorCode};
use crate::field::{FieldMeta, Role, Value, now};
use crate::resource::{Record, ResourceMeta};

/// Reads a body to replace a row with: the new value of every field that a client can write, by its
/// position, and of the time of the update.
///
/// Writable are the fields that a client can set both at creation and later. One that the body
/// leaves out goes back to its default, or null. All other fields stay as they are; the body may
/// have them with their stored values, as when a client sends back what it read.
///
/// # Errors
///
/// 400 where the body is not JSON; 422 with every problem where the row cannot be replaced with it.
pub fn replace(meta: &'static ResourceMeta, body: &[u8], current: &Record) -> Result<Vec<(usize, Value)>, ApiError> {
    let text = body::text(body)?;
    let mut reader = Reader::new();
    let mut slots = vec![Slot::Absent; meta.fields.len()];
    reader.walk(
        meta,
        |it| it.create && it.update,
        text,
        |reader, index, raw, at| match meta.fields.get(index).zip(slots.get_mut(index)) {
            Some((field, slot)) if is_writable(field) => {
                *slot = reader.field(field, raw, at).map_or(Slot::Bad, Slot::Value);
            }
            Some((field, _)) if field.access.response => reader.echo(field, raw, current.get(index), at),
            Some((field, _)) => reader.report(at, not_writable(field)),
            None => {
                computed(reader, meta, index, raw, at);
            }
        },
    )?;
    let mut values = Vec::with_capacity(slots.len());
    let mut changed = Vec::with_capacity(slots.len());
    for (index, (field, slot)) in meta.fields.iter().zip(slots).enumerate() {
        let given = match slot {
            Slot::Value(it) => Some(it),
            Slot::Bad => None,
            Slot::Absent if is_writable(field) && !is_kept_by_framework(field) => {
                reader.absent(field, At::Key(&At::Root, field.name))
            }
            Slot::Absent if field.role == Role::UpdatedAt => Some(Value::Timestamp(now())),
            Slot::Absent => {
                values.push(Some(current.get(index).clone()));
                continue;
            }
        };
        values.push(given);
        changed.push(index);
    }
    let whole = reader.whole(meta.fields, meta.rules, values, 0, At::Root);
    reader.finish(())?;
    let Some(Value::Object(values)) = whole else { return Err(ApiError::new(ErrorCode::INTERNAL)) };
    Ok(values.into_iter().enumerate().filter(|(index, _)| changed.binary_search(index).is_ok()).collect())
}

const fn is_writable(field: &FieldMeta) -> bool {
    field.access.create && field.access.update
}

#[cfg(test)]
mod tests;
