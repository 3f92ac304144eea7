//! Reading request bodies.

use std::error::Error;

use axum::body::{Body, Bytes};
use http::request::Parts;
use http_body::Body as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::negotiate;
use crate::error::{ApiError, ErrorCode};

/// Reads a body whole, if it is of one of these media types.
///
/// # Errors
///
/// 415, 413, or 400 where it ends before it should.
pub(super) async fn read(parts: &Parts, body: Body, allowed: &[&'static str], limit: usize) -> Result<Bytes, ApiError> {
    // A request without a body is better told that its JSON is missing than its media type.
    if !body.is_end_stream() || parts.headers.contains_key(http::header::CONTENT_TYPE) {
        negotiate::takes(&parts.headers, allowed)?;
    }
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large(limit));
    }
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if is_too_long(&*error) => Err(too_large(limit)),
        Err(error) => {
            Err(ApiError::new(ErrorCode::BAD_REQUEST).detail("the body could not be read to its end").source(error))
        }
    }
}

/// The answer to a body beyond the limit.
pub(super) fn too_large(limit: usize) -> ApiError {
    ApiError::new(ErrorCode::PAYLOAD_TOO_LARGE).detail(format!("the body may have {limit} bytes at most"))
}

fn is_too_long(error: &(dyn Error + 'static)) -> bool {
    error.is::<LengthLimitError>() || error.source().is_some_and(is_too_long)
}
