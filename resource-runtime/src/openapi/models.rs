//! A resource's models as components, each under a name of its own.

use super::components::Components;
use super::example;
use super::schema::{self, Form};
use super::{Node, Object};
use crate::field::{FieldMeta, IdSource, ObjectMeta, Role};
use crate::model::Usage;
use crate::resource::ResourceMeta;

/// One of a resource's models.
pub(super) fn model(meta: &'static ResourceMeta, usage: Usage, components: &mut Components) -> Object {
    let schema = match usage {
        Usage::Create => input(meta.doc, &writable(meta, Form::Create), Form::Create, components)
            .with_some("examples", example::body(&writable(meta, Form::Create)).map(|it| [it])),
        Usage::Update => {
            input(meta.doc, &writable(meta, Form::Update), Form::Update, components).with("minProperties", 1)
        }
        Usage::Response | Usage::View(_) => {
            let slots = usage.slots(meta);
            let properties = properties(meta, &slots, components);
            let names = properties.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
            object_schema(meta.doc, properties, names)
                .with_some("examples", example::response(meta, &slots).map(|it| [it]))
        }
    };
    components.schema(&usage.model_name(meta), schema)
}

/// What a row is replaced with: as to create with, but what cannot change may be absent, for it is there already.
/// Where that makes no difference, it is one model.
pub(super) fn replacement(meta: &'static ResourceMeta, components: &mut Components) -> Object {
    let fields = writable(meta, Form::Create);
    // Where clients choose identifiers it may create, and all but the path's own identifier is needed.
    let may_create = meta.id_source() == IdSource::Client;
    let is_there = |it: &FieldMeta| if may_create { matches!(it.role, Role::Id(_)) } else { !it.access.update };
    if !fields.iter().any(|it| it.is_required() && is_there(it)) {
        return model(meta, Usage::Create, components);
    }
    let needed = fields.iter().filter(|it| it.is_required() && !is_there(it)).map(|it| it.name).collect();
    let properties = fields.iter().map(|it| (it.name, schema::field(it, Form::Create, components))).collect();
    let schema = object_schema(meta.doc, properties, needed)
        .with("additionalProperties", false)
        .with_some("examples", example::body(&fields).map(|it| [it]));
    components.schema(&format!("{}Replace", meta.name), schema)
}

/// Any part of the response: what `fields` chose.
pub(super) fn selection(meta: &ResourceMeta, components: &mut Components) -> Object {
    let properties = properties(meta, &Usage::Response.slots(meta), components);
    let doc = format!("Those fields of `{}` that the parameter `fields` names.", meta.name);
    let schema = object_schema(&doc, properties, Vec::<Node>::new())
        .with("minProperties", 1)
        .with("additionalProperties", false);
    components.schema(&format!("{}Fields", meta.name), schema)
}

/// A nested value object, in the form of the model that it stands in.
pub(super) fn object(meta: &ObjectMeta, form: Form, components: &mut Components) -> Object {
    let has = |it: &&FieldMeta| match form {
        Form::Create => it.access.create,
        Form::Update => it.access.update,
        Form::Response | Form::Parameter => it.access.response,
    };
    let fields = meta.fields.iter().filter(has).collect::<Vec<_>>();
    let (suffix, schema) = match form {
        Form::Create => ("Create", input(meta.doc, &fields, form, components)),
        Form::Update => ("Update", input(meta.doc, &fields, form, components)),
        Form::Response | Form::Parameter => {
            let properties = fields.iter().map(|it| (it.name, schema::field(it, Form::Response, components))).collect();
            ("", object_schema(meta.doc, properties, fields.iter().map(|it| it.name).collect()))
        }
    };
    components.schema(&format!("{}{suffix}", meta.name), schema)
}

/// The schema of a body: only these members, those without a default demanded on creation.
pub(super) fn input(doc: &str, fields: &[&FieldMeta], form: Form, components: &mut Components) -> Object {
    let properties = fields.iter().map(|it| (it.name, schema::field(it, form, components))).collect();
    let required = match form {
        Form::Update => Vec::new(),
        _ => fields.iter().filter(|it| it.is_required()).map(|it| it.name).collect(),
    };
    object_schema(doc, properties, required).with("additionalProperties", false)
}

/// The fields that a client may send.
pub(super) fn writable(meta: &'static ResourceMeta, form: Form) -> Vec<&'static FieldMeta> {
    let has = |it: &&FieldMeta| if form == Form::Update { it.access.update } else { it.access.create };
    meta.fields.iter().filter(has).collect()
}

fn properties(meta: &ResourceMeta, slots: &[usize], components: &mut Components) -> Object {
    let mut properties = Object::new();
    for &slot in slots {
        if let Some(field) = meta.fields.get(slot) {
            properties.set(field.name, schema::field(field, Form::Response, components));
        } else if let Some(computed) = meta.computed.get(slot - meta.fields.len()) {
            let schema = schema::of_kind(&computed.kind, Form::Response, components);
            let schema = if computed.nullable { schema::nullable(schema) } else { schema };
            properties.set(computed.name, schema.with_text("description", computed.doc.trim()).with("readOnly", true));
        }
    }
    properties
}

pub(super) fn object_schema(doc: &str, properties: Object, required: Vec<impl Into<Node>>) -> Object {
    Object::new()
        .with("type", "object")
        .with_text("description", doc.trim())
        .with("properties", properties)
        .with_some("required", (!required.is_empty()).then_some(required))
}

/// The response model, or what `fields` left of it.
pub(super) fn selectable(meta: &'static ResourceMeta, components: &mut Components) -> Object {
    let whole = model(meta, Usage::Response, components);
    Object::new().with("anyOf", [whole, selection(meta, components)])
}

/// One item of a bulk update: the identifier, and the changes.
pub(super) fn bulk_update(meta: &'static ResourceMeta, components: &mut Components) -> Object {
    let id = meta.id_field();
    let changes = input(meta.doc, &writable(meta, Form::Update), Form::Update, components);
    let mut properties = Object::new().with(id.name, schema::of_kind(&id.kind, Form::Create, components));
    if let Some(Node::Object(members)) = changes.get("properties") {
        for (name, schema) in members.iter() {
            properties.set(name, schema.clone());
        }
    }
    let schema =
        object_schema(meta.doc, properties, vec![id.name]).with("additionalProperties", false).with("minProperties", 2);
    components.schema(&format!("{}BulkUpdate", meta.name), schema)
}

/// The identifiers of a bulk delete.
pub(super) fn bulk_delete(meta: &'static ResourceMeta, max: u32, components: &mut Components) -> Object {
    let ids = Object::new()
        .with("type", "array")
        .with("items", schema::of_kind(&meta.id_field().kind, Form::Create, components))
        .with("minItems", 1)
        .with("maxItems", max);
    let schema = object_schema("", Object::new().with("ids", ids), vec!["ids"]).with("additionalProperties", false);
    components.schema(&format!("{}BulkDelete", meta.name), schema)
}

/// What a request answers with that went to all rows that conditions hold for.
pub(super) fn matched(name: &str, member: &'static str, list: Object, components: &mut Components) -> Object {
    components.schema(name, object_schema("", Object::new().with(member, list), vec![member]))
}

/// A list in an answer, of so many items at most.
pub(super) fn list(item: Object, max: u32) -> Object {
    Object::new().with("type", "array").with("items", item).with("maxItems", max)
}

/// What a bulk request answers with: what was done, and the errors by the items' positions.
pub(super) fn bulk_answer(
    name: &str,
    done: Vec<(&'static str, Object)>,
    errors: Object,
    components: &mut Components,
) -> Object {
    let mut required = done.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    // A batch of deletions has no errors but those of the store.
    if done.len() == 1 {
        required.push("errors");
    }
    let properties = done.into_iter().chain([("errors", errors)]).collect();
    components.schema(name, object_schema("", properties, required))
}
