//! How a write reaches the store: by itself, in a transaction, or once for all requests with one
//! `Idempotency-Key`.
//!
//! # Design
//!
//! An operation is a [`Job`]: what was read of the request, and what to do with it in a [`Session`].
//! Most requests get the store itself as their session, so that one write is one statement. A job
//! gets a transaction where it asks for one, where the resource has hooks, where all it does is to be
//! undone (`Prefer: tx=rollback`), or where its answer is kept together with its writes. It cannot tell
//! which.

use std::sync::Arc;

use axum::response::Response;

use super::hooks::{HookContext, RequestContext};
use super::idempotency::{self, Claim};
use super::mounted::Mounted;
use super::prefer::{self, Prefer};
use crate::error::ApiError;
use crate::resource::{Record, ResourceMeta};
use crate::store::{BoxFuture, Database, Key, Open, Select, Selection, StoreError, StoreResult, Tx, Write, Written};

/// How often a job is begun that the store asks to try again.
const ATTEMPTS: u32 = 3;

/// What a request asks for, once it has been read.
pub(super) trait Job: Send + Sync + 'static {
    /// Whether all of it takes effect or nothing; one write needs no transaction for that, unless hooks
    /// write beside it.
    const IS_TRANSACTION: bool = false;

    /// Does it, and gives the answer.
    fn run(
        &self,
        mounted: &Mounted,
        session: &mut Session<'_>,
    ) -> impl Future<Output = Result<Response, ApiError>> + Send;
}

/// A job whatever it is, for the ways to carry one out that most requests do not take: their code is there once, and
/// not for each operation.
pub(super) trait AnyJob: Send + Sync {
    /// As [`Job::run`].
    fn run_boxed<'a>(
        &'a self,
        mounted: &'a Mounted,
        session: &'a mut Session<'_>,
    ) -> BoxFuture<'a, Result<Response, ApiError>>;
}

impl<J: Job> AnyJob for J {
    fn run_boxed<'a>(
        &'a self,
        mounted: &'a Mounted,
        session: &'a mut Session<'_>,
    ) -> BoxFuture<'a, Result<Response, ApiError>> {
        Box::pin(self.run(mounted, session))
    }
}

/// What a request says of how it is to be carried out.
#[derive(Debug)]
pub(super) struct Terms {
    pub(super) prefer: Prefer,
    pub(super) claim: Option<Claim>,
    pub(super) request: Arc<RequestContext>,
}

/// Carries out a job.
pub(super) async fn carry_out<J: Job>(mounted: Arc<Mounted>, terms: Terms, job: J) -> Result<Response, ApiError> {
    let Terms { prefer, claim, request } = terms;
    if prefer.is_dry_run() {
        return dry_run(&mounted, &request, &job).await;
    }
    if let Some(claim) = claim {
        return idempotency::once(mounted, claim, request, Box::new(job)).await;
    }
    if !J::IS_TRANSACTION && mounted.hooks.is_empty() {
        let mut session = Session { reach: Reach::Store(&mounted.database), request: &request };
        return job.run(&mounted, &mut session).await;
    }
    in_one_transaction(&mounted, &request, &job).await
}

async fn in_one_transaction(
    mounted: &Mounted,
    request: &Arc<RequestContext>,
    job: &dyn AnyJob,
) -> Result<Response, ApiError> {
    let (session, result) = in_transaction(mounted, request, job).await;
    let response = result?;
    session.commit().await?;
    Ok(response)
}

/// Does everything but to commit. A key is neither looked at nor used up: nothing happens that could
/// happen twice.
async fn dry_run(mounted: &Mounted, request: &Arc<RequestContext>, job: &dyn AnyJob) -> Result<Response, ApiError> {
    let (session, result) = in_transaction(mounted, request, job).await;
    drop(session);
    match result {
        Ok(response) => Ok(prefer::applied(response, prefer::ROLLBACK)),
        Err(error) => Err(error.header(prefer::APPLIED, prefer::ROLLBACK)),
    }
}

/// Does a job in a transaction, which is left open; from the start again where the store gave up, because of
/// two transactions that wait for each other's rows it ends one.
pub(super) async fn in_transaction<'a>(
    mounted: &'a Mounted,
    request: &'a Arc<RequestContext>,
    job: &dyn AnyJob,
) -> (Session<'a>, Result<Response, ApiError>) {
    let mut attempt = 1;
    loop {
        let mut session = Session { reach: Reach::Tx(mounted.database.transaction()), request };
        let result = job.run_boxed(mounted, &mut session).await.and_then(|it| session.unbroken().map(|()| it));
        if !session.open().is_some_and(Open::is_overtaken) || attempt == ATTEMPTS {
            return (session, result);
        }
        attempt += 1;
    }
}

/// What a job reads and writes through, and for which request.
pub(super) struct Session<'a> {
    reach: Reach<'a>,
    request: &'a Arc<RequestContext>,
}

enum Reach<'a> {
    /// The store itself: each write takes effect at once.
    Store(&'a Database),
    /// A transaction.
    Tx(Tx),
}

impl Session<'_> {
    /// A row that is about to be written: in a transaction it does not change until then.
    pub(super) async fn get(&mut self, key: Key) -> StoreResult<Option<Record>> {
        match &mut self.reach {
            Reach::Store(database) => database.get(key).await,
            Reach::Tx(tx) => tx.lock_record(key).await,
        }
    }

    /// Rows as they are now, which others may change the next moment.
    pub(super) async fn select(&mut self, select: Select) -> StoreResult<Selection> {
        match &mut self.reach {
            Reach::Store(database) => database.select(select).await,
            Reach::Tx(tx) => tx.read(select).await,
        }
    }

    pub(super) async fn write(&mut self, write: Write) -> StoreResult<Written> {
        match &mut self.reach {
            Reach::Store(database) => database.write(write).await,
            Reach::Tx(tx) => tx.write(write).await,
        }
    }

    /// Marks a place to go back to; nothing where each write takes effect at once.
    pub(super) async fn mark(&mut self) -> StoreResult<()> {
        match &mut self.reach {
            Reach::Store(_) => Ok(()),
            Reach::Tx(tx) => tx.open()?.mark().await,
        }
    }

    /// Keeps what was done since the last mark.
    pub(super) async fn keep(&mut self) -> StoreResult<()> {
        match &mut self.reach {
            Reach::Store(_) => Ok(()),
            Reach::Tx(tx) => tx.open()?.keep().await,
        }
    }

    /// Undoes what was done since the last mark.
    pub(super) async fn undo(&mut self) -> StoreResult<()> {
        match &mut self.reach {
            Reach::Store(_) => Ok(()),
            Reach::Tx(tx) => tx.open()?.undo().await,
        }
    }

    /// What a hook works with.
    pub(super) fn hook_context(&mut self) -> StoreResult<HookContext<'_>> {
        match &mut self.reach {
            Reach::Tx(tx) => Ok(HookContext::new(self.request, tx)),
            Reach::Store(_) => Err(StoreError::internal("hooks need a transaction")),
        }
    }

    pub(super) const fn request(&self) -> &Arc<RequestContext> {
        self.request
    }

    /// Does this once everything has taken effect.
    pub(super) fn after_commit(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        if let Reach::Tx(tx) = &mut self.reach {
            tx.after_commit(work);
        }
    }

    /// How often a resource's rows were written in this transaction.
    pub(super) fn writes_to(&self, meta: &ResourceMeta) -> u64 {
        self.open().map_or(0, |it| it.writes_to(meta))
    }

    /// Whether what was answered may have followed from what is in the store.
    pub(super) fn has_asked(&self) -> bool {
        self.open().is_none_or(Open::has_asked)
    }

    /// Refuses to go on after a failure of the store, even if the job found an answer that lives
    /// with it.
    pub(super) fn unbroken(&self) -> Result<(), ApiError> {
        Ok(self.open().map_or(Ok(()), Open::unbroken)?)
    }

    /// Makes everything take effect.
    pub(super) async fn commit(self) -> Result<(), ApiError> {
        match self.reach {
            Reach::Tx(tx) => tx.commit().await,
            Reach::Store(_) => Ok(()),
        }
    }

    const fn open(&self) -> Option<&Open> {
        match &self.reach {
            Reach::Tx(tx) => tx.state(),
            Reach::Store(_) => None,
        }
    }
}
