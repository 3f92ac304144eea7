//! What can go wrong with a request, as clients see it: one [`ApiError`] with a code, and the
//! single [`Problem`]s that it lists.
//!
//! A code and its status stand in one row of the table in `code.rs`; an application adds rows of
//! its own as constants of [`ErrorCode`].

mod code;
mod envelope;
mod problem;
mod startup;

pub use code::ErrorCode;
pub use envelope::{Envelope, ProblemDetails, Report, SuccessFlag};
pub use problem::{Location, Problem, Problems};
pub use startup::{Error, Result};
pub(crate) use startup::{panic_text, with_causes};

use std::fmt;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An error that a client is answered with.
///
/// What the client sees and what the log sees are kept apart: `source` is for the log alone.
///
/// ```
/// use resource_runtime::error::{ApiError, ErrorCode};
///
/// const OUT_OF_PRINT: ErrorCode = ErrorCode::new("out_of_print", 409, "Out of print");
/// let error = ApiError::new(OUT_OF_PRINT).detail("no copies are left of this book");
/// assert_eq!(error.status(), 409);
/// ```
#[derive(Debug)]
pub struct ApiError {
    /// What kind of error it is.
    pub code: ErrorCode,
    /// The sentence for people; the code's title where there is none.
    pub detail: Option<String>,
    /// The single problems of the request.
    pub problems: Vec<Problem>,
    /// Header fields that go with the answer, such as `Allow` and `Retry-After`.
    pub headers: Vec<(http::HeaderName, http::HeaderValue)>,
    /// What the log says of it, and no client ever sees.
    pub source: Option<BoxError>,
}

impl ApiError {
    /// An error of this code.
    #[must_use]
    pub const fn new(code: ErrorCode) -> Self {
        Self { code, detail: None, problems: Vec::new(), headers: Vec::new(), source: None }
    }

    /// With a sentence for people.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With one more problem.
    #[must_use]
    pub fn problem(mut self, problem: Problem) -> Self {
        self.problems.push(problem);
        self
    }

    /// With a header field; a value that no header can have is left out.
    #[must_use]
    pub fn header(mut self, name: http::HeaderName, value: &str) -> Self {
        if let Ok(value) = http::HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// With a cause for the log.
    #[must_use]
    pub fn source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.code.status
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.detail.as_deref().unwrap_or(self.code.title))?;
        for (index, problem) in self.problems.iter().enumerate() {
            write!(f, "{} {problem}", if index == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|it| it as _)
    }
}
