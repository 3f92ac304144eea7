//! The form that errors have on the wire.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{ApiError, Location, Problem};
use crate::json::{write_string, write_timestamp};

/// One error, with what is known of the request that it answers.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The error.
    pub error: &'a ApiError,
    /// The path of the request; none for one item of a batch.
    pub instance: Option<&'a str>,
    /// The identifier that the log has the request under; none for one item of a batch.
    pub request_id: Option<&'a str>,
    /// When it happened; none for one item of a batch.
    pub timestamp: Option<Timestamp>,
}

impl<'a> Report<'a> {
    /// An error of which nothing else is known.
    #[must_use]
    pub const fn new(error: &'a ApiError) -> Self {
        Self { error, instance: None, request_id: None, timestamp: None }
    }

    /// The sentence for people.
    #[must_use]
    pub fn detail(&self) -> &'a str {
        self.error.detail.as_deref().unwrap_or(self.error.code.title)
    }
}

/// The form of an API's errors: every one of them has it, whoever raised it.
///
/// ```
/// use resource_runtime::error::{ApiError, Envelope, ErrorCode, Report};
///
/// struct Terse;
///
/// impl Envelope for Terse {
///     fn media_type(&self) -> &'static str {
///         "application/json"
///     }
///
///     fn write(&self, report: &Report<'_>, out: &mut Vec<u8>) {
///         out.extend_from_slice(format!(r#"{{"code":"{}"}}"#, report.error.code.code).as_bytes());
///     }
/// }
///
/// let mut out = Vec::new();
/// Terse.write(&Report::new(&ApiError::new(ErrorCode::NOT_FOUND)), &mut out);
/// assert_eq!(out, br#"{"code":"not_found"}"#);
/// ```
pub trait Envelope: Send + Sync + 'static {
    /// The media type of what [`Envelope::write`] writes.
    fn media_type(&self) -> &'static str;

    /// Writes one JSON object. What a report does not have is left out.
    ///
    /// [`ApiError::source`] is for the log: an envelope never writes it.
    fn write(&self, report: &Report<'_>, out: &mut Vec<u8>);
}

/// Problem details (RFC 9457): what APIs answer errors with unless they choose another envelope.
#[derive(Debug, Clone)]
pub struct ProblemDetails {
    types: Cow<'static, str>,
}

impl ProblemDetails {
    /// With type URIs that start with this: the code follows it.
    ///
    /// ```
    /// use resource_runtime::error::ProblemDetails;
    ///
    /// let envelope = ProblemDetails::new("https://api.example/problems/");
    /// ```
    #[must_use]
    pub fn new(types: impl Into<Cow<'static, str>>) -> Self {
        Self { types: types.into() }
    }
}

impl Default for ProblemDetails {
    fn default() -> Self {
        Self { types: Cow::Borrowed("https://resource-rs.github.io/problems/") }
    }
}

impl Envelope for ProblemDetails {
    fn media_type(&self) -> &'static str {
        "application/problem+json"
    }

    fn write(&self, report: &Report<'_>, out: &mut Vec<u8>) {
        let error = report.error;
        let mut object = Object::new(out);
        object.text("type", &format!("{}{}", self.types, error.code.code));
        object.text("title", error.code.title);
        object.key("status").extend_from_slice(itoa::Buffer::new().format(error.status()).as_bytes());
        object.text("detail", report.detail());
        object.optional("instance", report.instance);
        object.text("code", error.code.code);
        object.optional("request_id", report.request_id);
        if let Some(at) = report.timestamp {
            write_timestamp(object.key("timestamp"), at.as_microsecond());
        }
        if !error.problems.is_empty() {
            write_problems(object.key("errors"), &error.problems);
        }
        object.end();
    }
}

/// `{"success": false, "error", "message", "errors", "path", "timestamp"}`: for clients that
/// expect a flag in every body.
#[derive(Debug, Clone, Copy, Default)]
pub struct SuccessFlag;

impl Envelope for SuccessFlag {
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn write(&self, report: &Report<'_>, out: &mut Vec<u8>) {
        let error = report.error;
        let mut object = Object::new(out);
        object.key("success").extend_from_slice(b"false");
        object.text("error", error.code.code);
        object.text("message", report.detail());
        write_problems(object.key("errors"), &error.problems);
        object.optional("path", report.instance);
        if let Some(at) = report.timestamp {
            write_timestamp(object.key("timestamp"), at.as_microsecond());
        }
        object.end();
    }
}

/// Writes the single problems as an array.
fn write_problems(out: &mut Vec<u8>, problems: &[Problem]) {
    out.push(b'[');
    for (index, problem) in problems.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        let mut object = Object::new(out);
        match &problem.location {
            Location::Pointer(at) => object.text("pointer", at),
            Location::Parameter(name) => object.text("parameter", name),
            Location::Header(name) => object.text("header", name),
        }
        object.text("code", &problem.code);
        object.text("detail", &problem.detail);
        if !problem.params.is_empty() {
            // Writing a JSON tree into a `Vec` does not fail.
            let _ = serde_json::to_writer(object.key("params"), &problem.params);
        }
        object.end();
    }
    out.push(b']');
}

/// A JSON object under construction.
struct Object<'a> {
    out: &'a mut Vec<u8>,
    first: bool,
}

impl<'a> Object<'a> {
    fn new(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, first: true }
    }

    fn key(&mut self, name: &str) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
        write_string(self.out, name);
        self.out.push(b':');
        self.out
    }

    fn text(&mut self, name: &str, value: &str) {
        write_string(self.key(name), value);
    }

    fn optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    fn end(self) {
        self.out.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    fn written(envelope: &dyn Envelope, error: &ApiError) -> String {
        let mut out = Vec::new();
        let report = Report {
            error,
            instance: Some("/api/v1/books"),
            request_id: Some("a\"b"),
            timestamp: Timestamp::from_microsecond(1_763_640_000_000_000).ok(),
        };
        envelope.write(&report, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn invalid() -> ApiError {
        ApiError::new(ErrorCode::VALIDATION_FAILED)
            .detail("1 field is invalid")
            .problem(Problem::pointer("/price", "range", "must be greater than 0").param("min", 0))
            .problem(Problem::parameter("prise", "unknown_parameter", "unknown parameter"))
            .problem(Problem::header("If-Match", "required", "is missing"))
            .source("SELECT 1 failed")
    }

    #[test]
    fn problem_details_have_the_members_of_the_contract() {
        assert_eq!(
            written(&ProblemDetails::new("https://x.example/problems/"), &invalid()),
            concat!(
                r#"{"type":"https://x.example/problems/validation_failed","title":"Validation failed","status":422,"#,
                r#""detail":"1 field is invalid","instance":"/api/v1/books","code":"validation_failed","#,
                r#""request_id":"a\"b","timestamp":"2025-11-20T12:00:00Z","errors":["#,
                r#"{"pointer":"/price","code":"range","detail":"must be greater than 0","params":{"min":0}},"#,
                r#"{"parameter":"prise","code":"unknown_parameter","detail":"unknown parameter"},"#,
                r#"{"header":"If-Match","code":"required","detail":"is missing"}]}"#,
            )
        );
    }

    #[test]
    fn the_second_envelope_has_a_flag() {
        let text = written(&SuccessFlag, &invalid());
        assert!(text.starts_with(r#"{"success":false,"error":"validation_failed","message":"1 field is invalid","#));
        assert!(text.ends_with(r#""path":"/api/v1/books","timestamp":"2025-11-20T12:00:00Z"}"#), "{text}");
    }

    #[test]
    fn no_envelope_tells_the_source() {
        for envelope in [&ProblemDetails::default() as &dyn Envelope, &SuccessFlag] {
            assert!(!written(envelope, &invalid()).contains("SELECT"));
        }
    }

    #[test]
    fn what_a_report_does_not_have_is_left_out() {
        let mut out = Vec::new();
        ProblemDetails::new("").write(&Report::new(&ApiError::new(ErrorCode::NOT_FOUND)), &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            r#"{"type":"not_found","title":"Not found","status":404,"detail":"Not found","code":"not_found"}"#
        );
    }
}
