//! A store that fails for some time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use resource_runtime::prelude::*;
use resource_runtime::resource::{Record, ResourceMeta};
use resource_runtime::store::{
    BoxFuture, Key, MemoryStore, Migration, Select, Selection, Store, StoreError, StoreErrorKind, StoreResult,
    Transaction, Write, Written,
};
use resource_runtime::task::Task;

use crate::probe::{Does, Job, Probe};
use crate::{start, worker};

/// A store in memory that can be switched off.
#[derive(Default)]
struct Switched {
    store: MemoryStore,
    switch: Arc<Switch>,
}

#[derive(Default)]
struct Switch {
    is_off: AtomicBool,
    /// How often it was asked while it was off.
    asked: AtomicU32,
}

impl Switched {
    fn check(&self) -> StoreResult<()> {
        if !self.switch.is_off.load(Ordering::SeqCst) {
            return Ok(());
        }
        self.switch.asked.fetch_add(1, Ordering::SeqCst);
        Err(StoreError::new(StoreErrorKind::Unavailable))
    }
}

impl Store for Switched {
    fn name(&self) -> &'static str {
        "switched"
    }

    fn ping(&self) -> BoxFuture<'_, StoreResult<()>> {
        Box::pin(async { self.check() })
    }

    fn migrate<'a>(&'a self, resources: &'a [&'static ResourceMeta]) -> BoxFuture<'a, StoreResult<Migration>> {
        self.store.migrate(resources)
    }

    fn select(&self, select: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        Box::pin(async move {
            self.check()?;
            self.store.select(select).await
        })
    }

    fn get(&self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        Box::pin(async move {
            self.check()?;
            self.store.get(key).await
        })
    }

    fn write(&self, write: Write) -> BoxFuture<'_, StoreResult<Written>> {
        Box::pin(async move {
            self.check()?;
            self.store.write(write).await
        })
    }

    fn begin(&self) -> BoxFuture<'_, StoreResult<Box<dyn Transaction>>> {
        self.store.begin()
    }
}

async fn switched() -> (Database, Arc<Switch>) {
    let store = Switched::default();
    let switch = Arc::clone(&store.switch);
    let database = Database::new(store);
    database.migrate::<it::Author>().await.unwrap();
    (database, switch)
}

#[tokio::test]
async fn a_store_that_is_down_delays_tasks_and_is_not_asked_all_the_time() {
    let (store, switch) = switched().await;
    let probe = Probe::default();
    store.enqueue(&Job::new(1, Does::Succeed)).await.unwrap();
    switch.is_off.store(true, Ordering::SeqCst);
    let running = start(worker(&store, &probe));
    let start = Instant::now();
    let asked = || switch.asked.load(Ordering::SeqCst);
    probe.wait(|_| asked() >= 2 && start.elapsed() > Duration::from_secs(1)).await;
    let (asked, seconds) = (asked() as u64, start.elapsed().as_secs() + 1);
    assert!(asked <= 8 * seconds, "{asked} times in {seconds} s");
    switch.is_off.store(false, Ordering::SeqCst);
    probe.wait(|it| it.done() == [1]).await;
    running.stop().await;
}

#[tokio::test]
async fn a_task_that_ends_during_a_short_outage_is_not_run_again() {
    let (store, switch) = switched().await;
    let probe = Probe::default();
    let running = start(worker(&store, &probe));
    store.enqueue(&Job::new(1, Does::Take(Duration::from_millis(100)))).await.unwrap();
    probe.wait(|it| it.running() == 1).await;
    switch.is_off.store(true, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(400)).await;
    switch.is_off.store(false, Ordering::SeqCst);
    tokio::time::sleep(<Job as Task>::LEASE + Duration::from_millis(500)).await;
    running.stop().await;
    assert_eq!((probe.attempts(1), probe.done()), (vec![1], vec![1]));
}

#[tokio::test]
async fn a_task_whose_lease_cannot_be_renewed_is_dropped_and_run_again() {
    let (store, switch) = switched().await;
    let probe = Probe::default();
    let running = start(worker(&store, &probe));
    store.enqueue(&Job::new(1, Does::Take(<Job as Task>::LEASE * 3))).await.unwrap();
    probe.wait(|it| it.running() == 1).await;
    switch.is_off.store(true, Ordering::SeqCst);
    probe.wait(|it| it.running() == 0).await;
    switch.is_off.store(false, Ordering::SeqCst);
    probe.wait(|it| it.done() == [1]).await;
    running.stop().await;
    assert_eq!(probe.attempts(1), [1, 2]);
}
