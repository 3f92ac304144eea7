//! What is on its way out says so in its answers.

use axum::Router;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::MethodRouter;
use http::{HeaderName, HeaderValue};

use crate::openapi::Deprecation;

/// Handlers whose answers say that they are deprecated.
pub(super) fn deprecated(methods: MethodRouter, deprecation: &Deprecation) -> MethodRouter {
    let headers = deprecation.headers();
    methods.layer(map_response(move |response| std::future::ready(marked(response, &headers))))
}

/// A router, all answers of which say that it is deprecated.
pub(super) fn deprecated_router(router: Router, deprecation: &Deprecation) -> Router {
    let headers = deprecation.headers();
    router.layer(map_response(move |response| std::future::ready(marked(response, &headers))))
}

fn marked(mut response: Response, headers: &[(HeaderName, HeaderValue)]) -> Response {
    // What is closer to the handler knows more of it.
    let is_marked = headers.first().is_some_and(|(name, _)| response.headers().contains_key(name));
    if !is_marked {
        for (name, value) in headers {
            // A list has links of its own.
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    response
}
