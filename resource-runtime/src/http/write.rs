//! `POST /books`, `PUT /books/{id}` and `PATCH /books/{id}`

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use super::conditional::{self, Preconditions, etag};
use super::idempotency::Claim;
use super::mounted::Mounted;
use super::prefer::Prefer;
use super::session::{self, Job, Session, Terms};
use super::{body, modified, negotiate, path, respond};
use crate::error::{ApiError, ErrorCode, Problem, Problems};
use crate::field::IdSource;
use crate::input::Draft;
use crate::query::{self, Filter};
use crate::resource::{Operation, Record};
use crate::store::{Key, StoreError, StoreErrorKind};

pub(super) async fn create(
    State(mounted): State<Arc<Mounted>>,
    params: path::Params,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    negotiate::accepts_json(&parts.headers)?;
    query::parse_none(parts.uri.query().unwrap_or_default(), &[])?;
    let scope = mounted.scope(&parts)?;
    let body = body::read(&parts, body, negotiate::JSON, mounted.context.body_limit).await?;
    let collection = path::collection(&parts, &params, false);
    let claim = Claim::of(&parts, || collection.clone(), &scope, &body)?;
    let prefer = Prefer::of(&parts.headers);
    let request = mounted.request(Operation::Create, parts);
    session::carry_out(mounted, Terms { prefer, claim, request }, Create { collection, scope, body, prefer }).await
}

pub(super) async fn replace(
    State(mounted): State<Arc<Mounted>>,
    params: path::Params,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    if parts.headers.contains_key(header::CONTENT_RANGE) {
        // RFC 9110, section 14.5.
        return Err(ApiError::new(ErrorCode::BAD_REQUEST)
            .detail("a row is replaced as a whole; leave `Content-Range` out")
            .problem(Problem::header("Content-Range", "not_allowed", "parts of a row cannot be put")));
    }
    let (key, preconditions, body) = mounted.begin(&parts, body, negotiate::JSON).await?;
    let prefer = Prefer::of(&parts.headers);
    let creates = preconditions.is_create_only() && mounted.meta.id_source() == IdSource::Client;
    let collection = creates.then(|| path::collection(&parts, &params, true));
    let job = Replace { collection, change: Change { key, preconditions, body, prefer } };
    let request = mounted.request(Operation::Replace, parts);
    session::carry_out(mounted, Terms { prefer, claim: None, request }, job).await
}

pub(super) async fn update(
    State(mounted): State<Arc<Mounted>>,
    params: path::Params,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let (key, preconditions, body) = mounted.begin(&parts, body, negotiate::PATCH).await?;
    let claim = Claim::of(&parts, || path::collection(&parts, &params, false), &key.scope, &body)?;
    let prefer = Prefer::of(&parts.headers);
    let job = Update(Change { key, preconditions, body, prefer });
    let request = mounted.request(Operation::Update, parts);
    session::carry_out(mounted, Terms { prefer, claim, request }, job).await
}

struct Create {
    collection: String,
    scope: Filter,
    body: Bytes,
    prefer: Prefer,
}

impl Job for Create {
    async fn run(&self, mounted: &Mounted, session: &mut Session<'_>) -> Result<Response, ApiError> {
        let values = mounted.new_values(session, &self.body).await?;
        let record = mounted.insert(session, values, &self.scope).await?;
        mounted.created(&self.collection, &record, self.prefer)
    }
}

/// What is asked of one row.
struct Change {
    key: Key,
    preconditions: Preconditions,
    body: Bytes,
    prefer: Prefer,
}

struct Replace {
    /// Where the row may only be created.
    collection: Option<String>,
    change: Change,
}

impl Job for Replace {
    async fn run(&self, mounted: &Mounted, session: &mut Session<'_>) -> Result<Response, ApiError> {
        let Change { key, preconditions, body, prefer } = &self.change;
        if let Some(collection) = &self.collection {
            let record = mounted.put_new(session, key, body).await?;
            return mounted.created(collection, &record, *prefer);
        }
        let read = |record: &Record| Draft::replace(mounted.meta, body, record);
        let record = mounted.change(session, key, preconditions, read).await?;
        mounted.representation(StatusCode::OK, &record, *prefer)
    }
}

struct Update(Change);

impl Job for Update {
    async fn run(&self, mounted: &Mounted, session: &mut Session<'_>) -> Result<Response, ApiError> {
        let Change { key, preconditions, body, prefer } = &self.0;
        let record = mounted.update(session, key, preconditions, body).await?;
        mounted.representation(StatusCode::OK, &record, *prefer)
    }
}

impl Mounted {
    /// What every write to one row has to see to first.
    async fn begin(
        &self,
        parts: &Parts,
        body: axum::body::Body,
        media_types: &[&'static str],
    ) -> Result<(Key, Preconditions, Bytes), ApiError> {
        negotiate::accepts_json(&parts.headers)?;
        query::parse_none(parts.uri.query().unwrap_or_default(), &[])?;
        let key = self.key(parts)?;
        let preconditions = Preconditions::of(&parts.headers);
        if self.meta.require_if_match && preconditions.if_match.is_none() && !preconditions.is_create_only() {
            return Err(self.precondition_required());
        }
        let body = body::read(parts, body, media_types, self.context.body_limit).await?;
        Ok((key, preconditions, body))
    }

    /// Stores a new row under the identifier of the path.
    async fn put_new(&self, session: &mut Session<'_>, key: &Key, body: &[u8]) -> Result<Record, ApiError> {
        let id = self.meta.id();
        let name = self.meta.id_field().name;
        let mut json = Vec::new();
        crate::json::write_value(&mut json, &key.id, &self.meta.id_field().kind);
        let values = self.new_values(session, &with_member(body, name, &json)).await?;
        if values.get(id) != Some(&key.id) {
            let problem = Problem::pointer(format!("/{name}"), "must_match", "must be the identifier of the path");
            return Err(Problems::from(vec![problem]).into_error(ErrorCode::VALIDATION_FAILED));
        }
        let refused = |error: StoreError| match error.kind() {
            StoreErrorKind::Duplicate { fields } if fields.contains(&name) => conditional::exists(),
            _ => error.into(),
        };
        self.insert_or(session, values, &key.scope, refused).await
    }

    /// A row as it is now, with its tag and the time of its last write; without the row itself, where
    /// the client prefers that.
    pub(super) fn representation(
        &self,
        status: StatusCode,
        record: &Record,
        prefer: Prefer,
    ) -> Result<Response, ApiError> {
        let mut response = match (prefer.is_minimal(), status) {
            (false, _) => respond::json(status, record.to_json(&self.item).map_err(StoreError::from)?),
            (true, StatusCode::OK) => respond::empty(StatusCode::NO_CONTENT),
            (true, _) => respond::bare(status),
        };
        response.headers_mut().insert(header::ETAG, etag(record.version));
        modified::stamp(&mut response, self.modified(record));
        Ok(prefer.say_back(response, prefer.is_minimal()))
    }

    fn created(&self, collection: &str, record: &Record, prefer: Prefer) -> Result<Response, ApiError> {
        let id = record.get(self.meta.id());
        let location = path::item(collection, id, &self.meta.id_field().kind);
        let location =
            HeaderValue::try_from(location).map_err(|error| ApiError::new(ErrorCode::INTERNAL).source(error))?;
        Ok(respond::with(self.representation(StatusCode::CREATED, record, prefer)?, header::LOCATION, location))
    }
}

/// The body with one more member, if it is an object that does not have it yet. What is wrong
/// with the body is for its reader to say.
fn with_member(body: &[u8], name: &str, value: &[u8]) -> Vec<u8> {
    use std::collections::HashMap;

    let members: Option<HashMap<String, &serde_json::value::RawValue>> = serde_json::from_slice(body).ok();
    let start = body.iter().position(|it| *it == b'{');
    let (Some(members), Some((head, tail))) = (members, start.and_then(|it| body.split_at_checked(it + 1))) else {
        return body.to_vec();
    };
    if members.contains_key(name) {
        return body.to_vec();
    }
    let mut out = head.to_vec();
    crate::json::write_string(&mut out, name);
    out.push(b':');
    out.extend_from_slice(value);
    if !members.is_empty() {
        out.push(b',');
    }
    out.extend_from_slice(tail);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &str) {
        assert_eq!(String::from_utf8(with_member(body.as_bytes(), "id", b"7")).unwrap(), expected);
    }

    #[test]
    fn a_body_gets_the_identifier_of_its_path() {
        check(r#"{"a":1}"#, r#"{"id":7,"a":1}"#);
        check(" { } ", r#" {"id":7 } "#);
    }

    #[test]
    fn a_body_that_has_one_or_is_no_object_stays_as_it_is() {
        for body in [r#"{"id":8}"#, r#"{"\u0069d":8}"#, "[1]", "{", "", "{}x"] {
            check(body, body);
        }
    }
}
