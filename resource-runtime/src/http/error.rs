//! [`ApiError`] as a response, and what becomes of responses that others make.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use crate::error::{ApiError, Envelope, ErrorCode, ProblemDetails, Report};

/// Errors are of one moment.
pub(super) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The error that a response was made from; the middleware that knows the request writes the
/// body again, with what it knows.
#[derive(Debug, Clone)]
pub(super) struct Raised(pub(super) Arc<ApiError>);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        for (name, value) in &self.headers {
            response.headers_mut().append(name, value.clone());
        }
        let error = Arc::new(self);
        write(&mut response, &ProblemDetails::default(), &Report::new(&error));
        response.extensions_mut().insert(Raised(error));
        response
    }
}

/// What is said of a request that took too long, for no fault of its client's.
pub(super) fn timeout() -> ApiError {
    let error = ApiError::new(ErrorCode::TIMEOUT).detail("the request took longer than the server allows");
    error.header(header::RETRY_AFTER, "1")
}

/// Gives a response an error's status and body; header fields that do not describe the body
/// stay as they are.
pub(super) fn write(response: &mut Response, envelope: &dyn Envelope, report: &Report<'_>) {
    let status = report.error.status();
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut body = Vec::with_capacity(512);
    envelope.write(report, &mut body);
    let headers = response.headers_mut();
    for name in [header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::ETAG, header::LAST_MODIFIED] {
        headers.remove(name);
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(envelope.media_type()));
    headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    *response.body_mut() = body.into();
}

/// The error that says what a status says, for responses that nobody of us made.
pub(super) fn of_status(status: StatusCode) -> ApiError {
    let code = match status.as_u16() {
        400 => ErrorCode::BAD_REQUEST,
        404 => ErrorCode::NOT_FOUND,
        409 => ErrorCode::CONFLICT,
        422 => ErrorCode::VALIDATION_FAILED,
        500 => ErrorCode::INTERNAL,
        503 => ErrorCode::UNAVAILABLE,
        other => {
            let known = ErrorCode::ALL.iter().find(|it| it.status == other).copied();
            let code = if status.is_server_error() { "server_error" } else { "client_error" };
            known.unwrap_or(ErrorCode::new(code, other, status.canonical_reason().unwrap_or("Error")))
        }
    };
    ApiError::new(code)
}

/// The answer for paths that nothing is mounted on.
pub(super) fn route_not_found() -> ApiError {
    ApiError::new(ErrorCode::ROUTE_NOT_FOUND).detail("there is nothing under this path")
}

/// The answer for rows that are not there.
pub(super) fn not_found(name: &str) -> ApiError {
    ApiError::new(ErrorCode::NOT_FOUND).detail(format!("there is no {name} with this id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_an_error_that_says_it() {
        for status in (400..600).filter_map(|it| StatusCode::from_u16(it).ok()) {
            assert_eq!(of_status(status).status(), status.as_u16());
        }
        assert_eq!(of_status(StatusCode::IM_A_TEAPOT).code.title, "I'm a teapot");
    }
}
