//! `/`, `/health` and `/health/ready`

use std::time::Duration;

use axum::response::Response;
use axum::routing::{MethodRouter, get};
use http::{HeaderValue, StatusCode, header};

use super::offered::method_not_allowed;
use super::respond;
use crate::error::{ApiError, ErrorCode};
use crate::json::write_string;
use crate::openapi::Info;
use crate::store::{Database, StoreError, StoreErrorKind};

/// How long a store may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether the process is alive.
pub(super) fn live() -> MethodRouter {
    get(|| std::future::ready(fresh(br#"{"status":"ok"}"#.to_vec()))).fallback(method_not_allowed)
}

/// Whether requests can be answered: asks the stores.
pub(super) fn ready(databases: Vec<Database>) -> MethodRouter {
    get(move || {
        let databases = databases.clone();
        async move {
            for database in &databases {
                ping(database).await?;
            }
            Ok::<_, ApiError>(fresh(br#"{"status":"ready"}"#.to_vec()))
        }
    })
    .fallback(method_not_allowed)
}

async fn ping(database: &Database) -> Result<(), ApiError> {
    let answer = tokio::time::timeout(PATIENCE, database.ping()).await;
    let error = match answer {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error,
        Err(_) => StoreError::new(StoreErrorKind::Unavailable).caused_by("no answer to a ping in time"),
    };
    Err(ApiError::new(ErrorCode::UNAVAILABLE)
        .detail("the store does not answer")
        .header(header::RETRY_AFTER, "1")
        .source(error))
}

/// What the API is, and where things are.
pub(super) fn index(info: &Info, docs: Option<&str>) -> MethodRouter {
    let mut body = Vec::new();
    for (key, value) in [("{\"name\":", info.title.as_str()), (",\"version\":", &info.version)] {
        body.extend_from_slice(key.as_bytes());
        write_string(&mut body, value);
    }
    body.extend_from_slice(b",\"links\":{\"docs\":");
    match docs {
        Some(path) => write_string(&mut body, path),
        None => body.extend_from_slice(b"null"),
    }
    body.extend_from_slice(
        br#","openapi":"/openapi.json","openapi_3_0":"/openapi-3.0.json","health":"/health","ready":"/health/ready"}}"#,
    );
    get(move || std::future::ready(respond::read(body.clone()))).fallback(method_not_allowed)
}

fn fresh(body: Vec<u8>) -> Response {
    let response = respond::json(StatusCode::OK, body);
    respond::with(response, header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
}
