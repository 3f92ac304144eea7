//! The document against what is served: every status, media type and header field of an answer is
//! declared, and every declared status occurs, but for those that [`UNPROVOKED`] has.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use http_body_util::BodyExt as _;
use it::{Answer, Author, Book, Client, new_book};
use resource_runtime::prelude::*;
use serde_json::{Value, json};

/// What the document declares, and no request here can bring about: two writers in a row that never
/// stop to be faster, and a key in flight.
const UNPROVOKED: [(&str, &str); 2] = [("deleteBook", "409"), ("bulkDeleteBooks", "409")];

const BODY_LIMIT: usize = 20_000;

/// Header fields that an answer may have only where the document says so.
const DECLARED_HEADERS: [&str; 12] = [
    "ETag",
    "Last-Modified",
    "Location",
    "Link",
    "X-Total-Count",
    "X-Total-Pages",
    "X-Request-ID",
    "X-Process-Time",
    "Retry-After",
    "Preference-Applied",
    "Idempotency-Replayed",
    "WWW-Authenticate",
];

/// One request to an operation. `{id}` in its path and body is a fresh row, `{isbn}` an ISBN that no row has yet, and
/// `{taken}` one that another row has.
struct Try {
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
}

const fn bare(path: &'static str) -> Try {
    Try { path, headers: &[], body: "" }
}

const fn sent(path: &'static str, body: &'static str) -> Try {
    Try { path, headers: &[], body }
}

const fn with(path: &'static str, headers: &'static [(&'static str, &'static str)], body: &'static str) -> Try {
    Try { path, headers, body }
}

const NEW: &str = r#"{"title": "Emma", "author_name": "Jane Austen", "isbn": "{isbn}", "price": 9.5}"#;
const TAKEN: &str = r#"{"title": "Emma", "author_name": "Jane Austen", "isbn": "{taken}", "price": 9.5}"#;
const MINIMAL: &[(&str, &str)] = &[("prefer", "return=minimal")];
const STALE: &[(&str, &str)] = &[("if-match", "\"999\"")];

/// What an operation is asked for; the first request succeeds. An operation that is not here fails the test.
fn tries(operation_id: &str) -> Vec<Try> {
    match operation_id {
        "getIndex" => vec![bare("/")],
        "getHealth" => vec![bare("/health")],
        "getReadiness" => vec![bare("/health/ready")],
        "listBooks" => vec![
            bare("books"),
            bare("books?cursor=x"),
            with("books", &[("accept", "application/x-ndjson")], ""),
            with("books", &[("accept", "text/csv")], ""),
        ],
        "createBook" => vec![sent("books", NEW), sent("books", TAKEN)],
        "getBook" => vec![
            bare("books/{id}"),
            with("books/{id}", &[("if-none-match", "*")], ""),
            bare("books/999999"),
            bare("books/%zz"),
        ],
        "replaceBook" => vec![
            sent("books/{id}", NEW),
            with("books/{id}", MINIMAL, NEW),
            with("books/{id}", STALE, NEW),
            sent("books/{id}", TAKEN),
            sent("books/999999", NEW),
        ],
        "updateBook" => vec![
            sent("books/{id}", r#"{"price": 1}"#),
            with("books/{id}", MINIMAL, r#"{"price": 2}"#),
            with("books/{id}", STALE, r#"{"price": 3}"#),
            sent("books/{id}", r#"{"isbn": "{taken}"}"#),
            sent("books/{id}", "{}"),
            sent("books/999999", r#"{"price": 1}"#),
        ],
        "deleteBook" => {
            vec![bare("books/{id}"), with("books/{id}", STALE, ""), bare("books/999999"), bare("books/%zz")]
        }
        "bulkCreateBooks" => vec![
            sent("books/bulk", r#"[{"title": "Emma", "author_name": "A", "isbn": "{isbn}", "price": 9.5}, {}]"#),
            with("books/bulk", MINIMAL, r#"[{"title": "Emma", "author_name": "A", "isbn": "{isbn}", "price": 9.5}]"#),
            sent(
                "books/bulk?atomic=true",
                r#"[{"title": "Emma", "author_name": "A", "isbn": "{taken}", "price": 9.5}]"#,
            ),
        ],
        "bulkUpdateBooks" => vec![
            sent("books/bulk", r#"[{"id": {id}, "price": 1}, {"id": 999999, "price": 1}]"#),
            with("books/bulk", MINIMAL, r#"[{"id": {id}, "price": 1}]"#),
            with("books/bulk", STALE, r#"[{"id": {id}, "price": 1}]"#),
            sent("books/bulk?atomic=true", r#"[{"id": 999999, "price": 1}]"#),
            sent("books/bulk?atomic=true", r#"[{"id": {id}, "isbn": "{taken}"}]"#),
        ],
        "bulkDeleteBooks" => vec![
            sent("books/bulk-delete", r#"{"ids": [{id}, 999999]}"#),
            with("books/bulk-delete", MINIMAL, r#"{"ids": [{id}]}"#),
            with("books/bulk-delete", STALE, r#"{"ids": [{id}]}"#),
            sent("books/bulk-delete?atomic=true", r#"{"ids": [999999]}"#),
        ],
        other => panic!("`{other}` is new: give it the requests that bring about what it declares"),
    }
}

/// What a request can be made to meet in front of the handler.
async fn sabotage(request: Request, next: Next) -> Response {
    match request.headers().get("x-sabotage").map(axum::http::HeaderValue::as_bytes) {
        Some(b"panic") => panic!("sabotage"),
        Some(b"stall") => {
            // While the body is not there yet, it would be the client that is waited for.
            let _ = request.into_body().collect().await;
            std::future::pending().await
        }
        _ => next.run(request).await,
    }
}

/// A body that never comes.
struct Never;

impl HttpBody for Never {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        Poll::Pending
    }
}

/// One operation of the document.
struct Operation<'a> {
    id: &'a str,
    method: String,
    value: &'a Value,
}

/// A path, header fields, and a body in the place of the usual one.
type Refusal = (String, Vec<(&'static str, &'static str)>, Option<Body>);

struct Run {
    document: Value,
    api: Client,
    /// The same, in a hurry.
    hasty: Client,
    isbn: u64,
    seen: BTreeMap<String, BTreeSet<String>>,
    /// Those of all answers that were seen, as declared.
    media_types: BTreeSet<(String, String)>,
    media_types_seen: BTreeSet<(String, String)>,
}

impl Run {
    async fn new(store: &Database) -> Self {
        store.migrate::<(Book, Author)>().await.unwrap();
        let client = |request_timeout| {
            let mut settings = Settings::default();
            settings.request_timeout = request_timeout;
            settings.body_limit = BODY_LIMIT;
            let api = Api::new("Book Management API", "1.0.0")
                .nest("/api/v1", |v1| v1.resource(Book::on(store)))
                .layer(from_fn(sabotage))
                .settings(settings);
            Client::of(api.build().unwrap())
        };
        let (api, hasty) = (client(Duration::from_secs(30)), client(Duration::from_millis(50)));
        let document = api.get("/openapi.json").await.value();
        let run = Self {
            document,
            api,
            hasty,
            isbn: 9_780_000_000_000,
            seen: BTreeMap::new(),
            media_types: BTreeSet::new(),
            media_types_seen: BTreeSet::new(),
        };
        run.api.post("books", &new_book("Taken", "9799999999999")).await;
        run
    }

    /// Puts fresh rows and numbers in.
    async fn filled(&mut self, text: &str) -> String {
        self.isbn += 2;
        let mut text = text.replace("{isbn}", &self.isbn.to_string()).replace("{taken}", "9799999999999");
        if text.contains("{id}") {
            let id = self.api.create("Fresh", &(self.isbn + 1).to_string()).await;
            text = text.replace("{id}", &id.to_string());
        }
        text
    }

    async fn operation(&mut self, document: &Value, operation: &Operation<'_>) {
        let tries = tries(operation.id);
        let has_body = operation.value.get("requestBody").is_some();
        let is_service = operation.value["tags"][0] == "service";
        for (index, it) in tries.iter().enumerate() {
            let answer = self.send(operation, it, &[], None).await;
            assert!(index > 0 || answer.status < 300, "{}: {}", operation.id, answer.text());
            self.seen(document, operation, &answer);
        }
        // What every operation of its kind is refused with.
        let Some(first) = tries.first() else { return };
        let mark = if first.path.contains('?') { '&' } else { '?' };
        let long = format!("{}{mark}{}", first.path, "a".repeat(17_000));
        let unknown = format!("{}{mark}nope=1", first.path);
        let mut refusals: Vec<Refusal> = vec![
            (long, vec![], None),
            (first.path.to_owned(), vec![("x-sabotage", "panic")], None),
            (first.path.to_owned(), vec![("x-sabotage", "stall")], None),
        ];
        if !is_service {
            refusals.push((unknown, vec![], None));
            refusals.push((first.path.to_owned(), vec![("accept", "image/png")], None));
        }
        if has_body {
            for (body, headers) in [
                (Body::from("{"), vec![]),
                (Body::from("\"text\""), vec![]),
                (Body::from(vec![b' '; BODY_LIMIT + 1]), vec![]),
                (Body::from("text"), vec![("content-type", "text/plain")]),
                (Body::new(Never), vec![]),
            ] {
                refusals.push((first.path.to_owned(), headers, Some(body)));
            }
        }
        for (path, headers, body) in refusals {
            let it = Try { path: "", headers: first.headers, body: first.body };
            let answer = self.send(operation, &it, &[(&path, headers)], body).await;
            self.seen(document, operation, &answer);
        }
    }

    async fn send(
        &mut self,
        operation: &Operation<'_>,
        it: &Try,
        instead: &[(&str, Vec<(&str, &str)>)],
        body: Option<Body>,
    ) -> Answer {
        let (path, more) = instead.first().map_or((it.path, &[][..]), |(path, more)| (path, more.as_slice()));
        // One row for the path and the body, whichever names it.
        let filled = self.filled(&format!("{path}\n{}", it.body)).await;
        let (path, own_body) = filled.split_once('\n').unwrap();
        let mut headers: Vec<(&str, &str)> = it.headers.iter().chain(more).copied().collect();
        if !headers.iter().any(|(name, _)| *name == "content-type") && operation.value.get("requestBody").is_some() {
            let content = operation.value["requestBody"]["content"].as_object().unwrap();
            headers.push(("content-type", content.keys().next().unwrap()));
        }
        let in_a_hurry = more.iter().any(|(name, _)| *name == "x-sabotage")
            || body.as_ref().is_some_and(|it| !it.is_end_stream() && it.size_hint().exact().is_none());
        let client = if in_a_hurry { &self.hasty } else { &self.api };
        client.send(&operation.method, path, &headers, body.unwrap_or_else(|| Body::from(own_body.to_owned()))).await
    }

    /// Holds an answer against the document, and remembers it.
    fn seen(&mut self, document: &Value, operation: &Operation<'_>, answer: &Answer) {
        let status = answer.status.to_string();
        let place = format!("{} {status}", operation.id);
        let declared = operation.value["responses"].get(&status);
        let declared =
            resolved(document, declared.unwrap_or_else(|| panic!("{place} is not declared: {}", answer.text())));
        let media_types: Vec<&String> = declared["content"].as_object().into_iter().flat_map(|it| it.keys()).collect();
        if answer.body.is_empty() {
            // A response cannot say that its body may be left out; the parameter `Prefer` does.
            let is_minimal = answer.header("preference-applied") == "return=minimal";
            assert!(media_types.is_empty() || is_minimal, "{place} has no body");
        } else {
            let media_type = answer.header("content-type").split(';').next().unwrap();
            assert!(
                media_types.iter().any(|it| *it == media_type),
                "{place}: {media_type} is not among {media_types:?}"
            );
            self.media_types.extend(media_types.iter().map(|it| (operation.id.to_owned(), (*it).clone())));
            self.media_types_seen.insert((operation.id.to_owned(), media_type.to_owned()));
        }
        for name in DECLARED_HEADERS.iter().filter(|it| answer.headers.contains_key(**it)) {
            assert!(declared["headers"].get(*name).is_some(), "{place} has {name}, which is not declared");
        }
        self.seen.entry(operation.id.to_owned()).or_default().insert(status);
    }
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(target) => document.pointer(target.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

async fn check(store: &Database) {
    let mut run = Run::new(store).await;
    let document = run.document.clone();
    let mut unprovoked = Vec::new();
    for item in document["paths"].as_object().unwrap().values() {
        for (method, value) in item.as_object().unwrap().iter().filter(|(it, _)| *it != "parameters") {
            let id = value["operationId"].as_str().unwrap();
            run.operation(&document, &Operation { id, method: method.to_uppercase(), value }).await;
            let seen = &run.seen[id];
            let declared = value["responses"].as_object().unwrap().keys();
            unprovoked.extend(declared.filter(|it| !seen.contains(*it)).map(|it| (id.to_owned(), it.clone())));
        }
    }
    let mut expected: Vec<_> = UNPROVOKED.iter().map(|(id, status)| ((*id).to_owned(), (*status).to_owned())).collect();
    expected.sort();
    unprovoked.sort();
    assert_eq!(unprovoked, expected, "declared, and not seen");
    assert_eq!(run.media_types, run.media_types_seen, "declared media types, and those that were seen");
    assert!(run.seen.values().map(BTreeSet::len).sum::<usize>() > 90, "{:?}", json!(run.seen));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_declared_status_occurs_and_no_other_in_memory() {
    let (store, _guard) = it::memory().await;
    check(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_declared_status_occurs_and_no_other_on_sqlite() {
    let (store, _guard) = it::sqlite().await;
    check(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_declared_status_occurs_and_no_other_on_postgres() {
    let Some((store, guard)) = it::postgres().await else { return };
    check(&store).await;
    store.close().await;
    drop(store);
    guard.clean().await;
}
