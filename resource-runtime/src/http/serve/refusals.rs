//! What hyper answers by itself to bytes that are no request, in the API's words.
//!
//! # Design
//!
//! hyper refuses a request that it cannot read with a status and an empty body, and has no hook
//! for it. What it writes then is known to the letter, and is found where it goes out; no answer of
//! ours looks like it, because all of them have an `X-Request-ID`.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::http::around::Edge;

/// A connection on which hyper's refusals are replaced.
pub(super) struct Refusals {
    stream: TcpStream,
    edge: Edge,
    /// What is left to write of an answer of ours.
    pending: Vec<u8>,
}

impl Refusals {
    pub(super) fn new(stream: TcpStream, edge: Edge) -> Self {
        Self { stream, edge, pending: Vec::new() }
    }

    pub(super) fn into_stream(self) -> TcpStream {
        self.stream
    }

    fn write_pending(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.pending.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.pending))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.pending.drain(..written);
        }
        Poll::Ready(Ok(()))
    }

    /// Takes bytes over if they are a refusal of hyper's.
    fn take(&mut self, bytes: &[u8]) -> bool {
        let Some((status, date)) = refusal(bytes) else { return false };
        let detail = match status {
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "the header may have 64 KiB and 100 fields at most",
            StatusCode::URI_TOO_LONG => "the path and query are longer than the server reads",
            _ => {
                "the request is not one of HTTP/1.1; look at its first line, where quotes and blanks of the address have \
                 to be escaped (`%22`, `%20`), and at its header fields"
            }
        };
        self.pending = bytes_of(&self.edge.refuse(status, detail), date);
        true
    }
}

/// The status and the date of a refusal of hyper's; `None` for any other bytes.
fn refusal(bytes: &[u8]) -> Option<(StatusCode, &str)> {
    // Most bytes are of answers that are none: they are not looked through.
    let rest = std::str::from_utf8(bytes.strip_prefix(b"HTTP/1.1 4")?).ok()?;
    let (status, fields) = rest.split_once("\r\n")?;
    let status = StatusCode::from_bytes(format!("4{}", status.get(..2)?).as_bytes()).ok()?;
    let mut date = None;
    for line in fields.strip_suffix("\r\n\r\n")?.split("\r\n") {
        match line.split_once(": ")? {
            ("connection", "close") | ("content-length", "0") => {}
            ("date", value) => date = Some(value),
            _ => return None,
        }
    }
    Some((status, date?))
}

/// A response that ends its connection, as it goes over the wire.
fn bytes_of(response: &http::Response<Vec<u8>>, date: &str) -> Vec<u8> {
    let (status, body) = (response.status(), response.body());
    let mut out =
        format!("HTTP/1.1 {} {}\r\n", status.as_str(), status.canonical_reason().unwrap_or_default()).into_bytes();
    for (name, value) in response.headers() {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            out.extend_from_slice(part);
        }
    }
    let last = format!("content-length: {}\r\nconnection: close\r\ndate: {date}\r\n\r\n", body.len());
    out.extend_from_slice(last.as_bytes());
    out.extend_from_slice(body);
    out
}

impl AsyncRead for Refusals {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Refusals {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.write_pending(context))?;
        if self.take(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.write_pending(context))?;
        let mut filled = slices.iter().filter(|it| !it.is_empty());
        if let (Some(only), None) = (filled.next(), filled.next())
            && self.take(only)
        {
            return Poll::Ready(Ok(only.len()));
        }
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_pending(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_pending(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &str, status: Option<u16>) {
        assert_eq!(refusal(bytes.as_bytes()).map(|(it, _)| it.as_u16()), status, "{bytes}");
    }

    #[test]
    fn refusals_are_told_from_answers() {
        let date = "date: Fri, 20 Nov 2026 20:10:00 GMT\r\n\r\n";
        check(&format!("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n{date}"), Some(400));
        check(
            &format!(
                "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n{date}"
            ),
            Some(431),
        );
        check(&format!("HTTP/1.1 400 Bad Request\r\nx-request-id: 1\r\ncontent-length: 0\r\n{date}"), None);
        check(&format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n{date}"), None);
        check("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n", None);
        check("HTTP/1.1 4", None);
        check("", None);
    }
}
