//! Rows as Rust values: what programs, tests and seeds use where they do not speak HTTP.

use std::marker::PhantomData;
use std::time::Duration;

use super::expired::Expired;
use super::{Database, Key, Select, Store, StoreError, StoreResult, Window, Write, Written, soft_delete};
use crate::error::{ApiError, ErrorCode};
use crate::field::{FieldType, IdSource, Value};
use crate::handle::Where;
use crate::input;
use crate::query::{CountMode, Filter, SortKey};
use crate::resource::{Record, Resource, ResourceMeta};

impl Database {
    /// Creates a row, under the same rules as `POST`.
    ///
    /// # Errors
    ///
    /// Those that a client would get.
    pub async fn create<R: Resource>(&self, input: &R::Create) -> Result<R, ApiError> {
        create(&mut &*self, input).await
    }

    /// The row with this identifier.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn find<R: Resource>(&self, id: R::Id) -> Result<Option<R>, ApiError> {
        find(&mut &*self, id).await
    }

    /// Creates one row per item of a JSON array of create models, in their order; what fills a new
    /// database. Returns how many there are.
    ///
    /// # Errors
    ///
    /// When the text is not such an array, or an item is refused; the items before it stay.
    pub async fn seed<R: Resource>(&self, json: &str) -> Result<usize, ApiError> {
        let items = input::items(json.as_bytes(), usize::MAX)?;
        for (index, item) in items.iter().enumerate() {
            insert(&mut &*self, R::META, input::create(R::META, item.get().as_bytes())?).await.map_err(|error| {
                let detail = format!("item {index}: {error}");
                error.detail(detail)
            })?;
        }
        Ok(items.len())
    }

    /// Brings a row back that was deleted softly. For a resource whose deletes are not, it does not compile.
    ///
    /// # Errors
    ///
    /// 404 where there is no such row among the deleted ones, 409 where a value of it that has to be unique
    /// is another row's by now.
    pub async fn restore<R: Resource>(&self, id: R::Id) -> Result<R, ApiError> {
        const { assert!(R::META.soft_delete().is_some(), "the resource has no field with `#[resource(soft_delete)]`") }
        let key = Key { meta: R::META, id: id.into_value(), scope: soft_delete::deleted(R::META) };
        let changes = soft_delete::restoration(R::META);
        match self.write(Write::Update { key, changes, version: None }).await? {
            Written::Done(record) => R::from_record(record).map_err(|error| StoreError::from(error).into()),
            Written::Missing | Written::Stale { .. } => Err(ApiError::new(ErrorCode::NOT_FOUND)),
        }
    }

    /// Removes the rows for good that were deleted softly at least this long ago, in batches, and tells how
    /// many they were. For a resource whose deletes are not soft, it does not compile.
    ///
    /// An API that is served does so by itself where the resource says `purge_after`. Rows that others still
    /// refer to stay.
    ///
    /// # Errors
    ///
    /// When the store fails; what went before is gone.
    pub async fn purge<R: Resource>(&self, older_than: Duration) -> StoreResult<u64> {
        const { assert!(R::META.soft_delete().is_some(), "the resource has no field with `#[resource(soft_delete)]`") }
        match Expired::deleted(R::META, older_than) {
            Some(expired) => expired.remove(self).await,
            None => Ok(0),
        }
    }
}

/// What rows are read from and written to one by one: a store by itself, or a transaction.
pub(super) trait Rows: Send {
    fn get(&mut self, key: Key) -> impl Future<Output = StoreResult<Option<Record>>> + Send;

    fn write(&mut self, write: Write) -> impl Future<Output = StoreResult<Written>> + Send;
}

impl Rows for &Database {
    async fn get(&mut self, key: Key) -> StoreResult<Option<Record>> {
        Store::get(&***self, key).await
    }

    async fn write(&mut self, write: Write) -> StoreResult<Written> {
        Database::write(self, write).await
    }
}

pub(super) async fn find<R: Resource>(rows: &mut impl Rows, id: R::Id) -> Result<Option<R>, ApiError> {
    row(rows.get(key::<R>(id)).await?)
}

/// The model is not held while the store is waited for, and need not be one that threads can share.
pub(super) fn create<'a, R: Resource, S: Rows>(
    rows: &'a mut S,
    input: &R::Create,
) -> impl Future<Output = Result<R, ApiError>> + Send + use<'a, R, S> {
    let values = input::create(R::META, &crate::model::to_json(input));
    async move { of_record(insert(rows, R::META, values?).await?) }
}

pub(super) async fn insert(
    rows: &mut impl Rows,
    meta: &'static ResourceMeta,
    values: Vec<Value>,
) -> Result<Record, ApiError> {
    match rows.write(Write::Insert { meta, values, version: first_version(meta) }).await? {
        Written::Done(record) => Ok(record),
        Written::Missing | Written::Stale { .. } => Err(ApiError::new(ErrorCode::INTERNAL)),
    }
}

pub(super) fn key<R: Resource>(id: R::Id) -> Key {
    Key { meta: R::META, id: id.into_value(), scope: Filter::All }
}

pub(super) fn row<R: Resource>(record: Option<Record>) -> Result<Option<R>, ApiError> {
    record.map(of_record).transpose()
}

/// A row as a struct.
pub(crate) fn of_record<R: Resource>(record: Record) -> Result<R, ApiError> {
    R::from_record(record).map_err(|error| StoreError::from(error).into())
}

/// Which rows are read, and in which order.
pub(super) struct Query<R> {
    condition: Filter,
    marker: PhantomData<fn() -> R>,
    pub(super) sort: Vec<SortKey>,
    pub(super) limit: u32,
}

impl<R: Resource> Query<R> {
    pub(super) fn new<U>(condition: Where<R, U>) -> Self {
        Self { condition: condition.into_filter(), marker: PhantomData, sort: Vec::new(), limit: u32::MAX }
    }

    pub(super) fn into_select(self) -> Select {
        Select {
            meta: R::META,
            scope: Filter::All,
            filter: self.condition,
            sort: crate::query::total(R::META, self.sort),
            window: Window::Offset { offset: 0, limit: self.limit },
            count: CountMode::None,
        }
    }
}

/// The version of a new row. Where clients choose identifiers, a deleted row can come back under its old one; the clock
/// keeps a tag of the first from matching the second.
pub(crate) fn first_version(meta: &ResourceMeta) -> i64 {
    match meta.id_source() {
        IdSource::Store => 1,
        IdSource::Client => jiff::Timestamp::now().as_microsecond().max(1),
    }
}
