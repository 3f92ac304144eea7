//! Successful answers.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};
use http_body::Frame;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Room for the header fields of an answer to a read or a write, those that are around every answer
/// included: a map that grows as they come is put together three times.
const FIELDS: usize = 16;

/// A JSON body.
pub(super) fn json(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().reserve(FIELDS);
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}

/// A JSON body of a read: caches may keep it and have to ask each time whether it still holds.
pub(super) fn read(body: Vec<u8>) -> Response {
    let mut response = json(StatusCode::OK, body);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// A status that has no body, and no `Content-Length` either (RFC 9110, section 8.6).
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::new(Nothing));
    *response.status_mut() = status;
    response
}

/// A status whose body is left out, and could have been there.
pub(super) fn bare(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// With one more header field.
pub(super) fn with(mut response: Response, name: HeaderName, value: HeaderValue) -> Response {
    response.headers_mut().insert(name, value);
    response
}

/// A body of which not even the length is said: axum adds a `Content-Length` of 0 to a 204 that has
/// any other.
#[derive(Debug)]
pub(super) struct Nothing;

impl http_body::Body for Nothing {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }
}
