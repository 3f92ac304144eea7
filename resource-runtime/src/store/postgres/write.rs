//! Carrying out writes.

use super::row;
use super::run::Runner;
use crate::store::sql;
use crate::store::{StoreError, StoreErrorKind, StoreResult, Write, Written};

/// Carries out one write.
pub(super) async fn write(on: &mut impl Runner, write: Write) -> StoreResult<Written> {
    // For an update, the key of the row if it stays in its scope.
    let mut staying = None;
    let (sql, key, version) = match write {
        Write::Insert { meta, values, version } => {
            let sql = on.statements().insert(meta, values, version, &sql::all(meta));
            let record = on.change(&sql, meta).await?;
            return record.map(Written::Done).ok_or_else(|| StoreError::new(StoreErrorKind::Internal));
        }
        Write::Update { key, changes, version } => {
            let narrow = staying.insert(key.clone().staying_in_scope(&changes));
            (on.statements().update(narrow, changes, version, &sql::all(key.meta)), key, version)
        }
        Write::Delete { key, version } => (on.statements().delete(&key, version, &sql::all(key.meta)), key, version),
    };
    loop {
        if let Some(record) = on.change(&sql, key.meta).await? {
            return Ok(Written::Done(record));
        }
        let Some(expected) = version else { return Ok(Written::Missing) };
        let asked = on.statements().version_of(&key);
        let rows = on.read(&asked, Some(key.meta)).await?;
        let Some(row) = rows.first() else { return Ok(Written::Missing) };
        let found = row::number(row, 0)?;
        if found != expected {
            return Ok(Written::Stale { version: found });
        }
        if let Some(staying) = &staying {
            let asked = on.statements().version_of(staying);
            if on.read(&asked, Some(key.meta)).await?.is_empty() {
                return Ok(Written::Missing);
            }
        }
        // A row of this version has come into being since: the write is for it.
    }
}
