//! Carrying out the items of a batch in one transaction.

use serde_json::value::RawValue;

use crate::error::{ApiError, Location, Problem};
use crate::field::Value;
use crate::http::conditional::Preconditions;
use crate::http::mounted::Mounted;
use crate::http::rows::inserted;
use crate::http::session::Session;
use crate::input::{self, Draft};
use crate::query::Filter;
use crate::resource::Record;
use crate::store::{Key, StoreError, StoreErrorKind, Write, Written};

/// What an item asks for, as far as that can be told without the store.
#[derive(Debug)]
pub(super) enum Item<'a> {
    /// A new row.
    Insert(Write),
    /// A new row, as hooks are to see it before it is judged, and the rows that there are.
    Draft(Draft, &'a Filter),
    /// A new row that has been judged, and the rows that there are.
    Values(Vec<Value>, &'a Filter),
    /// A merge patch, which may name its row too.
    Update(Key, &'a RawValue),
    /// A row that goes.
    Delete(Key),
}

impl Item<'_> {
    /// The row that it names, if it is there already.
    const fn key(&self) -> Option<&Key> {
        match self {
            Self::Insert(_) | Self::Draft(..) | Self::Values(..) => None,
            Self::Update(key, _) | Self::Delete(key) => Some(key),
        }
    }
}

/// What became of an item: its row as JSON, where one is left.
pub(super) type Outcome = Result<Vec<u8>, ApiError>;

/// How the items of a request are carried out.
pub(super) struct Batch<'a> {
    pub(super) mounted: &'a Mounted,
    /// All or nothing.
    pub(super) atomic: bool,
    pub(super) place: Place,
}

/// Where the problems of an item are said to be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// In a list that the body has behind this pointer, at the item's index.
    Index(&'static str),
    /// In the body that all items have in common; the row's identifier tells them apart.
    Row,
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
    pub(super) async fn carry_out(
        &self,
        session: &mut Session<'_>,
        items: Vec<Result<Item<'_>, ApiError>>,
    ) -> Result<Vec<Outcome>, ApiError> {
        let items = if self.atomic { self.judged(session, items).await? } else { items };
        let (mut readable, mut fallen) = (Vec::with_capacity(items.len()), Vec::with_capacity(items.len()));
        for item in items {
            match item {
                Ok(item) => {
                    readable.push(item);
                    fallen.push(None);
                }
                Err(error) => fallen.push(Some(error)),
            }
        }
        let mut outcomes = self.all(session, readable).await?.into_iter();
        // As many as there are items that could be read.
        Ok(fallen.into_iter().filter_map(|it| it.map_or_else(|| outcomes.next(), |error| Some(Err(error)))).collect())
    }

    /// Carries out items on rows that the transaction has locked already, and gives what is left of
    /// them.
    ///
    /// # Errors
    ///
    /// That of the first item that is refused.
    pub(super) async fn carry_out_on(
        &self,
        session: &mut Session<'_>,
        rows: Vec<Record>,
        items: Vec<Item<'_>>,
    ) -> Result<Vec<Vec<u8>>, ApiError> {
        let mut rows = Rows::locked(self.mounted.meta.id(), rows);
        self.each(session, &mut rows, items).await?.into_iter().collect()
    }

    async fn all(&self, session: &mut Session<'_>, items: Vec<Item<'_>>) -> Result<Vec<Outcome>, Halt> {
        let mut rows = Rows::lock(session, items.iter()).await?;
        self.each(session, &mut rows, items).await
    }

    async fn each(
        &self,
        session: &mut Session<'_>,
        rows: &mut Rows,
        items: Vec<Item<'_>>,
    ) -> Result<Vec<Outcome>, Halt> {
        let mut outcomes = Vec::with_capacity(items.len());
        for item in items {
            let key = item.key().cloned();
            let outcome = match self.alone(session, rows, item).await {
                Ok(json) => Ok(json),
                Err(Halt::Refused(error)) if self.atomic => {
                    return Err(Halt::Refused(self.at(outcomes.len(), key.as_ref(), error)));
                }
                Err(Halt::Refused(error)) => Err(error),
                Err(broken) => return Err(broken),
            };
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    /// The items after hooks have seen what was sent, so that what is wrong with any of them is known
    /// before the first is written.
    async fn judged<'i>(
        &self,
        session: &mut Session<'_>,
        items: Vec<Result<Item<'i>, ApiError>>,
    ) -> Result<Vec<Result<Item<'i>, ApiError>>, ApiError> {
        let mut judged = Vec::with_capacity(items.len());
        let mut refused = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let item = match item {
                Ok(Item::Draft(draft, scope)) => {
                    let values = self.mounted.hooks.input(session, draft).await.and_then(Draft::into_values);
                    values.map(|it| Item::Values(it, scope))
                }
                other => other,
            };
            match item {
                Ok(item) => judged.push(Ok(item)),
                Err(error) => refused.push(self.at(index, None, error)),
            }
        }
        if refused.is_empty() { Ok(judged) } else { Err(together(refused.into_iter())) }
    }

    /// Carries out an item so that nothing is left of it where it is refused. A single write sees to
    /// that itself; hooks may have written more.
    async fn alone(&self, session: &mut Session<'_>, rows: &mut Rows, item: Item<'_>) -> Result<Vec<u8>, Halt> {
        if self.atomic || self.mounted.hooks.is_empty() {
            return self.one(session, rows, item).await;
        }
        session.mark().await.map_err(Halt::Broken)?;
        let done = self.one(session, rows, item).await;
        match done {
            Ok(_) => session.keep().await.map_err(Halt::Broken)?,
            Err(Halt::Refused(_)) => session.undo().await.map_err(Halt::Broken)?,
            Err(Halt::Broken(_)) => {}
        }
        done
    }

    async fn one(&self, session: &mut Session<'_>, rows: &mut Rows, item: Item<'_>) -> Result<Vec<u8>, Halt> {
        match item {
            Item::Insert(write) => self.json(&inserted(session.write(write).await?)?),
            Item::Draft(draft, scope) => {
                let values = self.mounted.hooks.input(session, draft).await?.into_values()?;
                self.json(&self.mounted.insert(session, values, scope).await?)
            }
            Item::Values(values, scope) => self.json(&self.mounted.insert(session, values, scope).await?),
            // Hooks may have changed the row since it was locked.
            Item::Update(key, patch) if !self.mounted.hooks.is_empty() => {
                let any = Preconditions::default();
                self.json(&self.mounted.update(session, &key, &any, patch.get().as_bytes()).await?)
            }
            Item::Delete(key) if !self.mounted.hooks.is_empty() => {
                self.mounted.remove(session, &key, &Preconditions::default()).await?;
                Ok(Vec::new())
            }
            Item::Update(key, patch) => {
                // A patch that cannot be read is refused as that, whether its row is there or not.
                let update = input::update(self.mounted.meta, patch.get().as_bytes())?;
                let row = rows.of(&key).ok_or_else(|| self.mounted.not_found())?;
                let changes = update.changes(Some(row))?;
                if !changes.is_empty() {
                    self.mounted.stays_in(&key.scope, &input::changed(row, &changes))?;
                    let write = Write::Update { key: key.clone(), changes, version: Some(row.version) };
                    *row = self.done(session.write(write).await?)?;
                }
                self.json(row)
            }
            Item::Delete(key) => {
                let row = rows.of(&key).ok_or_else(|| self.mounted.not_found())?;
                let write = Write::Delete { key: key.clone(), version: Some(row.version) };
                self.done(session.write(write).await?)?;
                rows.forget(&key);
                Ok(Vec::new())
            }
        }
    }

    /// The row that was written, which nobody else could change.
    fn done(&self, written: Written) -> Result<Record, Halt> {
        match written {
            Written::Done(record) => Ok(record),
            Written::Missing => Err(Halt::Refused(self.mounted.not_found())),
            Written::Stale { .. } => {
                Err(Halt::Broken(StoreError::internal("a row changed while a transaction had locked it")))
            }
        }
    }

    /// The row as the answer has it. One that cannot be said was written already, and is undone with
    /// everything else.
    fn json(&self, record: &Record) -> Result<Vec<u8>, Halt> {
        record.to_json(&self.mounted.item).map_err(|error| Halt::Broken(error.into()))
    }

    /// An error that says which item it is of.
    fn at(&self, index: usize, key: Option<&Key>, error: ApiError) -> ApiError {
        match (self.place, key) {
            (Place::Row, Some(key)) => self.of_row(key, error),
            (Place::Row, None) => error,
            (Place::Index(list), _) => Self::below(format!("{list}/{index}"), error),
        }
    }

    /// An error with the identifier of its row.
    fn of_row(&self, key: &Key, mut error: ApiError) -> ApiError {
        let mut json = Vec::new();
        crate::json::write_value(&mut json, &key.id, &self.mounted.meta.id_field().kind);
        let id: serde_json::Value = serde_json::from_slice(&json).unwrap_or_default();
        if error.problems.is_empty() {
            error.problems.push(Problem::pointer("", error.code.code, error.to_string()));
        }
        let detail = error.detail.take().unwrap_or_else(|| error.code.title.to_owned());
        error.problems = error.problems.into_iter().map(|it| it.param("id", id.clone())).collect();
        error.detail(format!("row {id}: {detail}"))
    }

    /// An error with its places below that of its item.
    fn below(place: String, mut error: ApiError) -> ApiError {
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

/// The rows that items name, as they are in the transaction.
struct Rows(Vec<(Value, Option<Record>)>);

impl Rows {
    /// Rows that are locked, each once.
    fn locked(id: usize, rows: Vec<Record>) -> Self {
        let mut rows: Vec<_> = rows.into_iter().map(|it| (it.get(id).clone(), Some(it))).collect();
        rows.sort_by(|(a, _), (b, _)| a.compare(b));
        Self(rows)
    }

    /// Locks them in the order of their identifiers, so that two batches with rows in common do not
    /// wait for each other.
    async fn lock<'i>(session: &mut Session<'_>, items: impl Iterator<Item = &'i Item<'i>>) -> Result<Self, Halt> {
        let mut keys: Vec<&Key> = items.filter_map(Item::key).collect();
        keys.sort_by(|a, b| a.id.compare(&b.id));
        keys.dedup_by(|a, b| a.id.compare(&b.id).is_eq());
        let mut rows = Vec::with_capacity(keys.len());
        for key in keys {
            // A read that fails leaves the transaction in no state to go on.
            let row = session.get(key.clone()).await.map_err(Halt::Broken)?;
            rows.push((key.id.clone(), row));
        }
        Ok(Self(rows))
    }

    fn of(&mut self, key: &Key) -> Option<&mut Record> {
        self.slot(key)?.as_mut()
    }

    fn forget(&mut self, key: &Key) {
        if let Some(row) = self.slot(key) {
            *row = None;
        }
    }

    fn slot(&mut self, key: &Key) -> Option<&mut Option<Record>> {
        let index = self.0.binary_search_by(|(id, _)| id.compare(&key.id)).ok()?;
        self.0.get_mut(index).map(|(_, row)| row)
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

impl From<Halt> for ApiError {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Refused(error) => error,
            Halt::Broken(error) => error.into(),
        }
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
