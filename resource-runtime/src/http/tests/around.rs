//! CONTRACT sections 4 and 6.

use std::time::Duration;

use axum::extract::State;
use axum::routing::{get, post};
use http::{StatusCode, header};

use super::*;
use crate::error::{ApiError, ErrorCode, ProblemDetails, SuccessFlag};
use crate::http::{Origins, RequestId};
use crate::resource::Operation;

/// Handlers of an application's own that misbehave.
fn misbehaving(database: &Database) -> Api {
    api(database)
        .route(
            "/panic",
            get(|| async {
                if true {
                    panic!("the password is hunter2")
                }
            }),
        )
        .route("/text", get(|| async { (StatusCode::IM_A_TEAPOT, "short and stout") }))
        .route("/empty", get(|| async { StatusCode::BAD_GATEWAY }))
        .route("/json", get(|| async { (StatusCode::CONFLICT, [("content-type", "application/json")], "{\"own\":1}") }))
        .route("/html", get(|| async { (StatusCode::NOT_FOUND, [("content-type", "text/html")], "<p>no</p>") }))
        .route(
            "/own",
            get(|| async {
                ApiError::new(ErrorCode::new("out_of_print", 409, "Out of print")).source("the printer is on fire")
            }),
        )
        .route("/secret", get(|| async { ApiError::new(ErrorCode::INTERNAL).source("SELECT hunter2 FROM users") }))
        .route(
            "/challenge",
            get(|| async { (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], "who?") }),
        )
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_secs(3600)).await }))
        .route("/echo", post(|body: axum::body::Bytes| async move { body }))
        .route("/id", get(|id: axum::Extension<RequestId>| async move { id.0.as_str().to_owned() }))
        .route("/path/{n}", get(|_: axum::extract::RawPathParams| async {}))
}

async fn misbehaving_client() -> Client {
    Client(misbehaving(&database().await).build().unwrap())
}

#[tokio::test]
async fn a_panic_is_500_and_says_nothing() {
    let api = misbehaving_client().await;
    let answer = api.get("/panic").await;
    answer.is_problem(500, "internal");
    assert!(!answer.text().contains("hunter2"));
    assert_eq!(api.get("/health").await.status, 200);
}

#[tokio::test]
async fn a_500_says_nothing_of_the_inside() {
    let api = misbehaving_client().await;
    let answer = api.get("/secret").await;
    answer.is_problem(500, "internal");
    assert!(!answer.text().contains("SELECT"));
    assert_eq!(answer.value()["request_id"], answer.header("x-request-id"));
}

#[tokio::test]
async fn errors_that_others_make_get_the_envelope() {
    let api = misbehaving_client().await;
    api.get("/text").await.is_problem(418, "client_error");
    api.get("/empty").await.is_problem(502, "server_error");
    api.get("/html").await.is_problem(404, "not_found");
    api.get("/nope").await.is_problem(404, "route_not_found");
    api.get("/path/%ff").await.is_problem(400, "bad_request");
    let challenge = api.get("/challenge").await;
    challenge.is_problem(401, "unauthorized");
    assert_eq!(challenge.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn an_applications_own_errors_are_kept() {
    let api = misbehaving_client().await;
    api.get("/own").await.is_problem(409, "out_of_print");
    let own = api.get("/json").await;
    assert_eq!((own.status, own.text()), (409, "{\"own\":1}"));
}

#[tokio::test]
async fn the_envelope_can_be_another_for_all_errors() {
    let database = database().await;
    let api = Client(misbehaving(&database).envelope(SuccessFlag).build().unwrap());
    for (path, code) in
        [("/nope", "route_not_found"), ("books/9", "not_found"), ("/panic", "internal"), ("/text", "client_error")]
    {
        let answer = api.get(path).await;
        assert_eq!(answer.header("content-type"), "application/json", "{path}");
        let value = answer.value();
        assert_eq!((&value["success"], &value["error"]), (&false.into(), &code.into()), "{value}");
        assert!(value["timestamp"].is_string() && value["errors"].is_array() && value["path"].is_string(), "{value}");
    }
    let bulk = api.json("POST", "books/bulk", "[{}]").await.value();
    assert_eq!((&bulk["errors"][0]["index"], &bulk["errors"][0]["success"]), (&0.into(), &false.into()), "{bulk}");
    let types = Client(misbehaving(&database).envelope(ProblemDetails::new("https://x.example/p/")).build().unwrap());
    assert_eq!(types.get("/nope").await.value()["type"], "https://x.example/p/route_not_found");
}

#[tokio::test]
async fn every_answer_has_what_is_around_it() {
    let api = misbehaving_client().await;
    api.create("Dune", "9780441013593").await;
    for path in ["books", "books/1", "books/9", "/nope", "/", "/health", "/openapi.json", "/panic", "/id"] {
        let answer = api.get(path).await;
        assert_eq!(answer.headers.get_all("x-request-id").iter().count(), 1, "{path}");
        assert!(uuid::Uuid::parse_str(answer.header("x-request-id")).is_ok(), "{path}");
        assert!(answer.header("x-process-time").parse::<f64>().unwrap() < 60.0);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'", "{path}");
        assert!(answer.header("vary").contains("accept-encoding"), "{path}");
        assert!(!answer.header("cache-control").is_empty() || path == "/id", "{path}");
    }
}

#[tokio::test]
async fn handlers_know_the_requests_identifier() {
    let api = misbehaving_client().await;
    let answer = api.send("GET", "/id", &[("x-request-id", "mine-1")], Body::empty()).await;
    assert_eq!((answer.text(), answer.header("x-request-id")), ("mine-1", "mine-1"));
    let answer = api.send("GET", "books/9", &[("x-request-id", "\"}<script>")], Body::empty()).await;
    answer.is_problem(404, "not_found");
    assert_eq!(answer.value()["request_id"], "\"}<script>");
}

#[tokio::test]
async fn a_body_over_the_limit_is_413() {
    let database = database().await;
    let mut settings = Settings::default();
    settings.body_limit = 1000;
    let api = Client(misbehaving(&database).settings(settings).build().unwrap());
    let long = book(&"x".repeat(2000), "1234567890");
    // With its length said before, and in chunks.
    api.json("POST", "books", &long).await.is_problem(413, "payload_too_large");
    for path in ["books", "books/bulk", "/echo"] {
        let chunks =
            long.as_bytes().chunks(100).map(|it| Ok(Bytes::copy_from_slice(it))).collect::<Vec<std::io::Result<_>>>();
        let body = Body::from_stream(Chunks(chunks.into_iter()));
        let answer = api.send("POST", path, &[("content-type", "application/json")], body).await;
        answer.is_problem(413, "payload_too_large");
    }
    assert_eq!(api.json("POST", "books", &book("short", "1234567890")).await.status, 201);
}

struct Chunks(std::vec::IntoIter<std::io::Result<Bytes>>);

impl futures_core::Stream for Chunks {
    type Item = std::io::Result<Bytes>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_400() {
    let api = misbehaving_client().await;
    let chunks = vec![Ok(Bytes::from_static(b"{")), Err(std::io::Error::other("gone"))];
    let body = Body::from_stream(Chunks(chunks.into_iter()));
    let answer = api.send("POST", "books", &[("content-type", "application/json")], body).await;
    answer.is_problem(400, "bad_request");
    assert!(!answer.text().contains("gone"));
}

#[tokio::test(start_paused = true)]
async fn what_takes_too_long_is_ended() {
    let api = misbehaving_client().await;
    let answer = api.get("/slow").await;
    answer.is_problem(503, "timeout");
    assert_eq!(answer.header("retry-after"), "1");
}

struct Silent;

impl http_body::Body for Silent {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Pending
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_arrive_is_408() {
    let api = misbehaving_client().await;
    for path in ["books", "/echo"] {
        let answer = api.send("POST", path, &[("content-type", "application/json")], Body::new(Silent)).await;
        answer.is_problem(408, "request_timeout");
        assert_eq!(answer.header("connection"), "close");
    }
}

#[tokio::test]
async fn long_answers_are_packed_where_that_is_asked_for() {
    let api = client().await;
    for n in 0..5 {
        api.create("Dune", &format!("{n:010}")).await;
    }
    let packed = api.send("GET", "books", &[("accept-encoding", "br, gzip")], Body::empty()).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.body.starts_with(&[0x1f, 0x8b]));
    for accept in ["identity", "gzip;q=0", "br", "identity;q=0", "gzip;q=abc", ""] {
        let plain = api.send("GET", "books", &[("accept-encoding", accept)], Body::empty()).await;
        assert_eq!((plain.status, plain.header("content-encoding")), (200, ""), "{accept}");
        assert!(plain.header("vary").contains("accept-encoding"));
    }
    let small = api.send("GET", "/health", &[("accept-encoding", "gzip")], Body::empty()).await;
    assert_eq!(small.header("content-encoding"), "");
    let error = api.send("GET", "books?a=1&b=1&c=1", &[("accept-encoding", "gzip")], Body::empty()).await;
    error.is_problem(422, "invalid_query");
    let unchanged =
        api.send("GET", "books/1", &[("accept-encoding", "gzip"), ("if-none-match", "*")], Body::empty()).await;
    assert_eq!((unchanged.status, unchanged.header("content-encoding")), (304, ""));
}

async fn cors(origins: Origins) -> Client {
    let mut settings = Settings::default();
    settings.origins = origins;
    Client(api(&database().await).settings(settings).build().unwrap())
}

fn app_example(credentials: bool) -> Origins {
    Origins::These { origins: vec!["https://app.example".to_owned()], credentials }
}

#[tokio::test]
async fn origins_match_exactly() {
    let api = cors(app_example(true)).await;
    let allowed = api.send("GET", "books", &[("origin", "https://app.example")], Body::empty()).await;
    assert_eq!(allowed.header("access-control-allow-origin"), "https://app.example");
    assert_eq!(allowed.header("access-control-allow-credentials"), "true");
    assert!(allowed.header("access-control-expose-headers").contains("x-total-count"));
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example.evil.example",
        "http://app.example",
        "https://app.example:8443",
    ] {
        let answer = api.send("GET", "books", &[("origin", origin)], Body::empty()).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
        assert!(answer.headers.get_all("vary").iter().any(|it| it.to_str().unwrap().contains("origin")));
    }
}

#[tokio::test]
async fn a_preflight_is_answered_and_plain_options_too() {
    let api = cors(app_example(false)).await;
    let preflight = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "PATCH"),
        ("access-control-request-headers", "if-match,x-api-key"),
    ];
    let answer = api.send("OPTIONS", "books/1", &preflight, Body::empty()).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("access-control-allow-methods").contains("PATCH"));
    // Also those that only a guard of the application's knows.
    assert_eq!(answer.header("access-control-allow-headers"), "if-match,x-api-key");
    let plain = api.send("OPTIONS", "books/1", &[("origin", "https://app.example")], Body::empty()).await;
    assert_eq!((plain.status, plain.header("allow")), (204, "GET,HEAD,PUT,PATCH,DELETE,OPTIONS"));
}

#[tokio::test]
async fn errors_can_be_read_across_origins() {
    let api = cors(app_example(false)).await;
    let answer = api.send("GET", "books/9", &[("origin", "https://app.example")], Body::empty()).await;
    answer.is_problem(404, "not_found");
    assert_eq!(answer.header("access-control-allow-origin"), "https://app.example");
}

#[tokio::test]
async fn every_origin_never_comes_with_credentials() {
    let api = cors(Origins::Any).await;
    let answer = api.send("GET", "books", &[("origin", "https://evil.example")], Body::empty()).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    let api = client().await;
    let answer = api.send("GET", "books", &[("origin", "https://app.example")], Body::empty()).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_long_address_is_answered_and_a_longer_one_refused() {
    let api = client().await;
    let fine = api.get(&format!("books?search={}", "x".repeat(7800))).await;
    assert!(matches!(fine.status, 200 | 422), "{}", fine.status);
    api.get(&format!("books?search={}", "x".repeat(20_000))).await.is_problem(414, "uri_too_long");
}

#[tokio::test]
async fn overriding_headers_are_ignored() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    for (name, value) in [
        ("x-http-method-override", "DELETE"),
        ("x-forwarded-host", "evil.example"),
        ("range", "bytes=0-3"),
        ("x-nobody-knows", "1"),
        ("traceparent", "zz"),
        ("authorization", "Bearer \u{1}x"),
    ] {
        let Ok(value) = http::HeaderValue::from_str(value) else { continue };
        let answer = api.send("GET", "books?per_page=1", &[(name, value.to_str().unwrap())], Body::empty()).await;
        assert_eq!(answer.status, 200, "{name}");
        assert!(!answer.header("link").contains("evil"));
    }
    assert_eq!(api.get("books/1").await.status, 200);
}

#[tokio::test]
async fn one_operation_can_be_replaced() {
    async fn create(State(database): State<Database>) -> ApiError {
        ApiError::new(ErrorCode::FORBIDDEN).detail(format!("no more rows in {}", database.name()))
    }
    let database = database().await;
    let routes = Routes::new(BOOK, &database).replace(Operation::Create, create);
    let api = Client(Api::new("x", "1").resource(routes).build().unwrap());
    let answer = api.json("POST", "/books", "{}").await;
    answer.is_problem(403, "forbidden");
    assert_eq!(answer.value()["detail"], "no more rows in memory");
    assert_eq!(api.get("/books").await.status, 200);
    assert_eq!(api.send("OPTIONS", "/books", &[], "").await.header("allow"), "GET,HEAD,POST,OPTIONS");
}
