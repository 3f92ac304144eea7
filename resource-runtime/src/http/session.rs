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
use crate::error::ApiError;
use crate::resource::Record;
use crate::store::{
    Database, Key, Select, Selection, StoreError, StoreErrorKind, StoreResult, Transaction, Write, Written,
};

/// How often a job is begun that the store asks to try again.
const ATTEMPTS: u32 = 3;

/// What a request asks for, once it has been read.
pub(super) trait Job: Send + Sync + 'static {
    /// Whether all of it takes effect or nothing; one write needs no transaction for that.
    const IS_TRANSACTION: bool = false;

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
    if !J::IS_TRANSACTION {
        return job.run(&mounted, &mut Session::Store(&mounted.database)).await;
    }
    let (session, result) = in_transaction(&mounted, &job).await;
    let response = result?;
    session.commit().await?;
    Ok(response)
}

/// Does everything but to commit. A key is neither looked at nor used up: nothing happens that could
/// happen twice.
async fn dry_run<J: Job>(mounted: &Mounted, job: &J) -> Result<Response, ApiError> {
    let (session, result) = in_transaction(mounted, job).await;
    drop(session);
    match result {
        Ok(response) => Ok(prefer::applied(response, prefer::ROLLBACK)),
        Err(error) => Err(error.header(prefer::APPLIED, prefer::ROLLBACK)),
    }
}

/// Does a job in a transaction, which is left open; from the start again where the store gave up, because of
/// two transactions that wait for each other's rows it ends one.
pub(super) async fn in_transaction<'a, J: Job>(
    mounted: &'a Mounted,
    job: &J,
) -> (Session<'a>, Result<Response, ApiError>) {
    let mut attempt = 1;
    loop {
        let mut session = Session::open(&mounted.database);
        let result = job.run(mounted, &mut session).await.and_then(|it| session.unbroken().map(|()| it));
        match &session {
            Session::Open(Open { failure: Some(Failure::Busy), .. }) if attempt < ATTEMPTS => attempt += 1,
            _ => return (session, result),
        }
    }
}

/// What a job reads and writes through.
pub(super) enum Session<'a> {
    /// The store itself: each write takes effect at once.
    Store(&'a Database),
    /// A transaction.
    Open(Open<'a>),
}

/// A transaction, and what came of it so far.
pub(super) struct Open<'a> {
    database: &'a Database,
    /// None until the store is asked for something: what is wrong with a request can be found without
    /// keeping others from writing.
    transaction: Option<Box<dyn Transaction>>,
    /// After which nothing can be committed.
    failure: Option<Failure>,
}

/// What the store failed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    Busy,
    Unavailable,
    Internal,
}

impl<'a> Session<'a> {
    const fn open(database: &'a Database) -> Self {
        Self::Open(Open { database, transaction: None, failure: None })
    }

    /// A row that is about to be written: in a transaction it does not change until then.
    pub(super) async fn get(&mut self, key: Key) -> StoreResult<Option<Record>> {
        match self {
            Self::Store(database) => database.get(key).await,
            Self::Open(open) => {
                let result = open.transaction().await?.lock(key).await;
                open.note(result)
            }
        }
    }

    /// Rows as they are now, which others may change the next moment.
    pub(super) async fn select(&mut self, select: Select) -> StoreResult<Selection> {
        match self {
            Self::Store(database) => database.select(select).await,
            Self::Open(open) => {
                let result = open.transaction().await?.select(select).await;
                open.note(result)
            }
        }
    }

    pub(super) async fn write(&mut self, write: Write) -> StoreResult<Written> {
        match self {
            Self::Store(database) => database.write(write).await,
            Self::Open(open) => {
                let result = open.transaction().await?.write(write).await;
                open.note(result)
            }
        }
    }

    /// Whether what was answered may have followed from what is in the store.
    pub(super) const fn has_asked(&self) -> bool {
        match self {
            Self::Store(_) => true,
            Self::Open(open) => open.transaction.is_some() && open.failure.is_none(),
        }
    }

    /// Refuses to go on after a failure of the store, even if the job found an answer that lives
    /// with it.
    fn unbroken(&self) -> Result<(), ApiError> {
        let Self::Open(Open { failure: Some(failure), .. }) = self else { return Ok(()) };
        let kind = match failure {
            Failure::Busy => StoreErrorKind::Busy,
            Failure::Unavailable => StoreErrorKind::Unavailable,
            Failure::Internal => StoreErrorKind::Internal,
        };
        Err(StoreError::new(kind).caused_by("the store failed within a transaction").into())
    }

    /// Makes everything take effect.
    pub(super) async fn commit(self) -> Result<(), ApiError> {
        self.unbroken()?;
        match self {
            Self::Open(Open { transaction: Some(transaction), .. }) => Ok(transaction.commit().await?),
            Self::Open(_) | Self::Store(_) => Ok(()),
        }
    }
}

impl Open<'_> {
    async fn transaction(&mut self) -> StoreResult<&mut dyn Transaction> {
        let begun = match self.transaction.take() {
            Some(transaction) => Ok(transaction),
            None => self.database.begin().await,
        };
        let begun = self.note(begun)?;
        Ok(&mut **self.transaction.insert(begun))
    }

    fn note<T>(&mut self, result: StoreResult<T>) -> StoreResult<T> {
        if let Err(error) = &result {
            self.failure = self.failure.or(match error.kind() {
                StoreErrorKind::Busy => Some(Failure::Busy),
                StoreErrorKind::Unavailable => Some(Failure::Unavailable),
                StoreErrorKind::Internal | StoreErrorKind::Drift { .. } => Some(Failure::Internal),
                StoreErrorKind::Duplicate { .. } | StoreErrorKind::Reference { .. } | StoreErrorKind::Invalid => None,
            });
        }
        result
    }
}
