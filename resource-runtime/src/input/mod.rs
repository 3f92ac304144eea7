//! Request bodies: JSON bytes and a resource's description in, values or every problem out.
//!
//! # Design
//!
//! A body is walked once, under the direction of the description: each key is looked up, and the
//! text of its value goes to the parser of the field's kind. No tree of JSON values is built, and
//! nothing recurses deeper than the description does, whatever a body nests.
//!
//! All problems are collected, each with its pointer; rejected values are never repeated. Rules
//! over several fields come last, on the whole record as it would be stored, and only where the
//! fields that they read have no problem of their own.
//!
//! The functions that handlers call differ in what they make of the fields that a body leaves out:
//! [`create`] sets them to their defaults, [`replace`] sets them back, [`update`] leaves them alone.
//! Between the reading of the fields and what is made of them a body is a [`Draft`], which hooks can
//! change.

mod body;
mod create;
mod draft;
#[cfg(test)]
mod hostile;
mod ids;
mod json_text;
mod path;
mod reader;
mod replace;
mod rules;
mod scan;
#[cfg(any(feature = "server", feature = "client-core"))]
mod segment;
mod settle;
mod update;
#[cfg(test)]
mod zoo;

pub use body::items;
pub use create::{create, path_id};
pub use draft::Draft;
pub use ids::{ids, item_id};
pub use replace::replace;
#[cfg(any(feature = "server", feature = "client-core"))]
pub(crate) use segment::segment_of;
#[cfg(feature = "server")]
pub(crate) use segment::{encode_segment, is_unreserved};
#[cfg(feature = "server")]
pub(crate) use settle::changed;
pub(crate) use settle::{difference, new_row, settle, touch};
#[cfg(feature = "server")]
pub(crate) use update::check_patch;
pub use update::{Update, update};

use crate::error::ApiError;
use crate::field::{Mismatch, Value};
use crate::model::{Usage, Values};
use crate::resource::ResourceMeta;

use path::At;
use reader::Reader;

/// Reads a body for one of a resource's models, as their `Deserialize` implementations do.
///
/// What a client sends (Create, Update) is normalized and held against the rules of its fields;
/// what left a server (Response, views) is not, and may have members that this program does not know
/// yet, because the server can be newer. Fields that are absent have no value; in a model to
/// create with, that is a problem where the field is required. Nested objects are read whole, in an
/// update too: a model in Rust has no place for a part of one.
///
/// # Errors
///
/// 400 where the body is not JSON; 422 with every problem where it is not the model.
pub fn parse(meta: &ResourceMeta, usage: Usage, body: &[u8]) -> Result<Values, ApiError> {
    let text = body::text(body)?;
    let mut values = Values::of(meta);
    let mut bad = Vec::new();
    let slots = usage.slots(meta);
    let incoming = matches!(usage, Usage::Create | Usage::Update);
    let mut reader = if incoming { Reader::new() } else { Reader::lenient() };
    reader.walk(meta, takes(usage), text, |reader, slot, raw, at| {
        let value = match meta.fields.get(slot) {
            _ if !slots.contains(&slot) && !incoming => return,
            _ if !slots.contains(&slot) => {
                reader.report(at, Mismatch::new("read_only_field", "is not part of this model; leave it out"));
                None
            }
            Some(field) if incoming => reader.field(field, raw, at),
            Some(field) => reader.read(field, raw, at),
            None => computed(reader, meta, slot, raw, at),
        };
        if value.is_none() {
            bad.push(slot);
        }
        values.set(slot, value);
    })?;
    for &slot in &slots {
        let required = match (usage, meta.fields.get(slot)) {
            (Usage::Update, _) => false,
            (Usage::Create, Some(field)) => field.is_required() && !reader::is_kept_by_framework(field),
            _ => true,
        };
        if let Some((name, _)) = meta.slot(slot)
            && required
            && values.get(slot).is_none()
            && !bad.contains(&slot)
        {
            reader.report(At::Key(&At::Root, name), Mismatch::new("required", "is required"));
        }
    }
    reader.finish(values)
}

/// The fields that a message about an unknown key names.
fn takes(usage: Usage) -> fn(&crate::field::Access) -> bool {
    match usage {
        Usage::Create => |it| it.create,
        Usage::Update => |it| it.update,
        Usage::Response | Usage::View(_) => |it| it.response,
    }
}

/// Reads what stands in the place of a computed field; any value of its type will do.
fn computed(reader: &mut Reader, meta: &ResourceMeta, slot: usize, raw: &str, at: At<'_>) -> Option<Value> {
    let computed = meta.computed.get(slot.checked_sub(meta.fields.len())?)?;
    reader.nullable(&computed.kind, computed.nullable, raw, at)
}

#[cfg(test)]
mod tests {
    use super::zoo::{ZOO, at, problems};
    use super::*;
    use crate::testing::BOOK;

    const BOOK_JSON: &str = r#"{"id":1,"title":"","author_name":"F","isbn":"x","genre":null,"published_year":1,
        "price":0,"description":null,"tags":[" A "],"status":"available","created_at":"2026-11-20T12:00:00Z",
        "updated_at":null,"is_recent":true}"#;

    fn errors(meta: &ResourceMeta, usage: Usage, body: &str) -> Vec<String> {
        problems(&parse(meta, usage, body.as_bytes()).unwrap_err())
    }

    #[test]
    fn a_model_to_create_with_has_no_value_for_what_is_absent() {
        let values = parse(ZOO, Usage::Create, br#"{"slug":"a","flag":null,"nick":" x "}"#).unwrap();
        assert_eq!(values.iter().map(|(slot, _)| slot).collect::<Vec<_>>(), [at("slug"), at("flag"), at("nick")]);
        assert_eq!(values.get(at("nick")), Some(&Value::Text("x".to_owned())));
        assert_eq!(
            errors(ZOO, Usage::Create, r#"{"rating":1,"low":10}"#),
            ["/rating read_only_field", "/low ten", "/slug required"]
        );
    }

    #[test]
    fn a_model_to_update_with_requires_nothing() {
        assert!(parse(BOOK, Usage::Update, b"{}").unwrap().is_empty());
        let values = parse(BOOK, Usage::Update, br#"{"genre":null}"#).unwrap();
        assert_eq!(values.iter().collect::<Vec<_>>(), [(4, &Value::Null)]);
        assert_eq!(errors(BOOK, Usage::Update, r#"{"id":1,"price":0}"#), ["/id read_only_field", "/price range"]);
    }

    #[test]
    fn a_response_is_read_without_rules() {
        let values = parse(BOOK, Usage::Response, BOOK_JSON.as_bytes()).unwrap();
        assert_eq!(values.get(12), Some(&Value::Bool(true)));
        assert_eq!(values.get(8), Some(&Value::List(vec![Value::Text(" A ".to_owned())])));
        assert_eq!(errors(BOOK, Usage::Response, "{}").len(), 13);
        let newer = BOOK_JSON.replacen('{', r#"{"since":2027,"#, 1);
        assert_eq!(parse(BOOK, Usage::Response, newer.as_bytes()).unwrap(), values, "a newer server says more");
        assert!(!errors(ZOO, Usage::Response, r#"{"password":"x"}"#).iter().any(|it| it.contains("password")));
    }

    #[test]
    fn a_view_has_its_own_fields_only() {
        let body = r#"{"id":1,"title":"A","author_name":"B","price":1,"genre":null}"#;
        assert_eq!(parse(BOOK, Usage::View(0), body.as_bytes()).unwrap().iter().count(), 5);
        let errors = errors(BOOK, Usage::View(0), &body.replace("\"genre\":null", "\"isbn\":null"));
        assert_eq!(errors, ["/genre required"], "and what it does not have is left out");
    }
}
