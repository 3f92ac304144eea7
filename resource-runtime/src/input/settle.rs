//! Rows that the application itself sets fields of.

use super::create::initial;
use super::path::At;
use super::reader::{Reader, Slot};
use crate::error::{ApiError, ErrorCode};
use crate::field::{FieldMeta, IdSource, Kind, Role, Value, now};
#[cfg(feature = "server")]
use crate::resource::Record;
use crate::resource::ResourceMeta;

/// Normalizes the values that the application gives fields of a row, holds them against their rules,
/// and the row with them against the rules over all of it.
///
/// They go the way of a client's, through their JSON, so that no rule at any depth is passed by. What
/// does not change is not looked at: a normalizer sees every value once.
///
/// # Errors
///
/// 422 with every problem.
pub(crate) fn settle(
    meta: &'static ResourceMeta,
    row: &[Value],
    changes: Vec<(usize, Value)>,
) -> Result<Vec<(usize, Value)>, ApiError> {
    if changes.is_empty() {
        return Ok(changes);
    }
    let mut reader = Reader::new();
    let mut values: Vec<Option<Value>> = row.iter().cloned().map(Some).collect();
    // Rules over the whole record see a number in place of one that the store has yet to count.
    if let Some(id @ Some(Value::Null)) = values.get_mut(meta.id()) {
        *id = Some(Value::Int(0));
    }
    let mut settled = Vec::with_capacity(changes.len());
    for (index, value) in changes {
        let Some((field, place)) = meta.fields.get(index).zip(values.get_mut(index)) else { continue };
        *place = match reader.written(index, field, &value) {
            Slot::Value(value) => {
                settled.push((index, value.clone()));
                Some(value)
            }
            Slot::Absent | Slot::Bad(_) => None,
        };
    }
    reader.whole(meta.fields, meta.rules, values, 0, At::Root);
    reader.finish(settled)
}

/// The values of a new row that the application has filled in, as they are to be stored. An
/// identifier that is blank (0, the nil UUID, an empty text) is made where the store makes them.
///
/// # Errors
///
/// As for [`settle`], and 500 where the identifier is one that the store counts and it is not blank.
pub(crate) fn new_row(meta: &'static ResourceMeta, mut values: Vec<Value>) -> Result<Vec<Value>, ApiError> {
    let id = meta.id();
    if let Some(value) = values.get_mut(id)
        && meta.id_source() == IdSource::Store
    {
        let field = meta.id_field();
        if is_blank(value) {
            *value = initial(field, now())?;
        } else if matches!(field.kind, Kind::Int(_)) {
            return Err(ApiError::new(ErrorCode::INTERNAL)
                .source(format!("the store counts `{}` of {}; a new row has 0 there", field.name, meta.name)));
        }
    }
    let counted = values.get(id).is_some_and(Value::is_null);
    let changes = values.iter().cloned().enumerate().filter(|(index, _)| !(counted && *index == id)).collect();
    for (index, value) in settle(meta, &values, changes)? {
        if let Some(place) = values.get_mut(index) {
            *place = value;
        }
    }
    Ok(values)
}

/// What a changed row gets beside the changes: the time of the update, unless they have it.
pub(crate) fn touch(meta: &ResourceMeta, changes: &mut Vec<(usize, Value)>) {
    let is_time = |field: &FieldMeta| field.role == Role::UpdatedAt;
    if let Some(index) = meta.fields.iter().position(is_time)
        && !changes.is_empty()
        && changes.iter().all(|(it, _)| *it != index)
    {
        changes.push((index, Value::Timestamp(now())));
    }
}

/// The fields of a row that are others in a second form of it, where `before` is its first.
///
/// # Errors
///
/// 500 where the identifier is one of them.
pub(crate) fn difference(
    meta: &'static ResourceMeta,
    before: &[Value],
    after: Vec<Value>,
) -> Result<Vec<(usize, Value)>, ApiError> {
    let changed = |(index, value): &(usize, Value)| before.get(*index) != Some(value);
    let changes: Vec<_> = after.into_iter().enumerate().filter(changed).collect();
    if changes.iter().any(|(index, _)| *index == meta.id()) {
        let name = meta.id_field().name;
        return Err(ApiError::new(ErrorCode::INTERNAL).source(format!(
            "`{name}` of a {} was changed by the application; an identifier never changes",
            meta.name
        )));
    }
    Ok(changes)
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null | Value::Int(0) => true,
        Value::Uuid(it) => it.is_nil(),
        Value::Text(it) => it.is_empty(),
        _ => false,
    }
}

/// A record with changes made to it, as it would be stored.
#[cfg(feature = "server")]
pub(crate) fn changed(record: &Record, changes: &[(usize, Value)]) -> Record {
    let mut record = record.clone();
    for (index, value) in changes {
        if let Some(slot) = record.values.get_mut(*index) {
            slot.clone_from(value);
        }
    }
    record
}
