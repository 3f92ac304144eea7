//! Carrying out writes.

use super::row;
use super::run::Runner;
use crate::store::sql::{self, Dialect};
use crate::store::{StoreError, StoreErrorKind, StoreResult, Write, Written};

const DIALECT: Dialect = Dialect::Postgres;

/// Carries out one write.
pub(super) async fn write(on: &mut impl Runner, write: Write) -> StoreResult<Written> {
    // For an update, the key of the row if it stays in its scope.
    let mut staying = None;
    let (sql, key, version) = match write {
        Write::Insert { meta, values, version } => {
            let sql = sql::insert(DIALECT, meta, values, version, &sql::all(meta));
            let record = on.change(&sql, meta).await?;
            return record.map(Written::Done).ok_or_else(|| StoreError::new(StoreErrorKind::Internal));
        }
        Write::Update { key, changes, version } => {
            let narrow = staying.insert(key.clone().staying_in_scope(&changes));
            (sql::update(DIALECT, narrow, changes, version, &sql::all(key.meta)), key, version)
        }
        Write::Delete { key, version } => (sql::delete(DIALECT, &key, version, &sql::all(key.meta)), key, version),
    };
    loop {
        if let Some(record) = on.change(&sql, key.meta).await? {
            return Ok(Written::Done(record));
        }
        let Some(expected) = version else { return Ok(Written::Missing) };
        let rows = on.read(&sql::version_of(DIALECT, &key), Some(key.meta)).await?;
        let Some(row) = rows.first() else { return Ok(Written::Missing) };
        let found = row::number(row, 0)?;
        if found != expected {
            return Ok(Written::Stale { version: found });
        }
        if let Some(staying) = &staying
            && on.read(&sql::version_of(DIALECT, staying), Some(key.meta)).await?.is_empty()
        {
            return Ok(Written::Missing);
        }
        // A row of this version has come into being since: the write is for it.
    }
}
