//! `/openapi.json`, the same in the older form at `/openapi-3.0.json`, and the pages `/docs` and `/redoc` that show it.
//!
//! # Design
//!
//! The pages ask no other host for anything: their scripts and styles are embedded, and a content
//! security policy says so to the browser too. Links in them are relative, so that they work behind
//! a proxy that adds a prefix. Scripts and styles lie under a name that has a hash of their content
//! in it, and may be kept forever; the document itself is asked for each time, and answered with 304
//! while it is the same.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

/// The routes of an API's document and of its pages.
///
/// `title` is the pages' title. Without the feature `docs-ui` there is the document alone.
pub(crate) fn router(document: Bytes, older: Bytes, title: &str) -> Router {
    let router = Router::new().route("/openapi.json", json(document)).route("/openapi-3.0.json", json(older));
    #[cfg(feature = "docs-ui")]
    let router = router.merge(pages::router(title));
    #[cfg(not(feature = "docs-ui"))]
    let _ = title;
    router
}

fn json(document: Bytes) -> MethodRouter {
    let etag = etag(&document);
    get(move |headers: HeaderMap| {
        let (document, etag) = (document.clone(), etag.clone());
        async move { revalidated(&headers, &etag, "application/json", document, &[]) }
    })
}

/// A strong tag that changes with the content.
fn etag(content: &[u8]) -> HeaderValue {
    use std::fmt::Write as _;
    let mut text = String::from("\"");
    for byte in Sha256::digest(content).iter().take(16) {
        let _ = write!(text, "{byte:02x}");
    }
    text.push('"');
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("\"\""))
}

/// The content, or 304 where the client has it already.
fn revalidated(
    request: &HeaderMap,
    etag: &HeaderValue,
    media_type: &'static str,
    content: Bytes,
    more: &[(HeaderName, &'static str)],
) -> Response {
    let unchanged = has_tag(request, etag);
    let mut response = Response::new(if unchanged { Body::empty() } else { Body::from(content) });
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag.clone());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if !unchanged {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    for (name, value) in more {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether `If-None-Match` has the tag; compared weakly (RFC 9110, section 13.1.2).
fn has_tag(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let tags = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|it| it.to_str().ok());
    tags.flat_map(|it| it.split(',')).map(str::trim).any(|it| {
        let tag = it.strip_prefix("W/").unwrap_or(it);
        tag == "*" || tag.as_bytes() == etag.as_bytes()
    })
}

#[cfg(feature = "docs-ui")]
mod pages;

#[cfg(test)]
#[cfg(test)]
mod tests;
