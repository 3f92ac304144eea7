//! What is around every call of the router, whatever way the request has taken to it.

use std::any::Any;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::header;
use http_body::Body as _;
use http_body_util::Limited;
use tower::Service as _;
use tower::util::BoxCloneSyncService;

use super::{Service, deadline};
use crate::error::{ApiError, ErrorCode, panic_text};
use crate::http::body;

/// The router with the limit of bodies, the time that a request may take, and panics as errors.
///
/// One service of our own instead of a layer for each: layers put their futures and what they call into
/// boxes, which together takes longer than all that they do for a read.
#[derive(Clone)]
pub(super) struct Inner {
    router: Router,
    body_limit: usize,
    timeout: Duration,
}

impl Inner {
    pub(super) const fn new(router: Router, body_limit: usize, timeout: Duration) -> Self {
        Self { router, body_limit, timeout }
    }

    /// Answers a request.
    pub(super) async fn answer(&self, request: Request) -> Response {
        let mut arrived = None;
        let request = if request.body().is_end_stream() {
            request
        } else {
            if announced(&request).is_some_and(|it| it > self.body_limit as u64) {
                return body::too_large(self.body_limit).into_response();
            }
            // hyper holds a body to the length that was announced.
            let is_bounded = request.body().size_hint().upper().is_some_and(|it| it <= self.body_limit as u64);
            let (limit, arrived) = (self.body_limit, Arc::clone(arrived.insert(Arc::new(AtomicBool::new(false)))));
            request.map(|body| {
                let body = deadline::watched(body, arrived);
                // Outermost, where axum's extractors look for its error.
                if is_bounded { body } else { Body::new(Limited::new(body, limit)) }
            })
        };
        let mut router = self.router.clone();
        // In a block, so that what panics before there is a future is caught too.
        let mut answer = pin!(async move {
            let Ok(response) = router.call(request).await;
            response
        });
        let caught = std::future::poll_fn(|context| {
            let polled = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)));
            polled.unwrap_or_else(|panic| Poll::Ready(panicked(&*panic)))
        });
        let answer = deadline::within(self.timeout, caught).await;
        answer.unwrap_or_else(|| deadline::missed(arrived.is_none_or(|it| it.load(Ordering::Relaxed))))
    }

    /// The same for layers.
    pub(super) fn into_service(self) -> Service {
        let answer = move |request| {
            let inner = self.clone();
            async move { Ok::<_, Infallible>(inner.answer(request).await) }
        };
        BoxCloneSyncService::new(tower::service_fn(answer))
    }
}

/// The length that the header says a body has.
fn announced(request: &Request) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn panicked(panic: &(dyn Any + Send)) -> Response {
    let source = format!("a handler panicked: {}", panic_text(panic).unwrap_or("(no message)"));
    ApiError::new(ErrorCode::INTERNAL).source(source).into_response()
}
