//! The module `pg_trgm`, which indexes parts of texts.

use std::sync::Arc;

use super::pool::Pool;
use super::run::Runner;
use crate::store::sql::{Dialect, SqlText};
use crate::store::{StoreError, StoreErrorKind, StoreResult};

/// Taken while the module is installed: two processes that do so at once would get in each other's
/// way. A server whose other sessions hold it is not waited for.
const LOCK: &str =
    "SET LOCAL lock_timeout = '10s'; SELECT pg_advisory_xact_lock(hashtext('resource-runtime'), hashtext('pg_trgm'))";

/// The schema that the module is in; none where it is not installed.
pub(super) async fn module(on: &mut impl Runner) -> StoreResult<Option<String>> {
    text(
        on,
        "SELECT nspname::text FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace \
         WHERE extname = 'pg_trgm'",
    )
    .await
}

/// Installs the module, and gives the schema that it is in; none, said in the log, where that
/// cannot be done: parts of texts are then looked for in all rows.
pub(super) async fn install(pool: &Arc<Pool>) -> StoreResult<Option<String>> {
    let outcome = try_install(pool).await;
    match outcome {
        Ok(Some(schema)) => return Ok(Some(schema)),
        Ok(None) => tracing::warn!("{MISSING}: the server does not have it (Debian: postgresql-contrib)"),
        Err(error) if *error.kind() == StoreErrorKind::Unavailable => return Err(error),
        Err(error) => tracing::warn!(%error, "{MISSING}: it cannot be installed by this user"),
    }
    Ok(None)
}

const MISSING: &str = "PostgreSQL's module `pg_trgm` is missing, so that filters by a part of a text, and `search`, \
                       read every row; `CREATE EXTENSION pg_trgm` mends it at the next start";

/// In a transaction of its own, which may fail.
async fn try_install(pool: &Arc<Pool>) -> StoreResult<Option<String>> {
    let mut transaction = pool.begin().await?;
    let available =
        text(&mut transaction, "SELECT name::text FROM pg_available_extensions WHERE name = 'pg_trgm'").await?;
    if available.is_none() {
        transaction.commit().await?;
        return Ok(None);
    }
    transaction.batch(LOCK, None).await?;
    // In the schema that all have, so that it is not lost with one that is dropped.
    let public = text(&mut transaction, "SELECT nspname::text FROM pg_namespace WHERE nspname = 'public'").await?;
    let place = if public.is_some() { " SCHEMA public" } else { "" };
    transaction.batch(&format!("CREATE EXTENSION IF NOT EXISTS pg_trgm{place}"), None).await?;
    let schema = module(&mut transaction).await?;
    transaction.commit().await?;
    Ok(schema)
}

/// The only column of the first row.
async fn text(on: &mut impl Runner, query: &str) -> StoreResult<Option<String>> {
    let mut sql = SqlText::new(Dialect::Postgres);
    sql.push_made(query);
    let rows = on.read(&sql, None).await?;
    let internal = |error| StoreError::new(StoreErrorKind::Internal).caused_by(error);
    rows.first().map(|it| it.try_get(0).map_err(internal)).transpose()
}
