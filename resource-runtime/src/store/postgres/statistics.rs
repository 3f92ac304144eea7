//! The planner's statistics, where the server does not keep them.
//!
//! # Design
//!
//! PostgreSQL's autovacuum looks at a table again when a tenth of it has changed. Where somebody has switched that off,
//! the planner takes a filled table for one of which nothing is known, expects a text that one row has in thousands of
//! them, and looks for it along the list's order, through the whole table. So this store does what autovacuum would, by
//! the same rule, from the time when its tables are migrated; on all other servers it looks once, and never again.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::connection::Connector;
use super::error;
use crate::resource::ResourceMeta;
use crate::store::StoreResult;
use crate::store::sql::{Dialect, SqlText};

/// How long to rest before tables are looked at again.
const REST: Duration = Duration::from_secs(10);

/// As autovacuum's thresholds are by default.
const HAS_CHANGED: &str =
    "SELECT n_mod_since_analyze > 50 + n_live_tup / 10 FROM pg_stat_user_tables WHERE relid = to_regclass($1::text)";

/// Keeps the statistics of these resources' tables in the background, for as long as the store is there and if
/// nobody else does.
pub(super) fn keep(connector: &Arc<Connector>, resources: &[&'static ResourceMeta]) {
    let tables: Vec<String> = resources.iter().map(|it| quoted(it.table)).collect();
    let connector = Arc::downgrade(connector);
    tokio::spawn(async move {
        while let Some(is_needed) = look(&connector, &tables).await {
            match is_needed {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::debug!(%error, "the planner's statistics could not be renewed"),
            }
            tokio::time::sleep(REST).await;
        }
    });
}

/// Whether they are to be looked at again; nothing where the store has gone.
async fn look(connector: &Weak<Connector>, tables: &[String]) -> Option<StoreResult<bool>> {
    let connector = connector.upgrade()?;
    Some(
        async {
            if is_left_to_us(&connector).await? { renew(&connector, tables).await.map(|_| true) } else { Ok(false) }
        }
        .await,
    )
}

async fn is_left_to_us(connector: &Connector) -> StoreResult<bool> {
    let connection = connector.connect(None).await?;
    let row = connection.client().query_one("SELECT current_setting('autovacuum') = 'off'", &[]).await;
    row.and_then(|it| it.try_get(0)).map_err(|error| error::convert(error, None))
}

/// Looks anew at those of the tables of which much has changed, and says which.
pub(super) async fn renew(connector: &Connector, tables: &[String]) -> StoreResult<Vec<String>> {
    let connection = connector.connect(None).await?;
    let mut renewed = Vec::new();
    for table in tables {
        let fail = |error| error::convert(error, None);
        let row = connection.client().query_opt(HAS_CHANGED, &[table]).await.map_err(fail)?;
        if !row.is_some_and(|it| it.try_get(0).unwrap_or(false)) {
            continue;
        }
        // Another process may be at it.
        connection.client().batch_execute(&format!("ANALYZE (SKIP_LOCKED) {table}")).await.map_err(fail)?;
        tracing::debug!(table, "looked at anew for the planner, because autovacuum is off");
        renewed.push(table.clone());
    }
    Ok(renewed)
}

pub(super) fn quoted(table: &'static str) -> String {
    let mut sql = SqlText::new(Dialect::Postgres);
    sql.ident(table);
    sql.text
}
