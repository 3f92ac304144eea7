//! Cross-origin requests (the Fetch standard).

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use crate::http::Origins;

/// The layer for these origins; none where no origin is allowed.
pub(super) fn layer(origins: &Origins) -> Option<CorsLayer> {
    let layer = match origins {
        Origins::None => return None,
        Origins::Any => CorsLayer::new().allow_origin(Any),
        Origins::These { origins, credentials } => {
            let values = origins.iter().filter_map(|it| HeaderValue::from_str(it).ok());
            CorsLayer::new().allow_origin(AllowOrigin::list(values)).allow_credentials(*credentials)
        }
    };
    let named = |names: &[&'static str]| names.iter().map(|it| HeaderName::from_static(it)).collect::<Vec<_>>();
    Some(
        layer
            .allow_methods([
                Method::GET,
                Method::HEAD,
                Method::POST,
                Method::PUT,
                Method::PATCH,
                Method::DELETE,
                Method::OPTIONS,
            ])
            .allow_headers(
                [
                    header::ACCEPT,
                    header::AUTHORIZATION,
                    header::CONTENT_TYPE,
                    header::IF_MATCH,
                    header::IF_MODIFIED_SINCE,
                    header::IF_NONE_MATCH,
                    header::IF_UNMODIFIED_SINCE,
                ]
                .into_iter()
                .chain(named(&["idempotency-key", "prefer", "x-api-version", "x-request-id"]))
                .collect::<Vec<_>>(),
            )
            .expose_headers(
                [header::ETAG, header::LINK, header::LOCATION, header::RETRY_AFTER]
                    .into_iter()
                    .chain(named(&[
                        "idempotency-replayed",
                        "preference-applied",
                        "x-process-time",
                        "x-request-id",
                        "x-total-count",
                        "x-total-pages",
                    ]))
                    .collect::<Vec<_>>(),
            )
            .max_age(Duration::from_secs(600)),
    )
}

/// Whether a request is a preflight, and not a question for the methods of a path.
pub(super) fn is_preflight(request: &http::request::Parts) -> bool {
    request.method == Method::OPTIONS
        && request.headers.contains_key(header::ORIGIN)
        && request.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}
