//! Removing what is over, while an API is served: answers under an `Idempotency-Key`, and rows that were
//! deleted softly and are kept for so long only.

use std::time::Duration;

use crate::field::now;
use crate::query::Filter;
use crate::resource::ResourceMeta;
use crate::store::idempotency::{IDEMPOTENCY, field, takes_keys};
use crate::store::{Database, Expired, StoreResult};

/// How often it is looked for.
const PERIOD: Duration = Duration::from_secs(5 * 60);

/// What is looked for in one store.
#[derive(Debug)]
pub(super) struct Sweep {
    database: Database,
    meta: &'static ResourceMeta,
}

impl Sweep {
    /// Adds what a mounted resource leaves behind, if nobody else has.
    pub(super) fn add(sweeps: &mut Vec<Self>, meta: &'static ResourceMeta, database: &Database) {
        let keys = takes_keys(meta).then_some(&IDEMPOTENCY);
        let rows = meta.purge_after().map(|_| meta);
        for meta in keys.into_iter().chain(rows) {
            if !sweeps.iter().any(|it| it.meta.table == meta.table && it.database.is_same(database)) {
                sweeps.push(Self { database: database.clone(), meta });
            }
        }
    }

    /// What is over by now.
    fn expired(&self) -> Option<Expired> {
        match self.meta.purge_after() {
            Some(time) => Expired::deleted(self.meta, time),
            None => Some(answers()),
        }
    }

    async fn carry_out(&self) {
        let Some(expired) = self.expired() else { return };
        if let Err(error) = expired.remove(&self.database).await {
            tracing::warn!("rows of `{}` that are over could not be removed: {error}", self.meta.table);
        }
    }
}

/// Answers whose time is over. They are as if they were not there already; to remove them gives their room back.
fn answers() -> Expired {
    Expired { meta: &IDEMPOTENCY, scope: Filter::All, field: field::EXPIRES_AT, until: now() }
}

impl Database {
    /// Removes the answers that were kept under an `Idempotency-Key` and whose time is over, and tells how many those
    /// were. [`Api::serve`](super::Api::serve) does so by itself, every five minutes.
    ///
    /// # Errors
    ///
    /// When the store fails.
    #[cfg_attr(docsrs, doc(cfg(feature = "server")))]
    pub async fn purge_answers(&self) -> StoreResult<u64> {
        answers().remove(self).await
    }
}

/// Removes what is over, for ever.
pub(super) async fn sweep(sweeps: Vec<Sweep>) {
    loop {
        tokio::time::sleep(PERIOD).await;
        for sweep in &sweeps {
            sweep.carry_out().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{FieldMeta, IdSource, Value};
    use crate::resource::{Operation, Operations};
    use crate::store::{MemoryStore, Write, Written};
    use jiff::{SignedDuration, Timestamp};

    /// Rows are kept for a minute after their delete.
    static NOTE: ResourceMeta = ResourceMeta::new(
        "Note",
        "notes",
        "notes",
        &[
            FieldMeta::of::<i64>("id").id(IdSource::Store),
            FieldMeta::of::<Option<Timestamp>>("deleted_at").soft_delete().purge_after(Duration::from_secs(60)),
        ],
    );
    static COPY: ResourceMeta =
        ResourceMeta::new("Copy", "copies", "notes", NOTE.fields).operations(Operations::READ.with(Operation::Delete));

    fn at(seconds: i64) -> Value {
        Value::Timestamp(now().checked_add(SignedDuration::from_secs(seconds)).unwrap())
    }

    async fn insert(database: &Database, meta: &'static ResourceMeta, values: Vec<Value>) -> Value {
        let Written::Done(row) = database.write(Write::Insert { meta, values, version: 1 }).await.unwrap() else {
            panic!("an insert is done");
        };
        row.values.into_iter().next().unwrap()
    }

    async fn database() -> (Database, Vec<Sweep>) {
        let database = Database::new(MemoryStore::new());
        (*database).migrate(&[&IDEMPOTENCY, &NOTE]).await.unwrap();
        let mut sweeps = Vec::new();
        for meta in [&NOTE, &COPY, &NOTE] {
            Sweep::add(&mut sweeps, meta, &database);
        }
        (database, sweeps)
    }

    #[tokio::test]
    async fn what_several_resources_leave_behind_is_looked_for_once() {
        let (database, mut sweeps) = database().await;
        assert_eq!(sweeps.iter().map(|it| it.meta.table).collect::<Vec<_>>(), ["_idempotency", "notes"]);
        Sweep::add(&mut sweeps, &NOTE, &database.clone());
        assert_eq!(sweeps.len(), 2);
        Sweep::add(&mut sweeps, &NOTE, &Database::new(MemoryStore::new()));
        assert_eq!(sweeps.len(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn answers_that_have_expired_go_and_the_rest_stays() {
        let (database, sweeps) = database().await;
        let text = |it: &str| Value::Text(it.to_owned());
        let row =
            |id: &str, seconds| vec![text(id), text(""), Value::Null, Value::Null, Value::Null, at(0), at(seconds)];
        for index in 0..=100 {
            insert(&database, &IDEMPOTENCY, row(&format!("old-{index}"), -1)).await;
        }
        insert(&database, &IDEMPOTENCY, row("new", 60)).await;
        assert!(sweeps[0].expired().is_some_and(|it| it.meta.table == IDEMPOTENCY.table));
        assert_eq!(database.purge_answers().await.unwrap(), 101);
        assert_eq!(database.purge_answers().await.unwrap(), 0);
        assert!(database.get(key(&IDEMPOTENCY, text("new"))).await.unwrap().is_some());
    }

    fn key(meta: &'static ResourceMeta, id: Value) -> crate::store::Key {
        crate::store::Key { meta, id, scope: Filter::All }
    }

    #[tokio::test(start_paused = true)]
    async fn deleted_rows_go_after_their_time_and_no_others() {
        let (database, sweeps) = database().await;
        let live = insert(&database, &NOTE, vec![Value::Null, Value::Null]).await;
        let young = insert(&database, &NOTE, vec![Value::Null, at(-50)]).await;
        let old = insert(&database, &NOTE, vec![Value::Null, at(-70)]).await;
        assert_eq!(sweeps[1].expired().unwrap().remove(&database).await.unwrap(), 1);
        assert!(database.get(key(&NOTE, live)).await.unwrap().is_some());
        let deleted = |id| crate::store::Key { scope: crate::store::deleted(&NOTE), ..key(&NOTE, id) };
        assert!(database.get(deleted(young)).await.unwrap().is_some());
        assert!(database.get(deleted(old)).await.unwrap().is_none());
    }
}
