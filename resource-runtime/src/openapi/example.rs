//! Examples, composed of the fields' own: whole bodies that the server would take or give.

use super::schema;
use super::{Node, Object};
use crate::field::{FieldMeta, Kind, Role, Rule};
use crate::resource::ResourceMeta;

/// A body to create with, if every field that it needs has an example.
pub(super) fn body(fields: &[&FieldMeta]) -> Option<Node> {
    let mut example = Object::new();
    for field in fields {
        match of_field(field).or_else(|| schema::default(field)) {
            Some(value) => example.set(field.name, value),
            None if field.is_required() => return None,
            None => {}
        }
    }
    (!example.is_empty()).then(|| example.into())
}

/// A row as it leaves the server, if every field of it has an example.
pub(super) fn response(meta: &ResourceMeta, slots: &[usize]) -> Option<Node> {
    let mut example = Object::new();
    for &slot in slots {
        let (name, value) = match meta.fields.get(slot) {
            Some(field) => {
                let value = of_field(field).or_else(|| schema::default(field));
                (field.name, value.or_else(|| field.nullable.then_some(Node::Null))?)
            }
            None => {
                let computed = meta.computed.get(slot - meta.fields.len())?;
                (computed.name, of_kind(&computed.kind).or_else(|| computed.nullable.then_some(Node::Null))?)
            }
        };
        example.set(name, value);
    }
    (!example.is_empty()).then(|| example.into())
}

/// What its author says; else what the framework itself would put there, and the first choice of
/// an enum. Nothing is invented for the rest: it might break a rule.
pub(super) fn of_field(field: &FieldMeta) -> Option<Node> {
    if field.secret {
        return None;
    }
    if let Some(example) = field.example {
        return Some(schema::value_of(field, &example()));
    }
    match (field.role, &field.kind) {
        (Role::UpdatedAt, _) if field.nullable => Some(Node::Null),
        (Role::DeletedAt { .. }, _) => Some(Node::Null),
        (Role::CreatedAt | Role::UpdatedAt, _) => Some("2026-01-01T12:00:00Z".into()),
        (Role::Id(_), Kind::Int(_)) => Some(1.into()),
        (Role::Id(_), Kind::Uuid) => Some("019b77f0-1a00-7cc3-8f2e-3d5d0b6a4c11".into()),
        (_, kind) if field.rules.is_empty() => of_kind(kind).or_else(|| text(field).map(Node::from)),
        _ => text(field).map(Node::from),
    }
}

/// A text that keeps the rules of a field, where they are about its length alone.
pub(super) fn text(field: &FieldMeta) -> Option<String> {
    const LONGEST: u64 = 40;
    let (mut least, mut most) = (1, 4);
    for rule in field.rules {
        let Rule::Length { min, max, equal } = rule.rule else { return None };
        least = equal.or(min).unwrap_or(least).max(least);
        most = equal.or(max).unwrap_or(most).min(most);
    }
    let length = usize::try_from(least.max(most)).ok()?;
    let is_text = matches!(field.kind, Kind::Text) && !field.secret && !field.as_string;
    (is_text && least <= LONGEST).then(|| "text".chars().cycle().take(length).collect())
}

fn of_kind(kind: &Kind) -> Option<Node> {
    match kind {
        Kind::Bool => Some(true.into()),
        Kind::Enum(meta) => meta.names().next().map(Node::from),
        _ => None,
    }
}
