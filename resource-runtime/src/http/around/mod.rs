//! What is around every request, from the outside in:
//!
//! 1. [`Edge`]: the request's identifier, its time and its log line; security header fields; every
//!    error gets the API's envelope, whoever raised it.
//! 2. CORS, where origins are set.
//! 3. Compression, for clients that take gzip.
//! 4. [`Inner`]: what takes too long is ended ([`deadline`]), panics become errors, and bodies have
//!    a limit.
//! 5. The application's own layers, and the router.
//!
//! # Design
//!
//! 2 and 3 are tower-http's. 1 is one service of ours, because its parts need each other: errors name
//! the identifier, the log line has the time, and all of it applies to what the layers below answer by
//! themselves. 4 is one because every request goes through it.

mod cors;
mod deadline;
mod edge;
mod id;
mod inner;

pub(super) use edge::{Edge, log};
pub use id::RequestId;

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::{Extensions, HeaderMap, StatusCode, Version};
use tower::Layer as _;
use tower::util::{BoxCloneSyncService, MapResponse};
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};

use inner::Inner;

/// The shortest body that is compressed: below it, gzip saves nothing.
const MIN_COMPRESSED: u64 = 256;

/// A service that answers every request.
type Service = BoxCloneSyncService<Request, Response, Infallible>;

/// The ways that a request can take to the router.
struct Layers {
    /// For clients of the same origin that take no gzip, and for `OPTIONS` that ask for the methods and
    /// are no preflight; the CORS layer would take them for one.
    inner: Inner,
    /// Through the CORS layer, where origins are set.
    plain: Option<Service>,
    compressed: Service,
}

impl Layers {
    fn new(router: Router, origins: &super::Origins, body_limit: usize, timeout: Duration) -> Self {
        let inner = Inner::new(router, body_limit, timeout);
        // Errors get their body later.
        let when = (|status: StatusCode, _: Version, _: &HeaderMap, _: &Extensions| status == StatusCode::OK)
            .and(SizeAbove::new(MIN_COMPRESSED))
            .and(NotForContentType::GRPC)
            .and(NotForContentType::IMAGES)
            .and(NotForContentType::SSE);
        let compression = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(when);
        let compressed = compression.layer(inner.clone().into_service());
        let compressed = MapResponse::new(compressed, |it: http::Response<_>| it.map(Body::new));
        let compressed = BoxCloneSyncService::new(compressed);
        match cors::layer(origins) {
            None => Self { inner, plain: None, compressed },
            Some(cors) => Self {
                plain: Some(BoxCloneSyncService::new(cors.layer(inner.clone().into_service()))),
                compressed: BoxCloneSyncService::new(cors.layer(compressed)),
                inner,
            },
        }
    }
}
