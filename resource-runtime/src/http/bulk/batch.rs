//! Carrying out the items of a batch in one transaction.

use serde_json::value::RawValue;

use crate::error::{ApiError, Location, Problem};
use crate::http::mounted::{Mounted, changed};
use crate::http::write::inserted;
use crate::input;
use crate::resource::Record;
use crate::store::{Key, StoreError, StoreErrorKind, Transaction, Write, Written};

/// How often a batch is begun that the store asks to try again.
const ATTEMPTS: u32 = 3;

/// What an item asks for, as far as that can be told without the store.
#[derive(Debug)]
pub(super) enum Item<'a> {
    /// A new row.
    Create(Write),
    /// A merge patch, which names its row too.
    Update(Key, &'a RawValue),
    /// A row that goes.
    Delete(Key),
}

/// What became of an item: its row as JSON, where one is left.
pub(super) type Outcome = Result<Vec<u8>, ApiError>;

/// How the items of a request are carried out.
pub(super) struct Batch<'a> {
    pub(super) mounted: &'a Mounted,
    /// All or nothing.
    pub(super) atomic: bool,
    /// Where in the body the items are.
    pub(super) place: &'static str,
}

/// Why an item is not done.
enum Halt {
    /// It is refused; the transaction goes on without it.
    Refused(ApiError),
    /// Nothing more can be done in this transaction.
    Broken(StoreError),
}

impl Batch<'_> {
    /// Carries out what could be read, and gives an outcome for every item.
    ///
    /// # Errors
    ///
    /// When nothing at all was written: the store failed, or the batch is all or nothing and an item
    /// was refused. What cannot be read is refused before anything is written; then the problems of
    /// all items that are refused with the status of the first come back together.
    pub(super) async fn carry_out(&self, items: Vec<Result<Item<'_>, ApiError>>) -> Result<Vec<Outcome>, ApiError> {
        if self.atomic && items.iter().any(Result::is_err) {
            let refused = items.into_iter().enumerate().filter_map(|(index, it)| Some(self.at(index, it.err()?)));
            return Err(together(refused));
        }
        let mut outcomes = self.in_transaction(&items).await?.into_iter();
        // As many as there are items that could be read.
        Ok(items
            .into_iter()
            .filter_map(|item| item.map_or_else(|error| Some(Err(error)), |_| outcomes.next()))
            .collect())
    }

    async fn in_transaction(&self, items: &[Result<Item<'_>, ApiError>]) -> Result<Vec<Outcome>, ApiError> {
        let mut attempt = 1;
        loop {
            let mut transaction = self.mounted.database.begin().await?;
            match self.all(&mut *transaction, items.iter().flatten()).await {
                Ok(outcomes) => {
                    transaction.commit().await?;
                    return Ok(outcomes);
                }
                Err(Halt::Refused(error)) => return Err(error),
                // Nothing was written, and whoever stood in the way may be gone: of two batches that
                // wait for each other's rows, the store ends one.
                Err(Halt::Broken(error)) if *error.kind() == StoreErrorKind::Busy && attempt < ATTEMPTS => attempt += 1,
                Err(Halt::Broken(error)) => return Err(error.into()),
            }
        }
    }

    async fn all<'i>(
        &self,
        transaction: &mut dyn Transaction,
        items: impl Iterator<Item = &'i Item<'i>>,
    ) -> Result<Vec<Outcome>, Halt> {
        let mut outcomes = Vec::new();
        for item in items {
            let outcome = match self.one(transaction, item).await {
                Ok(json) => Ok(json),
                Err(Halt::Refused(error)) if self.atomic => {
                    return Err(Halt::Refused(self.at(outcomes.len(), error)));
                }
                Err(Halt::Refused(error)) => Err(error),
                Err(broken) => return Err(broken),
            };
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    async fn one(&self, transaction: &mut dyn Transaction, item: &Item<'_>) -> Result<Vec<u8>, Halt> {
        match item {
            Item::Create(write) => self.json(&inserted(transaction.write(write.clone()).await?)?),
            Item::Update(key, patch) => self.json(&self.update(transaction, key, patch).await?),
            Item::Delete(key) => match transaction.write(Write::Delete { key: key.clone(), version: None }).await? {
                Written::Done(_) => Ok(Vec::new()),
                Written::Missing | Written::Stale { .. } => Err(Halt::Refused(self.mounted.not_found())),
            },
        }
    }

    /// Reads a row, which stays as it is until it is written, and applies a merge patch to it.
    async fn update(&self, transaction: &mut dyn Transaction, key: &Key, patch: &RawValue) -> Result<Record, Halt> {
        // The patch names the row, so it never can do without it.
        let update = input::update(self.mounted.meta, patch.get().as_bytes())?;
        let record = transaction.lock(key.clone()).await?.ok_or_else(|| self.mounted.not_found())?;
        let changes = update.changes(Some(&record))?;
        if changes.is_empty() {
            return Ok(record);
        }
        self.mounted.stays_in(&key.scope, &changed(&record, &changes))?;
        let write = Write::Update { key: key.clone(), changes, version: Some(record.version) };
        match transaction.write(write).await? {
            Written::Done(record) => Ok(record),
            Written::Missing => Err(Halt::Refused(self.mounted.not_found())),
            Written::Stale { .. } => {
                let error = StoreError::new(StoreErrorKind::Internal);
                Err(Halt::Broken(error.caused_by("a row changed while a transaction had locked it")))
            }
        }
    }

    /// The row as the answer has it. One that cannot be said was written already, and is undone with
    /// everything else.
    fn json(&self, record: &Record) -> Result<Vec<u8>, Halt> {
        record.to_json(&self.mounted.item).map_err(|error| Halt::Broken(error.into()))
    }

    /// An error with its places below that of its item.
    fn at(&self, index: usize, mut error: ApiError) -> ApiError {
        let place = format!("{}/{index}", self.place);
        let only = error.problems.first().map(Problem::to_string);
        let tells_place = only.is_some() && error.detail == only;
        for problem in &mut error.problems {
            if let Location::Pointer(pointer) = &mut problem.location {
                pointer.insert_str(0, &place);
            }
        }
        if error.problems.is_empty() {
            error.problems.push(Problem::pointer(place, error.code.code, error.to_string()));
        }
        match error.problems.first().map(Problem::to_string) {
            Some(detail) if tells_place => error.detail(detail),
            _ => error,
        }
    }
}

/// The first error, with the problems of those that have its status.
fn together(mut errors: impl Iterator<Item = ApiError>) -> ApiError {
    let Some(mut first) = errors.next() else { return ApiError::new(crate::error::ErrorCode::INTERNAL) };
    let len = first.problems.len();
    for error in errors.filter(|it| it.code == first.code) {
        first.problems.extend(error.problems);
    }
    match first.problems.len() {
        many if many > len => first.detail(format!("{many} fields are invalid")),
        _ => first,
    }
}

impl From<ApiError> for Halt {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        match error.kind() {
            StoreErrorKind::Unavailable | StoreErrorKind::Busy => Self::Broken(error),
            _ => Self::Refused(error.into()),
        }
    }
}
