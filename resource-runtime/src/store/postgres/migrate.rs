//! Tables and indexes: what is missing is created, what does not fit is reported.

use std::sync::Arc;

use super::catalog;
use super::drift::drift;
use super::pool::Pool;
use super::run::Runner;
use super::trigrams;
use crate::resource::ResourceMeta;
use crate::store::sql::{Dialect, schema, substring};
use crate::store::{Migration, StoreError, StoreErrorKind, StoreResult};

/// Taken while tables are created, by every process that begins in this schema; `SET LOCAL` ends
/// with the transaction. An index of a large table takes as long as it takes.
const LOCK: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'; \
                    SELECT pg_advisory_xact_lock(hashtext('resource-runtime'), hashtext(current_schema()::text))";

/// Creates what is missing of these resources' tables and indexes, all of it or none.
pub(super) async fn migrate(pool: &Arc<Pool>, resources: &[&'static ResourceMeta]) -> StoreResult<Migration> {
    let mut transaction = pool.begin().await?;
    let mut module = trigrams::module(&mut transaction).await?;
    // Most starts find everything in place: they take no lock, and need no right to create.
    let complete = missing(&mut transaction, resources, module.as_deref()).await?.is_empty();
    transaction.commit().await?;
    let wanted = module.is_none() && resources.iter().any(|it| substring::is_wanted(it));
    if wanted {
        module = trigrams::install(pool).await?;
    }
    if complete && !(wanted && module.is_some()) {
        return Ok(Migration::default());
    }
    // A transaction of its own: the server answers from what it looked up in the first one, whatever
    // others have created since.
    let mut transaction = pool.begin().await?;
    transaction.batch(LOCK, None).await?;
    // Another process may have been faster.
    let mut created = Vec::new();
    for Missing { meta, table, statements } in missing(&mut transaction, resources, module.as_deref()).await? {
        if table {
            created.push(meta.table);
        }
        for statement in statements {
            tracing::info!(resource = meta.name, statement, "creating in PostgreSQL");
            transaction.batch(&statement, Some(meta)).await.map_err(|error| not_created(error, meta))?;
        }
    }
    // A table that was just created is looked at too: an older index of its name may be elsewhere.
    let left = missing(&mut transaction, resources, module.as_deref()).await?;
    if let Some(Missing { meta, statements, .. }) = left.first() {
        let report = format!(
            "The indexes of the table \"{}\" cannot be created, because other relations have their names:\n    {};\n",
            meta.table,
            statements.join(";\n    ")
        );
        return Err(StoreError::new(StoreErrorKind::Drift { report }));
    }
    transaction.commit().await?;
    Ok(Migration { created })
}

/// The statements that create what one resource lacks.
struct Missing {
    meta: &'static ResourceMeta,
    /// Whether the table itself is among it.
    table: bool,
    statements: Vec<String>,
}

/// What is missing, where `pg_trgm` is in this schema, or cannot be had.
async fn missing(
    on: &mut impl Runner,
    resources: &[&'static ResourceMeta],
    module: Option<&str>,
) -> StoreResult<Vec<Missing>> {
    let mut all = Vec::new();
    let mut report = String::new();
    for &meta in resources {
        let found = catalog::table(on, meta).await?;
        let table = found.is_none();
        let mut wanted = schema::indexes(Dialect::Postgres, meta);
        wanted.extend(module.into_iter().flat_map(|it| substring::indexes(meta, it)));
        let mut statements = Vec::new();
        match found {
            None => statements.push(schema::table(Dialect::Postgres, meta)),
            Some(table) => {
                report.extend(drift(meta, &table).map(|it| it.to_string()));
                wanted.retain(|it| !table.indexes.iter().any(|there| there.name == it.name));
            }
        }
        statements.extend(wanted.into_iter().map(|it| it.create));
        if !statements.is_empty() {
            all.push(Missing { meta, table, statements });
        }
    }
    if report.is_empty() { Ok(all) } else { Err(StoreError::new(StoreErrorKind::Drift { report })) }
}

/// Rows that a unique index cannot be built over are a table that does not fit.
fn not_created(error: StoreError, meta: &ResourceMeta) -> StoreError {
    let StoreErrorKind::Duplicate { fields } = error.kind() else { return error };
    let report = format!(
        "The table \"{table}\" has rows with the same {fields}, which have to be unique. This finds them:\n    \
         {};\n",
        schema::duplicates(Dialect::Postgres, meta, fields),
        table = meta.table,
        fields = fields.join(", "),
    );
    StoreError::new(StoreErrorKind::Drift { report }).caused_by(error)
}
