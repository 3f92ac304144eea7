//! Cross-origin requests (the Fetch standard).

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowHeaders, AllowOrigin, Any, CorsLayer};

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
    let exposed = [header::ETAG, header::LINK, header::LOCATION, header::RETRY_AFTER];
    let named = [
        "deprecation",
        "idempotency-replayed",
        "preference-applied",
        "sunset",
        "x-process-time",
        "x-request-id",
        "x-total-count",
        "x-total-pages",
    ];
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
            // Those that are asked for: what guards, scopes and handlers of the application read (an API key, say)
            // is not known here, and it is the origin that is trusted or not.
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(exposed.into_iter().chain(named.map(HeaderName::from_static)).collect::<Vec<_>>())
            .max_age(Duration::from_secs(600)),
    )
}

/// Whether a request is a preflight, and not a question for the methods of a path.
pub(super) fn is_preflight(request: &http::request::Parts) -> bool {
    request.method == Method::OPTIONS
        && request.headers.contains_key(header::ORIGIN)
        && request.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}
