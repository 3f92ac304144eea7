//! `/openapi.json`, the same in the older form at `/openapi-3.0.json`, and the pages `/docs` and `/redoc` that show it.
//!
//! # Design
//!
//! The pages ask no other host for anything: their scripts and styles are embedded, and a content
//! security policy says so to the browser too. Links in them are relative, so that they work behind
//! a proxy that adds a prefix. Scripts and styles lie under a name that has a hash of their content
//! in it, and may be kept forever; the document itself is asked for each time, and answered with 304
//! while it is the same. It is written when it is asked for the first time, on the thread that asks: a few milliseconds,
//! once.

#[cfg(feature = "docs-ui")]
mod pages;

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::error::{ApiError, ErrorCode, Result};

/// The routes of an API's document and of its pages.
///
/// `write` gives the document's forms, the present one and the older one; `title` is the pages' title. Without the
/// feature `docs-ui` there is the document alone.
pub(crate) fn router(write: impl Fn() -> Result<[Bytes; 2]> + Send + Sync + 'static, title: &str) -> Router {
    let document = Arc::new(Document { write, forms: OnceLock::new() });
    let router = Router::new()
        .route("/openapi.json", json(&document, |[form, _]| form))
        .route("/openapi-3.0.json", json(&document, |[_, older]| older));
    #[cfg(feature = "docs-ui")]
    let router = router.merge(pages::router(title));
    #[cfg(not(feature = "docs-ui"))]
    let _ = title;
    router
}

/// A document that is written once, when somebody asks for it.
struct Document<W> {
    write: W,
    forms: OnceLock<Option<[Form; 2]>>,
}

struct Form {
    content: Bytes,
    etag: HeaderValue,
}

impl<W: Fn() -> Result<[Bytes; 2]>> Document<W> {
    fn forms(&self) -> Option<&[Form; 2]> {
        let write = || match (self.write)() {
            Ok(forms) => Some(forms.map(|content| Form { etag: etag(&content), content })),
            // It could be written when the API was put together.
            Err(error) => {
                tracing::error!("{error}");
                None
            }
        };
        self.forms.get_or_init(write).as_ref()
    }
}

fn json<W>(document: &Arc<Document<W>>, form: fn(&[Form; 2]) -> &Form) -> MethodRouter
where
    W: Fn() -> Result<[Bytes; 2]> + Send + Sync + 'static,
{
    let document = Arc::clone(document);
    get(move |headers: HeaderMap| {
        std::future::ready(match document.forms().map(form) {
            Some(Form { content, etag }) => revalidated(&headers, etag, "application/json", content.clone(), &[]),
            None => ApiError::new(ErrorCode::INTERNAL).into_response(),
        })
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

#[cfg(test)]
mod tests;
