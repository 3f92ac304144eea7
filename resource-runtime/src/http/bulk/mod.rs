//! `POST /books/bulk`, `PATCH /books/bulk` and `POST /books/bulk-delete`: many rows in one request.
//!
//! | | without `atomic` | with `?atomic=true` |
//! |---|---|---|
//! | an item is refused | the others go on; it is in `errors`, by its index | nothing is written; its status and its problems are the answer's, at `/<index>` |
//! | a row to delete is not there | it is in `not_found` | as any other refusal: 404 |
//! | the store fails | nothing is written; the answer is 503 | the same |
//!
//! `If-Match` with a tag is refused (412): the rows have none in common, and a condition that is not looked at
//! would be taken for one that held.
//!
//! Items are carried out in their order, each seeing what those before it did: a row that is named
//! twice is changed twice, and the second time that it is deleted it is not there.
//!
//! `PATCH /books?…` and `DELETE /books?…`, on every row that conditions hold for, are in `matching`.
//!
//! # Design
//!
//! Both forms are one transaction. A write that fails undoes only itself ([`Transaction`]), so items
//! that stand or fall alone need savepoints only where hooks write beside them; and because they are committed once, a process that
//! dies leaves all of them or none.
//!
//! [`Transaction`]: crate::store::Transaction

mod batch;
mod matching;

pub(super) use matching::{delete as delete_many, update as update_many};

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;

use self::batch::{Batch, Item, Outcome, Place};
use super::conditional::Preconditions;
use super::idempotency::Claim;
use super::mounted::Mounted;
use super::prefer::Prefer;
use super::session::{self, Job, Session, Terms};
use super::{RequestId, around, body, negotiate, path, respond};
use crate::error::{ApiError, ErrorCode, Problem, Problems, Report};
use crate::field::Value;
use crate::input::{self, Draft};
use crate::query::{self, Filter};
use crate::resource::Operation;
use crate::store::Key;

/// The most items of one request.
pub(super) const MAX_ITEMS: usize = 100;

pub(super) async fn create(
    State(mounted): State<Arc<Mounted>>,
    params: path::Params,
    request: Request,
) -> Result<Response, ApiError> {
    let (asked, terms) = Asked::read(&mounted, Operation::BulkCreate, &params, request, negotiate::JSON).await?;
    session::carry_out(mounted, terms, Create(asked)).await
}

pub(super) async fn update(
    State(mounted): State<Arc<Mounted>>,
    params: path::Params,
    request: Request,
) -> Result<Response, ApiError> {
    let (asked, terms) = Asked::read(&mounted, Operation::BulkUpdate, &params, request, negotiate::PATCH).await?;
    session::carry_out(mounted, terms, Update(asked)).await
}

pub(super) async fn delete(
    State(mounted): State<Arc<Mounted>>,
    params: path::Params,
    request: Request,
) -> Result<Response, ApiError> {
    let (asked, terms) = Asked::read(&mounted, Operation::BulkDelete, &params, request, negotiate::JSON).await?;
    session::carry_out(mounted, terms, Delete(asked)).await
}

/// What a batch was asked for with.
struct Asked {
    atomic: bool,
    scope: Filter,
    body: Bytes,
    prefer: Prefer,
    id: Option<RequestId>,
}

impl Asked {
    async fn read(
        mounted: &Mounted,
        operation: Operation,
        params: &path::Params,
        request: Request,
        media_types: &[&'static str],
    ) -> Result<(Self, Terms), ApiError> {
        let (parts, body) = request.into_parts();
        let atomic = begin(&parts)?;
        if operation != Operation::BulkCreate {
            Preconditions::of(&parts.headers).check_list()?;
        }
        let scope = mounted.scope(&parts)?;
        let body = body::read(&parts, body, media_types, mounted.context.body_limit).await?;
        let claim = Claim::of(&parts, || path::collection(&parts, params, false), &scope, &body)?;
        let prefer = Prefer::of(&parts.headers);
        let asked = Self { atomic, scope, body, prefer, id: parts.extensions.get().cloned() };
        Ok((asked, Terms { prefer, claim, request: mounted.request(operation, parts) }))
    }

    /// The answer; without the rows, where the client prefers that and every item stood.
    fn answer(&self, status: StatusCode, all_stood: bool, body: Vec<u8>) -> Response {
        let minimal = self.prefer.is_minimal() && all_stood;
        let response = match (minimal, status) {
            (false, _) => respond::json(status, body),
            (true, StatusCode::OK) => respond::empty(StatusCode::NO_CONTENT),
            (true, _) => respond::bare(status),
        };
        self.prefer.say_back(response, minimal)
    }
}

struct Create(Asked);

impl Job for Create {
    const IS_TRANSACTION: bool = true;

    async fn run(&self, mounted: &Mounted, session: &mut Session<'_>) -> Result<Response, ApiError> {
        let Self(asked) = self;
        let items = input::items(&asked.body, MAX_ITEMS)?.into_iter().map(|item| {
            if !mounted.hooks.is_empty() {
                return Ok(Item::Draft(Draft::create(mounted.meta, item.get().as_bytes())?, &asked.scope));
            }
            let values = input::create(mounted.meta, item.get().as_bytes())?;
            Ok(Item::Insert(mounted.insertion(values, &asked.scope)?))
        });
        let items = items.collect();
        let outcomes =
            Batch { mounted, atomic: asked.atomic, place: Place::Index("") }.carry_out(session, items).await?;
        Ok(mounted.outcomes(StatusCode::CREATED, "created", &outcomes, asked))
    }
}

struct Update(Asked);

impl Job for Update {
    const IS_TRANSACTION: bool = true;

    async fn run(&self, mounted: &Mounted, session: &mut Session<'_>) -> Result<Response, ApiError> {
        let Self(asked) = self;
        let items = input::items(&asked.body, MAX_ITEMS)?.into_iter().map(|item| {
            let id = input::item_id(mounted.meta, item)?;
            Ok(Item::Update(Key { meta: mounted.meta, id, scope: asked.scope.clone() }, item))
        });
        let items = items.collect();
        let outcomes =
            Batch { mounted, atomic: asked.atomic, place: Place::Index("") }.carry_out(session, items).await?;
        Ok(mounted.outcomes(StatusCode::OK, "updated", &outcomes, asked))
    }
}

struct Delete(Asked);

impl Job for Delete {
    const IS_TRANSACTION: bool = true;

    async fn run(&self, mounted: &Mounted, session: &mut Session<'_>) -> Result<Response, ApiError> {
        let Self(asked) = self;
        let ids = input::ids(mounted.meta, &asked.body, MAX_ITEMS)?;
        let key = |id: &Value| Key { meta: mounted.meta, id: id.clone(), scope: asked.scope.clone() };
        let items = ids.iter().map(|id| Ok(Item::Delete(key(id)))).collect();
        let outcomes =
            Batch { mounted, atomic: asked.atomic, place: Place::Index("") }.carry_out(session, items).await?;

        let (mut deleted, mut not_found, mut errors) = (List::default(), List::default(), List::default());
        for (index, (id, outcome)) in ids.iter().zip(&outcomes).enumerate() {
            let list = match outcome {
                Ok(_) => &mut deleted,
                Err(error) if error.code == ErrorCode::NOT_FOUND => &mut not_found,
                Err(error) => {
                    mounted.report(index, error, asked, errors.next());
                    continue;
                }
            };
            crate::json::write_value(list.next(), id, &mounted.meta.id_field().kind);
        }
        let all_stood = outcomes.iter().all(Result::is_ok);
        let mut lists = vec![("deleted", &deleted), ("not_found", &not_found)];
        if !errors.0.is_empty() {
            lists.push(("errors", &errors));
        }
        Ok(asked.answer(StatusCode::OK, all_stood, object(&lists)))
    }
}

/// What every batch has to see to first; whether it is all or nothing.
fn begin(parts: &Parts) -> Result<bool, ApiError> {
    negotiate::accepts_json(&parts.headers)?;
    let mut atomic = false;
    for (name, value) in query::parse_none(parts.uri.query().unwrap_or_default(), &["atomic"])? {
        atomic = match value.as_str() {
            "true" => true,
            "false" => false,
            _ => {
                let problem = Problem::parameter(name, "invalid_choice", "must be `true` or `false`")
                    .param("allowed", vec!["true", "false"]);
                return Err(Problems::from(vec![problem]).into_error(ErrorCode::INVALID_QUERY));
            }
        };
    }
    Ok(atomic)
}

impl Mounted {
    /// The rows of the items that stood, and the problems of those that fell.
    fn outcomes(&self, status: StatusCode, name: &str, outcomes: &[Outcome], asked: &Asked) -> Response {
        let (mut done, mut errors) = (List::default(), List::default());
        for (index, outcome) in outcomes.iter().enumerate() {
            match outcome {
                Ok(json) => done.next().extend_from_slice(json),
                Err(error) => self.report(index, error, asked, errors.next()),
            }
        }
        asked.answer(status, errors.0.is_empty(), object(&[(name, &done), ("errors", &errors)]))
    }

    /// Why an item fell: the members of the error, and its index.
    fn report(&self, index: usize, error: &ApiError, asked: &Asked, out: &mut Vec<u8>) {
        if error.status() >= 500 {
            around::log(error, asked.id.as_ref());
        }
        let mut object = Vec::new();
        self.context.envelope.write(&Report::new(error), &mut object);
        out.extend_from_slice(b"{\"index\":");
        out.extend_from_slice(itoa::Buffer::new().format(index).as_bytes());
        match object.strip_prefix(b"{") {
            Some(rest) if rest != b"}" => {
                out.push(b',');
                out.extend_from_slice(rest);
            }
            _ => out.push(b'}'),
        }
    }
}

/// JSON values separated by commas.
#[derive(Debug, Default)]
struct List(Vec<u8>);

impl List {
    fn next(&mut self) -> &mut Vec<u8> {
        if !self.0.is_empty() {
            self.0.push(b',');
        }
        &mut self.0
    }
}

/// An object of lists.
fn object(lists: &[(&str, &List)]) -> Vec<u8> {
    let mut out = Vec::with_capacity(lists.iter().map(|(name, list)| name.len() + list.0.len() + 8).sum());
    for (index, (name, list)) in lists.iter().enumerate() {
        out.push(if index == 0 { b'{' } else { b',' });
        crate::json::write_string(&mut out, name);
        out.extend_from_slice(b":[");
        out.extend_from_slice(&list.0);
        out.push(b']');
    }
    out.push(b'}');
    out
}
