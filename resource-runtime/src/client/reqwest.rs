//! The network, by reqwest.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use super::{BoxFuture, Error, Transport, TransportError};

/// How long a connection may take, and a whole answer: longer than servers of this crate work at one.
#[cfg(not(target_family = "wasm"))]
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(60);

/// Connections that reqwest keeps.
pub(super) struct Reqwest(::reqwest::Client);

impl Reqwest {
    pub(super) fn new() -> Result<Self, Error> {
        let failed = |error: ::reqwest::Error| TransportError { sent: false, source: error.into() };
        let builder = ::reqwest::Client::builder();
        // A write that follows a redirect can arrive as a `GET`, whose answer would pass for the write's. In a browser,
        // connections and redirects are its own affair.
        #[cfg(not(target_family = "wasm"))]
        let builder = builder.redirect(::reqwest::redirect::Policy::none()).connect_timeout(CONNECT_TIMEOUT);
        Ok(Self(builder.build().map_err(failed)?))
    }
}

impl Transport for Reqwest {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let failed = |error: ::reqwest::Error| TransportError { sent: !is_unsent(&error), source: error.into() };
        Box::pin(async move {
            let mut request = ::reqwest::Request::try_from(request).map_err(failed)?;
            *request.timeout_mut() = Some(TIMEOUT);
            let answer = self.0.execute(request).await.map_err(failed)?;
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = answer.status();
            response.headers_mut().clone_from(answer.headers());
            *response.body_mut() = answer.bytes().await.map_err(failed)?;
            Ok(response)
        })
    }

    #[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(gloo_timers::future::sleep(time))
    }
}

/// Whether the server cannot have got the request.
fn is_unsent(error: &::reqwest::Error) -> bool {
    // A browser does not tell why there is no answer.
    #[cfg(not(target_family = "wasm"))]
    if error.is_connect() {
        return true;
    }
    error.is_builder()
}
