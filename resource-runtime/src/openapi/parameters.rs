//! Parameters of paths, queries and headers.

use super::components::{Components, Section};
use super::schema::{self, Form};
use super::{Mounted, Node, Object, example, names};
use crate::field::{IdSource, Kind};
use crate::query::{self, Operator, ParameterMeta, ParameterRole};
use crate::resource::{Operation, ResourceMeta};

const EXAMPLE_UUID: &str = "019b77f0-1a00-7cc3-8f2e-3d5d0b6a4c11";
const EXAMPLE_TAG: &str = "\"1\"";
const EXAMPLE_DATE: &str = "Fri, 20 Nov 2026 12:00:00 GMT";

/// What a list takes, from the table that its parser reads.
pub(super) fn list(meta: &'static ResourceMeta, components: &mut Components) -> Vec<Object> {
    let parameters = query::parameters(meta);
    parameters
        .iter()
        .filter(|it| !it.allowed.is_empty() || !needs_names(it))
        .map(|it| match it.role {
            ParameterRole::Tree => described(&with_example(it, condition(&parameters)), components),
            _ => described(it, components),
        })
        .collect()
}

/// What says which rows are meant: as on a list.
pub(super) fn conditions(meta: &'static ResourceMeta, components: &mut Components) -> Vec<Object> {
    let parameters = query::parameters(meta);
    parameters.iter().filter(|it| it.role.is_condition()).map(|it| described(it, components)).collect()
}

fn with_example(parameter: &ParameterMeta, example: Option<String>) -> ParameterMeta {
    ParameterMeta { example, ..parameter.clone() }
}

/// A condition of `filter`, with the first field that is compared for equality.
fn condition(parameters: &[ParameterMeta]) -> Option<String> {
    parameters.iter().find_map(|it| {
        let ParameterRole::Filter { operator: Operator::Eq, .. } = it.role else { return None };
        let value = it.example.clone().or_else(|| sample(it).map(str::to_owned))?;
        let is_bare = matches!(it.kind, Kind::Bool | Kind::Int(_) | Kind::F32 | Kind::F64 | Kind::Decimal);
        let quote = if is_bare { "" } else { "\"" };
        Some(format!("{} = {quote}{value}{quote}", it.field?))
    })
}

/// A value to show for a parameter whose field has no example.
fn sample(parameter: &ParameterMeta) -> Option<&'static str> {
    match (parameter.role, &parameter.kind) {
        (ParameterRole::Cursor, _) => Some(""),
        (ParameterRole::Search, _) => Some("text"),
        (ParameterRole::Fields, _) => parameter.allowed.first().copied(),
        (ParameterRole::Page | ParameterRole::PerPage | ParameterRole::Limit, _) => Some("1"),
        (ParameterRole::Filter { .. }, kind) => match kind {
            Kind::Bool => Some("true"),
            Kind::Int(_) | Kind::F32 | Kind::F64 | Kind::Decimal => Some("1"),
            Kind::Text => Some("text"),
            Kind::Uuid => Some(EXAMPLE_UUID),
            Kind::Timestamp => Some("2026-01-01T12:00:00Z"),
            Kind::Date => Some("2026-01-01"),
            Kind::Time => Some("12:00:00"),
            Kind::Enum(meta) => meta.names().next(),
            Kind::Object(_) | Kind::List(_) | Kind::Json => None,
        },
        _ => None,
    }
}

/// `fields` of one row: as on a list.
pub(super) fn fields(meta: &'static ResourceMeta, components: &mut Components) -> Vec<Object> {
    let parameters = query::parameters(meta);
    parameters.iter().filter(|it| it.role == ParameterRole::Fields).map(|it| described(it, components)).collect()
}

/// A resource without sortable fields has nothing to say in `sort`.
const fn needs_names(parameter: &ParameterMeta) -> bool {
    matches!(parameter.role, ParameterRole::Sort | ParameterRole::SortBy | ParameterRole::Fields)
}

fn described(parameter: &ParameterMeta, components: &mut Components) -> Object {
    // Defaults stand in words: what a schema calls its default is sent along by some generated
    // clients and by Swagger UI, and `limit` beside `page` is refused.
    let default = parameter.default.as_deref().map(|it| format!(" Without it: `{it}`."));
    let alias = parameter.alias.as_deref().map(|it| format!(" `{it}` says the same."));
    let doc = format!("{}{}{}", parameter.doc, default.unwrap_or_default(), alias.unwrap_or_default());
    let item = value(parameter, components);
    let is_filter = matches!(parameter.role, ParameterRole::Filter { .. });
    let many = parameter.many.then(|| {
        Object::new()
            .with("type", "array")
            .with("items", item.clone())
            .with_some("minItems", parameter.min)
            .with_some("maxItems", parameter.max)
            // A name that is there twice is refused; a filter's value is not.
            .with_some("uniqueItems", (!is_filter).then_some(true))
    });
    let example = parameter.example.as_deref().or_else(|| sample(parameter)).map(|text| {
        let one = literal(text, &item);
        if parameter.many { Node::Array(vec![one]) } else { one }
    });
    let object = Object::new().with("name", parameter.name.as_str()).with("in", "query").with("description", doc);
    let object = match many {
        // A filter's values come one by one, since they may have commas in them; names do not.
        Some(_) => object.with("style", "form").with("explode", is_filter),
        None => object,
    };
    // Within the schema: Swagger UI sends the example of a parameter along with every request.
    object.with("schema", many.unwrap_or(item).with_some("examples", example.map(|it| [it])))
}

/// The schema of a parameter's value, or of each of its values.
fn value(parameter: &ParameterMeta, components: &mut Components) -> Object {
    let string = || Object::new().with("type", "string");
    match parameter.role {
        ParameterRole::Sort => {
            let names = parameter.allowed.join("|");
            string().with("pattern", format!("^-?({names})(:nulls_first)?$"))
        }
        ParameterRole::Filter { .. } => schema::of_kind(&parameter.kind, Form::Parameter, components),
        _ if !parameter.allowed.is_empty() => string().with("enum", parameter.allowed.clone()),
        _ => {
            let bounds = if matches!(parameter.kind, Kind::Int(_)) {
                ["minimum", "maximum"]
            } else {
                ["minLength", "maxLength"]
            };
            let mut schema = schema::of_kind(&parameter.kind, Form::Parameter, components);
            for (name, bound) in bounds.into_iter().zip([parameter.min, parameter.max]) {
                if let Some(bound) = bound {
                    schema.set(name, bound);
                }
            }
            schema
        }
    }
}

/// A value that is written as in a query string, as JSON of its schema's type.
fn literal(text: &str, schema: &Object) -> Node {
    let is_text = schema.get("type").and_then(Node::as_text) == Some("string") || schema.has("$ref");
    match text {
        _ if is_text => text.into(),
        "true" | "false" => (text == "true").into(),
        _ if text.parse::<rust_decimal::Decimal>().is_ok() => Node::Number(text.to_owned()),
        _ => text.into(),
    }
}

/// What all operations of a path have in common: a value for every `{name}` in it.
pub(super) fn of_path(path: &str, mounted: &[Mounted], components: &mut Components) -> Vec<Object> {
    let names = path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    // The row itself, and what lies under it.
    let is_under = |it: &&Mounted| {
        let rest = path.strip_prefix(it.path().as_str()).and_then(|it| it.strip_prefix("/{id}"));
        rest.is_some_and(|it| it.is_empty() || it.starts_with('/'))
    };
    let owner = mounted.iter().find(is_under);
    names
        .map(|name| {
            let parameter = Object::new().with("name", name).with("in", "path").with("required", true);
            match owner.filter(|_| name == "id") {
                Some(owner) => {
                    let id = owner.meta.id_field();
                    parameter
                        .with("description", format!("The {}'s identifier.", names::words(owner.meta.name)))
                        .with("schema", schema::of_id(id, Form::Parameter, components))
                        .with_some("example", example::of_field(id))
                }
                None => parameter.with("schema", Object::new().with("type", "string").with("minLength", 1)),
            }
        })
        .collect()
}

/// The version that a write is for.
pub(super) fn if_match(required: bool, components: &mut Components) -> Object {
    let name = if required { "RequiredIfMatch" } else { "IfMatch" };
    let tags = "The `ETag` that the row must still have, or `*` for any; several may be named.";
    let parameter = header("If-Match", tags, required, EXAMPLE_TAG);
    components.refer(Section::Parameters, name, parameter)
}

/// The version that the client has.
pub(super) fn if_none_match(components: &mut Components) -> Object {
    let tags = "An `ETag` of the client's copy: the answer is 304 while the row still has it.";
    components.refer(Section::Parameters, "IfNoneMatch", header("If-None-Match", tags, false, EXAMPLE_TAG))
}

/// Whether a replacement may only create.
pub(super) fn create_only(components: &mut Components) -> Object {
    let description = "`*`: create the row, and refuse with 412 where it is there already. With tags: refuse where it \
                       has one of them.";
    components.refer(Section::Parameters, "CreateOnly", header("If-None-Match", description, false, "*"))
}

/// The time of the client's copy.
pub(super) fn if_modified_since(components: &mut Components) -> Object {
    let description = "The `Last-Modified` of the client's copy: the answer is 304 unless the row was written since. \
                       `If-None-Match` takes its place.";
    components.refer(
        Section::Parameters,
        "IfModifiedSince",
        header("If-Modified-Since", description, false, EXAMPLE_DATE),
    )
}

/// The time that a write is for.
pub(super) fn if_unmodified_since(components: &mut Components) -> Object {
    let description = "The `Last-Modified` that the row must still have. `If-Match` takes its place, and is exact.";
    components.refer(
        Section::Parameters,
        "IfUnmodifiedSince",
        header("If-Unmodified-Since", description, false, EXAMPLE_DATE),
    )
}

/// A name for the request, so that it is carried out once.
pub(super) fn idempotency_key(components: &mut Components) -> Object {
    let description = "A name of the client's choice for this request, such as a UUID: of all requests with it one is \
                       carried out, and the others get its answer.";
    // As it is, or a string of structured fields (RFC 9651).
    let pattern = r#"^(?:[!#-~][!-~]{0,254}|"(?:[ !#-\[\]-~]|\\["\\]){1,255}")$"#;
    let schema = Object::new().with("type", "string").with("pattern", pattern).with("examples", [EXAMPLE_UUID]);
    let parameter = header("Idempotency-Key", description, false, EXAMPLE_UUID).with("schema", schema);
    components.refer(Section::Parameters, "IdempotencyKey", parameter)
}

/// What the client prefers of the answer.
pub(super) fn prefer(meta: &ResourceMeta, operation: Operation, components: &mut Components) -> Object {
    let description = "`return=minimal` leaves the body out; `tx=rollback` only tries: the answer is the one that would \
                       have been given, and nothing is written (RFC 7240).";
    let can_create = match operation {
        Operation::Create | Operation::BulkCreate => true,
        Operation::Replace => meta.id_source() == IdSource::Client,
        _ => false,
    };
    match operation {
        Operation::UpdateMany | Operation::DeleteMany => {
            let description = format!("{description} `max-affected=10` refuses the request where there are more rows.");
            let parameter = header("Prefer", &description, false, "max-affected=10");
            components.refer(Section::Parameters, "PreferMaxAffected", parameter)
        }
        // Tools send what examples show, and expect the body that 201 has otherwise.
        _ if can_create => {
            let parameter = header("Prefer", description, false, "return=representation");
            components.refer(Section::Parameters, "PreferOfCreation", parameter)
        }
        _ => {
            let parameter = header("Prefer", description, false, "return=minimal");
            components.refer(Section::Parameters, "Prefer", parameter)
        }
    }
}

/// Whether a batch is all or nothing.
pub(super) fn atomic(components: &mut Components) -> Object {
    let description = "All or nothing: every item is done, or the first that is refused undoes them all. Without it: \
                       `false`.";
    let parameter = Object::new()
        .with("name", "atomic")
        .with("in", "query")
        .with("description", description)
        .with("schema", Object::new().with("type", "boolean").with("examples", [true]));
    components.refer(Section::Parameters, "Atomic", parameter)
}

fn header(name: &str, description: &str, required: bool, example: &str) -> Object {
    Object::new()
        .with("name", name)
        .with("in", "header")
        .with("description", description)
        .with_some("required", required.then_some(true))
        .with("schema", Object::new().with("type", "string").with("examples", [example]))
}
