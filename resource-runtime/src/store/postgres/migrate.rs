//! Tables and indexes: what is missing is created, what does not fit is reported.

use std::sync::Arc;

use super::catalog::{self, Table};
use super::drift::Drift;
use super::pool::{Pool, Transaction};
use crate::resource::ResourceMeta;
use crate::store::sql::{Dialect, schema};
use crate::store::{StoreError, StoreErrorKind, StoreResult};

/// Taken while tables are created, by every process that begins in this schema; `SET LOCAL` ends
/// with the transaction. An index of a large table takes as long as it takes.
const LOCK: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'; \
                    SELECT pg_advisory_xact_lock(hashtext('resource-runtime'), hashtext(current_schema()::text))";

/// Creates what is missing of these resources' tables and indexes, all of it or none.
pub(super) async fn migrate(pool: &Arc<Pool>, resources: &[&'static ResourceMeta]) -> StoreResult<()> {
    let transaction = pool.begin().await?;
    // Most starts find everything in place: they take no lock, and need no right to create.
    if missing(&transaction, resources).await?.is_empty() {
        return transaction.commit().await;
    }
    transaction.batch(LOCK).await?;
    // Another process may have been faster.
    for Missing { meta, statements } in missing(&transaction, resources).await? {
        for statement in statements {
            tracing::info!(resource = meta.name, statement, "creating in PostgreSQL");
            transaction.batch(&statement).await.map_err(|error| not_created(error, meta, &statement))?;
        }
    }
    // A table that was just created is looked at too: an older index of its name may be elsewhere.
    let left = missing(&transaction, resources).await?;
    if let Some(Missing { meta, statements }) = left.first() {
        let report = format!(
            "the indexes of the table \"{}\" cannot be created, because other relations have their names:\n{}",
            meta.table,
            statements.join(";\n")
        );
        return Err(StoreError::new(StoreErrorKind::Drift { report }));
    }
    transaction.commit().await
}

/// The statements that create what one resource lacks.
struct Missing {
    meta: &'static ResourceMeta,
    statements: Vec<String>,
}

async fn missing(transaction: &Transaction, resources: &[&'static ResourceMeta]) -> StoreResult<Vec<Missing>> {
    let mut all = Vec::new();
    let mut drift = Drift::default();
    for &meta in resources {
        let statements = match catalog::table(transaction, meta).await? {
            None => schema::create(Dialect::Postgres, meta),
            Some(table) => {
                drift.look(meta, &table);
                indexes(meta, &table)
            }
        };
        if !statements.is_empty() {
            all.push(Missing { meta, statements });
        }
    }
    drift.finish()?;
    Ok(all)
}

fn indexes(meta: &ResourceMeta, table: &Table) -> Vec<String> {
    let wanted = schema::indexes(Dialect::Postgres, meta).into_iter();
    wanted.filter(|it| !table.indexes.iter().any(|there| there.name == it.name)).map(|it| it.create).collect()
}

/// Rows that a unique index cannot be built over are a table that does not fit.
fn not_created(error: StoreError, meta: &ResourceMeta, statement: &str) -> StoreError {
    let StoreErrorKind::Duplicate { fields } = error.kind() else { return error };
    let fields = if fields.is_empty() { "the fields".to_owned() } else { fields.join(", ") };
    let report = format!(
        "the table \"{}\" does not fit {}: rows have the same {fields}; when they differ, this will succeed:\n{statement};",
        meta.table, meta.name,
    );
    StoreError::new(StoreErrorKind::Drift { report }).caused_by(error)
}
