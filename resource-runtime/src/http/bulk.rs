//! `POST /books/bulk`, `PATCH /books/bulk` and `POST /books/bulk-delete`: each item for itself.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use serde_json::value::RawValue;

use super::conditional::Preconditions;
use super::mounted::Mounted;
use super::session::Session;
use super::{around, body, negotiate, respond};
use crate::error::{ApiError, ErrorCode, Problem, Problems, Report};
use crate::field::{Kind, Value};
use crate::input;
use crate::query;
use crate::resource::Record;
use crate::store::{Key, StoreError, Write, Written};

/// The most items of one request.
pub(super) const MAX_ITEMS: usize = 100;

pub(super) async fn create(State(mounted): State<Arc<Mounted>>, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    begin(&parts)?;
    let scope = mounted.scope(&parts)?;
    let body = body::read(&parts, body, negotiate::JSON, mounted.context.body_limit).await?;
    let mut outcome = Outcome::new(&mounted, &parts);
    for item in input::items(&body, MAX_ITEMS)? {
        if outcome.goes_on() {
            outcome.add(match input::create(mounted.meta, item.get().as_bytes()) {
                Ok(values) => mounted.insert(&mut Session::Store(&mounted.database), values, &scope).await,
                Err(error) => Err(error),
            });
        }
    }
    Ok(respond::json(StatusCode::CREATED, outcome.into_body("created")))
}

pub(super) async fn update(State(mounted): State<Arc<Mounted>>, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    begin(&parts)?;
    mounted.refuse_without_if_match()?;
    let scope = mounted.scope(&parts)?;
    let body = body::read(&parts, body, negotiate::PATCH, mounted.context.body_limit).await?;
    let mut outcome = Outcome::new(&mounted, &parts);
    for item in input::items(&body, MAX_ITEMS)? {
        if outcome.goes_on() {
            outcome.add(match mounted.id_of(item) {
                Ok(id) => {
                    let key = Key { meta: mounted.meta, id, scope: scope.clone() };
                    let session = &mut Session::Store(&mounted.database);
                    mounted.update(session, &key, &Preconditions::default(), item.get().as_bytes()).await
                }
                Err(error) => Err(error),
            });
        }
    }
    Ok(respond::json(StatusCode::OK, outcome.into_body("updated")))
}

pub(super) async fn delete(State(mounted): State<Arc<Mounted>>, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    begin(&parts)?;
    mounted.refuse_without_if_match()?;
    let scope = mounted.scope(&parts)?;
    let body = body::read(&parts, body, negotiate::JSON, mounted.context.body_limit).await?;
    let ids = mounted.ids(&body)?;
    let mut deleted = List::default();
    let mut not_found = List::default();
    let mut outcome = Outcome::new(&mounted, &parts);
    for id in ids {
        if !outcome.goes_on() {
            continue;
        }
        let key = Key { meta: mounted.meta, id: id.clone(), scope: scope.clone() };
        let kind = &mounted.meta.id_field().kind;
        match mounted.database.write(Write::Delete { key, version: None }).await {
            Ok(Written::Done(_)) => crate::json::write_value(deleted.next(), &id, kind),
            Ok(_) => crate::json::write_value(not_found.next(), &id, kind),
            Err(error) => {
                outcome.fail(&error.into());
                continue;
            }
        }
        outcome.index += 1;
    }
    let mut out = Vec::with_capacity(64 + deleted.0.len() + not_found.0.len());
    for (key, list) in [("{\"deleted\":[", &deleted), ("],\"not_found\":[", &not_found)] {
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(&list.0);
    }
    if !outcome.errors.0.is_empty() {
        out.extend_from_slice(b"],\"errors\":[");
        out.extend_from_slice(&outcome.errors.0);
    }
    out.extend_from_slice(b"]}");
    Ok(respond::json(StatusCode::OK, out))
}

/// What every batch has to see to first.
fn begin(parts: &Parts) -> Result<(), ApiError> {
    negotiate::accepts_json(&parts.headers)?;
    for (name, value) in query::parse_none(parts.uri.query().unwrap_or_default(), &["atomic"])? {
        match value.as_str() {
            "false" => {}
            "true" => {
                return Err(ApiError::new(ErrorCode::NOT_IMPLEMENTED)
                    .detail("this store cannot carry out a batch as one step; leave `atomic` out"));
            }
            _ => {
                let problem = Problem::parameter(name, "invalid_choice", "must be `true` or `false`")
                    .param("allowed", vec!["true", "false"]);
                return Err(Problems::from(vec![problem]).into_error(ErrorCode::INVALID_QUERY));
            }
        }
    }
    Ok(())
}

impl Mounted {
    /// A batch has no place for the tags that the resource demands.
    fn refuse_without_if_match(&self) -> Result<(), ApiError> {
        if self.meta.require_if_match { Err(self.precondition_required()) } else { Ok(()) }
    }

    /// The identifier that an item of a batch of updates names.
    fn id_of(&self, item: &RawValue) -> Result<Value, ApiError> {
        let name = self.meta.id_field().name;
        let invalid = |problem| Problems::from(vec![problem]).into_error(ErrorCode::VALIDATION_FAILED);
        let members: HashMap<String, &RawValue> = serde_json::from_str(item.get())
            .map_err(|_| invalid(Problem::pointer("", "invalid_type", "must be an object")))?;
        let Some(id) = members.get(name) else {
            return Err(invalid(Problem::pointer(format!("/{name}"), "required", "is required")));
        };
        self.id_from_json(id.get(), format!("/{name}")).map_err(invalid)
    }

    /// The identifiers of a batch of deletions.
    fn ids(&self, body: &[u8]) -> Result<Vec<Value>, ApiError> {
        let problem = |pointer: &str, code: &'static str, detail: &str| Problem::pointer(pointer, code, detail);
        let invalid = |problem| Problems::from(vec![problem]).into_error(ErrorCode::VALIDATION_FAILED);
        let raw: &RawValue = serde_json::from_slice(body).map_err(|error| {
            ApiError::new(ErrorCode::MALFORMED_JSON).detail(format!(
                "line {}, column {}: the body is not JSON",
                error.line(),
                error.column()
            ))
        })?;
        let members: HashMap<String, &RawValue> = serde_json::from_str(raw.get())
            .map_err(|_| invalid(problem("", "invalid_type", "must be an object with `ids`")))?;
        let mut problems = Problems::new();
        for name in members.keys().filter(|it| *it != "ids") {
            let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            problems.push(problem(&pointer, "unknown_field", "unknown field").param("allowed", vec!["ids"]));
        }
        let Some(list) = members.get("ids") else {
            problems.push(problem("/ids", "required", "is required"));
            return Err(problems.into_error(ErrorCode::VALIDATION_FAILED));
        };
        let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(list.get()) else {
            problems.push(problem("/ids", "invalid_type", "must be an array"));
            return Err(problems.into_error(ErrorCode::VALIDATION_FAILED));
        };
        if list.is_empty() || list.len() > MAX_ITEMS {
            let wrong = problem("/ids", "length", "must have 1 to 100 items").param("min", 1).param("max", MAX_ITEMS);
            problems.push(wrong);
            return Err(problems.into_error(ErrorCode::VALIDATION_FAILED));
        }
        let mut ids = Vec::with_capacity(list.len());
        for (index, raw) in list.iter().enumerate() {
            match self.id_from_json(raw.get(), format!("/ids/{index}")) {
                Ok(id) if ids.contains(&id) => {
                    problems.push(problem(&format!("/ids/{index}"), "duplicate_item", "is there twice"));
                }
                Ok(id) => ids.push(id),
                Err(problem) => problems.push(problem),
            }
        }
        problems.finish(ErrorCode::VALIDATION_FAILED, ids)
    }

    /// An identifier in a body. It is read as one in a path is, once its JSON type is right.
    fn id_from_json(&self, json: &str, pointer: String) -> Result<Value, Problem> {
        let kind = &self.meta.id_field().kind;
        let text = match kind {
            Kind::Int(_) | Kind::Decimal => {
                Some(json.to_owned()).filter(|it| it.starts_with(|it: char| it == '-' || it.is_ascii_digit()))
            }
            _ => serde_json::from_str::<String>(json).ok(),
        };
        let Some(text) = text else {
            return Err(Problem::pointer(pointer, "invalid_type", format!("must be {}", kind.noun()))
                .param("expected", kind.json_type()));
        };
        input::path_id(self.meta, &text).map_err(|error| match error.problems.into_iter().next() {
            Some(problem) => Problem { location: crate::error::Location::Pointer(pointer), ..problem },
            None => Problem::pointer(pointer, "invalid_format", error.code.title),
        })
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

/// What became of the items of a batch.
struct Outcome<'a> {
    mounted: &'a Mounted,
    parts: &'a Parts,
    index: usize,
    done: List,
    errors: List,
    /// Why the items after one that broke the store are not tried.
    broken: Option<ErrorCode>,
}

impl<'a> Outcome<'a> {
    fn new(mounted: &'a Mounted, parts: &'a Parts) -> Self {
        Self { mounted, parts, index: 0, done: List::default(), errors: List::default(), broken: None }
    }

    /// Whether the next item is tried; reports it, where it is not.
    fn goes_on(&mut self) -> bool {
        match self.broken {
            None => true,
            Some(code) => {
                self.report(&ApiError::new(code).detail("not tried, because the store failed before"));
                false
            }
        }
    }

    fn add(&mut self, result: Result<Record, ApiError>) {
        let json = result.and_then(|it| it.to_json(&self.mounted.item).map_err(|error| StoreError::from(error).into()));
        match json {
            Ok(json) => {
                self.done.next().extend_from_slice(&json);
                self.index += 1;
            }
            Err(error) => self.fail(&error),
        }
    }

    fn fail(&mut self, error: &ApiError) {
        if error.status() >= 500 {
            around::log(error, self.parts.extensions.get());
            self.broken = Some(error.code);
        }
        self.report(error);
    }

    fn report(&mut self, error: &ApiError) {
        let mut object = Vec::new();
        self.mounted.context.envelope.write(&Report::new(error), &mut object);
        let out = self.errors.next();
        out.extend_from_slice(b"{\"index\":");
        out.extend_from_slice(itoa::Buffer::new().format(self.index).as_bytes());
        match object.strip_prefix(b"{") {
            Some(rest) if rest != b"}" => {
                out.push(b',');
                out.extend_from_slice(rest);
            }
            _ => out.push(b'}'),
        }
        self.index += 1;
    }

    fn into_body(self, name: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + self.done.0.len() + self.errors.0.len());
        out.extend_from_slice(format!("{{\"{name}\":[").as_bytes());
        out.extend_from_slice(&self.done.0);
        out.extend_from_slice(b"],\"errors\":[");
        out.extend_from_slice(&self.errors.0);
        out.extend_from_slice(b"]}");
        out
    }
}
