//! `GET /books/{id}` and `DELETE /books/{id}`

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};

use super::conditional::{self, Demand, Preconditions, etag};
use super::mounted::Mounted;
use super::{negotiate, respond, write};
use crate::error::ApiError;
use crate::json::Projection;
use crate::query;
use crate::store::{Write, Written};

pub(super) async fn get(State(mounted): State<Arc<Mounted>>, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    negotiate::accepts_json(&parts.headers)?;
    let query = query::parse_item(mounted.meta, parts.uri.query().unwrap_or_default())?;
    let key = mounted.key(&parts)?;
    let projection = match &query.fields {
        None => Arc::clone(&mounted.item),
        Some(fields) => Arc::new(Projection::new(mounted.meta, fields)),
    };
    let row = mounted.database.get_json(key, projection).await?.ok_or_else(|| mounted.not_found())?;
    let mut response = if Preconditions::of(&parts.headers).has(row.version)? {
        let unchanged = respond::empty(StatusCode::NOT_MODIFIED);
        respond::with(unchanged, header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))
    } else {
        respond::read(row.json)
    };
    response.headers_mut().insert(header::ETAG, etag(row.version));
    Ok(response)
}

pub(super) async fn delete(State(mounted): State<Arc<Mounted>>, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    query::parse_none(parts.uri.query().unwrap_or_default(), &[])?;
    let key = mounted.key(&parts)?;
    let preconditions = Preconditions::of(&parts.headers);
    if mounted.meta.require_if_match && preconditions.if_match.is_none() {
        return Err(mounted.precondition_required());
    }
    let mut attempts = write::Attempts::default();
    loop {
        let version = match preconditions.demand() {
            Demand::Exactly(version) => version,
            Demand::Look => {
                let record = mounted.database.get(key.clone()).await?.ok_or_else(|| mounted.not_found())?;
                preconditions.check(record.version)?;
                Some(record.version)
            }
        };
        match mounted.database.write(Write::Delete { key: key.clone(), version }).await? {
            Written::Done(_) => return Ok(respond::empty(StatusCode::NO_CONTENT)),
            Written::Missing => return Err(mounted.not_found()),
            Written::Stale { .. } if preconditions.demand() != Demand::Look => return Err(conditional::stale()),
            Written::Stale { .. } => attempts.pause().await?,
        }
    }
}
