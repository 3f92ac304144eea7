use std::time::Duration;

use crate::field::{Value, now};
use crate::query::{CountMode, Filter, Operator, SortKey};
use crate::store::idempotency::{IDEMPOTENCY, field};
use crate::store::{Database, Key, Select, StoreResult, Window, Write};

/// How often answers are looked for whose time is over.
const PERIOD: Duration = Duration::from_secs(5 * 60);
/// How many of them go in one transaction, which others have to wait for.
const BATCH: u32 = 100;

/// Removes answers whose time is over, for ever.
///
/// They are as if they were not there already; this gives their room back.
pub(in crate::http) async fn sweep(databases: Vec<Database>) {
    loop {
        tokio::time::sleep(PERIOD).await;
        for database in &databases {
            loop {
                match batch(database).await {
                    Ok(removed) if removed == BATCH as usize => tokio::time::sleep(Duration::from_millis(50)).await,
                    Ok(_) => break,
                    Err(error) => {
                        tracing::warn!("idempotency keys that have expired could not be removed: {error}");
                        break;
                    }
                }
            }
        }
    }
}

/// Removes some, and tells how many it found.
async fn batch(database: &Database) -> StoreResult<usize> {
    let select = Select {
        meta: &IDEMPOTENCY,
        scope: Filter::All,
        filter: Filter::one(field::EXPIRES_AT, Operator::Lte, Value::Timestamp(now())),
        // All processes remove in one order, so that none waits for one that waits for it.
        sort: vec![
            SortKey { field: field::EXPIRES_AT, descending: false, nulls_first: false },
            SortKey { field: IDEMPOTENCY.id(), descending: false, nulls_first: false },
        ],
        window: Window::Offset { offset: 0, limit: BATCH },
        count: CountMode::None,
    };
    let found = database.select(select).await?.records;
    if found.is_empty() {
        return Ok(0);
    }
    let mut transaction = database.begin().await?;
    for record in &found {
        let key = Key { meta: &IDEMPOTENCY, id: record.get(IDEMPOTENCY.id()).clone(), scope: Filter::All };
        // By its version: one that was taken over since is not over.
        transaction.write(Write::Delete { key, version: Some(record.version) }).await?;
    }
    transaction.commit().await?;
    Ok(found.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::later;
    use crate::http::idempotency::{Claim, fresh, key};
    use crate::store::MemoryStore;

    async fn keep(database: &Database, id: &str, expires_in: i64) {
        let mut parts = http::Request::builder().header("idempotency-key", id).body(()).unwrap().into_parts().0;
        parts.method = http::Method::POST;
        let claim = Claim { id: id.to_owned(), ..Claim::of(&parts, String::new, &Filter::All, b"").unwrap().unwrap() };
        let mut values = fresh(&claim, now());
        let at = later(now(), Duration::ZERO).checked_add(jiff::SignedDuration::from_secs(expires_in)).unwrap();
        values[field::EXPIRES_AT] = Value::Timestamp(at);
        database.write(Write::Insert { meta: &IDEMPOTENCY, values, version: 1 }).await.unwrap();
    }

    #[tokio::test]
    async fn what_has_expired_goes_and_the_rest_stays() {
        let database = Database::new(MemoryStore::new());
        (*database).migrate(&[&IDEMPOTENCY]).await.unwrap();
        for index in 0..=BATCH {
            keep(&database, &format!("old-{index}"), -1).await;
        }
        keep(&database, "new", 60).await;
        assert_eq!(batch(&database).await.unwrap(), BATCH as usize);
        assert_eq!(batch(&database).await.unwrap(), 1);
        assert_eq!(batch(&database).await.unwrap(), 0);
        assert!(database.get(key("new")).await.unwrap().is_some());
        assert!(database.get(key("old-0")).await.unwrap().is_none());
    }
}
