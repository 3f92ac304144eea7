//! `GET /books/{id}` and `DELETE /books/{id}`

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};

use super::conditional::{Preconditions, etag};
use super::modified::Seconds;
use super::mounted::Mounted;
use super::prefer::Prefer;
use super::session::{self, Job, Session, Terms};
use super::{modified, negotiate, respond};
use crate::error::ApiError;
use crate::json::Projection;
use crate::query;
use crate::resource::Operation;
use crate::store::{JsonRow, Key, StoreResult};

pub(super) async fn get(State(mounted): State<Arc<Mounted>>, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    negotiate::accepts_json(&parts.headers)?;
    let query = query::parse_item(mounted.meta, parts.uri.query().unwrap_or_default())?;
    let key = mounted.key(&parts)?;
    let projection = match &query.fields {
        None => Arc::clone(&mounted.item),
        Some(fields) => Arc::new(Projection::new(mounted.meta, fields)),
    };
    let (row, modified) = mounted.read(key, projection).await?.ok_or_else(|| mounted.not_found())?;
    let mut response = if Preconditions::of(&parts.headers).has(row.version, modified)? {
        let unchanged = respond::empty(StatusCode::NOT_MODIFIED);
        respond::with(unchanged, header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))
    } else {
        respond::read(row.json)
    };
    response.headers_mut().insert(header::ETAG, etag(row.version));
    modified::stamp(&mut response, modified);
    Ok(response)
}

impl Mounted {
    /// A row as JSON, and when it was written.
    async fn read(&self, key: Key, projection: Arc<Projection>) -> StoreResult<Option<(JsonRow, Option<Seconds>)>> {
        let Some(moments) = &self.moments else {
            return Ok(self.database.get_json(key, projection).await?.map(|row| (row, None)));
        };
        if moments.are_in(&projection) && !projection.needs_record() {
            // A store that writes JSON from its rows is not asked for more than that.
            let row = self.database.get_json(key, projection).await?;
            return Ok(row.map(|row| (moments.of_json(&row.json), row)).map(|(modified, row)| (row, modified)));
        }
        let Some(record) = self.database.get(key).await? else { return Ok(None) };
        let row = JsonRow { json: record.to_json(&projection)?, version: record.version };
        Ok(Some((row, moments.of_record(&record))))
    }
}

pub(super) async fn delete(State(mounted): State<Arc<Mounted>>, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    query::parse_none(parts.uri.query().unwrap_or_default(), &[])?;
    let key = mounted.key(&parts)?;
    let preconditions = Preconditions::of(&parts.headers);
    if mounted.meta.require_if_match && preconditions.if_match.is_none() {
        return Err(mounted.precondition_required());
    }
    let prefer = Prefer::of(&parts.headers);
    let request = mounted.request(Operation::Delete, parts);
    session::carry_out(mounted, Terms { prefer, claim: None, request }, Delete { key, preconditions, prefer }).await
}

struct Delete {
    key: Key,
    preconditions: Preconditions,
    prefer: Prefer,
}

impl Job for Delete {
    async fn run(&self, mounted: &Mounted, session: &mut Session<'_>) -> Result<Response, ApiError> {
        mounted.remove(session, &self.key, &self.preconditions).await?;
        // There is no row to answer with, whatever is preferred.
        Ok(self.prefer.say_back(respond::empty(StatusCode::NO_CONTENT), true))
    }
}
