//! `POST /books`, `PUT /books/{id}` and `PATCH /books/{id}`

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use super::conditional::{self, Demand, Preconditions, etag};
use super::idempotency::Claim;
use super::mounted::{Mounted, changed};
use super::prefer::Prefer;
use super::session::{self, Job, Session, Terms};
use super::{body, modified, negotiate, path, respond};
use crate::error::{ApiError, ErrorCode, Problem, Problems};
use crate::field::{IdSource, Value};
use crate::input;
use crate::query::{self, Filter};
use crate::resource::Record;
use crate::store::{Key, StoreError, StoreErrorKind, Write, Written, first_version};

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
    session::carry_out(mounted, Terms { prefer, claim }, Create { collection, scope, body, prefer }).await
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
    session::carry_out(mounted, Terms { prefer, claim: None }, job).await
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
    session::carry_out(mounted, Terms { prefer, claim }, job).await
}

struct Create {
    collection: String,
    scope: Filter,
    body: Bytes,
    prefer: Prefer,
}

impl Job for Create {
    async fn run(&self, mounted: &Mounted, session: &mut Session<'_>) -> Result<Response, ApiError> {
        let record = mounted.insert(session, input::create(mounted.meta, &self.body)?, &self.scope).await?;
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
        let mut changes = |record: &Record| input::replace(mounted.meta, body, record);
        let record = mounted.change(session, key, preconditions, &mut changes).await?;
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

    /// Stores a new row.
    async fn insert(&self, session: &mut Session<'_>, values: Vec<Value>, scope: &Filter) -> Result<Record, ApiError> {
        inserted(session.write(self.insertion(values, scope)?).await?)
    }

    /// The write that stores a new row, if the caller may have it.
    pub(super) fn insertion(&self, values: Vec<Value>, scope: &Filter) -> Result<Write, ApiError> {
        let id = values.get(self.meta.id()).unwrap_or(&Value::Null);
        if let Some(problem) = self.unreachable_id(id) {
            return Err(Problems::from(vec![problem]).into_error(ErrorCode::VALIDATION_FAILED));
        }
        let version = first_version(self.meta);
        let record = Record { values, version };
        self.stays_in(scope, &record)?;
        Ok(Write::Insert { meta: self.meta, values: record.values, version })
    }

    /// Identifiers whose paths would lead elsewhere.
    fn unreachable_id(&self, id: &Value) -> Option<Problem> {
        let Value::Text(text) = id else { return None };
        matches!(text.as_str(), "" | "." | ".." | "bulk" | "bulk-delete").then(|| {
            let name = self.meta.id_field().name;
            Problem::pointer(format!("/{name}"), "reserved", "cannot be an identifier: its path means something else")
        })
    }

    /// Stores a new row under the identifier of the path.
    async fn put_new(&self, session: &mut Session<'_>, key: &Key, body: &[u8]) -> Result<Record, ApiError> {
        let id = self.meta.id();
        let name = self.meta.id_field().name;
        let mut json = Vec::new();
        crate::json::write_value(&mut json, &key.id, &self.meta.id_field().kind);
        let values = input::create(self.meta, &with_member(body, name, &json))?;
        if values.get(id) != Some(&key.id) {
            let problem = Problem::pointer(format!("/{name}"), "must_match", "must be the identifier of the path");
            return Err(Problems::from(vec![problem]).into_error(ErrorCode::VALIDATION_FAILED));
        }
        match self.insert(session, values, &key.scope).await {
            Err(error) if error.code == ErrorCode::DUPLICATE && is_about(&error, name) => Err(conditional::exists()),
            other => other,
        }
    }

    /// Applies a merge patch to a row.
    async fn update(
        &self,
        session: &mut Session<'_>,
        key: &Key,
        preconditions: &Preconditions,
        body: &[u8],
    ) -> Result<Record, ApiError> {
        let update = input::update(self.meta, body)?;
        let demand = preconditions.demand();
        if let (Demand::Exactly(version), false, Filter::All) = (demand, update.needs_record(), &key.scope) {
            let changes = update.changes(None)?;
            if !changes.is_empty() {
                let write = Write::Update { key: key.clone(), changes, version };
                return match session.write(write).await? {
                    Written::Done(record) => Ok(record),
                    Written::Missing => Err(self.not_found()),
                    Written::Stale { .. } => Err(conditional::stale()),
                };
            }
        }
        // Each attempt reads the patch again: attempts after the first are rare.
        self.change(session, key, preconditions, &mut |record| input::update(self.meta, body)?.changes(Some(record)))
            .await
    }

    /// Reads a row, computes what to change, and writes that to the very version that was read; from
    /// the start again where another writer was faster and the client did not say which version it
    /// meant.
    async fn change(
        &self,
        session: &mut Session<'_>,
        key: &Key,
        preconditions: &Preconditions,
        changes: &mut Changes<'_>,
    ) -> Result<Record, ApiError> {
        let mut attempts = Attempts::default();
        loop {
            let record = session.get(key.clone()).await?.ok_or_else(|| self.not_found())?;
            preconditions.check(record.version, self.modified(&record))?;
            let changes = changes(&record)?;
            if changes.is_empty() {
                return Ok(record);
            }
            self.stays_in(&key.scope, &changed(&record, &changes))?;
            let write = Write::Update { key: key.clone(), changes, version: Some(record.version) };
            match session.write(write).await? {
                Written::Done(record) => return Ok(record),
                Written::Missing => return Err(self.not_found()),
                Written::Stale { .. } => attempts.pause().await?,
            }
        }
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
        let location = HeaderValue::try_from(location).map_err(|error| internal(error.to_string()))?;
        Ok(respond::with(self.representation(StatusCode::CREATED, record, prefer)?, header::LOCATION, location))
    }
}

/// The row that an insert gave.
pub(super) fn inserted(written: Written) -> Result<Record, ApiError> {
    match written {
        Written::Done(record) => Ok(record),
        other => Err(internal(format!("an insert ended with {other:?}"))),
    }
}

fn internal(source: String) -> ApiError {
    StoreError::new(StoreErrorKind::Internal).caused_by(source).into()
}

fn is_about(error: &ApiError, field: &str) -> bool {
    use crate::error::Location;
    error.problems.iter().any(|it| matches!(&it.location, Location::Pointer(at) if at.strip_prefix('/') == Some(field)))
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

/// Computes from a row what to change in it.
type Changes<'a> = dyn FnMut(&Record) -> Result<Vec<(usize, Value)>, ApiError> + Send + 'a;

/// How often a write that others overtake is tried again.
#[derive(Debug, Default)]
pub(super) struct Attempts(u32);

impl Attempts {
    const MAX: u32 = 16;

    /// Waits a little, for a random time that grows with each attempt, so that writers that
    /// collided once do not collide again.
    ///
    /// # Errors
    ///
    /// 409 after too many attempts.
    pub(super) async fn pause(&mut self) -> Result<(), ApiError> {
        self.0 += 1;
        if self.0 >= Self::MAX {
            return Err(ApiError::new(ErrorCode::CONFLICT)
                .detail("others keep changing the row; read it again, and send the change with `If-Match`"));
        }
        // The first attempts go on at once: a collision is over by the time that it is known.
        let bound = 1_u64 << self.0.saturating_sub(2).min(6);
        let millis = RandomState::new().hash_one(self.0) % bound;
        tokio::time::sleep(Duration::from_millis(millis)).await;
        Ok(())
    }
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

    #[tokio::test(start_paused = true)]
    async fn attempts_come_to_an_end() {
        let mut attempts = Attempts::default();
        let mut count = 0;
        while attempts.pause().await.is_ok() {
            count += 1;
        }
        assert_eq!(count, Attempts::MAX - 1);
    }
}
