use std::collections::HashMap;

use tracing::Instrument as _;

use crate::error::{ApiError, ErrorCode, with_causes};
use crate::resource::Record;
#[cfg(feature = "server")]
use crate::resource::ResourceMeta;
use crate::store::{
    BoxFuture, Database, Key, Select, Selection, StoreError, StoreErrorKind, StoreResult, Transaction, Write, Written,
};

/// A transaction, and what came of it so far.
pub(crate) struct Open {
    database: Database,
    /// None until the store is asked for something: what is wrong with a request can be found without
    /// keeping others from writing.
    transaction: Option<Box<dyn Transaction>>,
    /// After which nothing can be committed.
    failure: Option<Failure>,
    /// How often each table was written to.
    writes: HashMap<&'static str, u64>,
    /// What is to be done after the commit.
    after: Vec<BoxFuture<'static, ()>>,
    /// How much was to be done at each mark.
    #[cfg(feature = "server")]
    marks: Vec<usize>,
}

/// What the store failed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    Busy,
    Unavailable,
    Internal,
}

impl Open {
    pub(super) fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
            transaction: None,
            failure: None,
            writes: HashMap::new(),
            after: Vec::new(),
            #[cfg(feature = "server")]
            marks: Vec::new(),
        }
    }

    pub(crate) async fn select(&mut self, select: Select) -> StoreResult<Selection> {
        let result = self.transaction().await?.select(select).await;
        self.note(result)
    }

    pub(crate) async fn get(&mut self, key: Key) -> StoreResult<Option<Record>> {
        let result = self.transaction().await?.get(key).await;
        self.note(result)
    }

    pub(crate) async fn lock(&mut self, key: Key) -> StoreResult<Option<Record>> {
        let result = self.transaction().await?.lock(key).await;
        self.note(result)
    }

    pub(crate) async fn write(&mut self, write: Write) -> StoreResult<Written> {
        let table = write.meta().table;
        let result = self.transaction().await?.write(write).await;
        *self.writes.entry(table).or_default() += 1;
        self.note(result)
    }

    /// Marks a place to go back to, for what was written and for what is to be done after the commit.
    #[cfg(feature = "server")]
    pub(crate) async fn mark(&mut self) -> StoreResult<()> {
        let result = self.transaction().await?.mark().await;
        self.marks.push(self.after.len());
        self.note(result)
    }

    /// Forgets the last mark.
    #[cfg(feature = "server")]
    pub(crate) async fn keep(&mut self) -> StoreResult<()> {
        self.marks.pop();
        let result = self.transaction().await?.keep().await;
        self.note(result)
    }

    /// Goes back to the last mark.
    #[cfg(feature = "server")]
    pub(crate) async fn undo(&mut self) -> StoreResult<()> {
        if let Some(len) = self.marks.pop() {
            self.after.truncate(len);
        }
        let result = self.transaction().await?.undo().await;
        self.note(result)
    }

    pub(super) fn after(&mut self, work: BoxFuture<'static, ()>) {
        self.after.push(work);
    }

    /// How often a resource's table was written to.
    #[cfg(feature = "server")]
    pub(crate) fn writes_to(&self, meta: &ResourceMeta) -> u64 {
        self.writes.get(meta.table).copied().unwrap_or_default()
    }

    /// Whether what was answered may have followed from what is in the store.
    #[cfg(feature = "server")]
    pub(crate) const fn has_asked(&self) -> bool {
        self.transaction.is_some() && self.failure.is_none()
    }

    /// Whether the store gave it up, and it can be begun again.
    #[cfg(feature = "server")]
    pub(crate) fn is_overtaken(&self) -> bool {
        self.failure == Some(Failure::Busy)
    }

    /// Refuses to go on after a failure of the store, even if an answer was found that lives with it.
    pub(crate) fn unbroken(&self) -> StoreResult<()> {
        let Some(failure) = self.failure else { return Ok(()) };
        let kind = match failure {
            Failure::Busy => StoreErrorKind::Busy,
            Failure::Unavailable => StoreErrorKind::Unavailable,
            Failure::Internal => StoreErrorKind::Internal,
        };
        Err(StoreError::new(kind).caused_by("the store failed within a transaction"))
    }

    /// Makes everything take effect, and does what is to be done then. That goes on where nobody
    /// waits for it any more: what was committed has its consequences.
    pub(super) async fn commit(self) -> Result<(), ApiError> {
        self.unbroken()?;
        let Self { transaction, after, .. } = self;
        let commit = async {
            match transaction {
                Some(transaction) => transaction.commit().await,
                None => Ok(()),
            }
        };
        if after.is_empty() {
            return Ok(commit.await?);
        }
        let all = async {
            commit.await?;
            for work in after {
                if let Err(error) = tokio::spawn(work.in_current_span()).await {
                    tracing::error!("work after a commit ended early: {}", with_causes(&error));
                }
            }
            Ok(())
        };
        joined(tokio::spawn(all.in_current_span()).await)
    }

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

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Open")
            .field("database", &self.database)
            .field("has_begun", &self.transaction.is_some())
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}

/// That of a transaction that was committed.
pub(super) fn ended() -> StoreError {
    StoreError::internal("the transaction has ended")
}

/// What a task gave. A panic goes on to whoever waits for it.
pub(crate) fn joined<T>(result: Result<Result<T, ApiError>, tokio::task::JoinError>) -> Result<T, ApiError> {
    match result {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => Err(ApiError::new(ErrorCode::UNAVAILABLE).source(error)),
        },
    }
}
