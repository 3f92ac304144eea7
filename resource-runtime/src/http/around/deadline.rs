//! The time that a request may take.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use crate::error::{ApiError, ErrorCode};
use crate::http::error;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use http_body::{Frame, SizeHint};

/// Waits for an answer for so long at most.
///
/// Most are there at once, so that the clock is set only for those that are not.
pub(super) async fn within<T>(limit: Duration, answer: impl Future<Output = T>) -> Option<T> {
    let mut answer = pin!(answer);
    let mut clock = pin!(None);
    poll_fn(|context| {
        if let Poll::Ready(answer) = answer.as_mut().poll(context) {
            return Poll::Ready(Some(answer));
        }
        if clock.is_none() {
            // It goes on where the answer has used up what tokio lets a task do at a time.
            clock.set(Some(tokio::task::unconstrained(tokio::time::sleep(limit))));
        }
        match clock.as_mut().as_pin_mut() {
            Some(clock) => clock.poll(context).map(|()| None),
            None => Poll::Pending,
        }
    })
    .await
}

/// What a request is answered with that took too long: 408 where the client is still sending, and
/// else 503.
///
/// tower-http's layer knows one status only, and cannot tell whose fault it is.
pub(super) fn missed(arrived: bool) -> Response {
    if arrived {
        return error::timeout().into_response();
    }
    let error = ApiError::new(ErrorCode::REQUEST_TIMEOUT).detail("the body did not arrive in time");
    let mut response = error.into_response();
    // The rest of the body would be taken for the next request.
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A body that tells when its end was read.
pub(super) fn watched(body: Body, arrived: Arc<AtomicBool>) -> Body {
    Body::new(Watched { body, arrived })
}

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
