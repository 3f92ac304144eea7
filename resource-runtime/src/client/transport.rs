use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

/// A future in a box; in a browser, where everything runs in one thread, it need not be sent to another.
#[cfg(not(target_family = "wasm"))]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// A future in a box; in a browser, where everything runs in one thread, it need not be sent to another.
#[cfg(target_family = "wasm")]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Brings requests to a server.
pub trait Transport: Send + Sync + 'static {
    /// Sends a request, and gives the whole answer.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>>;

    /// Waits, before a request is sent again.
    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()>;
}

/// Why there is no answer.
#[derive(Debug)]
pub struct TransportError {
    /// Whether the server may have got the request all the same.
    pub sent: bool,
    /// What went wrong.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl std::fmt::Display for TransportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.sent { "the answer got lost: " } else { "the server cannot be reached: " })?;
        self.source.fmt(f)
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}
