//! One connection.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWrite as _;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::clock::Clock;
use super::refusals::Refusals;
use crate::http::around::Edge;

/// The longest header of a request, its first line included.
const MAX_HEADER: usize = 64 * 1024;
/// How long to wait for a client to read the last answer of a connection.
const LINGER: Duration = Duration::from_secs(2);

/// What connections share.
#[derive(Clone)]
pub(super) struct Server {
    edge: Edge,
    http: http1::Builder,
    stopped: watch::Receiver<bool>,
}

impl Server {
    pub(super) fn new(edge: Edge, header_timeout: Duration, stopped: watch::Receiver<bool>) -> Self {
        let mut http = http1::Builder::new();
        http.header_read_timeout(header_timeout)
            .max_header_size(MAX_HEADER)
            // A client may close its side once it has sent its last request.
            .half_close(true);
        Self { edge, http, stopped }
    }

    /// Answers the requests of a connection until one side ends it, or the server is told to
    /// stop: then the request that runs is the last.
    pub(super) async fn serve(mut self, stream: TcpStream, peer: SocketAddr) {
        // Answers are written in one piece; waiting for more would only delay them.
        let _ = stream.set_nodelay(true);
        let stream = Refusals::new(stream, self.edge.clone());
        let edge = self.edge;
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let edge = edge.clone();
            let answer: Answer = Box::pin(async { Ok(edge.answer_from_socket(request).await) });
            answer
        });
        let mut connection = self.http.timer(Clock::default()).serve_connection(TokioIo::new(stream), service);
        let mut is_stopping = false;
        let ended = loop {
            tokio::select! {
                ended = poll_fn(|context| connection.poll_without_shutdown(context)) => break ended,
                _ = self.stopped.wait_for(|it| *it), if !is_stopping => {
                    is_stopping = true;
                    Pin::new(&mut connection).graceful_shutdown();
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, "the connection ended: {error}");
        }
        let stream = connection.into_parts().io.into_inner();
        tokio::select! {
            _ = tokio::time::timeout(LINGER, linger(stream)) => {}
            _ = self.stopped.wait_for(|it| *it) => {}
        }
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

/// Closes a connection so that its last answer arrives: to close a socket with unread bytes in it
/// resets the connection, and the client loses what it has not read yet, such as the 413 for the
/// body that it is still sending.
async fn linger(mut stream: Refusals) {
    if poll_fn(|context| Pin::new(&mut stream).poll_shutdown(context)).await.is_err() {
        return;
    }
    let stream = stream.into_stream();
    let mut unread = vec![0; 16 * 1024];
    while stream.readable().await.is_ok() {
        match stream.try_read(&mut unread) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}
