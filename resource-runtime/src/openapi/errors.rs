use jiff::Timestamp;

use super::{Node, Object};
use crate::error::{ApiError, Envelope, ErrorCode, Problem, ProblemDetails, Report};

/// What the errors of an API look like: the same for every one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorModel {
    /// The media type.
    pub media_type: &'static str,
    /// The name of the schema among `schemas` that describes an error.
    pub name: &'static str,
    /// The schemas, by name.
    pub schemas: Vec<(&'static str, Object)>,
    /// The schema of an error of one item of a batch, of which less is known.
    pub batch_item: Object,
    /// An error of each code, as an example.
    pub examples: Vec<(ErrorCode, Node)>,
}

impl Default for ErrorModel {
    fn default() -> Self {
        Self::of(&ProblemDetails::default())
    }
}

const INSTANCE: &str = "/api/v1/books";
const REQUEST_ID: &str = "019b77f0-1a00-7cc3-8f2e-3d5d0b6a4c11";
/// 2026-01-01T12:00:00Z
const TIMESTAMP: i64 = 1_767_268_800_000_000;

impl ErrorModel {
    /// What an envelope writes, found out by letting it write.
    ///
    /// # Design
    ///
    /// A schema beside the code that writes can be wrong, and would be one more thing to write for
    /// every envelope. What an envelope always writes is required, what it writes sometimes is not;
    /// members with names that everybody knows get their formats and a description.
    #[must_use]
    pub fn of(envelope: &dyn Envelope) -> Self {
        let (name, item_name) = match envelope.media_type() {
            "application/problem+json" => ("Problem", "ProblemItem"),
            _ => ("Error", "ErrorItem"),
        };
        let bare = ApiError::new(ErrorCode::NOT_FOUND);
        let full = ApiError::new(ErrorCode::VALIDATION_FAILED)
            .detail("detail")
            .problem(Problem::pointer("/a", "code", "detail").param("min", 0))
            .problem(Problem::parameter("a", "code", "detail"))
            .problem(Problem::header("If-Match", "code", "detail"));
        let whole = [written(envelope, &of_request(&full)), written(envelope, &of_request(&bare))];
        let single = [written(envelope, &Report::new(&full)), written(envelope, &Report::new(&bare))];

        let mut items = None;
        let schema = merged(&whole, item_name, &mut items).with("description", "Why a request was refused.");
        let mut item_of_batch = merged(&single, item_name, &mut items);
        let index = Object::new()
            .with("type", "integer")
            .with("format", "int32")
            .with("minimum", 0)
            .with("description", "The item's position in the batch.");
        item_of_batch = prepended(&item_of_batch, "index", index)
            .with("description", "Why one item was refused; the others stand or fall for themselves.");
        let examples = ErrorCode::ALL.iter().map(|code| {
            let error = ApiError::new(*code);
            (*code, written(envelope, &of_request(&error)))
        });
        Self {
            media_type: envelope.media_type(),
            name,
            schemas: [(name, schema)].into_iter().chain(items.map(|it| (item_name, it))).collect(),
            batch_item: item_of_batch,
            examples: examples.collect(),
        }
    }

    pub(super) fn example(&self, code: &ErrorCode) -> Option<&Node> {
        self.examples.iter().find(|(it, _)| it == code).map(|(_, example)| example)
    }
}

/// An error with all that is known where it answers a request.
fn of_request(error: &ApiError) -> Report<'_> {
    Report {
        error,
        instance: Some(INSTANCE),
        request_id: Some(REQUEST_ID),
        timestamp: Timestamp::from_microsecond(TIMESTAMP).ok(),
    }
}

fn written(envelope: &dyn Envelope, report: &Report<'_>) -> Node {
    let mut json = Vec::new();
    envelope.write(report, &mut json);
    serde_json::from_slice(&json).unwrap_or_else(|_| Object::new().into())
}

/// The schema of objects such as these; required is what all of them have.
fn merged(samples: &[Node], item_name: &str, items: &mut Option<Object>) -> Object {
    let objects = samples.iter().filter_map(Node::as_object).collect::<Vec<_>>();
    let mut properties = Object::new();
    for object in &objects {
        for (name, value) in object.iter() {
            if !properties.has(name) {
                properties.set(name, member(name, value, item_name, items));
            }
        }
    }
    let names = properties.iter().map(|(name, _)| name);
    let required = names.filter(|name| objects.iter().all(|it| it.has(name))).map(Node::from).collect::<Vec<_>>();
    Object::new()
        .with("type", "object")
        // Its place is kept: it is said later what the object is.
        .with("description", "")
        .with("properties", properties)
        .with_some("required", (!required.is_empty()).then_some(required))
}

fn member(name: &str, value: &Node, item_name: &str, items: &mut Option<Object>) -> Object {
    let of_type = |it: &str| Object::new().with("type", it);
    let schema = match value {
        Node::Null => Object::new(),
        Node::Bool(it) => of_type("boolean").with("const", *it),
        Node::Number(_) if name == "status" => {
            of_type("integer").with("format", "int32").with("minimum", 400).with("maximum", 599)
        }
        Node::Number(_) => of_type("number"),
        Node::Text(_) => of_type("string").with_some("format", format(name)),
        Node::Array(samples) if samples.iter().all(|it| it.as_object().is_some()) => {
            if !samples.is_empty() && items.is_none() {
                let item = merged(samples, item_name, &mut None);
                *items = Some(item.with("description", "One thing that is wrong with a request, and where."));
            }
            of_type("array").with("items", Object::reference("schemas", item_name))
        }
        Node::Array(_) => of_type("array"),
        Node::Object(_) => of_type("object").with("additionalProperties", true),
    };
    schema.with_text("description", description(name))
}

fn format(name: &str) -> Option<&'static str> {
    match name {
        "type" | "instance" | "path" => Some("uri-reference"),
        "timestamp" => Some("date-time"),
        "pointer" => Some("json-pointer"),
        _ => None,
    }
}

fn description(name: &str) -> &'static str {
    match name {
        "type" => "Names the kind of error.",
        "title" => "The kind of error, the same for every one of it.",
        "status" => "The HTTP status.",
        "detail" | "message" => "What is wrong, as a sentence for people.",
        "instance" | "path" => "The path that was asked for.",
        "code" | "error" => "What is wrong, as a stable name.",
        "request_id" => "The request's name in the server's log, as in `X-Request-ID`.",
        "timestamp" => "When it happened.",
        "errors" => "Everything that is wrong with the request.",
        "pointer" => "Where in the body (RFC 6901).",
        "parameter" => "Which parameter of the query or the path.",
        "header" => "Which header field.",
        "params" => "The figures and names of it.",
        _ => "",
    }
}

/// An object's schema with one more member in front, which is required.
fn prepended(schema: &Object, name: &str, first: Object) -> Object {
    let mut properties = Object::new().with(name, first);
    if let Some(Node::Object(members)) = schema.get("properties") {
        for (name, value) in members.iter() {
            properties.set(name, value.clone());
        }
    }
    let mut required = vec![Node::from(name)];
    if let Some(Node::Array(names)) = schema.get("required") {
        required.extend(names.iter().cloned());
    }
    schema.clone().with("properties", properties).with("required", required)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::SuccessFlag;

    fn names(model: &ErrorModel, schema: &str, list: &str) -> String {
        let (_, schema) = model.schemas.iter().find(|(name, _)| *name == schema).unwrap();
        match schema.get(list) {
            Some(Node::Array(it)) => it.iter().filter_map(Node::as_text).collect::<Vec<_>>().join(" "),
            Some(Node::Object(it)) => it.iter().map(|(name, _)| name).collect::<Vec<_>>().join(" "),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn problem_details_are_described_as_they_are_written() {
        let model = ErrorModel::default();
        assert_eq!(model.media_type, "application/problem+json");
        let always = "type title status detail instance code request_id timestamp";
        assert_eq!(names(&model, "Problem", "properties"), format!("{always} errors"));
        assert_eq!(names(&model, "Problem", "required"), always);
        assert_eq!(names(&model, "ProblemItem", "properties"), "pointer code detail params parameter header");
        assert_eq!(names(&model, "ProblemItem", "required"), "code detail");
        let example = model.example(&ErrorCode::NOT_FOUND).and_then(|it| it.pointer("/status"));
        assert_eq!(example, Some(&404.into()));
    }

    #[test]
    fn the_second_envelope_is_described_as_it_is_written() {
        let model = ErrorModel::of(&SuccessFlag);
        assert_eq!((model.media_type, model.name), ("application/json", "Error"));
        assert_eq!(names(&model, "Error", "required"), "success error message errors path timestamp");
        assert_eq!(names(&model, "ErrorItem", "required"), "code detail");
    }

    #[test]
    fn an_item_of_a_batch_knows_no_request() {
        let item = Node::from(ErrorModel::default().batch_item);
        assert_eq!(
            item.pointer("/required").unwrap().to_json(),
            br#"["index","type","title","status","detail","code"]"#
        );
        assert!(item.pointer("/properties/errors").is_some() && item.pointer("/properties/timestamp").is_none());
    }

    #[test]
    fn an_envelope_that_writes_no_json_is_some_object() {
        struct Broken;
        impl Envelope for Broken {
            fn media_type(&self) -> &'static str {
                "application/json"
            }

            fn write(&self, _: &Report<'_>, out: &mut Vec<u8>) {
                out.extend_from_slice(b"oh no");
            }
        }
        let model = ErrorModel::of(&Broken);
        assert_eq!(model.schemas.len(), 1);
        assert!(model.schemas[0].1.get("required").is_none());
    }
}
