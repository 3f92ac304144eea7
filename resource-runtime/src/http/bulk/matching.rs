//! `PATCH /books?genre=fiction` and `DELETE /books?genre=fiction`: every row that conditions hold for.
//!
//! They take what says which rows a list has (its filters, `filter` and `search`), and nothing that
//! says how it answers. At least one condition has to be there, and there may be as many rows as
//! [`MAX_ROWS`], or as the client says in `Prefer: max-affected=5`: beyond that the request is refused,
//! and nothing is written.
//!
//! Every row goes through what a `PATCH` or a `DELETE` of it alone would go through, and the first that
//! is refused undoes them all: its status is the answer's, and its identifier is in the parameters of
//! the problems. A patch that is wrong whatever the rows are is refused before any is looked for.
//!
//! # Design
//!
//! Rows are found first, then locked one by one in the order of their identifiers, as batches lock
//! theirs, so that none of them wait for each other. Between the two somebody else may have changed a
//! row: it is locked under the conditions too, and left out if they do not hold any more. One statement
//! (`UPDATE … WHERE genre = 'fiction'`) would do less: rules over the whole record and normalizers are
//! Rust code, and the answer has every row as it is now.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use http_body::Body as _;
use serde_json::value::RawValue;

use super::batch::{Batch, Item, Place};
use super::{List, object};
use crate::error::{ApiError, ErrorCode, Problem};
use crate::field::Value;
use crate::http::conditional::Preconditions;
use crate::http::idempotency::Claim;
use crate::http::list::TOTAL_COUNT;
use crate::http::mounted::Mounted;
use crate::http::prefer::{self, Prefer};
use crate::http::session::{self, Job, Session, Terms};
use crate::http::{body, negotiate, path, respond};
use crate::input;
use crate::query::{self, CountMode, Filter, SortKey};
use crate::resource::{Operation, Record};
use crate::store::{Key, Select, Window};

/// The most rows of one request.
const MAX_ROWS: u32 = 1_000;

pub(in crate::http) async fn update(
    State(mounted): State<Arc<Mounted>>,
    params: path::Params,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let matching = Matching::read(&mounted, &parts)?;
    let body = body::read(&parts, body, negotiate::PATCH, mounted.context.body_limit).await?;
    let claim = Claim::of(&parts, || path::collection(&parts, &params, false), &matching.scope, &body)?;
    let request = mounted.request(Operation::UpdateMany, parts);
    let terms = Terms { prefer: matching.prefer, claim, request };
    session::carry_out(mounted, terms, Update { matching, body }).await
}

pub(in crate::http) async fn delete(
    State(mounted): State<Arc<Mounted>>,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let matching = Matching::read(&mounted, &parts)?;
    if !body.is_end_stream() {
        // Whoever sends one expects it to choose the rows.
        return Err(ApiError::new(ErrorCode::BAD_REQUEST)
            .detail("the rows are those that the parameters choose; leave the body out"));
    }
    let request = mounted.request(Operation::DeleteMany, parts);
    let terms = Terms { prefer: matching.prefer, claim: None, request };
    session::carry_out(mounted, terms, Delete(matching)).await
}

/// The rows that a request is about, and how it is to be answered.
struct Matching {
    scope: Filter,
    conditions: Filter,
    max_affected: Option<u32>,
    prefer: Prefer,
}

struct Update {
    matching: Matching,
    body: Bytes,
}

impl Job for Update {
    const IS_TRANSACTION: bool = true;

    async fn run(&self, mounted: &Mounted, session: &mut Session<'_>) -> Result<Response, ApiError> {
        let patch = patch(mounted, &self.body)?;
        let done = self.matching.carry_out(mounted, session, |key| Item::Update(key, patch)).await?;
        let mut rows = List::default();
        for (_, json) in &done {
            rows.next().extend_from_slice(json);
        }
        Ok(self.matching.answer("updated", &rows, done.len()))
    }
}

struct Delete(Matching);

impl Job for Delete {
    const IS_TRANSACTION: bool = true;

    async fn run(&self, mounted: &Mounted, session: &mut Session<'_>) -> Result<Response, ApiError> {
        let Self(matching) = self;
        let done = matching.carry_out(mounted, session, Item::Delete).await?;
        let mut ids = List::default();
        for (id, _) in &done {
            crate::json::write_value(ids.next(), id, &mounted.meta.id_field().kind);
        }
        Ok(matching.answer("deleted", &ids, done.len()))
    }
}

impl Matching {
    fn read(mounted: &Mounted, parts: &Parts) -> Result<Self, ApiError> {
        negotiate::accepts_json(&parts.headers)?;
        Preconditions::of(&parts.headers).check_list()?;
        Ok(Self {
            conditions: query::parse_conditions(mounted.meta, parts.uri.query().unwrap_or_default())?,
            scope: mounted.scope(parts)?,
            max_affected: prefer::max_affected(&parts.headers)?,
            prefer: Prefer::of(&parts.headers),
        })
    }

    /// Does the same to every row, and gives their identifiers with what is left of them, as JSON.
    async fn carry_out<'i>(
        &self,
        mounted: &Mounted,
        session: &mut Session<'_>,
        item: impl Fn(Key) -> Item<'i>,
    ) -> Result<Vec<(Value, Vec<u8>)>, ApiError> {
        let rows = self.lock(mounted, session).await?;
        let ids: Vec<Value> = rows.iter().map(|it| it.get(mounted.meta.id()).clone()).collect();
        let key = |id: &Value| Key { meta: mounted.meta, id: id.clone(), scope: self.scope.clone() };
        let items: Vec<Item<'_>> = ids.iter().map(|id| item(key(id))).collect();
        let batch = Batch { mounted, atomic: true, place: Place::Row };
        let json = batch.carry_out_on(session, rows, items).await?;
        Ok(ids.into_iter().zip(json).collect())
    }

    /// The rows that the conditions hold for, which nobody else can change any more.
    async fn lock(&self, mounted: &Mounted, session: &mut Session<'_>) -> Result<Vec<Record>, ApiError> {
        let meta = mounted.meta;
        let scope = self.scope.clone().and(self.conditions.clone());
        let mut found = self.find(mounted, session).await?;
        found.sort_by(|a, b| a.get(meta.id()).compare(b.get(meta.id())));
        let mut rows = Vec::with_capacity(found.len());
        for record in found {
            let key = Key { meta, id: record.get(meta.id()).clone(), scope: scope.clone() };
            rows.extend(session.get(key).await?);
        }
        Ok(rows)
    }

    /// The rows that the conditions hold for.
    async fn find(&self, mounted: &Mounted, session: &mut Session<'_>) -> Result<Vec<Record>, ApiError> {
        let max = self.max_affected.map_or(MAX_ROWS, |it| it.min(MAX_ROWS));
        let mut select = Select {
            meta: mounted.meta,
            scope: self.scope.clone(),
            filter: self.conditions.clone(),
            sort: vec![SortKey { field: mounted.meta.id(), descending: false, nulls_first: false }],
            window: Window::Offset { offset: 0, limit: max + 1 },
            count: CountMode::None,
        };
        let found = session.select(select.clone()).await?.records;
        if found.len() <= max as usize {
            return Ok(found);
        }
        select.window = Window::Offset { offset: 0, limit: 1 };
        select.count = CountMode::Exact;
        let count = session.select(select).await?.total.map_or(found.len() as u64, |it| it.rows);
        Err(self.too_many(count))
    }

    fn too_many(&self, count: u64) -> ApiError {
        let (code, problem, max) = match self.max_affected {
            Some(max) if max < MAX_ROWS => {
                let detail = format!("the conditions hold for {count} rows, and `max-affected` allows {max}");
                (ErrorCode::MAX_AFFECTED_EXCEEDED, Problem::header("Prefer", "max_affected_exceeded", detail), max)
            }
            _ => {
                let detail = format!(
                    "the conditions hold for {count} rows, and a request may change {MAX_ROWS}; send narrower ones, \
                     one after the other"
                );
                (ErrorCode::BATCH_TOO_LARGE, Problem::parameter("", "batch_too_large", detail), MAX_ROWS)
            }
        };
        let detail = problem.detail.clone();
        let error = ApiError::new(code).detail(detail).problem(problem.param("max", max).param("count", count));
        match self.max_affected {
            Some(max) => error.header(prefer::APPLIED, &prefer::limited(max)),
            None => error,
        }
    }

    /// What was done, and to how many rows; without the rows, where the client prefers that.
    fn answer(&self, name: &str, list: &List, count: usize) -> Response {
        let minimal = self.prefer.is_minimal();
        let response = match minimal {
            false => respond::json(StatusCode::OK, object(&[(name, list)])),
            true => respond::empty(StatusCode::NO_CONTENT),
        };
        let mut response = respond::with(self.prefer.say_back(response, minimal), TOTAL_COUNT, count.into());
        if let Some(max) = self.max_affected {
            response = prefer::applied(response, &prefer::limited(max));
        }
        response
    }
}

/// A body that is a merge patch for any row.
fn patch<'a>(mounted: &Mounted, body: &'a [u8]) -> Result<&'a RawValue, ApiError> {
    input::update(mounted.meta, body)?.check()?;
    serde_json::from_slice(body).map_err(|error| ApiError::new(ErrorCode::MALFORMED_JSON).source(error))
}
