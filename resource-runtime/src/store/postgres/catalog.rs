//! What the server's catalog says of a table.

use tokio_postgres::Row;

use super::pool::Transaction;
use crate::field::{Kind, Value};
use crate::resource::ResourceMeta;
use crate::store::sql::{Dialect, FoundColumn, FoundTable, SqlText};
use crate::store::{StoreError, StoreErrorKind, StoreResult};

/// A table that is there.
pub(super) struct Found {
    pub(super) table: FoundTable,
    /// The names of all its indexes.
    pub(super) indexes: Vec<String>,
}

/// The table of a resource, as the search path finds it; none where there is none.
pub(super) async fn find(transaction: &Transaction, meta: &ResourceMeta) -> StoreResult<Option<Found>> {
    // A column that is unique by itself is as good a key as a primary one.
    let columns = query(
        transaction,
        meta,
        "SELECT attname::text, format_type(atttypid, NULL), attnotnull, atthasdef OR attidentity <> '', \
         EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND indisunique AND indisvalid \
         AND indpred IS NULL AND indnkeyatts = 1 AND indkey[0] = attnum) \
         FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attrelid = ",
        |row| {
            Ok(FoundColumn {
                name: row.try_get(0)?,
                data_type: row.try_get(1)?,
                collation: None,
                not_null: row.try_get(2)?,
                has_default: row.try_get(3)?,
                primary_key: row.try_get(4)?,
            })
        },
    )
    .await?;
    if columns.is_empty() {
        return Ok(None);
    }
    let indexes: Vec<(String, bool)> = query(
        transaction,
        meta,
        "SELECT relname::text, indisunique FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = ",
        |row| Ok((row.try_get(0)?, row.try_get(1)?)),
    )
    .await?;
    let checks = query(
        transaction,
        meta,
        "SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = ",
        |row| Ok((row.try_get(0)?, row.try_get(1)?)),
    )
    .await?;
    let unique = indexes.iter().filter(|(_, unique)| *unique).map(|(name, _)| name.clone()).collect();
    let table = FoundTable { columns, unique, checks };
    Ok(Some(Found { table, indexes: indexes.into_iter().map(|(name, _)| name).collect() }))
}

/// Runs a query that ends where the table's identifier belongs.
async fn query<T>(
    transaction: &Transaction,
    meta: &ResourceMeta,
    text: &str,
    read: impl Fn(&Row) -> Result<T, tokio_postgres::Error>,
) -> StoreResult<Vec<T>> {
    let mut table = SqlText::new(Dialect::Postgres);
    table.ident(meta.table);
    let mut sql = SqlText::new(Dialect::Postgres);
    sql.push(text);
    sql.push("to_regclass(");
    sql.bind(Value::Text(table.text), Kind::Text);
    sql.push(")");
    let rows = transaction.query(&sql, None).await?;
    let internal = |error| StoreError::new(StoreErrorKind::Internal).caused_by(error);
    rows.iter().map(|it| read(it).map_err(internal)).collect()
}
