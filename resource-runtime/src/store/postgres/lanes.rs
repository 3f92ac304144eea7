//! The connections that single statements share.
//!
//! # Design
//!
//! Any number of statements is under way on a connection at once, each sent before the one in front
//! of it is answered: that saves the round trips, and the writes of many requests go out together.
//! A statement goes to the connection with the fewest under way, so that a slow one holds up few.
//!
//! One task opens the connections and replaces those that are lost. While none is there, requests
//! wait for its first attempt and share its outcome; from a failed attempt on, they are refused at
//! once, until an attempt succeeds.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::connection::{Connection, Connector};
use crate::store::{StoreError, StoreErrorKind, StoreResult};

/// How long the task rests after a failed attempt: this at first, then twice as long each time.
const FIRST_REST: Duration = Duration::from_millis(50);
/// The longest rest while there is no connection at all.
const LONGEST_REST: Duration = Duration::from_millis(400);
/// The longest rest while there are others.
const LONGEST_REST_WITH_OTHERS: Duration = Duration::from_secs(10);

/// The shared connections.
pub(super) struct Lanes {
    connector: Arc<Connector>,
    // Std mutexes: held for as long as it takes to clone or replace an `Arc`.
    slots: Box<[Mutex<Option<Arc<Connection>>>]>,
    next: AtomicUsize,
    /// The reason of the last attempt's failure; none after a success.
    down: watch::Sender<Option<Arc<str>>>,
    wake: Arc<Notify>,
    closed: AtomicBool,
    groups_commits: bool,
}

impl Lanes {
    /// Opens the first connection, and leaves the others to the task.
    pub(super) async fn open(connector: Arc<Connector>, count: usize) -> StoreResult<Arc<Self>> {
        let wake = Arc::new(Notify::new());
        let first = connector.connect(Some(Arc::clone(&wake))).await?;
        let lanes = Self::new(connector, count, wake, false);
        lanes.put(first);
        lanes.start();
        Ok(lanes)
    }

    /// Lanes on which commits are in groups, all of which are left to the task to open.
    pub(super) fn grouped(connector: Arc<Connector>, count: usize) -> Arc<Self> {
        let lanes = Self::new(connector, count, Arc::default(), true);
        lanes.start();
        lanes
    }

    fn new(connector: Arc<Connector>, count: usize, wake: Arc<Notify>, groups_commits: bool) -> Arc<Self> {
        Arc::new(Self {
            connector,
            slots: (0..count.max(1)).map(|_| Mutex::new(None)).collect(),
            next: AtomicUsize::new(0),
            down: watch::Sender::new(None),
            wake,
            closed: AtomicBool::new(false),
            groups_commits,
        })
    }

    fn start(self: &Arc<Self>) {
        tokio::spawn(keep(Arc::downgrade(self), Arc::clone(&self.wake)));
        self.wake.notify_one();
    }

    async fn connect(&self) -> StoreResult<Connection> {
        let mut connection = self.connector.connect(Some(Arc::clone(&self.wake))).await?;
        if self.groups_commits {
            connection.group_commits().await?;
        }
        Ok(connection)
    }

    /// A connection to ask a statement on.
    pub(super) async fn connection(&self) -> StoreResult<Arc<Connection>> {
        if let Some(connection) = self.best() {
            return Ok(connection);
        }
        let mut down = self.down.subscribe();
        loop {
            if let Some(connection) = self.best() {
                return Ok(connection);
            }
            if self.closed.load(Ordering::Relaxed) {
                return Err(unavailable("the store is closed"));
            }
            if let Some(reason) = &*down.borrow_and_update() {
                return Err(unavailable(reason));
            }
            self.wake.notify_one();
            // The attempt ends by itself before, but not where its runtime has ended.
            let attempt = tokio::time::timeout(self.connector.patience() + FIRST_REST, down.changed());
            if !matches!(attempt.await, Ok(Ok(()))) {
                return Err(unavailable("no connection came about"));
            }
        }
    }

    /// Ends all connections, after what is under way on them has ended.
    pub(super) async fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        let connections: Vec<_> = self.slots.iter().filter_map(|it| lock(it).take()).collect();
        self.down.send_replace(None);
        self.wake.notify_one();
        for connection in connections {
            while connection.load() > 0 && connection.is_alive() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }

    /// The living connection with the fewest statements under way.
    pub(super) fn best(&self) -> Option<Arc<Connection>> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        let (front, back) = self.slots.split_at(start % self.slots.len());
        let mut best: Option<(usize, Arc<Connection>)> = None;
        for slot in back.iter().chain(front) {
            let slot = lock(slot);
            let Some(connection) = slot.as_ref().filter(|it| it.is_alive()) else { continue };
            let load = connection.load();
            if best.as_ref().is_none_or(|(least, _)| load < *least) {
                best = Some((load, Arc::clone(connection)));
            }
            if load == 0 {
                break;
            }
        }
        best.map(|(_, connection)| connection)
    }

    /// The first living connection that gets on with what it was asked, or else the [best](Self::best): so
    /// that all go to one as long as one can.
    pub(super) fn first(&self) -> Option<Arc<Connection>> {
        let mut living = self.slots.iter().filter_map(|it| lock(it).clone()).filter(|it| it.is_alive());
        living.find(|it| !it.is_held_up()).or_else(|| self.best())
    }

    /// Puts a connection in the first place that has none.
    fn put(&self, connection: Connection) {
        for slot in &self.slots {
            let mut slot = lock(slot);
            if slot.as_ref().is_none_or(|it| !it.is_alive()) {
                *slot = Some(Arc::new(connection));
                return;
            }
        }
    }

    fn missing(&self) -> bool {
        self.slots.iter().any(|it| lock(it).as_ref().is_none_or(|it| !it.is_alive()))
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        // The task finds nothing to keep, and ends.
        self.wake.notify_one();
    }
}

/// Opens the connections that are missing, for as long as there are lanes.
async fn keep(lanes: Weak<Lanes>, wake: Arc<Notify>) {
    let mut rest = FIRST_REST;
    loop {
        let Some(here) = lanes.upgrade() else { return };
        if here.closed.load(Ordering::Relaxed) {
            return;
        }
        if !here.missing() {
            drop(here);
            wake.notified().await;
            continue;
        }
        match here.connect().await {
            Ok(connection) => {
                if !here.closed.load(Ordering::Relaxed) {
                    here.put(connection);
                }
                if here.down.send_replace(None).is_some() {
                    tracing::info!("PostgreSQL is back");
                }
                rest = FIRST_REST;
            }
            Err(error) => {
                let cause = std::error::Error::source(&error);
                let reason: Arc<str> = cause.map_or_else(|| error.to_string(), ToString::to_string).into();
                if here.down.send_replace(Some(Arc::clone(&reason))).is_none() {
                    tracing::warn!(%reason, "cannot connect to PostgreSQL; trying on");
                }
                let longest = if here.best().is_some() { LONGEST_REST_WITH_OTHERS } else { LONGEST_REST };
                rest = rest.min(longest);
                drop(here);
                // A loss of the last connection meanwhile ends a long rest.
                let _ = tokio::time::timeout(rest, wake.notified()).await;
                rest = (rest * 2).min(longest);
            }
        }
    }
}

fn lock(slot: &Mutex<Option<Arc<Connection>>>) -> std::sync::MutexGuard<'_, Option<Arc<Connection>>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unavailable(reason: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable).caused_by(reason)
}
