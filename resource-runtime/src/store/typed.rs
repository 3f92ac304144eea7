//! Rows as Rust values: what programs, tests and seeds use where they do not speak HTTP.

use super::{Database, Key, StoreError, Write, Written};
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
