use rust_decimal::Decimal;

use super::components::Components;
use super::example;
use super::models;
use super::pattern;
use super::{Node, Object};
use crate::field::{Bound, EnumMeta, FieldMeta, IdSource, IntKind, Kind, Role, Rule, RuleMeta, Value};

/// Which side of the wire a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// What a client sends to create: rules and bounds hold, defaults are shown.
    Create,
    /// What a client sends to change: every member may be absent.
    Update,
    /// What leaves the server. Rules are not repeated here: rows may be older than they are.
    Response,
    /// A parameter, as text.
    Parameter,
}

impl Form {
    const fn is_input(self) -> bool {
        !matches!(self, Self::Response)
    }
}

/// Texts that clients send: PostgreSQL keeps no U+0000, so it is refused everywhere. Written so that other languages'
/// patterns mean the same.
const WITHOUT_NUL: &str = r"^[^\x00]*$";

/// A field's schema within a model: its kind, null, rules, and what people are told of it.
pub(super) fn field(field: &FieldMeta, form: Form, components: &mut Components) -> Object {
    let mut schema = if field.as_string { number_in_quotes(&field.kind) } else { of_id(field, form, components) };
    let mut notes = Vec::new();
    if form.is_input() {
        for it in field.rules {
            let note = if field.as_string { range_in_words(it) } else { add_rule(&mut schema, &field.kind, it) };
            if let Some(note) = note {
                notes.push(note);
            }
        }
    } else if let Some(format) = format_of_rules(field.rules) {
        schema.set("format", format);
    }
    let mut schema = if field.nullable { nullable(schema) } else { schema };
    let shown = match default(field).filter(|_| form == Form::Create) {
        // Where a schema has no type, generators write what they find into their language as it is.
        Some(default) if matches!(field.kind, Kind::Json) => {
            notes.push(format!("Without it: `{}`.", String::from_utf8_lossy(&default.to_json())));
            None
        }
        default => default,
    };
    let doc = notes.iter().fold(field.doc.trim().to_owned(), |doc, note| match doc.as_str() {
        "" => note.clone(),
        _ => format!("{doc}\n\n{note}"),
    });
    if !doc.is_empty() {
        schema.set("description", doc);
    }
    if let Some(default) = shown {
        schema.set("default", default);
    }
    match field.example.filter(|_| !field.secret) {
        Some(example) => schema.set("examples", [value_of(field, &example())]),
        // Without one, pages show whatever fits the pattern.
        None if form.is_input() && !schema.has("default") => {
            if let Some(text) = example::text(field) {
                schema.set("examples", [text]);
            }
        }
        None => {}
    }
    if form == Form::Response && !field.access.create && !field.access.update {
        schema.set("readOnly", true);
    }
    if form.is_input() && !field.access.response {
        schema.set("writeOnly", true);
    }
    schema
}

/// The schema of a field's values alone, such as that of an identifier in a path: it is a part of the path, and so no
/// empty text. What a client chooses is judged as `input` does.
pub(super) fn of_id(field: &FieldMeta, form: Form, components: &mut Components) -> Object {
    let schema = of_kind(&field.kind, form, components);
    if !matches!((field.role, &field.kind), (Role::Id(_), Kind::Text))
        || !matches!(form, Form::Create | Form::Parameter)
    {
        return schema;
    }
    let schema = schema.with("minLength", 1);
    if field.role != Role::Id(IdSource::Client) {
        return schema;
    }
    let schema = schema.with("pattern", r"^[^\x00-\x1F\x7F-\x9F]+$").with("maxLength", 255);
    // In a path they are other paths, and no longer this parameter's.
    if form == Form::Parameter {
        return schema;
    }
    schema.with("not", Object::new().with("enum", [".", "..", "bulk", "bulk-delete"]))
}

/// The schema of values of a kind.
pub(super) fn of_kind(kind: &Kind, form: Form, components: &mut Components) -> Object {
    let string = |format: &str| Object::new().with("type", "string").with("format", format);
    let number = |format: &str| Object::new().with("type", "number").with("format", format);
    match kind {
        Kind::Bool => Object::new().with("type", "boolean"),
        Kind::Int(int) => integer(*int, form),
        Kind::F32 => number("float"),
        Kind::F64 => number("double"),
        Kind::Decimal if form.is_input() => {
            number("decimal").with("minimum", Decimal::MIN).with("maximum", Decimal::MAX)
        }
        Kind::Decimal => number("decimal"),
        Kind::Text if form.is_input() => Object::new().with("type", "string").with("pattern", WITHOUT_NUL),
        Kind::Text => Object::new().with("type", "string"),
        Kind::Uuid => string("uuid"),
        Kind::Timestamp => string("date-time"),
        Kind::Date => string("date"),
        // JSON Schema's `time` has an offset; this is OpenAPI's name for one without.
        Kind::Time => string("time-local").with("pattern", r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$"),
        Kind::Enum(meta) => components.schema(meta.name, enumeration(meta)),
        Kind::Object(meta) => models::object(meta, form, components),
        // A list is replaced as a whole, in an update too.
        Kind::List(item) => {
            let form = if form == Form::Update { Form::Create } else { form };
            Object::new().with("type", "array").with("items", of_kind(item, form, components))
        }
        Kind::Json => Object::new().with("not", Object::new().with("type", "null")),
    }
}

/// A number that is a string in bodies: written as JSON writes numbers.
///
/// Without a format: generators make a number of a text that is a `decimal`, and send one.
fn number_in_quotes(kind: &Kind) -> Object {
    let pattern = match kind {
        Kind::Int(_) => r"^-?(0|[1-9]\d*)(\.0+)?([eE][+-]?\d+)?$",
        _ => r"^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$",
    };
    Object::new().with("type", "string").with("pattern", pattern)
}

/// What a schema cannot say of a number that is a string.
fn range_in_words(rule: &RuleMeta) -> Option<String> {
    let Rule::Range { min, max, exclusive_min, exclusive_max } = rule.rule else {
        return rule.message.map(str::to_owned);
    };
    let bounds = [("at least", min), ("greater than", exclusive_min), ("at most", max), ("less than", exclusive_max)];
    let words =
        bounds.iter().filter_map(|(words, bound)| Some(format!("{words} {}", bound.as_ref()?.value().normalize())));
    Some(format!("Must be {}.", words.collect::<Vec<_>>().join(" and ")))
}

/// A value of a field, as bodies have it.
pub(super) fn value_of(field: &FieldMeta, value: &Value) -> Node {
    match Node::of_value(value, &field.kind) {
        Node::Number(it) if field.as_string => Node::Text(it),
        it => it,
    }
}

/// Bounds stand where a client sends the number; in answers they would only be noise.
fn integer(int: IntKind, form: Form) -> Object {
    let format = match int {
        IntKind::I8 | IntKind::I16 | IntKind::I32 | IntKind::U8 | IntKind::U16 => "int32",
        IntKind::I64 | IntKind::U32 => "int64",
    };
    let schema = Object::new().with("type", "integer").with("format", format);
    if form.is_input() { schema.with("minimum", int.min()).with("maximum", int.max()) } else { schema }
}

fn enumeration(meta: &EnumMeta) -> Object {
    let documented = meta.variants.iter().any(|it| !it.doc.is_empty());
    let mut doc = meta.doc.trim().to_owned();
    if documented {
        for it in meta.variants {
            let gap = if doc.is_empty() { "" } else { "\n" };
            let colon = if it.doc.is_empty() { "" } else { ": " };
            doc = format!("{doc}{gap}- `{}`{colon}{}", it.name, it.doc.trim());
        }
    }
    let descriptions = documented.then(|| meta.variants.iter().map(|it| it.doc.trim()).collect::<Vec<_>>());
    Object::new()
        .with("type", "string")
        .with_text("description", &doc)
        .with("enum", meta.names().collect::<Vec<_>>())
        .with_some("x-enum-descriptions", descriptions)
}

/// The schema with null as one more value.
pub(super) fn nullable(mut schema: Object) -> Object {
    if let Some(kind @ Node::Text(_)) = schema.get_mut("type") {
        let name = std::mem::replace(kind, Node::Null);
        *kind = [name, Node::from("null")].into();
        return schema;
    }
    // Any JSON value: null is one of them.
    if schema.has("not") {
        return Object::new();
    }
    Object::new().with("anyOf", [schema, Object::new().with("type", "null")])
}

/// Adds what a rule says to the schema; what a schema cannot say is a sentence for people.
fn add_rule(schema: &mut Object, kind: &Kind, rule: &RuleMeta) -> Option<String> {
    let is_list = matches!(kind, Kind::List(_));
    match rule.rule {
        Rule::Length { min, max, equal } => {
            let (least, most) = if is_list { ("minItems", "maxItems") } else { ("minLength", "maxLength") };
            if let Some(min) = equal.or(min) {
                schema.set(least, min);
            }
            if let Some(max) = equal.or(max) {
                schema.set(most, max);
            }
        }
        Rule::Range { min, max, exclusive_min, exclusive_max } => {
            let mut bound_by = |name: &str, bound: Option<Decimal>, wider: fn(&Decimal, &Decimal) -> bool| {
                let Some(bound) = bound else { return };
                // The type's own bound goes where the rule's is narrower, and stays where it is not.
                let inclusive = if name.ends_with("inimum") { "minimum" } else { "maximum" };
                let own = match schema.get(inclusive) {
                    Some(Node::Number(own)) => own.parse::<Decimal>().ok(),
                    _ => None,
                };
                match own {
                    Some(own) if wider(&own, &bound) && name == inclusive => {}
                    Some(own) if wider(&own, &bound) => drop(schema.remove(inclusive)),
                    Some(_) if name == inclusive => return,
                    _ => {}
                }
                schema.set(name, bound.normalize());
            };
            let value = |bound: Option<Bound>| bound.map(|it| it.value());
            bound_by("minimum", value(min), Decimal::le);
            bound_by("maximum", value(max), Decimal::ge);
            if matches!(kind, Kind::Int(_)) {
                // The nearest number that is allowed: every reader has a place for it.
                let above = |it: Decimal| it.floor().checked_add(Decimal::ONE);
                let below = |it: Decimal| it.ceil().checked_sub(Decimal::ONE);
                bound_by("minimum", value(exclusive_min).and_then(above), Decimal::le);
                bound_by("maximum", value(exclusive_max).and_then(below), Decimal::ge);
            } else {
                bound_by("exclusiveMinimum", value(exclusive_min), Decimal::le);
                bound_by("exclusiveMaximum", value(exclusive_max), Decimal::ge);
            }
        }
        Rule::Email | Rule::Url => {
            forget_nul(schema);
            schema.set("format", format_of_rules(&[*rule])?);
        }
        Rule::Regex(regex) => add_pattern(schema, &pattern::to_ecma(regex().as_str())?),
        Rule::Contains(text) if is_list => schema.set("contains", Object::new().with("const", text)),
        Rule::Contains(text) => add_pattern(schema, &pattern::containing(text)),
        Rule::DoesNotContain(text) if is_list => {
            schema.set("not", Object::new().with("contains", Object::new().with("const", text)));
        }
        Rule::DoesNotContain(text) => {
            schema.set("not", Object::new().with("pattern", pattern::containing(text)));
        }
        Rule::MustMatch(other) => return Some(format!("Must be the same as `{other}`.")),
        Rule::Custom(_) => return rule.message.map(str::to_owned),
    }
    None
}

fn format_of_rules(rules: &[RuleMeta]) -> Option<&'static str> {
    rules.iter().find_map(|it| match it.rule {
        Rule::Email => Some("email"),
        Rule::Url => Some("uri"),
        _ => None,
    })
}

/// What says more of a text takes the place of [`WITHOUT_NUL`].
pub(super) fn forget_nul(schema: &mut Object) {
    if schema.get("pattern").and_then(Node::as_text) == Some(WITHOUT_NUL) {
        schema.remove("pattern");
    }
}

/// A schema has one `pattern`; the second one of a field's rules goes into an `allOf`.
fn add_pattern(schema: &mut Object, pattern: &str) {
    forget_nul(schema);
    if !schema.has("pattern") {
        schema.set("pattern", pattern);
        return;
    }
    let more = Object::new().with("pattern", pattern);
    match schema.get_mut("allOf") {
        Some(Node::Array(all)) => all.push(more.into()),
        _ => schema.set("allOf", [more]),
    }
}

/// The value of an absent field, where it is the same whenever it is asked for.
pub(super) fn default(field: &FieldMeta) -> Option<Node> {
    let default = field.default.filter(|_| !field.secret)?;
    // Identifiers and moments are made anew each time.
    if field.role != Role::Plain || matches!(field.kind, Kind::Uuid | Kind::Timestamp | Kind::Date | Kind::Time) {
        return None;
    }
    let value: Value = default();
    (value == default()).then(|| value_of(field, &value))
}
