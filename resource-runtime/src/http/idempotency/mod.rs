//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): of all requests with one key, one is
//! carried out, and all get its answer.
//!
//! It is taken on `POST` and `PATCH`, on single rows and in bulk; other methods can be repeated
//! without one, and ignore it. A key is 1 to 255 visible ASCII characters, or a string in quotes as
//! structured fields have them (RFC 9651). It belongs to the caller, the method and the path: see
//! [`Caller`]. Under one key there can be one body (and query); another is refused with 422
//! `idempotency_key_reused`, and while the first request runs the others get 409
//! `idempotency_in_flight`. Later ones get the first answer again, byte for byte, with
//! `Idempotency-Replayed: true`.
//!
//! What is kept, for a day unless the settings say otherwise, is the answer of a request that was
//! carried out: 2xx, and those of 403, 404, 409 and 422 that followed from what was in the store. What
//! fails before, such as a body that is not valid, a precondition (412, 428) and everything that is the
//! server's fault (5xx) is not kept: nothing was written, so that the same key can be sent again, also
//! with what was wrong put right. A dry run (`Prefer: tx=rollback`) leaves keys alone.
//!
//! # Design
//!
//! Answers are rows of a resource of the framework's own ([`IDEMPOTENCY`]), so that every store has
//! them, and all processes on one database share them.
//!
//! A request first inserts its row, by itself, without an answer and with a lease for as long as a
//! request may take. The store lets one of several win. Then the job runs in a transaction, which also writes the answer into
//! the row, on condition that the row still has the version that it was inserted with. So the answer
//! and what the job wrote are there together or not at all. Without the first step a second request
//! would wait for the first one's transaction, and could not be told that it is in flight.
//!
//! Before that it looks for the row, which waits for nobody in any store, and then takes the key's place
//! in this process ([`InFlight`]): where a store has one writer, an insert would wait for it too.
//!
//! Where a process dies in between, the lease ends, and the next request takes the row over, which
//! gives it another version: if the first one was only slow, its transaction fails by the condition,
//! and nothing is done twice. Where a commit ends without an answer (the connection broke), the row is
//! removed on the same condition: if the commit did take effect it stays, and answers the next request.
//!
//! The work is a task of its own, so that it ends when its client goes away, and the client that comes
//! back finds the answer. It has as long as the settings give a request (`REQUEST_TIMEOUT`): what hangs is
//! undone then, as it would be without a key, and does not keep others from writing.
//!
//! [`IDEMPOTENCY`]: crate::store::idempotency::IDEMPOTENCY

mod claim;
mod in_flight;
mod kept;

pub use claim::Caller;
pub(super) use claim::Claim;
pub(super) use in_flight::InFlight;

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use jiff::Timestamp;
use tracing::Instrument as _;

use self::in_flight::Place;
use self::kept::Kept;
use super::error;
use super::hooks::RequestContext;
use super::mounted::Mounted;
use super::session::{self, AnyJob};
use crate::error::{ApiError, ErrorCode, Problem};
use crate::field::{Value, later, now};
use crate::query::Filter;
use crate::resource::Record;
use crate::store::idempotency::{IDEMPOTENCY, field};
use crate::store::{Database, Key, StoreErrorKind, Write, Written, joined};

/// How often a row is looked for that comes and goes.
const ATTEMPTS: usize = 4;

/// Carries out a job, unless that has been done already.
pub(super) async fn once(
    mounted: Arc<Mounted>,
    claim: Claim,
    request: Arc<RequestContext>,
    job: Box<dyn AnyJob>,
) -> Result<Response, ApiError> {
    joined(tokio::spawn(guarded(mounted, claim, request, job).in_current_span()).await)
}

async fn guarded(
    mounted: Arc<Mounted>,
    claim: Claim,
    request: Arc<RequestContext>,
    job: Box<dyn AnyJob>,
) -> Result<Response, ApiError> {
    // Kept until nothing is left to do under the key.
    let (version, _place) = match take(&mounted, &claim).await? {
        Taken::Ours(version, place) => (version, place),
        Taken::Answered(response) => return Ok(response),
    };
    let ours = Ours { mounted, claim, request, version };
    let database = ours.mounted.database.clone();
    let id = ours.claim.id.clone();
    let limit = ours.mounted.context.request_timeout;
    let answer = async move { tokio::time::timeout(limit, ours.answer(&*job)).await };
    match tokio::spawn(answer.in_current_span()).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => {
            release(&database, &id, version).await;
            Err(error::timeout())
        }
        Err(error) => {
            release(&database, &id, version).await;
            joined(Err(error))
        }
    }
}

/// What became of an attempt to be the one that carries out a request.
enum Taken {
    /// This is the one; its row has this version.
    Ours(i64, Place),
    /// Another was, and this is its answer.
    Answered(Response),
}

async fn take(mounted: &Mounted, claim: &Claim) -> Result<Taken, ApiError> {
    let database = &mounted.database;
    let lease = mounted.context.request_timeout;
    if let Some(found) = database.get(key(&claim.id)).await?.filter(|it| !has_expired(it, now())) {
        return answered(&found, claim).map(Taken::Answered);
    }
    let place = mounted.context.in_flight.enter(claim)?;
    for _ in 0..ATTEMPTS {
        let now = now();
        // A row comes back under its old identifier; the clock tells the two apart.
        let insert =
            Write::Insert { meta: &IDEMPOTENCY, values: fresh(claim, now, lease), version: now.as_microsecond() };
        match database.write(insert).await {
            Ok(Written::Done(record)) => return Ok(Taken::Ours(record.version, place)),
            Err(error) if matches!(error.kind(), StoreErrorKind::Duplicate { .. }) => {}
            Err(error) => return Err(error.into()),
            Ok(other) => {
                return Err(ApiError::new(ErrorCode::INTERNAL).source(format!("an insert ended with {other:?}")));
            }
        }
        // It may have been released in the meantime.
        let Some(found) = database.get(key(&claim.id)).await? else { continue };
        if !has_expired(&found, now) {
            return answered(&found, claim).map(Taken::Answered);
        }
        let changes = fresh(claim, now, lease).into_iter().enumerate().skip(1).collect();
        let write = Write::Update { key: key(&claim.id), changes, version: Some(found.version) };
        return match database.write(write).await? {
            Written::Done(record) => Ok(Taken::Ours(record.version, place)),
            Written::Missing | Written::Stale { .. } => Err(in_flight()),
        };
    }
    Err(in_flight())
}

/// The answer that a row has kept.
fn answered(found: &Record, claim: &Claim) -> Result<Response, ApiError> {
    if !matches!(found.get(field::FINGERPRINT), Value::Text(it) if *it == claim.fingerprint) {
        return Err(reused());
    }
    Kept::of_record(found)?.map(Kept::replay).ok_or_else(in_flight)
}

/// A request that is carried out under a key.
struct Ours {
    mounted: Arc<Mounted>,
    claim: Claim,
    request: Arc<RequestContext>,
    version: i64,
}

impl Ours {
    async fn answer(self, job: &dyn AnyJob) -> Result<Response, ApiError> {
        let mut asked = false;
        let error = match self.attempt(job, &mut asked).await {
            Ok(response) => return Ok(response),
            Err(error) => error,
        };
        // The transaction is gone by now, and all that it wrote.
        if asked && is_final(&error) {
            let kept = Kept::of_error(&self.mounted, &self.claim, &error);
            let write = self.finish(&kept);
            return match self.mounted.database.write(write).await {
                Ok(Written::Done(_)) => Ok(kept.first()),
                _ => Err(error),
            };
        }
        release(&self.mounted.database, &self.claim.id, self.version).await;
        Err(error)
    }

    async fn attempt(&self, job: &dyn AnyJob, asked: &mut bool) -> Result<Response, ApiError> {
        let (mut session, result) = session::in_transaction(&self.mounted, &self.request, job).await;
        *asked = session.has_asked();
        let kept = Kept::of_response(result?).await?;
        match session.write(self.finish(&kept)).await? {
            Written::Done(_) => {}
            // It took so long that another request has taken the row over.
            Written::Missing | Written::Stale { .. } => return Err(in_flight()),
        }
        session.commit().await?;
        Ok(kept.first())
    }

    /// Writes the answer into the row.
    fn finish(&self, kept: &Kept) -> Write {
        let mut changes = kept.changes();
        changes.push((field::EXPIRES_AT, Value::Timestamp(later(now(), self.mounted.context.idempotency_ttl))));
        Write::Update { key: key(&self.claim.id), changes, version: Some(self.version) }
    }
}

/// Whether an error would be the same if the request were carried out again with the store as it
/// was.
const fn is_final(error: &ApiError) -> bool {
    // The other requests' doing, and not this one's answer.
    !matches!(error.code.code.as_bytes(), b"idempotency_in_flight")
        && matches!(error.code.status, 403 | 404 | 409 | 422)
}

/// Lets the next request carry it out, if this one still has the row.
async fn release(database: &Database, id: &str, version: i64) {
    if let Err(error) = database.write(Write::Delete { key: key(id), version: Some(version) }).await {
        // Its lease ends all the same.
        tracing::warn!("an idempotency key could not be released: {error}");
    }
}

fn key(id: &str) -> Key {
    Key { meta: &IDEMPOTENCY, id: Value::Text(id.to_owned()), scope: Filter::All }
}

/// The values of a row whose request is about to be carried out.
fn fresh(claim: &Claim, now: Timestamp, lease: Duration) -> Vec<Value> {
    vec![
        Value::Text(claim.id.clone()),
        Value::Text(claim.fingerprint.clone()),
        Value::Null,
        Value::Null,
        Value::Null,
        Value::Timestamp(now),
        // Until when no other may take it over.
        Value::Timestamp(later(now, lease)),
    ]
}

fn has_expired(record: &Record, now: Timestamp) -> bool {
    !matches!(record.get(field::EXPIRES_AT), Value::Timestamp(it) if *it > now)
}

fn in_flight() -> ApiError {
    let detail = "the first request with this key is still running; ask again";
    ApiError::new(ErrorCode::IDEMPOTENCY_IN_FLIGHT)
        .detail(detail)
        .header(http::header::RETRY_AFTER, "1")
        .problem(Problem::header("Idempotency-Key", "idempotency_in_flight", detail))
}

fn reused() -> ApiError {
    let detail = "this key was sent before, with another body; a new request needs a new key";
    ApiError::new(ErrorCode::IDEMPOTENCY_KEY_REUSED).detail(detail).problem(Problem::header(
        "Idempotency-Key",
        "idempotency_key_reused",
        detail,
    ))
}
