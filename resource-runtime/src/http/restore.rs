//! `POST /books/{id}/restore`: a deleted row comes back.
//!
//! | the row | answer |
//! |---|---|
//! | is deleted | 200, with the row |
//! | is not deleted | 409: the client may have sent the request before, and lost the answer |
//! | is not there, or out of the caller's scope | 404 |
//! | has a value that has to be unique and is another row's by now | 409, with the field |
//!
//! # Design
//!
//! Nobody can have read a deleted row, so that `If-Match` means the last version that anybody could:
//! the one before the delete. Its own tag is taken too, for those to whom the application shows what it
//! has deleted. `require_if_match` asks for none, for the same reason; and `If-None-Match` always holds.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;

use super::conditional::{Demand, Preconditions};
use super::idempotency::Claim;
use super::mounted::Mounted;
use super::prefer::Prefer;
use super::session::{self, Job, Session, Terms};
use super::{body, negotiate, path, write};
use crate::error::{ApiError, ErrorCode, Problem, Problems};
use crate::query::{self, Filter};
use crate::resource::Record;
use crate::store::{Key, Write, Written, deleted, either, restoration};

pub(super) async fn restore(
    State(mounted): State<Arc<Mounted>>,
    params: path::Params,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    negotiate::accepts_json(&parts.headers)?;
    query::parse_none(parts.uri.query().unwrap_or_default(), &[])?;
    let key = mounted.key_at(&parts, path::without_last(parts.uri.path()))?;
    let body = body::read(&parts, body, negotiate::JSON, mounted.context.body_limit).await?;
    if !says_nothing(&body) {
        let problem = Problem::pointer("", "not_allowed", "must be empty: a row comes back as it was");
        return Err(Problems::from(vec![problem]).into_error(ErrorCode::VALIDATION_FAILED));
    }
    let claim = Claim::of(&parts, || path::collection(&parts, &params, false), &key.scope, &body)?;
    let prefer = Prefer::of(&parts.headers);
    let job = Restore { key, preconditions: Preconditions::of(&parts.headers), prefer };
    session::carry_out(mounted, Terms { prefer, claim }, job).await
}

/// Whether a body is none, or the empty object that some clients put in its place.
fn says_nothing(body: &[u8]) -> bool {
    let body: Vec<u8> = body.iter().copied().filter(|it| !it.is_ascii_whitespace()).collect();
    matches!(body.as_slice(), b"" | b"{}")
}

struct Restore {
    /// The row, as if it were there.
    key: Key,
    preconditions: Preconditions,
    prefer: Prefer,
}

impl Job for Restore {
    async fn run(&self, mounted: &Mounted, session: &mut Session<'_>) -> Result<Response, ApiError> {
        let key = |scope: Filter| Key { scope: self.key.scope.clone().and(scope), ..self.key.clone() };
        let mut attempts = write::Attempts::default();
        loop {
            let version = match self.preconditions.demand() {
                Demand::Exactly(None) => None,
                _ => Some(self.check(mounted, &mounted.deleted(session, key(either(mounted.meta))).await?)?),
            };
            let changes = restoration(mounted.meta);
            match session.write(Write::Update { key: key(deleted(mounted.meta)), changes, version }).await? {
                Written::Done(record) => return mounted.representation(StatusCode::OK, &record, self.prefer),
                // Others may have restored it, and deleted it again since.
                Written::Missing | Written::Stale { .. } => {
                    mounted.deleted(session, key(either(mounted.meta))).await?;
                    attempts.pause().await?;
                }
            }
        }
    }
}

impl Restore {
    /// The version of the deleted row, if it is the one that the client means.
    fn check(&self, mounted: &Mounted, record: &Record) -> Result<i64, ApiError> {
        let modified = mounted.modified(record);
        let before = record.version.saturating_sub(1);
        self.preconditions
            .still_holds(record.version, modified)
            .or_else(|_| self.preconditions.still_holds(before, modified))?;
        Ok(record.version)
    }
}

impl Mounted {
    /// A row that is deleted, and not only missing. One read tells, whatever others do meanwhile.
    async fn deleted(&self, session: &mut Session<'_>, key: Key) -> Result<Record, ApiError> {
        let record = session.get(key).await?.ok_or_else(|| self.not_found())?;
        match self.meta.soft_delete() {
            Some(mark) if !record.get(mark).is_null() => Ok(record),
            _ => Err(ApiError::new(ErrorCode::CONFLICT).detail(format!("the {} is not deleted", self.meta.name))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_object_says_nothing() {
        for body in ["", " ", "{}", "\n{ }\n"] {
            assert!(says_nothing(body.as_bytes()), "{body}");
        }
        for body in ["null", "[]", "{\"id\":1}", "{", "}{"] {
            assert!(!says_nothing(body.as_bytes()), "{body}");
        }
    }
}
