use super::components::Components;
use super::{ErrorModel, Node, Object, Requirement, names};
use crate::error::ErrorCode;

/// What one operation can answer, gathered by status.
#[derive(Debug)]
pub(super) struct Responses {
    success: Vec<(u16, Object)>,
    codes: Vec<ErrorCode>,
    deprecated: bool,
}

impl Responses {
    pub(super) const fn new() -> Self {
        Self { success: Vec::new(), codes: Vec::new(), deprecated: false }
    }

    /// With an answer that is no error; `X-Request-ID` and `X-Process-Time` are added.
    pub(super) fn success(mut self, status: u16, answer: Answer, components: &mut Components) -> Self {
        self.success.push((status, answer.into_object(components)));
        self
    }

    /// With errors of these codes.
    pub(super) fn errors(mut self, codes: &[ErrorCode]) -> Self {
        self.codes.extend(codes);
        self
    }

    /// With errors of these codes, where a condition holds.
    pub(super) fn errors_if(self, condition: bool, codes: &[ErrorCode]) -> Self {
        if condition { self.errors(codes) } else { self }
    }

    /// With the header fields of what is on its way out, in all of them.
    pub(super) const fn deprecated(mut self, is_deprecated: bool) -> Self {
        self.deprecated = is_deprecated;
        self
    }

    /// With what guards refuse with.
    pub(super) fn guarded(mut self, requirements: &[Requirement], components: &mut Components) -> Self {
        for it in requirements {
            components.security_scheme(&it.scheme);
            self.codes.extend(&it.refusals);
        }
        self
    }

    /// By status, in ascending order; errors as components, since most operations share them.
    pub(super) fn finish(self, model: &ErrorModel, components: &mut Components) -> Object {
        let mut all = self.success;
        if self.deprecated {
            for (_, answer) in &mut all {
                if let Some(Node::Object(headers)) = answer.get_mut("headers") {
                    add_deprecation(headers, components);
                }
            }
        }
        let mut codes: Vec<ErrorCode> = Vec::with_capacity(self.codes.len());
        for code in self.codes {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        codes.sort_by_key(|it| it.status);
        for codes in codes.chunk_by(|a, b| a.status == b.status) {
            if let Some(first) = codes.first() {
                all.push((first.status, error(codes, self.deprecated, model, components)));
            }
        }
        all.sort_by_key(|it| it.0);
        all.into_iter().map(|(status, response)| (status.to_string(), response)).collect()
    }
}

/// An answer that is no error.
#[derive(Debug)]
pub(super) struct Answer {
    description: String,
    headers: Vec<&'static str>,
    /// By media type.
    content: Object,
    links: Object,
}

impl Answer {
    pub(super) fn new(description: impl Into<String>) -> Self {
        Self { description: description.into(), headers: Vec::new(), content: Object::new(), links: Object::new() }
    }

    /// With a body of JSON.
    pub(super) fn body(self, schema: Object) -> Self {
        self.body_as("application/json", schema)
    }

    /// With a body of a media type, beside others.
    pub(super) fn body_as(mut self, media_type: &str, schema: Object) -> Self {
        self.content.set(media_type, Object::new().with("schema", schema));
        self
    }

    /// With header fields of [`header`].
    pub(super) fn headers(mut self, names: &[&'static str]) -> Self {
        self.headers.extend(names);
        self
    }

    /// With operations that take up what this one gave.
    pub(super) fn links(mut self, links: Object) -> Self {
        self.links = links;
        self
    }

    fn into_object(self, components: &mut Components) -> Object {
        let names = self.headers.iter().chain(&["X-Request-ID", "X-Process-Time"]);
        let headers = names.map(|name| (*name, header(name, components))).collect::<Object>();
        Object::new()
            .with("description", self.description)
            .with("headers", headers)
            .with_some("content", (!self.content.is_empty()).then_some(self.content))
            .with_some("links", (!self.links.is_empty()).then_some(self.links))
    }
}

pub(super) fn content(media_type: &str, schema: Object) -> Object {
    Object::new().with(media_type, Object::new().with("schema", schema))
}

/// The errors of one status that an operation can answer with.
fn error(codes: &[ErrorCode], is_deprecated: bool, model: &ErrorModel, components: &mut Components) -> Object {
    let mut name = codes.iter().map(|it| names::pascal(it.code)).collect::<Vec<_>>().join("Or");
    if is_deprecated {
        name.push_str("Deprecated");
    }
    components.errors(&name, codes, model, |components| error_response(codes, is_deprecated, model, components))
}

fn error_response(codes: &[ErrorCode], is_deprecated: bool, model: &ErrorModel, components: &mut Components) -> Object {
    let description = codes.iter().enumerate().fold(String::new(), |text, (index, it)| match index {
        0 => it.title.to_owned(),
        _ => format!("{text}, or {}", lower_first(it.title)),
    });
    let mut header_names = vec!["X-Request-ID", "X-Process-Time"];
    match codes.first().map_or(0, |it| it.status) {
        401 => header_names.push("WWW-Authenticate"),
        429 | 503 => header_names.push("Retry-After"),
        _ => {}
    }
    let mut headers = header_names.into_iter().map(|name| (name, header(name, components))).collect::<Object>();
    if is_deprecated {
        add_deprecation(&mut headers, components);
    }
    let examples = codes.iter().filter_map(|it| {
        let value = model.example(it)?.clone();
        Some((it.code, Object::new().with("summary", it.title).with("value", value)))
    });
    let body = Object::new()
        .with("schema", Object::reference("schemas", model.name))
        .with("examples", examples.collect::<Object>());
    Object::new()
        .with("description", description)
        .with("headers", headers)
        .with("content", Object::new().with(model.media_type, body))
}

/// `Malformed JSON` within a sentence; `URI too long` stays.
fn lower_first(title: &str) -> String {
    let mut chars = title.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(chars).collect(),
        _ => title.to_owned(),
    }
}

/// What answers of a deprecated operation say of that. A list has a `Link` already.
fn add_deprecation(headers: &mut Object, components: &mut Components) {
    for name in ["Deprecation", "Sunset"] {
        headers.set(name, header(name, components));
    }
    if !headers.has("Link") {
        headers.set("Link", header("SuccessorLink", components));
    }
}

/// A header field of answers, as a component.
pub(super) fn header(name: &str, components: &mut Components) -> Object {
    components.header(name, || header_field(name))
}

fn header_field(name: &str) -> Object {
    let string = || Object::new().with("type", "string");
    let count =
        || Object::new().with("type", "integer").with("format", "int64").with("minimum", 0).with("examples", [1]);
    let (description, schema) = match name {
        "ETag" => ("The row's version, for `If-Match` and `If-None-Match`.", string().with("examples", ["\"1\""])),
        "Last-Modified" => (
            "When the row was written last, for `If-Modified-Since` and `If-Unmodified-Since`.",
            string().with("examples", ["Fri, 20 Nov 2026 12:00:00 GMT"]),
        ),
        "Preference-Applied" => ("The preferences that were honoured.", string().with("examples", ["return=minimal"])),
        "Idempotency-Replayed" => (
            "There where the answer is that of an earlier request with the same `Idempotency-Key`.",
            string().with("const", "true").with("examples", ["true"]),
        ),
        "Location" => (
            "The path of what was created.",
            string().with("format", "uri-reference").with("examples", ["/api/v1/books/1"]),
        ),
        "Link" => (
            "The pages `first`, `prev`, `next` and `last`, as far as they exist (RFC 8288).",
            string().with("examples", ["</api/v1/books?page=2>; rel=\"next\""]),
        ),
        "X-Total-Count" => ("How many rows there are in all; of a list in page mode, unless `count=none`.", count()),
        "X-Total-Pages" => ("How many pages there are; sent in page mode, unless `count=none`.", count()),
        "Deprecation" => ("Since when this is on its way out (RFC 9745).", string().with("examples", ["@1782864000"])),
        "Sunset" => (
            "From when on this may be gone (RFC 8594), where that is known.",
            string().with("examples", ["Fri, 01 Jan 2027 00:00:00 GMT"]),
        ),
        "SuccessorLink" => (
            "What takes the place of this, where there is something (RFC 8288).",
            string().with("examples", ["</api/v2/books>; rel=\"successor-version\""]),
        ),
        "WWW-Authenticate" => ("How to say who one is.", string().with("examples", ["Bearer"])),
        "Retry-After" => ("After how many seconds to try again.", count()),
        "X-Process-Time" => (
            "How long the server worked on the request, in seconds.",
            Object::new()
                .with("type", "number")
                .with("format", "double")
                .with("minimum", 0)
                .with("examples", [Node::Number("0.001".to_owned())]),
        ),
        _ => (
            "The request's name in the server's log: the client's own, if it sent a sane one.",
            string().with("examples", ["019b77f0-1a00-7cc3-8f2e-3d5d0b6a4c11"]),
        ),
    };
    Object::new().with("description", description).with("schema", Node::from(schema))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_one_status_are_one_response() {
        let mut components = Components::default();
        let codes = [ErrorCode::NOT_FOUND, ErrorCode::MALFORMED_JSON, ErrorCode::EMPTY_UPDATE, ErrorCode::NOT_FOUND];
        let responses = Responses::new().errors(&codes).finish(&ErrorModel::default(), &mut components);
        let statuses = responses.iter().map(|(status, _)| status).collect::<Vec<_>>();
        assert_eq!(statuses, ["400", "404"]);
        let components = Node::from(components.finish().unwrap());
        let bad = components.pointer("/responses/MalformedJsonOrEmptyUpdate").unwrap();
        assert_eq!(bad.pointer("/description"), Some(&"Malformed JSON, or empty update".into()));
        assert!(bad.pointer("/content/application~1problem+json/examples/empty_update/value/status").is_some());
    }
}
