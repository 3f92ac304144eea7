use jiff::Timestamp;
use uuid::Uuid;

use super::body;
use super::draft::{Draft, Purpose};
use super::path::At;
use super::reader::{Reader, Slot, is_kept_by_framework};
use crate::error::{ApiError, ErrorCode, Location, Problems};
use crate::field::{FieldMeta, IdSource, Kind, Mismatch, Role, Value, now, parse_text};
use crate::resource::ResourceMeta;

/// The longest identifier that a client can choose, in characters: it has to fit into a URL.
const ID_MAX: usize = 255;

/// Reads a body to create a row with: every field's value as it is to be stored.
///
/// Fields that the body leaves out, or that a client cannot set, have their default, or null. The
/// framework sets the time of the insert, in whole microseconds, and new UUIDs (version 7); an
/// integer that the store counts is null here. While rules over the whole record run, such an
/// integer is 0, since there is no number yet.
///
/// # Errors
///
/// 400 where the body is not JSON; 422 with every problem where no row can be made of it.
pub fn create(meta: &'static ResourceMeta, body: &[u8]) -> Result<Vec<Value>, ApiError> {
    read(meta, body)?.into_values()
}

/// Reads the fields of a body.
pub(super) fn read(meta: &'static ResourceMeta, body: &[u8]) -> Result<Draft, ApiError> {
    let text = body::text(body)?;
    let mut reader = Reader::new();
    let mut slots: Vec<_> = meta.fields.iter().map(|_| Slot::Absent).collect();
    reader.walk(
        meta,
        |it| it.create,
        text,
        |reader, index, raw, at| match meta.fields.get(index).zip(slots.get_mut(index)) {
            Some((field, slot)) if field.access.create => {
                *slot = reader.slot(index, |reader| {
                    let value = reader.field(field, raw, at)?;
                    usable_id(reader, field, value, at)
                });
            }
            Some((field, _)) if field.access.update => {
                let detail = "cannot be set at creation; leave it out, and update it later";
                reader.report(at, Mismatch::new("read_only_field", detail));
            }
            _ => reader.report(at, Mismatch::new("read_only_field", "is set by the server; leave it out")),
        },
    )?;
    Ok(Draft { meta, purpose: Purpose::Create, slots, reader })
}

/// Fills in what is absent, and asks the rules over the whole record.
pub(super) fn finish(draft: Draft) -> Result<Vec<Value>, ApiError> {
    let Draft { meta, slots, mut reader, .. } = draft;
    let now = now();
    let mut values = Vec::with_capacity(slots.len());
    for (field, slot) in meta.fields.iter().zip(slots) {
        values.push(match slot {
            Slot::Value(it) => Some(it),
            Slot::Bad(_) => None,
            Slot::Absent if field.access.create && !is_kept_by_framework(field) => {
                reader.absent(field, At::Key(&At::Root, field.name))
            }
            Slot::Absent => Some(initial(field, now)?),
        });
    }
    // Rules over the whole record see a number in place of one that the store has yet to count.
    let id = meta.id();
    let pending = match values.get_mut(id) {
        Some(slot @ Some(Value::Null)) => {
            *slot = Some(Value::Int(0));
            true
        }
        _ => false,
    };
    let whole = reader.whole(meta.fields, meta.rules, values, 0, At::Root);
    reader.finish(())?;
    let Some(Value::Object(mut values)) = whole else { return Err(ApiError::new(ErrorCode::INTERNAL)) };
    if pending && let Some(slot) = values.get_mut(id) {
        *slot = Value::Null;
    }
    Ok(values)
}

/// The value of a field that no client sets at creation.
pub(super) fn initial(field: &FieldMeta, now: Timestamp) -> Result<Value, ApiError> {
    match field.role {
        Role::CreatedAt => return Ok(Value::Timestamp(now)),
        Role::UpdatedAt if !field.nullable => return Ok(Value::Timestamp(now)),
        Role::Id(IdSource::Store) => {
            return Ok(match field.kind {
                Kind::Uuid => Value::Uuid(Uuid::now_v7()),
                Kind::Text => Value::Text(Uuid::now_v7().hyphenated().to_string()),
                _ => Value::Null,
            });
        }
        Role::DeletedAt { .. } => return Ok(Value::Null),
        Role::UpdatedAt | Role::Plain | Role::Id(IdSource::Client) => {}
    }
    match field.default {
        Some(default) => Ok(default()),
        None if field.nullable => Ok(Value::Null),
        // The derive refuses such a field; a description made by hand may have one.
        None => Err(ApiError::new(ErrorCode::INTERNAL)
            .source(format!("`{}` cannot be null, has no default, and no client can set it", field.name))),
    }
}

/// An identifier that a client chooses has to be usable in a path.
#[inline]
pub(super) fn usable_id(reader: &mut Reader, field: &FieldMeta, value: Value, at: At<'_>) -> Option<Value> {
    match (field.role, &value) {
        (Role::Id(_), Value::Text(text)) if !is_usable(reader, text, at) => None,
        _ => Some(value),
    }
}

#[inline(never)]
fn is_usable(reader: &mut Reader, text: &str, at: At<'_>) -> bool {
    let why = unusable_in_path(text);
    if let Some(why) = why {
        reader.report(at, Mismatch::new("invalid_format", why).param("format", "path-segment"));
    }
    why.is_none()
}

fn unusable_in_path(text: &str) -> Option<&'static str> {
    match text {
        "" => Some("must not be empty: it is part of the URL"),
        "." | ".." => Some("must not be `.` or `..`: they mean something else in a URL"),
        "bulk" | "bulk-delete" => Some("must not be `bulk` or `bulk-delete`: they are paths of the resource itself"),
        _ if text.chars().any(char::is_control) => Some("must not have control characters: it is part of the URL"),
        _ if text.chars().count() > ID_MAX => Some("must have at most 255 characters: it is part of the URL"),
        _ => None,
    }
}

/// Reads an identifier from a request's path, percent-decoded.
///
/// Integers have one spelling there, digits alone, so that every row has one URL.
///
/// # Errors
///
/// 422 for the parameter `id` where it cannot be one.
pub fn path_id(meta: &ResourceMeta, text: &str) -> Result<Value, ApiError> {
    let field = meta.id_field();
    let plain = !matches!(field.kind, Kind::Int(_)) || is_plain_integer(text);
    let result = if plain { parse_text(&field.kind, text) } else { Err(Mismatch::of_type(&field.kind)) };
    result.map_err(|mismatch| {
        let mut problems = Problems::new();
        problems.push(mismatch.at(Location::Parameter("id".to_owned())));
        problems.into_error(ErrorCode::INVALID_QUERY)
    })
}

fn is_plain_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()) && (text == "0" || !digits.starts_with('0'))
}

#[cfg(test)]
mod tests;
