//! `Link` headers of lists (RFC 8288).

use http::HeaderValue;

use crate::query::with_parameters;

/// The links of one page, as they are collected.
pub(super) struct Links<'a> {
    path: &'a str,
    query: &'a str,
    value: String,
}

impl<'a> Links<'a> {
    pub(super) const fn new(path: &'a str, query: &'a str) -> Self {
        Self { path, query, value: String::new() }
    }

    /// One more, to this list with this parameter set to another value.
    pub(super) fn add(&mut self, relation: &str, parameter: &str, value: &str) {
        if !self.value.is_empty() {
            self.value.push_str(", ");
        }
        let query = with_parameters(self.query, &[(parameter, Some(value))]);
        let (path, value) = (self.path, &mut self.value);
        for part in ["<", path, "?", &query, ">; rel=\"", relation, "\""] {
            value.push_str(part);
        }
    }

    pub(super) fn into_value(self) -> Option<HeaderValue> {
        HeaderValue::try_from(self.value).ok()
    }
}
