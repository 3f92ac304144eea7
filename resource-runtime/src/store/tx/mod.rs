//! A transaction with rows as Rust values.

mod open;
#[cfg_attr(not(feature = "server"), allow(dead_code, reason = "only the server lends transactions"))]
mod slot;

use std::sync::Arc;

pub(crate) use self::open::Open;
#[cfg(feature = "server")]
pub(crate) use self::open::joined;
#[cfg(feature = "server")]
pub(crate) use self::slot::Outcome;
pub(crate) use self::slot::Slot;
use super::typed::{self, Rows};
use super::{Database, Key, Select, Selection, StoreResult, Write, Written};
use crate::error::{ApiError, ErrorCode};
use crate::field::{FieldType as _, Value};
use crate::handle::{Order, Where};
use crate::input;
use crate::resource::{Record, Resource};

/// Reads and writes of rows that take effect together, or not at all.
///
/// [`Database::transaction`] opens one; a hook has one in its context; and a handler of an
/// application's own gets one as an argument (see [`http`](crate::http)), which is committed where it
/// succeeds. Elsewhere it takes effect with [`Tx::commit`], and leaves no trace where it is dropped
/// without.
///
/// ```
/// # use resource_runtime::prelude::*;
/// # #[derive(Debug, Clone, Resource)]
/// # struct Account { #[resource(id)] id: i64, balance: Decimal }
/// async fn transfer(store: &Database, from: i64, to: i64, amount: Decimal) -> Result<(), ApiError> {
///     let mut tx = store.transaction();
///     tx.update::<Account>(from, |it| it.balance -= amount).await?;
///     tx.update::<Account>(to, |it| it.balance += amount).await?;
///     tx.commit().await
/// }
/// ```
///
/// The store is asked for a transaction when it is first needed, and for one only, so that many can
/// wait for each other's connections without a deadlock. A write that fails undoes itself, and the
/// transaction goes on. After the store itself has failed (503), nothing can be committed any more.
///
/// Values obey the rules of their fields, whoever sets them. No hooks run for what is written
/// here: they belong to the operations of clients.
#[must_use = "what it has written takes effect when it is committed"]
pub struct Tx {
    /// There until it is committed or dropped.
    open: Option<Open>,
    /// Where it goes when it is dropped, if it is only lent.
    slot: Option<Arc<Slot>>,
}

impl Database {
    /// A transaction, which begins with its first read or write.
    pub fn transaction(&self) -> Tx {
        Tx { open: Some(Open::new(self)), slot: None }
    }
}

impl Tx {
    /// The row with this identifier.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn find<R: Resource>(&mut self, id: R::Id) -> Result<Option<R>, ApiError> {
        typed::find(self, id).await
    }

    /// The row with this identifier, which nobody else changes before the transaction has ended.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn lock<R: Resource>(&mut self, id: R::Id) -> Result<Option<R>, ApiError> {
        typed::row(self.lock_record(typed::key::<R>(id)).await?)
    }

    /// The rows that a condition holds for. Nothing is read before the [`Matching`] is asked for
    /// them.
    ///
    /// ```
    /// # use resource_runtime::prelude::*;
    /// # #[derive(Debug, Clone, Resource)]
    /// # struct Book { #[resource(id)] id: i64, title: String, #[resource(filter(lt))] price: Decimal }
    /// # async fn example(tx: &mut Tx) -> Result<(), ApiError> {
    /// let cheap = tx.select(Book::PRICE.lt(10)).sort(Book::TITLE.asc()).limit(3).rows().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn select<R: Resource, U>(&mut self, condition: Where<R, U>) -> Matching<'_, R> {
        Matching { tx: self, query: typed::Query::new(condition) }
    }

    /// Creates a row, under the same rules as `POST`.
    ///
    /// # Errors
    ///
    /// Those that a client would get.
    pub fn create<R: Resource>(
        &mut self,
        input: &R::Create,
    ) -> impl Future<Output = Result<R, ApiError>> + Send + use<'_, R> {
        typed::create(self, input)
    }

    /// Creates a row with all its fields, those that clients cannot set included, and gives it as it
    /// is stored.
    ///
    /// An identifier that the store makes is left blank (0, the nil UUID, an empty text); UUIDs and
    /// texts can be chosen, too.
    ///
    /// # Errors
    ///
    /// 422 where a value breaks a rule, 409 where another row has a value that is unique.
    pub async fn insert<R: Resource>(&mut self, row: R) -> Result<R, ApiError> {
        let values = input::new_row(R::META, row.into_values())?;
        typed::row(typed::insert(self, R::META, values).await.map(Some)?)?.ok_or_else(|| missing::<R>())
    }

    /// Changes a row: locks it, lets the closure change it, and stores it if it has. Gives the row as
    /// it is then.
    ///
    /// The time of the update is set, unless the closure sets it. For changes that can fail there are
    /// [`Tx::lock`] and [`Tx::save`].
    ///
    /// # Errors
    ///
    /// 404 where there is no such row; else as for [`Tx::insert`]. 500 where the identifier is
    /// changed.
    pub async fn update<R: Resource>(&mut self, id: R::Id, change: impl FnOnce(&mut R) + Send) -> Result<R, ApiError> {
        let record = self.lock_record(typed::key::<R>(id.clone())).await?.ok_or_else(|| missing::<R>())?;
        let before = typed::of_record::<R>(record.clone())?.into_values();
        let mut row = typed::of_record::<R>(record.clone())?;
        change(&mut row);
        self.store_changes(id, &record, &before, row).await
    }

    /// Stores a row that is there already, whole. What others have changed in it since it was read is
    /// lost, unless it was read with [`Tx::lock`].
    ///
    /// # Errors
    ///
    /// As for [`Tx::update`].
    pub async fn save<R: Resource>(&mut self, row: R) -> Result<R, ApiError> {
        let values = row.into_values();
        let id = values.get(R::META.id()).cloned().unwrap_or(Value::Null);
        let id = R::Id::from_value(id).map_err(super::StoreError::from)?;
        let row = typed::of_record::<R>(Record { values, version: 1 })?;
        let record = self.lock_record(typed::key::<R>(id.clone())).await?.ok_or_else(|| missing::<R>())?;
        let before = typed::of_record::<R>(record.clone())?.into_values();
        self.store_changes(id, &record, &before, row).await
    }

    /// `before` is what the record is as a struct: a field of JSON text may be written otherwise.
    async fn store_changes<R: Resource>(
        &mut self,
        id: R::Id,
        record: &Record,
        before: &[Value],
        row: R,
    ) -> Result<R, ApiError> {
        let changes = input::difference(R::META, before, row.into_values())?;
        let mut changes = input::settle(R::META, &record.values, changes)?;
        if changes.is_empty() {
            return typed::of_record(record.clone());
        }
        input::touch(R::META, &mut changes);
        let write = Write::Update { key: typed::key::<R>(id), changes, version: Some(record.version) };
        match self.write(write).await? {
            Written::Done(record) => typed::of_record(record),
            Written::Missing => Err(missing::<R>()),
            Written::Stale { .. } => {
                Err(ApiError::new(ErrorCode::INTERNAL).source("a row changed while a transaction had locked it"))
            }
        }
    }

    /// Deletes a row, and gives it as it was; `None` where there was none.
    ///
    /// # Errors
    ///
    /// 409 where other rows refer to it, and when the store fails.
    pub async fn delete<R: Resource>(&mut self, id: R::Id) -> Result<Option<R>, ApiError> {
        match self.write(Write::Delete { key: typed::key::<R>(id), version: None }).await? {
            Written::Done(record) => typed::of_record(record).map(Some),
            Written::Missing | Written::Stale { .. } => Ok(None),
        }
    }

    /// Does this after the commit, and only then; in the order in which it was asked for. The commit
    /// waits for it, even where the client does not.
    pub fn after_commit(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(open) = &mut self.open {
            open.after(Box::pin(work));
        }
    }

    /// Makes everything take effect.
    ///
    /// # Errors
    ///
    /// 503 where the store fails, before this or now. 500 where it is a handler's, and the request was
    /// answered before.
    pub async fn commit(mut self) -> Result<(), ApiError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        if self.slot.take().is_some_and(|it| !it.commits()) {
            return Err(ApiError::new(ErrorCode::INTERNAL)
                .source("a transaction of a request was to be committed after its answer; it leaves no trace"));
        }
        open.commit().await
    }

    /// Carries out one write, without rules: for what the typed methods cannot say.
    ///
    /// # Errors
    ///
    /// The store's.
    pub async fn write(&mut self, write: Write) -> StoreResult<Written> {
        self.open()?.write(write).await
    }

    /// Reads rows, without their types: for what the typed methods cannot say.
    ///
    /// # Errors
    ///
    /// The store's.
    pub async fn read(&mut self, select: Select) -> StoreResult<Selection> {
        self.open()?.select(select).await
    }

    /// The row with this identifier, locked.
    pub(crate) async fn lock_record(&mut self, key: Key) -> StoreResult<Option<Record>> {
        self.open()?.lock(key).await
    }

    pub(crate) fn open(&mut self) -> StoreResult<&mut Open> {
        self.open.as_mut().ok_or_else(open::ended)
    }

    /// What has become of it so far.
    #[cfg(feature = "server")]
    pub(crate) const fn state(&self) -> Option<&Open> {
        self.open.as_ref()
    }
}

impl Rows for Tx {
    async fn get(&mut self, key: Key) -> StoreResult<Option<Record>> {
        self.open()?.get(key).await
    }

    async fn write(&mut self, write: Write) -> StoreResult<Written> {
        Self::write(self, write).await
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take() {
            // After a panic nobody knows what is missing.
            slot.take_back(self.open.take().filter(|_| !std::thread::panicking()));
        }
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("open", &self.open).finish_non_exhaustive()
    }
}

/// The rows of a transaction that a condition holds for: what [`Tx::select`] gives.
#[must_use = "nothing is read before it is asked for rows"]
pub struct Matching<'t, R> {
    tx: &'t mut Tx,
    query: typed::Query<R>,
}

impl<R: Resource> Matching<'_, R> {
    /// In this order; a second one orders the rows that are equal in the first. Without one they come
    /// in the order of their identifiers.
    pub fn sort<const INDEX: usize>(mut self, order: Order<R, INDEX>) -> Self {
        self.query.sort.push(order.into_key());
        self
    }

    /// At most so many.
    pub const fn limit(mut self, rows: u32) -> Self {
        self.query.limit = rows;
        self
    }

    /// All of them.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn rows(self) -> Result<Vec<R>, ApiError> {
        let found = self.tx.read(self.query.into_select()).await?;
        found.records.into_iter().map(typed::of_record).collect()
    }

    /// The first of them.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn first(self) -> Result<Option<R>, ApiError> {
        Ok(self.limit(1).rows().await?.into_iter().next())
    }
}

impl<R: Resource> std::fmt::Debug for Matching<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Matching").field("resource", &R::META.name).finish_non_exhaustive()
    }
}

fn missing<R: Resource>() -> ApiError {
    ApiError::new(ErrorCode::NOT_FOUND).detail(format!("there is no {} with this id", R::META.name))
}
