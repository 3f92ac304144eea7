//! What the server's catalog says of a table.

use tokio_postgres::Row;

use super::run::Runner;
use crate::field::{Kind, Value};
use crate::resource::ResourceMeta;
use crate::store::sql::{Dialect, SqlText};
use crate::store::{StoreError, StoreErrorKind, StoreResult};

/// A table that is there.
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) indexes: Vec<Index>,
    pub(super) checks: Vec<Check>,
}

pub(super) struct Column {
    pub(super) name: String,
    /// The type's name as the standard has it, without length or precision.
    pub(super) ty: String,
    pub(super) not_null: bool,
    /// Whether rows that say nothing of it have something other than null there.
    pub(super) has_default: bool,
}

pub(super) struct Index {
    pub(super) name: String,
    pub(super) unique: bool,
    /// The column that it alone makes unique in the whole table.
    pub(super) unique_column: Option<String>,
}

pub(super) struct Check {
    pub(super) name: String,
    pub(super) definition: String,
}

/// The table of a resource, as the search path finds it; none where there is none.
pub(super) async fn table(on: &mut impl Runner, meta: &ResourceMeta) -> StoreResult<Option<Table>> {
    let columns = query(
        on,
        meta,
        "SELECT attname::text, format_type(atttypid, NULL), attnotnull, atthasdef OR attidentity <> '' \
         FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attrelid = ",
        " ORDER BY attnum",
        |row| {
            Ok(Column {
                name: row.try_get(0)?,
                ty: row.try_get(1)?,
                not_null: row.try_get(2)?,
                has_default: row.try_get(3)?,
            })
        },
    )
    .await?;
    if columns.is_empty() {
        return Ok(None);
    }
    let indexes = query(
        on,
        meta,
        "SELECT relname::text, indisunique, \
         CASE WHEN indisunique AND indisvalid AND indpred IS NULL AND indnkeyatts = 1 THEN \
         (SELECT attname::text FROM pg_attribute WHERE attrelid = indrelid AND attnum = indkey[0]) END \
         FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = ",
        "",
        |row| Ok(Index { name: row.try_get(0)?, unique: row.try_get(1)?, unique_column: row.try_get(2)? }),
    )
    .await?;
    let checks = query(
        on,
        meta,
        "SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = ",
        "",
        |row| Ok(Check { name: row.try_get(0)?, definition: row.try_get(1)? }),
    )
    .await?;
    Ok(Some(Table { columns, indexes, checks }))
}

async fn query<T>(
    on: &mut impl Runner,
    meta: &ResourceMeta,
    before: &str,
    after: &str,
    read: impl Fn(&Row) -> Result<T, tokio_postgres::Error>,
) -> StoreResult<Vec<T>> {
    let mut table = SqlText::new(Dialect::Postgres);
    table.ident(meta.table);
    let mut sql = SqlText::new(Dialect::Postgres);
    sql.push_made(before);
    sql.push("to_regclass(");
    sql.bind(Value::Text(table.text), Kind::Text);
    sql.push(")");
    sql.push_made(after);
    let rows = on.read(&sql, None).await?;
    let internal = |error| StoreError::new(StoreErrorKind::Internal).caused_by(error);
    rows.iter().map(|it| read(it).map_err(internal)).collect()
}
