//! The server, over real sockets.

use std::net::SocketAddr;
use std::time::Duration;

use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::*;

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<crate::Result<()>>,
}

async fn serve(settings: impl FnOnce(&mut Settings)) -> Server {
    let mut chosen = Settings::default();
    chosen.header_timeout = Duration::from_millis(400);
    settings(&mut chosen);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let api = api(&database().await)
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_millis(500)).await }))
        .route("/endless", get(|| async { tokio::time::sleep(Duration::from_secs(3600)).await }));
    let ended = tokio::spawn(api.serve_on(listener, chosen, async {
        let _ = stopped.await;
    }));
    Server { address, stop, ended }
}

impl Server {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes on a connection of their own, and reads until the server closes it.
    async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        let (mut read, mut write) = stream.split();
        let mut answer = Vec::new();
        // A server that has seen enough may close while the client is still sending.
        let (_, _) = tokio::join!(write.write_all(bytes), read.read_to_end(&mut answer));
        String::from_utf8(answer).unwrap()
    }
}

const CLOSE: &str = "Host: x\r\nConnection: close\r\n";

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = serve(|_| {}).await;
    let answer = server
        .raw(format!("GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /nope HTTP/1.1\r\n{CLOSE}\r\n").as_bytes())
        .await;
    let statuses: Vec<_> = answer.match_indices("HTTP/1.1 ").map(|(at, _)| &answer[at + 9..at + 12]).collect();
    assert_eq!(statuses, ["200", "404"]);
    assert!(answer.contains("date: "), "{answer}");
    assert!(!answer.to_lowercase().contains("\nserver:"));
}

#[tokio::test]
async fn the_bare_protocol_is_kept_to() {
    let server = serve(|_| {}).await;
    let body = book("Dune", "9780441013593");
    let created = server.raw(format!(
        "POST /api/v1/books HTTP/1.1\r\n{CLOSE}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len(),
    ).as_bytes()).await;
    assert!(created.starts_with("HTTP/1.1 201"), "{created}");
    for (request, status) in [
        (format!("GET http://other/api/v1/books/1 HTTP/1.1\r\n{CLOSE}\r\n"), "200"),
        (format!("HEAD /api/v1/books/1 HTTP/1.1\r\n{CLOSE}\r\n"), "200"),
        (format!("GET /api/v1/books/1 HTTP/1.1\r\n{CLOSE}X-A : b\r\n\r\n"), "400"),
        (format!("POST /api/v1/books HTTP/1.1\r\n{CLOSE}Content-Length: -1\r\n\r\n"), "400"),
        (format!("POST /api/v1/books HTTP/1.1\r\n{CLOSE}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx"), "400"),
        ("GET /api/v1/books/1 HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), "400"),
        ("GET /api/v1/books/1 HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n".to_owned(), "400"),
        ("GET /api/v1/books/1 HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n".to_owned(), "400"),
        ("GET /api/v1/books/1 HTTP/1.0\r\n\r\n".to_owned(), "200"),
        (format!("POST /api/v1/books HTTP/1.1\r\n{CLOSE}Transfer-Encoding: frob\r\n\r\n"), "4"),
        (format!("POST /api/v1/books HTTP/1.1\r\n{CLOSE}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), "501"),
        (format!("OPTIONS * HTTP/1.1\r\n{CLOSE}\r\n"), "4"),
        (format!("CONNECT x:80 HTTP/1.1\r\n{CLOSE}\r\n"), "4"),
        (format!("TRACE /api/v1/books HTTP/1.1\r\n{CLOSE}\r\n"), "405"),
        (format!("DELETE /api/v1/books/1 HTTP/1.1\r\n{CLOSE}\r\n"), "204"),
    ] {
        let answer = server.raw(request.as_bytes()).await;
        let found = answer.split(' ').nth(1).unwrap_or_default();
        assert!(found.starts_with(status), "{request}: {answer}");
        if request.starts_with("HEAD") {
            assert!(answer.ends_with("\r\n\r\n"), "{answer}");
        }
        if status == "204" {
            assert!(!answer.contains("content-length") && answer.ends_with("\r\n\r\n"), "{answer}");
        }
    }
}

#[tokio::test]
async fn a_client_may_close_its_side_early() {
    let server = serve(|_| {}).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn half_a_header_and_silence_is_timed_out() {
    let server = serve(|_| {}).await;
    for sent in ["", "GET /hea", "GET /health HTTP/1.1\r\nHost: x\r\n"] {
        let closed = tokio::time::timeout(Duration::from_secs(5), server.raw(sent.as_bytes())).await;
        assert!(!closed.unwrap().contains("200"));
    }
    assert!(server.raw(format!("GET /health HTTP/1.1\r\n{CLOSE}\r\n").as_bytes()).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn half_a_body_and_silence_is_408() {
    let server = serve(|it| it.request_timeout = Duration::from_millis(300)).await;
    let head =
        "POST /api/v1/books HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    let answer = tokio::time::timeout(Duration::from_secs(5), server.raw(head.as_bytes())).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("request_timeout"), "{answer}");
}

#[tokio::test]
async fn a_header_without_end_is_refused() {
    let server = serve(|_| {}).await;
    for request in [
        format!("GET /health HTTP/1.1\r\n{CLOSE}X-Long: {}\r\n\r\n", "x".repeat(1_000_000)),
        format!("GET /health HTTP/1.1\r\n{CLOSE}{}\r\n", "X-Many: 1\r\n".repeat(20_000)),
        format!("GET /health?{} HTTP/1.1\r\n{CLOSE}\r\n", "x".repeat(300_000)),
    ] {
        let answer = server.raw(request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{}", answer.get(..20).unwrap_or(&answer));
    }
    assert!(server.raw(format!("GET /health HTTP/1.1\r\n{CLOSE}\r\n").as_bytes()).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn what_is_no_request_is_refused_in_the_envelope() {
    let server = serve(|_| {}).await;
    for (request, status, code) in [
        (format!("GET /<script> HTTP/1.1\r\n{CLOSE}\r\n"), 400, "bad_request"),
        (format!("GET /health HTTP/1.1\r\n{CLOSE}X-A : b\r\n\r\n"), 400, "bad_request"),
        ("\u{16}\u{3}\u{1} tls".repeat(20), 400, "bad_request"),
        (format!("GET /health HTTP/1.1\r\n{CLOSE}X-A: {}\r\n\r\n", "x".repeat(100_000)), 431, "headers_too_large"),
    ] {
        let answer = server.raw(request.as_bytes()).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        assert!(head.contains("content-type: application/problem+json"), "{head}");
        assert!(head.contains("x-content-type-options: nosniff") && head.contains("\r\ndate: "), "{head}");
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{head}");
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&problem["status"], &problem["code"]), (&status.into(), &code.into()), "{problem}");
        let id = problem["request_id"].as_str().unwrap();
        assert!(head.contains(&format!("x-request-id: {id}\r\n")), "{head}");
    }
    // What was answered before it stays whole.
    let answer = server.raw(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n").await;
    let statuses: Vec<_> =
        answer.match_indices("HTTP/1.1 ").filter_map(|(at, _)| answer.get(at + 9..at + 12)).collect();
    assert_eq!(statuses, ["200", "400"], "{answer}");
}

#[tokio::test]
async fn a_client_that_sends_too_much_reads_why() {
    let server = serve(|_| {}).await;
    let body = "x".repeat(10_000_000);
    let head = format!(
        "POST /api/v1/books HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let answer = server.raw(format!("{head}{body}").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("payload_too_large"), "{answer}");
    assert!(answer.contains("the body may have 1048576 bytes at most"), "{answer}");
}

#[tokio::test]
async fn a_client_that_asks_before_sending_gets_an_answer() {
    let server = serve(|_| {}).await;
    let body = book("Dune", "9780441013593");
    let head = |length: usize| {
        format!(
            "POST /api/v1/books HTTP/1.1\r\n{CLOSE}Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    let mut stream = server.connect().await;
    stream.write_all(head(body.len()).as_bytes()).await.unwrap();
    let mut buffer = [0; 25];
    stream.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(server.raw(head(10_000_000).as_bytes()).await.starts_with("HTTP/1.1 413"));
}

#[tokio::test]
async fn no_second_request_is_smuggled_in() {
    let server = serve(|_| {}).await;
    let answer = server.raw(format!(
        "POST /api/v1/books HTTP/1.1\r\n{CLOSE}Content-Type: application/json\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    ).as_bytes()).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
}

#[tokio::test]
async fn a_stop_lets_what_is_running_end() {
    let server = serve(|_| {}).await;
    let mut idle = server.connect().await;
    idle.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut buffer = [0; 12];
    idle.read_exact(&mut buffer).await.unwrap();
    let mut running = server.connect().await;
    running.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;

    server.stop.send(()).unwrap();
    let mut answer = String::new();
    running.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.ended.await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
    let mut rest = Vec::new();
    assert!(idle.read_to_end(&mut rest).await.is_ok());
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let server = serve(|it| it.shutdown_timeout = Duration::from_millis(200)).await;
    let mut running = server.connect().await;
    running.write_all(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), server.ended).await.unwrap().unwrap().unwrap();
}
