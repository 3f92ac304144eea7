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
use crate::query;
use crate::resource::Record;
use crate::store::{Key, Write, Written, deleted, restoration};

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
        let mut key = self.key.clone();
        key.scope = key.scope.and(deleted(mounted.meta));
        let mut attempts = write::Attempts::default();
        loop {
            let version = match self.preconditions.demand() {
                Demand::Exactly(None) => None,
                _ => match session.get(key.clone()).await? {
                    Some(record) => Some(self.check(mounted, &record)?),
                    None => return Err(self.missing(mounted, session).await?),
                },
            };
            let write = Write::Update { key: key.clone(), changes: restoration(mounted.meta), version };
            match session.write(write).await? {
                Written::Done(record) => return mounted.representation(StatusCode::OK, &record, self.prefer),
                Written::Missing => return Err(self.missing(mounted, session).await?),
                Written::Stale { .. } => attempts.pause().await?,
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

    /// Why there is no deleted row.
    async fn missing(&self, mounted: &Mounted, session: &mut Session<'_>) -> Result<ApiError, ApiError> {
        Ok(match session.get(self.key.clone()).await? {
            Some(_) => ApiError::new(ErrorCode::CONFLICT).detail(format!("the {} is not deleted", mounted.meta.name)),
            None => mounted.not_found(),
        })
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
