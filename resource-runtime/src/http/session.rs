//! How a write reaches the store: by itself, in a transaction, or once for all requests with one
//! `Idempotency-Key`.
//!
//! # Design
//!
//! An operation is a [`Job`]: what was read of the request, and what to do with it in a [`Session`].
//! Most requests get the store itself as their session, so that one write is one statement. A job
//! gets a transaction where it asks for one, where all it does is to be undone (`Prefer: tx=rollback`),
//! or where its answer is kept together with its writes. It cannot tell which.

use std::sync::Arc;

use axum::response::Response;

use super::idempotency::{self, Claim};
use super::mounted::Mounted;
use super::prefer::{self, Prefer};
use crate::error::{ApiError, ErrorCode};
use crate::resource::Record;
use crate::store::{Database, Key, StoreError, StoreErrorKind, StoreResult, Transaction, Write, Written};

/// What a request asks for, once it has been read.
pub(super) trait Job: Send + Sync + 'static {
    /// Whether all of it takes effect or nothing.
    fn is_atomic(&self) -> bool {
        false
    }

    /// Does it, and gives the answer.
    fn run(
        &self,
        mounted: &Mounted,
        session: &mut Session<'_>,
    ) -> impl Future<Output = Result<Response, ApiError>> + Send;
}

/// What a request says of how it is to be carried out.
#[derive(Debug)]
pub(super) struct Terms {
    pub(super) prefer: Prefer,
    pub(super) claim: Option<Claim>,
}

/// Carries out a job.
pub(super) async fn carry_out<J: Job>(mounted: Arc<Mounted>, terms: Terms, job: J) -> Result<Response, ApiError> {
    if terms.prefer.is_dry_run() {
        return dry_run(&mounted, &job).await;
    }
    if let Some(claim) = terms.claim {
        return idempotency::once(mounted, claim, job).await;
    }
    if !job.is_atomic() {
        return job.run(&mounted, &mut Session::Store(&mounted.database)).await;
    }
    let mut session = Session::open(&mounted.database).await?;
    let response = job.run(&mounted, &mut session).await?;
    session.commit().await?;
    Ok(response)
}

/// Does everything but to commit. A key is neither looked at nor used up: nothing happens that could
/// happen twice.
async fn dry_run<J: Job>(mounted: &Mounted, job: &J) -> Result<Response, ApiError> {
    let mut session = Session::open(&mounted.database).await?;
    match job.run(mounted, &mut session).await.and_then(|it| session.unbroken().map(|()| it)) {
        Ok(response) => Ok(prefer::applied(response, prefer::ROLLBACK)),
        Err(error) => Err(error.header(prefer::APPLIED, prefer::ROLLBACK)),
    }
}

/// What a job reads and writes through.
pub(super) enum Session<'a> {
    /// The store itself: each write takes effect at once.
    Store(&'a Database),
    /// A transaction.
    Open(Open),
}

/// A transaction, and what came of it so far.
pub(super) struct Open {
    transaction: Box<dyn Transaction>,
    /// Whether the store was asked for anything.
    asked: bool,
    /// What the store failed with, after which nothing can be committed.
    broken: Option<ErrorCode>,
}

impl Session<'_> {
    pub(super) async fn open(database: &Database) -> Result<Self, ApiError> {
        Ok(Self::Open(Open { transaction: database.begin().await?, asked: false, broken: None }))
    }

    /// A row that is about to be written: in a transaction it does not change until then.
    pub(super) async fn get(&mut self, key: Key) -> StoreResult<Option<Record>> {
        match self {
            Self::Store(database) => database.get(key).await,
            Self::Open(open) => {
                open.asked = true;
                let result = open.transaction.lock(key).await;
                open.note(result)
            }
        }
    }

    pub(super) async fn write(&mut self, write: Write) -> StoreResult<Written> {
        match self {
            Self::Store(database) => database.write(write).await,
            Self::Open(open) => {
                open.asked = true;
                let result = open.transaction.write(write).await;
                open.note(result)
            }
        }
    }

    /// Whether what was answered may have followed from what is in the store.
    pub(super) const fn has_asked(&self) -> bool {
        match self {
            Self::Store(_) => true,
            Self::Open(open) => open.asked,
        }
    }

    /// Refuses to go on after a failure of the store, even if the job found an answer that lives
    /// with it.
    pub(super) fn unbroken(&self) -> Result<(), ApiError> {
        let Self::Open(Open { broken: Some(code), .. }) = self else { return Ok(()) };
        let error = ApiError::new(*code).detail("the store failed, and nothing was written; try again");
        Err(if code.status == 503 { error.header(http::header::RETRY_AFTER, "1") } else { error })
    }

    /// Makes everything take effect.
    pub(super) async fn commit(self) -> Result<(), ApiError> {
        self.unbroken()?;
        match self {
            Self::Store(_) => Ok(()),
            Self::Open(open) => Ok(open.transaction.commit().await?),
        }
    }
}

impl Open {
    fn note<T>(&mut self, result: StoreResult<T>) -> StoreResult<T> {
        if let Err(error) = &result {
            self.broken = self.broken.or_else(|| breaks(error));
        }
        result
    }
}

/// What a client is told, where a failure is the store's own.
const fn breaks(error: &StoreError) -> Option<ErrorCode> {
    match error.kind() {
        StoreErrorKind::Unavailable | StoreErrorKind::Busy => Some(ErrorCode::UNAVAILABLE),
        StoreErrorKind::Internal | StoreErrorKind::Drift { .. } => Some(ErrorCode::INTERNAL),
        StoreErrorKind::Duplicate { .. } | StoreErrorKind::Reference { .. } | StoreErrorKind::Invalid => None,
    }
}
