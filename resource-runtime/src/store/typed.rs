//! Rows as Rust values: what programs, tests and seeds use where they do not speak HTTP.

use std::time::Duration;

use super::expired::Expired;
use super::{Database, Key, StoreError, StoreResult, Write, Written, soft_delete};
use crate::error::{ApiError, ErrorCode};
use crate::field::{FieldType, IdSource};
use crate::input;
use crate::query::Filter;
use crate::resource::{Record, Resource, ResourceMeta};

impl Database {
    /// Creates a row, under the same rules as `POST`.
    ///
    /// # Errors
    ///
    /// Those that a client would get.
    pub async fn create<R: Resource>(&self, input: &R::Create) -> Result<R, ApiError> {
        let record = self.insert_body(R::META, &crate::model::to_json(input)).await?;
        R::from_record(record).map_err(|error| StoreError::from(error).into())
    }

    /// The row with this identifier.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn find<R: Resource>(&self, id: R::Id) -> Result<Option<R>, ApiError> {
        let key = Key { meta: R::META, id: id.into_value(), scope: Filter::All };
        let record = self.get(key).await?;
        record.map(R::from_record).transpose().map_err(|error| StoreError::from(error).into())
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
            self.insert_body(R::META, item.get().as_bytes()).await.map_err(|error| {
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

    async fn insert_body(&self, meta: &'static ResourceMeta, body: &[u8]) -> Result<Record, ApiError> {
        let values = input::create(meta, body)?;
        match self.write(Write::Insert { meta, values, version: first_version(meta) }).await? {
            Written::Done(record) => Ok(record),
            Written::Missing | Written::Stale { .. } => Err(ApiError::new(ErrorCode::INTERNAL)),
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
