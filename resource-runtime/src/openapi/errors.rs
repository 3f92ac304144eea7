use super::{Node, Object};
use crate::error::ErrorCode;

/// What the errors of an API look like: the same for every one of them.
#[derive(Debug, Clone)]
pub struct ErrorModel {
    /// The media type.
    pub media_type: &'static str,
    /// The name of the schema among `schemas` that describes the body of an error.
    pub name: &'static str,
    /// The schemas, by name.
    pub schemas: Vec<(&'static str, Object)>,
    /// The body of an error of a code, as an example.
    pub example: fn(&ErrorCode) -> Object,
}

impl Default for ErrorModel {
    fn default() -> Self {
        Self::problem()
    }
}

const TIMESTAMP: &str = "2026-01-01T12:00:00Z";
const REQUEST_ID: &str = "019b77f0-1a00-7cc3-8f2e-3d5d0b6a4c11";

impl ErrorModel {
    /// Problem details (RFC 9457).
    #[must_use]
    pub fn problem() -> Self {
        let problem = Object::new()
            .with("type", "object")
            .with("description", "Why a request was refused, as RFC 9457 has it. `code` and `params` are stable; `detail` is for people.")
            .with(
                "properties",
                Object::new()
                    .with("type", text_of("uri-reference", "Names the kind of problem."))
                    .with("title", text("The kind of problem, the same for every one of it."))
                    .with("status", status())
                    .with("detail", text("This problem, as a sentence."))
                    .with("instance", text_of("uri-reference", "The path that was asked for."))
                    .with("code", text("The kind of problem, as a stable name."))
                    .with("request_id", text("The request's name in the server's log; `X-Request-ID` has it too."))
                    .with("timestamp", text_of("date-time", "When it happened."))
                    .with("errors", items("ProblemItem")),
            )
            .with("required", ["type", "title", "status", "code"]);
        Self {
            media_type: "application/problem+json",
            name: "Problem",
            schemas: vec![("Problem", problem), ("ProblemItem", item("ProblemItem"))],
            example: |code| {
                Object::new()
                    .with("type", format!("/problems/{}", code.code))
                    .with("title", code.title)
                    .with("status", code.status)
                    .with("code", code.code)
                    .with("request_id", REQUEST_ID)
                    .with("timestamp", TIMESTAMP)
            },
        }
    }

    /// The second form: `{"success": false, "error": …, "message": …}`.
    #[must_use]
    pub fn plain() -> Self {
        let error = Object::new()
            .with("type", "object")
            .with("description", "Why a request was refused. `error` and `params` are stable; `message` is for people.")
            .with(
                "properties",
                Object::new()
                    .with("success", Object::new().with("type", "boolean").with("const", false))
                    .with("error", text("The kind of error, as a stable name."))
                    .with("message", text("This error, as a sentence."))
                    .with("errors", items("ErrorItem"))
                    .with("path", text_of("uri-reference", "The path that was asked for."))
                    .with("request_id", text("The request's name in the server's log; `X-Request-ID` has it too."))
                    .with("timestamp", text_of("date-time", "When it happened.")),
            )
            .with("required", ["success", "error", "message"]);
        Self {
            media_type: "application/json",
            name: "Error",
            schemas: vec![("Error", error), ("ErrorItem", item("ErrorItem"))],
            example: |code| {
                Object::new()
                    .with("success", false)
                    .with("error", code.code)
                    .with("message", code.title)
                    .with("timestamp", TIMESTAMP)
            },
        }
    }
}

/// One of the single problems of a request.
fn item(_name: &str) -> Object {
    Object::new()
        .with("type", "object")
        .with("description", "One thing that is wrong with a request, and where.")
        .with(
            "properties",
            Object::new()
                .with("pointer", text_of("json-pointer", "Where in the body (RFC 6901)."))
                .with("parameter", text("Which parameter of the query or the path."))
                .with("header", text("Which header field."))
                .with("code", text("What is wrong, as a stable name."))
                .with("detail", text("What is wrong, as a sentence."))
                .with(
                    "params",
                    Object::new()
                        .with("type", "object")
                        .with("description", "The figures and names of it.")
                        .with("additionalProperties", true),
                ),
        )
        .with("required", ["code", "detail"])
}

fn items(name: &str) -> Object {
    Object::new()
        .with("type", "array")
        .with("description", "Everything that is wrong with the request.")
        .with("items", Object::reference("schemas", name))
}

fn text(description: &str) -> Object {
    Object::new().with("type", "string").with("description", description)
}

fn text_of(format: &str, description: &str) -> Object {
    Object::new().with("type", "string").with("format", format).with("description", description)
}

fn status() -> Object {
    Object::new()
        .with("type", "integer")
        .with("format", "int32")
        .with("minimum", 100)
        .with("maximum", 599)
        .with("description", "The HTTP status.")
}

/// The error of a bulk request's item: that of a single request, with the item's position.
pub(super) fn bulk_item(model: &ErrorModel) -> Object {
    let index = Object::new()
        .with("type", "integer")
        .with("format", "int32")
        .with("minimum", 0)
        .with("description", "The item's position in the request.");
    let known = model.schemas.iter().find(|(name, _)| *name == model.name).map(|(_, schema)| schema);
    let member = |name: &str| known.and_then(|it| it.get(name));
    let mut properties = Object::new().with("index", index);
    if let Some(Node::Object(members)) = member("properties") {
        for (name, schema) in members.iter() {
            properties.set(name, schema.clone());
        }
    }
    let mut required = vec![Node::from("index")];
    if let Some(Node::Array(names)) = member("required") {
        required.extend(names.iter().cloned());
    }
    Object::new()
        .with("type", "object")
        .with("description", "Why one item was refused; the others stand or fall for themselves.")
        .with("properties", properties)
        .with("required", required)
}
