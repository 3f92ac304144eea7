//! The time that a request may take.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use http_body::{Frame, SizeHint};
use tower::ServiceExt as _;

use super::Service;
use crate::error::{ApiError, ErrorCode};
use crate::http::error;

/// Answers a request, or gives up on it: with 408 where the client is still sending, and else with
/// 503.
///
/// tower-http's layer knows one status only, and cannot tell whose fault it is.
pub(super) async fn within(limit: Duration, inner: Service, request: Request) -> Result<Response, Infallible> {
    let arrived = Arc::new(AtomicBool::new(http_body::Body::is_end_stream(request.body())));
    let request = if arrived.load(Ordering::Relaxed) {
        request
    } else {
        request.map(|body| Body::new(Watched { body, arrived: Arc::clone(&arrived) }))
    };
    if let Ok(answer) = tokio::time::timeout(limit, inner.oneshot(request)).await {
        return answer;
    }
    if arrived.load(Ordering::Relaxed) {
        return Ok(error::timeout().into_response());
    }
    let error = ApiError::new(ErrorCode::REQUEST_TIMEOUT).detail("the body did not arrive in time");
    let mut response = error.into_response();
    // The rest of the body would be taken for the next request.
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    Ok(response)
}

/// A body that tells when its end was read.
struct Watched {
    body: Body,
    arrived: Arc<AtomicBool>,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if matches!(polled, Poll::Ready(None)) || self.body.is_end_stream() {
            self.arrived.store(true, Ordering::Relaxed);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
