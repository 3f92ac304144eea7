use std::borrow::Cow;
use std::fmt;

use super::{ApiError, ErrorCode};

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Where.
    pub location: Location,
    /// What, as a stable code.
    pub code: Cow<'static, str>,
    /// What, as a sentence for people.
    pub detail: String,
    /// The figures and names of it, as part of the stable contract.
    pub params: serde_json::Map<String, serde_json::Value>,
}

/// Where in a request a [`Problem`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In the body: an RFC 6901 pointer; empty for the body as a whole.
    Pointer(String),
    /// In the query string or the path: the parameter's name.
    Parameter(String),
    /// In the header: the field's name.
    Header(&'static str),
}

impl Problem {
    /// A problem in the body.
    #[must_use]
    pub fn pointer(pointer: impl Into<String>, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(Location::Pointer(pointer.into()), code, detail)
    }

    /// A problem with a parameter.
    #[must_use]
    pub fn parameter(name: impl Into<String>, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(Location::Parameter(name.into()), code, detail)
    }

    /// A problem with a header field.
    #[must_use]
    pub fn header(name: &'static str, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(Location::Header(name), code, detail)
    }

    /// A problem at a place.
    #[must_use]
    pub fn new(location: Location, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self { location, code: code.into(), detail: detail.into(), params: serde_json::Map::new() }
    }

    /// With one more parameter.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }

    /// With the name that was probably meant, if one is near.
    pub(crate) fn did_you_mean(mut self, near: Option<&str>) -> Self {
        let Some(near) = near else { return self };
        self.detail.push_str(&format!("; did you mean `{near}`?"));
        self.param("did_you_mean", near)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.location {
            Location::Pointer(at) | Location::Parameter(at) if at.is_empty() => f.write_str(&self.detail),
            Location::Pointer(at) | Location::Parameter(at) => write!(f, "{at}: {}", self.detail),
            Location::Header(at) => write!(f, "{at}: {}", self.detail),
        }
    }
}

/// Collects the problems of one request, so that all of them come back at once.
#[derive(Debug, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// One more.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those found so far.
    #[must_use]
    pub fn as_slice(&self) -> &[Problem] {
        &self.0
    }

    /// The value, if no problem was found, and else an error of this code with all of them.
    ///
    /// # Errors
    ///
    /// When there is a problem.
    pub fn finish<T>(self, code: ErrorCode, value: T) -> Result<T, ApiError> {
        if self.0.is_empty() { Ok(value) } else { Err(self.into_error(code)) }
    }

    /// An error of this code with all of them.
    #[must_use]
    pub fn into_error(self, code: ErrorCode) -> ApiError {
        let what = if code == ErrorCode::INVALID_QUERY { "parameter" } else { "field" };
        let detail = match self.0.as_slice() {
            [one] => one.to_string(),
            many => format!("{} {what}s are invalid", many.len()),
        };
        ApiError { problems: self.0, ..ApiError::new(code).detail(detail) }
    }
}

impl From<Vec<Problem>> for Problems {
    fn from(problems: Vec<Problem>) -> Self {
        Self(problems)
    }
}

impl Extend<Problem> for Problems {
    fn extend<T: IntoIterator<Item = Problem>>(&mut self, problems: T) {
        self.0.extend(problems);
    }
}
