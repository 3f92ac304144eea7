//! What is around every request, from the outside in:
//!
//! 1. [`Edge`]: the request's identifier, its time and its log line; security header fields; every
//!    error gets the API's envelope, whoever raised it.
//! 2. CORS, where origins are set.
//! 3. Compression, for clients that take gzip.
//! 4. [`deadline`]: what takes too long is ended.
//! 5. Panics become errors.
//! 6. The limit of bodies.
//! 7. The application's own layers, and the router.
//!
//! # Design
//!
//! 2, 3, 5 and 6 are tower-http's. 1 is one service of ours, because its parts need each other:
//! errors name the identifier, the log line has the time, and all of it applies to what the layers
//! below answer by themselves.

mod cors;
mod deadline;
mod edge;
mod id;

pub(super) use edge::{Edge, log};
pub use id::RequestId;

use std::any::Any;
use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{Extensions, HeaderMap, StatusCode, Version};
use tower::Layer as _;
use tower::util::{BoxCloneSyncService, MapResponse};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::cors::CorsLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::error::{ApiError, ErrorCode, panic_text};

/// The shortest body that is compressed: below it, gzip saves nothing.
const MIN_COMPRESSED: u64 = 256;

/// A service that answers every request.
type Service = BoxCloneSyncService<Request, Response, Infallible>;

/// The router in its layers, once for each way that a request can take.
struct Layers {
    plain: Service,
    compressed: Service,
    /// For `OPTIONS` that ask for the methods and are no preflight; the CORS layer would take
    /// them for one.
    options: Service,
}

impl Layers {
    fn new(router: Router, origins: &super::Origins, body_limit: usize, timeout: Duration) -> Self {
        let inner = RequestBodyLimitLayer::new(body_limit).layer(router);
        let inner = CatchPanicLayer::custom(|panic: Box<dyn Any + Send>| panicked(&*panic)).layer(inner);
        let inner = BoxCloneSyncService::new(MapResponse::new(inner, |it: http::Response<_>| it.map(Body::new)));
        let inner = tower::service_fn(move |request| deadline::within(timeout, inner.clone(), request));
        // Errors get their body later.
        let when = (|status: StatusCode, _: Version, _: &HeaderMap, _: &Extensions| status == StatusCode::OK)
            .and(SizeAbove::new(MIN_COMPRESSED))
            .and(NotForContentType::GRPC)
            .and(NotForContentType::IMAGES)
            .and(NotForContentType::SSE);
        let compression = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(when);
        let compressed = MapResponse::new(compression.layer(inner.clone()), |it: http::Response<_>| it.map(Body::new));
        let options = BoxCloneSyncService::new(inner);
        match cors::layer(origins) {
            None => Self { plain: options.clone(), compressed: BoxCloneSyncService::new(compressed), options },
            Some(cors) => Self {
                plain: with_cors(&cors, options.clone()),
                compressed: with_cors(&cors, BoxCloneSyncService::new(compressed)),
                options,
            },
        }
    }
}

fn with_cors(cors: &CorsLayer, inner: Service) -> Service {
    BoxCloneSyncService::new(cors.layer(inner))
}

fn panicked(panic: &(dyn Any + Send)) -> Response {
    let source = format!("a handler panicked: {}", panic_text(panic).unwrap_or("(no message)"));
    ApiError::new(ErrorCode::INTERNAL).source(source).into_response()
}
