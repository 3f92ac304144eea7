use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use resource_runtime::client::{BoxFuture, Transport, TransportError};
use resource_runtime::prelude::*;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{Audit, AuditEntry, Author, Book};

/// Calls the book API without a socket.
#[derive(Debug, Clone)]
pub struct Client {
    router: Router,
}

/// Brings the requests of a typed client to a router.
struct InProcess(Router);

impl Transport for InProcess {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let router = self.0.clone();
        Box::pin(async move {
            let Ok(response) = router.oneshot(request.map(Body::from)).await;
            let (parts, body) = response.into_parts();
            let failed = |error: axum::Error| TransportError { sent: true, source: error.into() };
            Ok(Response::from_parts(parts, body.collect().await.map_err(failed)?.to_bytes()))
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// What the API answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The header.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Client {
    /// The book API on a store, as the example mounts it.
    pub async fn books(store: &Database) -> Self {
        store.migrate::<(Book, Author, AuditEntry)>().await.unwrap();
        let api = Api::new("Book Management API", "1.0.0").nest("/api/v1", |v1| {
            v1.resource(Book::on(store).hooks(Audit))
                .resource(Author::on(store).hooks(Audit))
                .resource(AuditEntry::on(store))
        });
        Self { router: api.build().unwrap() }
    }

    /// Calls any router.
    #[must_use]
    pub const fn of(router: Router) -> Self {
        Self { router }
    }

    /// A typed client of what is under `/api/v1`.
    #[must_use]
    pub fn typed(&self) -> resource_runtime::client::Client {
        resource_runtime::client::Client::with_transport("/api/v1", self.typed_transport())
    }

    /// What brings the requests of a typed client here.
    pub fn typed_transport(&self) -> impl Transport {
        InProcess(self.router.clone())
    }

    /// Sends a request; paths that do not start with a slash are under `/api/v1/`.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let uri = if path.starts_with('/') { path.to_owned() } else { format!("/api/v1/{path}") };
        let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// `GET`
    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Body::empty()).await
    }

    /// `GET` with header fields.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, Body::empty()).await
    }

    /// `DELETE`
    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], Body::empty()).await
    }

    /// `POST` of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.json("POST", path, body, &[]).await
    }

    /// `PUT` of JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.json("PUT", path, body, &[]).await
    }

    /// `PATCH` of a merge patch.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.json("PATCH", path, body, &[]).await
    }

    /// Any method with a JSON body and further header fields.
    pub async fn json(&self, method: &str, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let headers: Vec<_> = [("content-type", "application/json")].iter().chain(headers).copied().collect();
        self.send(method, path, &headers, body.to_string()).await
    }

    /// Any method with a body of exactly these bytes, said to be JSON.
    pub async fn raw(&self, method: &str, path: &str, body: impl Into<Body>) -> Answer {
        self.send(method, path, &[("content-type", "application/json")], body).await
    }

    /// Creates the five sample books.
    pub async fn seed(&self) {
        let books: Vec<Value> = serde_json::from_str(crate::SAMPLE_BOOKS).unwrap();
        for book in &books {
            assert_eq!(self.post("books", book).await.status, 201);
        }
    }

    /// Creates a book with this title and ISBN, and gives its id.
    pub async fn create(&self, title: &str, isbn: &str) -> i64 {
        let answer = self.post("books", &book(title, isbn)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.value()["id"].as_i64().unwrap()
    }

    /// The values of one field of the books that a list answers with.
    pub async fn list(&self, query: &str, field: &str) -> Vec<Value> {
        let answer = self.get(&format!("books?{query}")).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        answer.value()["items"].as_array().unwrap().iter().map(|it| it[field].clone()).collect()
    }
}

/// A book to create.
#[must_use]
pub fn book(title: &str, isbn: &str) -> Value {
    json!({"title": title, "author_name": "Somebody", "isbn": isbn, "price": 10})
}

impl Answer {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The body as JSON.
    #[must_use]
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A header field's value; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    /// The status line's reason, for messages.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        StatusCode::from_u16(self.status).unwrap().canonical_reason().unwrap_or("")
    }

    /// `(pointer or parameter, code)` of each problem.
    #[must_use]
    pub fn problems(&self) -> Vec<(String, String)> {
        let value = self.value();
        assert_eq!(self.header("content-type"), "application/problem+json", "{value}");
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        value["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| (text(it.get("pointer").or(it.get("parameter")).unwrap_or(&Value::Null)), text(&it["code"])))
            .collect()
    }

    /// Asserts an error of this status and code, in the envelope.
    #[track_caller]
    pub fn is_error(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let value = self.value();
        assert_eq!(value["status"], status);
        assert_eq!(value["code"], code, "{value}");
        for member in ["type", "title", "detail", "instance", "request_id", "timestamp"] {
            assert!(value[member].is_string(), "no `{member}` in {value}");
        }
    }
}
