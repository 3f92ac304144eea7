//! The network, by reqwest.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use super::{BoxFuture, Error, Transport, TransportError};

/// How long a connection may take, and a whole answer: longer than servers of this crate work at one.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(60);

/// Connections that reqwest keeps.
pub(super) struct Reqwest(::reqwest::Client);

impl Reqwest {
    pub(super) fn new() -> Result<Self, Error> {
        let failed = |error: ::reqwest::Error| TransportError { sent: false, source: error.into() };
        // A write that follows a redirect can arrive as a `GET`, whose answer would pass for the write's.
        let builder = ::reqwest::Client::builder().redirect(::reqwest::redirect::Policy::none());
        let builder = builder.connect_timeout(CONNECT_TIMEOUT).timeout(TIMEOUT);
        Ok(Self(builder.build().map_err(failed)?))
    }
}

impl Transport for Reqwest {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let failed = |error: ::reqwest::Error| TransportError {
            sent: !(error.is_builder() || error.is_connect()),
            source: error.into(),
        };
        Box::pin(async move {
            let request = ::reqwest::Request::try_from(request).map_err(failed)?;
            let mut answer = self.0.execute(request).await.map_err(failed)?;
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = answer.status();
            *response.headers_mut() = std::mem::take(answer.headers_mut());
            *response.body_mut() = answer.bytes().await.map_err(failed)?;
            Ok(response)
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}
