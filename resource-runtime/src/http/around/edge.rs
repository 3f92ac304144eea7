use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use http_body::Body as _;
use jiff::Timestamp;
use tower::ServiceExt as _;
use tracing::Instrument as _;

use super::id::{self, RequestId};
use super::{Layers, MIN_COMPRESSED, cors};
use crate::error::{ApiError, Envelope, ErrorCode, Problem, Report, with_causes};
use crate::http::error::{self, Raised};
use crate::http::{body, negotiate, path, respond};

const PROCESS_TIME: HeaderName = HeaderName::from_static("x-process-time");
/// The longest path with its query.
const MAX_URI: usize = 16 * 1024;

/// The outermost service of an API.
#[derive(Clone)]
pub(in crate::http) struct Edge {
    layers: Arc<Layers>,
    body_limit: usize,
    envelope: Arc<dyn Envelope>,
}

impl Edge {
    pub(in crate::http) fn new(
        router: Router,
        origins: &crate::http::Origins,
        body_limit: usize,
        timeout: Duration,
        envelope: Arc<dyn Envelope>,
    ) -> Self {
        Self { layers: Arc::new(Layers::new(router, origins, body_limit, timeout)), body_limit, envelope }
    }

    /// Answers a request that came over a connection, and so has to be what HTTP/1.1 demands.
    pub(in crate::http) async fn answer_from_socket(self, request: Request) -> Response {
        let refusal = host(&request).and_then(|()| coding(&request)).err();
        self.answer(request, refusal).await
    }

    /// The answer to bytes that are no request; the connection ends with it.
    pub(in crate::http) fn refuse(&self, status: StatusCode, detail: &str) -> http::Response<Vec<u8>> {
        let started = Instant::now();
        let id = RequestId::of(&HeaderMap::new());
        let error = error::of_status(status).detail(detail);
        let report =
            Report { error: &error, instance: None, request_id: Some(id.as_str()), timestamp: Some(Timestamp::now()) };
        let mut response = Response::default();
        error::write(&mut response, &*self.envelope, &report);
        // The method may be what cannot be read; the answer has a body, whatever it is.
        finish(&mut response, &Method::GET, "(unreadable)", &id, started);
        let mut body = Vec::new();
        self.envelope.write(&report, &mut body);
        response.map(|_| body)
    }

    /// Answers a request, if only with this refusal.
    async fn answer(self, mut request: Request, refusal: Option<ApiError>) -> Response {
        let started = Instant::now();
        let id = RequestId::of(request.headers());
        let method = request.method().clone();
        let instance = request.uri().path().to_owned();
        request.extensions_mut().insert(id.clone());

        let span = tracing::info_span!("request", id = id.as_str());
        let mut response = match refusal {
            None => self.layers.route(request).instrument(span).await,
            Some(error) => error.into_response(),
        };
        self.mend_errors(&mut response, &instance, &id);
        finish(&mut response, &method, &instance, &id, started);
        response
    }

    /// Gives every error the envelope, with what is known of the request.
    fn mend_errors(&self, response: &mut Response, instance: &str, id: &RequestId) {
        let status = response.status();
        if !status.is_client_error() && !status.is_server_error() {
            return;
        }
        let raised = response.extensions_mut().remove::<Raised>();
        let error = match raised {
            Some(Raised(error)) => error,
            None if is_json(response.headers()) => return,
            None if status == StatusCode::PAYLOAD_TOO_LARGE => Arc::new(body::too_large(self.body_limit)),
            None => Arc::new(error::of_status(status)),
        };
        if error.status() >= 500 {
            log(&error, Some(id));
        }
        let report = Report {
            error: &error,
            instance: Some(instance),
            request_id: Some(id.as_str()),
            timestamp: Some(Timestamp::now()),
        };
        error::write(response, &*self.envelope, &report);
    }
}

impl Layers {
    /// Sends a request the way that it has to take.
    async fn route(&self, request: Request) -> Response {
        let (mut parts, body) = request.into_parts();
        let length = parts.uri.path_and_query().map_or(0, |it| it.as_str().len());
        if length > MAX_URI {
            let detail = format!("the path and query may have {MAX_URI} bytes together");
            return ApiError::new(ErrorCode::URI_TOO_LONG).detail(detail).into_response();
        }
        match path::normalized(&parts.uri) {
            Ok(None) => {}
            Ok(Some(uri)) => parts.uri = uri,
            Err(error) => return error.into_response(),
        }
        let is_compressed = negotiate::accepts_gzip(&parts.headers);
        let layers = if parts.method == Method::OPTIONS && !cors::is_preflight(&parts) {
            None
        } else if is_compressed {
            Some(&self.compressed)
        } else {
            self.plain.as_ref()
        };
        let method = parts.method.clone();
        let request = Request::from_parts(parts, body);
        let mut response = match layers {
            None => self.inner.answer(request).await,
            Some(layers) => {
                let Ok(response) = layers.clone().oneshot(request).await;
                response
            }
        };
        if method == Method::HEAD && is_compressed {
            // A body that GET would compress has another length then, which is not known
            // (RFC 9110, section 8.6).
            let is_plain = !response.headers().contains_key(header::CONTENT_ENCODING);
            if is_plain && compressible(response.status(), response.headers()) {
                response.headers_mut().remove(header::CONTENT_LENGTH);
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
        }
        if method == Method::OPTIONS { methods(response) } else { with_options(response) }
    }
}

/// Adds what every answer has, and tells the log.
fn finish(response: &mut Response, method: &Method, path: &str, id: &RequestId, started: Instant) {
    around(response, method, id);
    let time = started.elapsed();
    response.headers_mut().extend(HeaderValue::try_from(in_seconds(time)).ok().map(|it| (PROCESS_TIME, it)));
    tracing::info!(
        target: "resource_runtime::access",
        request_id = id.as_str(),
        status = response.status().as_u16(),
        micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX),
        "{method} {path}",
    );
}

/// A time with six digits after the point. In whole numbers: to print a float costs several times as
/// much.
fn in_seconds(time: Duration) -> String {
    let mut buffer = itoa::Buffer::new();
    let mut text = String::with_capacity(16);
    text.push_str(buffer.format(time.as_secs()));
    text.push('.');
    // The one before them keeps the zeros.
    text.push_str(buffer.format(1_000_000 + time.subsec_micros()).get(1..).unwrap_or_default());
    text
}

/// Whether the layer of compression would take a body with this header.
fn compressible(status: StatusCode, headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    let media = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    status == StatusCode::OK
        && length.is_some_and(|it| it >= MIN_COMPRESSED)
        && (!media.starts_with("image/") || media.starts_with("image/svg+xml"))
}

/// Adds to the methods of a 405 that `OPTIONS` is answered everywhere.
fn with_options(mut response: Response) -> Response {
    if response.status() == StatusCode::METHOD_NOT_ALLOWED
        && !lists(response.headers(), &header::ALLOW, "OPTIONS")
        && let Some(allow) = response.headers().get(header::ALLOW).and_then(|it| it.to_str().ok())
        && let Ok(allow) = HeaderValue::try_from(format!("{allow},OPTIONS"))
    {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

/// Answers `OPTIONS` for paths whose router does not: axum says 405, and the methods.
fn methods(response: Response) -> Response {
    match response.headers().get(header::ALLOW) {
        Some(allow) if response.status() == StatusCode::METHOD_NOT_ALLOWED => {
            let allow = allow.to_str().map_or_else(|_| "OPTIONS".to_owned(), |it| format!("{it},OPTIONS"));
            let allow = HeaderValue::try_from(allow).unwrap_or(HeaderValue::from_static("OPTIONS"));
            respond::with(respond::empty(StatusCode::NO_CONTENT), header::ALLOW, allow)
        }
        _ => response,
    }
}

/// Refuses a request of HTTP/1.1 that does not say one host (RFC 9112, section 3.2).
fn host(request: &Request) -> Result<(), ApiError> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let detail = match (hosts.next(), hosts.next()) {
        (None, _) if request.version() < Version::HTTP_11 => return Ok(()),
        (None, _) => "the request has no `Host`",
        (Some(_), Some(_)) => "`Host` is there more than once",
        (Some(host), None) if host.is_empty() || Authority::try_from(host.as_bytes()).is_ok() => return Ok(()),
        (Some(_), None) => "`Host` is not a host, such as `api.example` or `127.0.0.1:8000`",
    };
    Err(ApiError::new(ErrorCode::BAD_REQUEST).detail(detail).problem(Problem::header("Host", "bad_request", detail)))
}

/// Refuses a body in a transfer coding besides `chunked`, which would be read as if it were not
/// there (RFC 9112, section 6.1).
fn coding(request: &Request) -> Result<(), ApiError> {
    let mut lines = request.headers().get_all(header::TRANSFER_ENCODING).iter();
    let is_chunked = |it: &HeaderValue| it.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked");
    if lines.all(is_chunked) {
        return Ok(());
    }
    let detail = "of transfer codings, only `chunked` is understood";
    let problem = Problem::header("Transfer-Encoding", "not_implemented", detail).param("allowed", vec!["chunked"]);
    Err(ApiError::new(ErrorCode::NOT_IMPLEMENTED).detail(detail).problem(problem).header(header::CONNECTION, "close"))
}

/// Header fields that every answer has.
fn around(response: &mut Response, method: &Method, id: &RequestId) {
    if matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::new(respond::Nothing);
    }
    if *method == Method::HEAD {
        // An error has got a body that HEAD does not send; its length is said all the same.
        let length = response.body().size_hint().exact().filter(|it| *it > 0);
        response.headers_mut().extend(length.map(|it| (header::CONTENT_LENGTH, it.into())));
        *response.body_mut() = Body::empty();
    }
    let headers = response.headers_mut();
    headers.insert(id::NAME, id.to_value());
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        // A page of HTML brings its own.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    if is_read && !lists(headers, &header::VARY, "accept-encoding") {
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
}

fn lists(headers: &HeaderMap, name: &HeaderName, element: &str) -> bool {
    let mut lines = headers.get_all(name).iter().filter_map(|it| it.to_str().ok());
    lines.any(|it| it.split(',').any(|it| it.trim().eq_ignore_ascii_case(element)))
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

/// Tells the log what no client is told.
pub(in crate::http) fn log(error: &ApiError, id: Option<&RequestId>) {
    let id = id.map_or("-", RequestId::as_str);
    let cause = error.source.as_deref().map(|it| with_causes(it));
    match cause {
        Some(cause) => tracing::error!(request_id = id, code = error.code.code, "{cause}"),
        None => tracing::error!(request_id = id, code = error.code.code, "{error}"),
    }
}

impl tower::Service<Request> for Edge {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let edge = self.clone();
        Box::pin(async move { Ok(edge.answer(request, None).await) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_to_the_microsecond() {
        for (micros, expected) in [(0, "0.000000"), (42, "0.000042"), (999_999, "0.999999"), (61_000_001, "61.000001")]
        {
            assert_eq!(in_seconds(Duration::from_micros(micros)), expected);
        }
    }
}
