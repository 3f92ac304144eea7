//! The identifiers that batches name, in members beside others: `{"ids": [1, 2]}`, `{"id": 1, …}`.

use serde_json::value::RawValue;

use super::body::{elements, members, not_json, text, wrong_type};
use super::path::At;
use super::reader::{Reader, not_of_type};
use crate::error::{ApiError, ErrorCode};
use crate::field::{Kind, Mismatch, Value};
use crate::resource::ResourceMeta;

const IDS: &str = "ids";

/// The identifiers of a batch of deletions.
///
/// # Errors
///
/// 400 where the body is not JSON; 422 where it is anything but an object with 1 to `max` identifiers
/// as its `ids`.
pub fn ids(meta: &ResourceMeta, body: &[u8], max: usize) -> Result<Vec<Value>, ApiError> {
    let text = text(body)?;
    if !text.trim_start().starts_with('{') {
        return Err(wrong_type(text, "object"));
    }
    let mut reader = Reader::new();
    let mut list = None;
    let walked = members(text, |key, raw| {
        let at = At::Key(&At::Root, &key);
        if key != IDS {
            reader.unknown(at, &key, || std::iter::once(IDS));
        } else if list.replace(raw).is_some() {
            reader.report(at, Mismatch::new("duplicate_field", "is given more than once"));
        }
    });
    walked.map_err(|error| not_json(&error))?;
    let at = At::Key(&At::Root, IDS);
    let ids = match list {
        None => {
            reader.report(at, Mismatch::new("required", "is required"));
            Vec::new()
        }
        Some(raw) => all(&mut reader, meta, raw, at, max)?,
    };
    reader.finish(ids)
}

fn all(reader: &mut Reader, meta: &ResourceMeta, raw: &str, at: At<'_>, max: usize) -> Result<Vec<Value>, ApiError> {
    if raw.starts_with('n') {
        reader.report(at, Mismatch::new("null_not_allowed", "must not be null"));
        return Ok(Vec::new());
    }
    if !raw.starts_with('[') {
        reader.report(at, not_of_type(&Kind::List(&Kind::Json), raw));
        return Ok(Vec::new());
    }
    let (mut ids, mut count) = (Vec::new(), 0_usize);
    elements(raw, |item| {
        if count < max {
            ids.extend(reader.read(meta.id_field(), item, At::Index(&at, count)));
        }
        count += 1;
        true
    })
    .map_err(|error| not_json(&error))?;
    if count == 0 || count > max {
        let mismatch = Mismatch::new("length", format!("must have 1 to {max} items")).param("min", 1).param("max", max);
        reader.report(at, mismatch);
    }
    Ok(ids)
}

/// The identifier that an item of a batch of updates names.
///
/// # Errors
///
/// Also where it names nothing else: then there is nothing to do.
pub fn item_id(meta: &ResourceMeta, item: &RawValue) -> Result<Value, ApiError> {
    let name = meta.id_field().name;
    let at = At::Key(&At::Root, name);
    let mut reader = Reader::new();
    if !item.get().starts_with('{') {
        return Err(wrong_type(item.get(), "object"));
    }
    let (mut raw, mut others) = (None, false);
    let walked = members(item.get(), |key, value| {
        if key != name {
            others = true;
        } else if raw.replace(value).is_some() {
            reader.report(at, Mismatch::new("duplicate_field", "is given more than once"));
        }
    });
    walked.map_err(|error| not_json(&error))?;
    let id = match raw {
        Some(raw) => reader.read(meta.id_field(), raw, at),
        None => {
            reader.report(at, Mismatch::new("required", "is required"));
            None
        }
    };
    match reader.finish(id)? {
        Some(id) if others => Ok(id),
        _ => Err(ApiError::new(ErrorCode::EMPTY_UPDATE)
            .detail("the update names no field beside the identifier; send at least one, with its new value")),
    }
}
