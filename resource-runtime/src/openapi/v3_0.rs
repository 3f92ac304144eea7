use super::schema::forget_nul;
use super::walk::{Place, rebuilt};
use super::{Node, Object};

/// The same document in OpenAPI 3.0.3, for generators that read nothing newer.
///
/// # Design
///
/// What 3.0 has other words for is said in them: `nullable`, `exclusiveMinimum` as a flag, `enum` for
/// `const`, one `example`. What it has no words for is left out, which makes a schema wider and never
/// wrong (`dependentRequired`, `contains`). Three things are for generators rather than for the
/// standard, and the server does all of them: an update is `application/json`, since few know merge
/// patches; the preference for an answer without a body is not offered, since progenitor
/// refuses operations that succeed in two shapes; and that texts have no U+0000 is left out, since
/// progenitor makes a type of every pattern.
#[must_use]
pub fn v3_0(document: &Node) -> Node {
    let type_of = |reference: &str| document.pointer(reference.strip_prefix('#')?)?.pointer("/type").cloned();
    let mut older = rebuilt(document, Place::Document, &mut |place, object| match place {
        Place::Document => top(object),
        Place::License => license(object),
        Place::Components => without(object, &["pathItems"]),
        Place::Operation => operation(object),
        Place::RequestBody => request_body(object),
        Place::Schema => schema(object, &type_of),
        _ => object,
    });
    forget_preferences(&mut older);
    older
}

fn without(mut object: Object, names: &[&str]) -> Object {
    for name in names {
        object.remove(name);
    }
    object
}

fn top(document: Object) -> Object {
    let mut document = without(document, &["jsonSchemaDialect", "webhooks"]).with("openapi", "3.0.3");
    let schemes = document.pointer("/components/securitySchemes").cloned();
    // Scopes belong to schemes that know them; elsewhere 3.0 wants an empty list.
    let has_scopes = |name: &str| {
        let kind = schemes.as_ref().and_then(|it| it.as_object()?.get(name)?.as_object()?.get("type")?.as_text());
        matches!(kind, Some("oauth2" | "openIdConnect"))
    };
    if let Some(Node::Object(paths)) = document.get_mut("paths") {
        for operation in paths.values_mut().filter_map(Node::as_object_mut).flat_map(Object::values_mut) {
            let Some(Node::Array(all)) = operation.as_object_mut().and_then(|it| it.get_mut("security")) else {
                continue;
            };
            for requirement in all.iter_mut().filter_map(Node::as_object_mut) {
                for (name, scopes) in requirement.iter_mut() {
                    if !has_scopes(name) {
                        *scopes = Node::Array(Vec::new());
                    }
                }
            }
        }
    }
    document
}

fn license(mut license: Object) -> Object {
    // An expression of several licences has no page.
    if let Some(Node::Text(identifier)) = license.remove("identifier")
        && !license.has("url")
        && !identifier.contains(' ')
    {
        license.set("url", format!("https://spdx.org/licenses/{identifier}.html"));
    }
    license
}

const PARAMETERS: &str = "#/components/parameters/";
/// What references to its parameters begin with.
const PREFER: &str = "#/components/parameters/Prefer";

fn operation(mut operation: Object) -> Object {
    let is_prefer = |it: &Node| it.pointer("/$ref").and_then(Node::as_text).is_some_and(|it| it.starts_with(PREFER));
    let Some(Node::Array(parameters)) = operation.get_mut("parameters") else { return operation };
    if !parameters.iter().any(is_prefer) {
        return operation;
    }
    if let Some(Node::Object(responses)) = operation.get_mut("responses") {
        let has_body = |(status, it): (&str, &Node)| status.starts_with('2') && it.pointer("/content").is_some();
        let has_one = responses.iter().any(has_body);
        if has_one && responses.get("204").is_some() {
            responses.remove("204");
            if let Some(Node::Array(parameters)) = operation.get_mut("parameters") {
                parameters.retain(|it| !is_prefer(it));
            }
        }
    }
    operation
}

/// Preferences that no operation offers any more are no parameters of the document.
fn forget_preferences(document: &mut Node) {
    let all = |document: &Node| -> Vec<String> {
        let parameters = document.pointer("/components/parameters").and_then(Node::as_object);
        parameters.into_iter().flat_map(Object::iter).map(|(name, _)| format!("{PARAMETERS}{name}")).collect()
    };
    let is_left = |it: &String| it.starts_with(PREFER) && !refers(document, it);
    let left: Vec<_> = all(document).into_iter().filter(is_left).collect();
    let components = document.as_object_mut().and_then(|it| it.get_mut("components")?.as_object_mut());
    if let Some(Node::Object(parameters)) = components.and_then(|it| it.get_mut("parameters")) {
        for name in left {
            parameters.remove(name.trim_start_matches(PARAMETERS));
        }
    }
}

/// Whether anything in it refers to that place.
fn refers(node: &Node, place: &str) -> bool {
    match node {
        Node::Object(it) => it.iter().any(|(name, it)| match it {
            Node::Text(it) => name == "$ref" && it == place,
            _ => refers(it, place),
        }),
        Node::Array(all) => all.iter().any(|it| refers(it, place)),
        _ => false,
    }
}

fn request_body(mut body: Object) -> Object {
    const MERGE_PATCH: &str = "application/merge-patch+json";
    if let Some(Node::Object(content)) = body.get_mut("content")
        && !content.has("application/json")
        && let Some(media_type) = content.remove(MERGE_PATCH)
    {
        content.set("application/json", media_type);
    }
    body
}

/// Keywords of JSON Schema that 3.0 has not.
const UNKNOWN: [&str; 23] = [
    "$schema",
    "$id",
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicRef",
    "$dynamicAnchor",
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "prefixItems",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
];

fn schema(schema: Object, type_of: &TypeOf<'_>) -> Object {
    let mut schema = without(schema, &UNKNOWN);
    // A type of its own for every text is too high a price for one character.
    forget_nul(&mut schema);
    if let Some(value) = schema.remove("const") {
        schema.set("enum", [value]);
    }
    if let Some(Node::Array(examples)) = schema.remove("examples")
        && let Some(first) = examples.into_iter().next()
        && !schema.has("example")
    {
        schema.set("example", first);
    }
    exclusive(&mut schema, "minimum", "exclusiveMinimum", |inclusive, exclusive| inclusive > exclusive);
    exclusive(&mut schema, "maximum", "exclusiveMaximum", |inclusive, exclusive| inclusive < exclusive);
    not(&mut schema);
    let mut schema = types(schema);
    for keyword in ["anyOf", "oneOf"] {
        schema = nullable(schema, keyword, type_of);
    }
    if schema.get("type").and_then(Node::as_text) == Some("array") && !schema.has("items") {
        schema.set("items", Object::new());
    }
    alone(schema)
}

/// A bound and whether it is met by the bound itself, of two bounds.
fn exclusive(
    schema: &mut Object,
    inclusive: &str,
    exclusive: &str,
    tighter: fn(rust_decimal::Decimal, rust_decimal::Decimal) -> bool,
) {
    let number = |it: Option<&Node>| match it {
        Some(Node::Number(text)) => text.parse().ok(),
        _ => None,
    };
    let Some(bound @ Node::Number(_)) = schema.get(exclusive).cloned() else { return };
    let (own, other) = (number(Some(&bound)), number(schema.get(inclusive)));
    if let (Some(own), Some(other)) = (own, other)
        && tighter(other, own)
    {
        schema.remove(exclusive);
        return;
    }
    schema.set(inclusive, bound);
    schema.set(exclusive, true);
}

/// `not` of what 3.0 cannot say, null among it, says nothing any more.
fn not(schema: &mut Object) {
    let says_nothing = match schema.get("not") {
        Some(Node::Object(it)) => it.is_empty() || it.get("nullable").is_some(),
        _ => return,
    };
    if says_nothing {
        schema.remove("not");
    }
}

/// One type, and whether null is another.
fn types(mut schema: Object) -> Object {
    let types = match schema.get("type") {
        Some(Node::Array(types)) => types.clone(),
        // Null alone: nothing has it, but a type has to be said for `nullable`.
        Some(Node::Text(it)) if it == "null" => vec![Node::from("null")],
        _ => return schema,
    };
    let has_null = types.contains(&"null".into());
    let mut others: Vec<Node> = types.into_iter().filter(|it| *it != Node::from("null")).collect();
    match (others.pop(), others.is_empty()) {
        (Some(one), true) => schema.set("type", one),
        (Some(last), false) => {
            others.push(last);
            schema.remove("type");
            schema.set("anyOf", others.into_iter().map(|it| Object::new().with("type", it)).collect::<Vec<_>>());
        }
        (None, _) => {
            schema.remove("type");
            schema.set("enum", [Node::Null]);
        }
    }
    if has_null {
        schema.set("nullable", true);
    }
    schema
}

/// The type of what a reference leads to.
type TypeOf<'a> = dyn Fn(&str) -> Option<Node> + 'a;

/// Alternatives of which one is null: the others, and that null is one more.
///
/// `nullable` means something beside a `type` only, so that of the one alternative is said again.
fn nullable(mut schema: Object, keyword: &str, type_of: &TypeOf<'_>) -> Object {
    let is_null = |it: &Node| it.pointer("/enum") == Some(&Node::Array(vec![Node::Null]));
    let Some(Node::Array(all)) = schema.get_mut(keyword) else { return schema };
    let before = all.len();
    all.retain(|it| !is_null(it));
    if all.len() == before {
        return schema;
    }
    if let [one] = all.as_slice() {
        let one = one.clone();
        let target = one.pointer("/$ref").and_then(Node::as_text);
        let own = one.pointer("/type").cloned();
        if let Some(kind @ Node::Text(_)) = target.map_or(own, type_of) {
            schema.set("type", kind);
        }
        schema.remove(keyword);
        schema.set("allOf", [one]);
    }
    schema.with("nullable", true)
}

/// What stands beside a reference would be ignored.
fn alone(mut schema: Object) -> Object {
    if schema.len() < 2 {
        return schema;
    }
    match schema.remove("$ref") {
        Some(target) => {
            let reference = Node::from(Object::new().with("$ref", target));
            match schema.get_mut("allOf") {
                Some(Node::Array(all)) => all.insert(0, reference),
                _ => schema.set("allOf", [reference]),
            }
            schema
        }
        None => schema,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(json: &str) -> Node {
        serde_json::from_str(json).unwrap()
    }

    #[track_caller]
    fn check(newer: &str, older: &str) {
        let other = Object::new().with("type", "object");
        let schemas = Object::new().with("A", node(newer)).with("B", other);
        let document = Object::new().with("components", Object::new().with("schemas", schemas));
        let converted = v3_0(&document.into());
        assert_eq!(converted.pointer("/components/schemas/A").unwrap(), &node(older), "{newer}");
    }

    #[test]
    fn null_is_no_type_but_a_flag() {
        check(r#"{"type": ["string", "null"]}"#, r#"{"type": "string", "nullable": true}"#);
        check(
            r##"{"anyOf": [{"$ref": "#/components/schemas/B"}, {"type": "null"}]}"##,
            r##"{"type": "object", "allOf": [{"$ref": "#/components/schemas/B"}], "nullable": true}"##,
        );
        check(
            r#"{"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]}"#,
            r#"{"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": true}"#,
        );
        check(
            r#"{"type": ["string", "integer", "null"]}"#,
            r#"{"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": true}"#,
        );
        // Any value but null: 3.0 cannot say it of a schema without a type.
        check(r#"{"not": {"type": "null"}}"#, "{}");
    }

    #[test]
    fn exclusive_bounds_are_flags() {
        check(r#"{"exclusiveMinimum": 0}"#, r#"{"minimum": 0, "exclusiveMinimum": true}"#);
        check(r#"{"minimum": 1, "exclusiveMinimum": 0}"#, r#"{"minimum": 1}"#);
        check(r#"{"maximum": 9, "exclusiveMaximum": 9}"#, r#"{"maximum": 9, "exclusiveMaximum": true}"#);
        check(r#"{"maximum": 5, "exclusiveMaximum": 9}"#, r#"{"maximum": 5}"#);
    }

    #[test]
    fn what_3_0_has_no_word_for_is_left_out() {
        check(r#"{"const": "*", "examples": ["a", "b"]}"#, r#"{"enum": ["*"], "example": "a"}"#);
        check(r#"{"type": "string", "pattern": "^[^\\x00]*$"}"#, r#"{"type": "string"}"#);
        check(r#"{"type": "array", "contains": {"const": "a"}}"#, r#"{"type": "array", "items": {}}"#);
        check(r#"{"type": "object", "dependentRequired": {"a": ["b"]}}"#, r#"{"type": "object"}"#);
        check(
            r##"{"$ref": "#/components/schemas/B", "default": "x"}"##,
            r##"{"default": "x", "allOf": [{"$ref": "#/components/schemas/B"}]}"##,
        );
    }

    #[test]
    fn fields_that_are_called_like_keywords_stay() {
        let fields = r#"{"properties": {"examples": {"type": "string"}, "const": {"type": "string"}, "if": {}}}"#;
        check(fields, fields);
        check(
            r#"{"examples": [{"const": 1, "type": ["string", "null"]}]}"#,
            r#"{"example": {"const": 1, "type": ["string", "null"]}}"#,
        );
    }

    #[test]
    fn a_licence_has_a_page_and_scopes_their_schemes() {
        let older = v3_0(&node(
            r#"{
                "info": {"license": {"name": "MIT", "identifier": "MIT"}},
                "paths": {"/a": {"get": {"security": [{"token": ["read"], "login": ["read"]}]}}},
                "components": {"securitySchemes": {"token": {"type": "http"}, "login": {"type": "oauth2"}}}
            }"#,
        ));
        assert_eq!(older.pointer("/info/license/url"), Some(&"https://spdx.org/licenses/MIT.html".into()));
        assert!(older.pointer("/info/license/identifier").is_none());
        let several = v3_0(&node(r#"{"info": {"license": {"name": "Both", "identifier": "MIT OR Apache-2.0"}}}"#));
        assert_eq!(several.pointer("/info/license").unwrap().to_json(), br#"{"name":"Both"}"#);
        let security = older.pointer("/paths/~1a/get/security/0").unwrap();
        assert_eq!(security.to_json(), br#"{"token":[],"login":["read"]}"#);
    }

    #[test]
    fn preferences_that_no_operation_offers_are_not_among_the_parameters() {
        let document = r##"{
            "paths": {"/notes": {"patch": {
                "parameters": [{"$ref": "#/components/parameters/PreferMaxAffected"}],
                "responses": {"200": {"description": "a", "content": {}}, "204": {"description": "b"}}
            }, "delete": {"parameters": [{"$ref": "#/components/parameters/Prefer"}]}}},
            "components": {"parameters": {"Prefer": {}, "PreferMaxAffected": {}, "Other": {}}}
        }"##;
        let older = v3_0(&serde_json::from_str(document).unwrap());
        let parameters = older.pointer("/components/parameters").and_then(Node::as_object).unwrap();
        let names: Vec<_> = parameters.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["Prefer", "Other"]);
    }
}
