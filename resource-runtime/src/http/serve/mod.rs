//! The server: listening, connections, and the end of both.
//!
//! # Design
//!
//! The loop is our own, on hyper, because `axum::serve` gives no way to its limits: a client that
//! sends half a request and then nothing, or a header without end, would keep its connection for
//! ever.

mod clock;
mod connection;
mod ends;
mod listen;
pub(super) mod log;
mod refusals;
mod signal;
mod workers;

pub(super) use ends::Ends;
pub(super) use listen::listen;
pub(super) use signal::stop_signals;
pub(super) use workers::run_workers;

use std::pin::pin;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Settings;
use super::around::Edge;
use connection::Server;

/// Answers requests until `stop` ends, and then until those that run have ended, if that does not
/// take too long, and `cut` does not end before.
pub(super) async fn run(
    listener: TcpListener,
    edge: Edge,
    settings: &Settings,
    stop: impl Future<Output = ()>,
    cut: impl Future<Output = ()>,
) {
    let (stopping, stopped) = watch::channel(false);
    let server = Server::new(edge, settings.header_timeout, stopped);
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(server.clone().serve(stream, peer));
                }
                Err(error) => recover(&error).await,
            },
            // Takes the tasks that have ended out of the set.
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    // Every connection has a receiver; without any there is nobody to tell.
    let _ = stopping.send(true);
    tracing::info!("stopping: {} connections are open", connections.len());
    let all_ended = tokio::select! {
        () = async { while connections.join_next().await.is_some() {} } => true,
        () = tokio::time::sleep(settings.shutdown_timeout) => false,
        () = cut => false,
    };
    if !all_ended {
        tracing::warn!("{} connections did not end in time, and are cut", connections.len());
        connections.shutdown().await;
    }
}

/// After a failure to accept: most are of the one connection, and others, such as too many open
/// files, go away with time.
async fn recover(error: &std::io::Error) {
    use std::io::ErrorKind;
    if matches!(
        error.kind(),
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::Interrupted
    ) {
        return;
    }
    tracing::error!("cannot accept connections: {error}");
    tokio::time::sleep(Duration::from_millis(100)).await;
}
