//! What goes over the wire, over the store in memory. The behaviour suite of the workspace has
//! what follows from models and queries; here is what HTTP itself asks for.

mod around;
mod bulk;
mod conditional;
mod cursors;
mod described;
mod export;
mod mounting;
mod operations;
mod pages;
mod server;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use http::{HeaderMap, Method};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use super::{Api, Routes, Settings};
use crate::field::{FieldMeta, FilterMeta, IdSource};
use crate::query::Operator;
use crate::resource::{Operations, ResourceMeta};
use crate::store::{Database, MemoryStore};
use crate::testing::BOOK;

/// A resource whose identifiers are chosen by clients.
static NOTE: &ResourceMeta = &ResourceMeta::new(
    "Note",
    "notes",
    "notes",
    &[
        FieldMeta::of::<String>("slug").id(IdSource::Client),
        FieldMeta::of::<String>("text").sortable().filters(&[FilterMeta::new(Operator::Eq)]),
    ],
);

/// A resource that demands `If-Match`.
static STRICT: &ResourceMeta = &ResourceMeta::new(
    "Strict",
    "stricts",
    "stricts",
    &[FieldMeta::of::<i64>("id").id(IdSource::Store), FieldMeta::of::<String>("text")],
)
.require_if_match();

/// A resource that can only be read.
static FROZEN: &ResourceMeta =
    &ResourceMeta::new("Frozen", "frozen", "frozen", &[FieldMeta::of::<i64>("id").id(IdSource::Store)])
        .operations(Operations::READ);

/// Calls a router.
#[derive(Clone)]
struct Client(Router);

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

async fn database() -> Database {
    let database = Database::new(MemoryStore::new());
    database.migrate_metas(&[BOOK, NOTE, STRICT, FROZEN]).await;
    database
}

impl Database {
    /// Tests have descriptions without types.
    async fn migrate_metas(&self, metas: &[&'static ResourceMeta]) {
        use crate::store::Store;
        Store::migrate(&**self, metas).await.unwrap();
    }
}

fn api(database: &Database) -> Api {
    Api::new("Book API", "1.0.0").nest("/api/v1", |v1| {
        [BOOK, NOTE, STRICT, FROZEN].into_iter().fold(v1, |v1, it| v1.resource(Routes::new(it, database)))
    })
}

/// All resources under `/api/v1`.
async fn client() -> Client {
    Client(api(&database().await).build().unwrap())
}

/// A book to create.
fn book(title: &str, isbn: &str) -> String {
    format!(r#"{{"title":"{title}","author_name":"Somebody","isbn":"{isbn}","price":10}}"#)
}

impl Client {
    async fn call(&self, request: Request) -> Answer {
        let response = self.0.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
    }

    /// `path` is under `/api/v1/`, if it does not start with a slash.
    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/api/v1/{path}") };
        let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.call(request.body(body.into()).unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Body::empty()).await
    }

    async fn json(&self, method: &str, path: &str, body: &str) -> Answer {
        self.send(method, path, &[("content-type", "application/json")], body.to_owned()).await
    }

    async fn json_if(&self, method: &str, path: &str, name: &str, value: &str, body: &str) -> Answer {
        self.send(method, path, &[("content-type", "application/json"), (name, value)], body.to_owned()).await
    }

    async fn create(&self, title: &str, isbn: &str) {
        let answer = self.json("POST", "books", &book(title, isbn)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A header field; empty where it is not there.
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    #[track_caller]
    fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let value = self.value();
        assert_eq!((&value["status"], &value["code"]), (&status.into(), &code.into()), "{value}");
        for member in ["type", "title", "detail", "instance", "request_id", "timestamp"] {
            assert!(value[member].is_string(), "no `{member}` in {value}");
        }
        assert_eq!(self.header("cache-control"), "no-store");
    }
}
