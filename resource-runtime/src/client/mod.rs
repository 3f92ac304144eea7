//! Clients of resources: what the derive knows of the server, as types for those who call it.
//!
//! ```
//! # #[cfg(feature = "macros")] {
//! use resource_runtime::client::Client;
//! use resource_runtime::prelude::*;
//!
//! #[derive(Debug, Clone, Resource)]
//! pub struct Book {
//!     #[resource(id)]
//!     pub id: i64,
//!     #[resource(search, sort)]
//!     pub title: String,
//!     #[resource(sort, filter(gte))]
//!     pub price: Decimal,
//! }
//!
//! async fn cheapest(client: &Client) -> Result<Option<BookResponse>, resource_runtime::client::Error> {
//!     let books = client.resource::<Book>();
//!     let page = books.list().filter(Book::PRICE.gte(10)).sort(Book::PRICE.asc()).per_page(1).send().await?;
//!     Ok(page.items.into_iter().next())
//! }
//! # }
//! ```
//!
//! A filter or a sort that the resource does not declare does not compile:
//!
//! ```compile_fail
//! # use resource_runtime::client::Client;
//! # use resource_runtime::prelude::*;
//! # #[derive(Debug, Clone, Resource)]
//! # pub struct Book {
//! #     #[resource(id)]
//! #     pub id: i64,
//! #     #[resource(filter(gte))]
//! #     pub price: Decimal,
//! # }
//! # fn example(client: &Client) {
//! let page = client.resource::<Book>().list().filter(Book::PRICE.lt(10)).send();
//! # }
//! ```
//!
//! # Retries
//!
//! What was not carried out is sent again, after the time that the server asks for (`Retry-After`) or a short one that
//! grows: see [`Retry`]. `POST` and `PATCH` carry an `Idempotency-Key`, so that an answer that got lost does not make
//! them happen twice. `PUT` and `DELETE` with a precondition are not sent again after an answer was lost: the
//! second answer would be about the first.
//!
//! # Design
//!
//! [`Transport`] is the seam to the network: reqwest, which in a browser goes by `fetch`, an axum router in a test, or what
//! else there is. Everything above it works on whole bodies, and knows no runtime.

mod change;
mod error;
mod list;
mod many;
mod pages;
#[cfg(feature = "client")]
mod reqwest;
mod resource;
mod retry;
mod rows;
mod transport;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};

pub use change::{Change, Tagged};
pub use error::{Error, Refusal, RefusalProblem};
pub use list::List;
pub use many::{Batch, BatchRefusal, Done};
pub use pages::{CursorPage, Page};
pub use resource::Resources;
pub use retry::Retry;
pub use rows::Rows;
pub use transport::{BoxFuture, Transport, TransportError};

use crate::resource::Resource;

/// An API that resources are asked of. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    base: Arc<str>,
    transport: Arc<dyn Transport>,
    headers: HeaderMap,
    retry: Retry,
}

impl Client {
    /// The API under an address such as `https://books.example.com/api/v1`, reached by reqwest.
    ///
    /// A connection has 10 seconds, a whole answer 60. Redirects are not followed: they are refusals, with
    /// their status.
    ///
    /// # Errors
    ///
    /// When the address is not `http` or `https` with a host and at most a path, or TLS cannot be set up.
    #[cfg(feature = "client")]
    pub fn new(base: impl Into<String>) -> Result<Self, Error> {
        let base = base.into();
        if !is_base(&base) {
            return Err(Error::Unsayable(
                "the address of an API is `http://` or `https://`, a host, and at most a path",
            ));
        }
        Ok(Self::with_transport(base, reqwest::Reqwest::new()?))
    }

    /// The API under an address, reached by a transport of the caller's own.
    pub fn with_transport(base: impl Into<String>, transport: impl Transport) -> Self {
        let base = base.into();
        Self {
            base: base.trim_end_matches('/').into(),
            transport: Arc::new(transport),
            headers: HeaderMap::new(),
            retry: Retry::default(),
        }
    }

    /// With a header field in every request.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// With a bearer token in every request (RFC 6750), which no log shows.
    ///
    /// # Errors
    ///
    /// When the token has characters that a header field cannot hold.
    pub fn bearer(self, token: &str) -> Result<Self, Error> {
        let mut value =
            HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| Error::Unsayable("the token is no header"))?;
        value.set_sensitive(true);
        Ok(self.header(header::AUTHORIZATION, value))
    }

    /// With other rules for what is sent again.
    #[must_use]
    pub const fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// One of its resources, at the path that the resource has under the API.
    #[must_use]
    pub fn resource<R: Resource>(&self) -> Resources<R> {
        Resources::new(self.clone(), format!("{}/{}", self.base, R::META.path))
    }

    /// Sends a request, again if need be, and gives an answer that is no refusal.
    pub(self) async fn send(&self, asked: Asked) -> Result<Response<Bytes>, Error> {
        let mut request = Request::new(asked.body.unwrap_or_default());
        *request.method_mut() = asked.method;
        *request.uri_mut() = asked.uri.parse().map_err(|_| Error::Unsayable("the address is no URI"))?;
        *request.headers_mut() = self.headers.clone();
        request.headers_mut().extend(asked.headers);
        let response = self.retry.send(&*self.transport, request).await?;
        let status = response.status();
        if status.is_success() || status == http::StatusCode::NOT_MODIFIED {
            return Ok(response);
        }
        Err(Error::Refused(Box::new(Refusal::of(&response))))
    }
}

/// Whether paths can be put behind an address.
#[cfg(feature = "client")]
fn is_base(address: &str) -> bool {
    let Ok(uri) = address.parse::<http::Uri>() else { return false };
    // A fragment is dropped by the parser, and would take the path with it.
    let has_more = uri.query().is_some() || address.contains('#');
    matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|it| !it.is_empty()) && !has_more
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}

/// A request, before what all of a client's requests have in common.
#[derive(Debug)]
struct Asked {
    method: Method,
    uri: String,
    headers: HeaderMap,
    body: Option<Bytes>,
}

impl Asked {
    fn new(method: Method, uri: impl Into<String>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json, application/problem+json"));
        Self { method, uri: uri.into(), headers, body: None }
    }

    fn body(mut self, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        self.body = Some(body.into());
        self
    }

    fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

#[cfg(all(test, feature = "client"))]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_paths_cannot_follow_is_refused() {
        for base in [
            "",
            "localhost:8000",
            "/api/v1",
            "ftp://books",
            "http://",
            "http://books/?v=1",
            "http://books/#v1",
            "http://a b",
        ] {
            assert!(matches!(Client::new(base), Err(Error::Unsayable(_))), "{base}");
        }
        for base in ["http://localhost:8000", "https://books.example.com/api/v1/", "http://[::1]:80", "HTTP://books"] {
            assert!(Client::new(base).is_ok(), "{base}");
        }
    }
}
