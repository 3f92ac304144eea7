//! The connections that read.
//!
//! # Design
//!
//! A hop to another thread costs more than a cheap read, so reads run on the thread that asks for
//! them, and only those that take long go to a thread where they hinder nobody. Which those are is
//! found out by running them: a read that has not ended after [`INLINE`] is broken off and done
//! again elsewhere, and its statement is remembered as slow until it proves quick. There it has all
//! the time it takes, and its [`Meter`] for trying one way or another for a while.
//!
//! The clock alone does not tell what takes long: on a busy machine a quick read's thread may wait
//! for a processor for longer than the read takes. So a read is broken off when it has also done
//! work, and what overran without is slow only when it does so twice running.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::connection::{self, Purpose};
use super::error;
use super::location::Location;
use crate::store::{StoreError, StoreErrorKind, StoreResult};

/// How long a read may keep the thread that asked for it.
const INLINE: Duration = Duration::from_micros(500);
/// Steps of SQLite's machine between two looks at the clock: some tens of microseconds.
const STEPS: i32 = 1_000;
/// Looks at the clock without which a read has hardly worked: its thread waited for a processor.
const LOOKS: u32 = 4;
/// How far past its deadline a read may be all the same. Beyond, it waits for the disk, or its steps
/// take long each.
const STALLED: Duration = Duration::from_millis(5);
/// Statements whose cost is remembered.
const REMEMBERED: usize = 1_024;

pub(super) struct Readers {
    path: PathBuf,
    location: Location,
    idle: Mutex<Vec<Reader>>,
    /// Connections that are kept when they have nothing to do.
    keep: usize,
    /// One for each slow read that may run at the same time.
    permits: Arc<Semaphore>,
    slots: u32,
    costs: Mutex<HashMap<u64, Cost>>,
    closed: AtomicBool,
}

/// What is remembered of a statement that was not quick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cost {
    /// It took long the last time, and nobody knows whether that was its own doing.
    Suspect,
    Slow,
}

struct Reader {
    connection: Connection,
    meter: Arc<Meter>,
}

/// What the progress handler of a connection looks at.
pub(super) struct Meter {
    born: Instant,
    /// When to break off, in nanoseconds since `born`.
    deadline: AtomicU64,
    /// How often the clock was looked at since the deadline was set.
    looks: AtomicU32,
    /// Whether it broke off for the deadline.
    expired: AtomicBool,
    /// The number of the read that is running.
    read: AtomicU64,
    /// The number of the last read that nobody waits for any more.
    cancelled: AtomicU64,
}

impl Meter {
    fn start(&self, limit: Option<Duration>) -> u64 {
        self.limit(limit);
        self.read.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn limit(&self, limit: Option<Duration>) {
        let deadline = limit.and_then(|it| u64::try_from((self.born.elapsed() + it).as_nanos()).ok());
        self.deadline.store(deadline.unwrap_or(u64::MAX), Ordering::Relaxed);
        self.looks.store(0, Ordering::Relaxed);
        self.expired.store(false, Ordering::Relaxed);
    }

    /// Runs a part of a read that has no other limit. `None` where it was broken off after so long.
    pub(super) fn within<T>(&self, limit: Duration, run: impl FnOnce() -> T) -> Option<T> {
        self.limit(Some(limit));
        let result = run();
        let expired = self.expired.load(Ordering::Relaxed);
        self.limit(None);
        (!expired).then_some(result)
    }

    fn should_stop(&self) -> bool {
        let deadline = self.deadline.load(Ordering::Relaxed);
        if deadline != u64::MAX {
            let looks = self.looks.fetch_add(1, Ordering::Relaxed).saturating_add(1);
            let past = self.born.elapsed().saturating_sub(Duration::from_nanos(deadline));
            if takes_too_long(looks, past) {
                self.expired.store(true, Ordering::Relaxed);
                return true;
            }
        }
        self.cancelled.load(Ordering::Relaxed) >= self.read.load(Ordering::Relaxed)
    }
}

/// Whether a read that has been looked at so often is to be broken off, so far past its deadline.
fn takes_too_long(looks: u32, past: Duration) -> bool {
    past > STALLED || (looks >= LOOKS && !past.is_zero())
}

/// Breaks a read off when the future that waits for it is dropped.
struct Cancel {
    meter: Arc<Meter>,
    read: u64,
}

impl Drop for Cancel {
    fn drop(&mut self) {
        self.meter.cancelled.fetch_max(self.read, Ordering::Relaxed);
    }
}

impl Readers {
    pub(super) fn new(path: PathBuf, location: Location) -> Self {
        let threads = std::thread::available_parallelism().map_or(4, usize::from);
        let slots = u32::try_from(threads.clamp(2, 16)).unwrap_or(16);
        Self {
            path,
            location,
            idle: Mutex::default(),
            keep: threads + 4,
            permits: Arc::new(Semaphore::new(slots as usize)),
            slots,
            costs: Mutex::default(),
            closed: AtomicBool::new(false),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs a read that is quick whatever the data are.
    pub(super) fn quick<T>(&self, read: impl FnOnce(&Connection) -> StoreResult<T>) -> StoreResult<T> {
        let reader = self.checkout()?;
        reader.meter.start(None);
        let result = read(&reader.connection);
        self.give_back(reader);
        result
    }

    /// Runs a read that may take long. `shape` is what its cost is remembered by: its statement. The
    /// read is given a meter where it may take as long as it takes.
    pub(super) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        shape: u64,
        read: impl Fn(&Connection, Option<&Meter>) -> StoreResult<T> + Send + 'static,
    ) -> StoreResult<T> {
        // Without a runtime there is nobody to hinder.
        let Ok(runtime) = Handle::try_current() else {
            return self.quick(|connection| read(connection, None));
        };
        let cost = lock(&self.costs).get(&shape).copied();
        if cost != Some(Cost::Slow) {
            let reader = self.checkout()?;
            let started = Instant::now();
            reader.meter.start(Some(INLINE));
            let result = read(&reader.connection, None);
            let expired = reader.meter.expired.load(Ordering::Relaxed);
            self.give_back(reader);
            // A few steps of SQLite's take long by themselves, such as counting a whole table.
            let overran = started.elapsed() > 2 * INLINE;
            match cost {
                _ if expired => self.remember(shape, Cost::Slow),
                Some(_) if overran => self.remember(shape, Cost::Slow),
                None if overran => self.remember(shape, Cost::Suspect),
                Some(_) => {
                    lock(&self.costs).remove(&shape);
                }
                None => {}
            }
            if !expired {
                return result;
            }
        }
        let closed = |_| error::unavailable("the store was closed".to_owned());
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(closed)?;
        let reader = self.checkout()?;
        let cancel = Cancel { read: reader.meter.start(None), meter: Arc::clone(&reader.meter) };
        let readers = Arc::clone(self);
        let task = runtime.spawn_blocking(move || {
            let started = Instant::now();
            let result = read(&reader.connection, Some(&reader.meter));
            if started.elapsed() < INLINE {
                lock(&readers.costs).remove(&shape);
            }
            readers.give_back(reader);
            drop(permit);
            result
        });
        let result =
            task.await.unwrap_or_else(|failed| Err(StoreError::new(StoreErrorKind::Internal).caused_by(failed)));
        drop(cancel);
        result
    }

    /// Lets no more reads in, waits for the slow ones, and ends the connections.
    pub(super) async fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let all = self.permits.acquire_many(self.slots).await;
        drop(all);
        self.permits.close();
        lock(&self.idle).clear();
    }

    fn remember(&self, shape: u64, cost: Cost) {
        let mut costs = lock(&self.costs);
        // Shapes come from clients, and there is no end to them.
        if costs.len() >= REMEMBERED {
            costs.clear();
        }
        costs.insert(shape, cost);
    }

    fn checkout(&self) -> StoreResult<Reader> {
        if self.closed.load(Ordering::Acquire) {
            return Err(error::unavailable("the store was closed".to_owned()));
        }
        // The last one that came back has the warmest caches.
        let idle = lock(&self.idle).pop();
        idle.map_or_else(|| self.open().map_err(error::general), Ok)
    }

    fn open(&self) -> rusqlite::Result<Reader> {
        let mut connection = connection::open(&self.path, &self.location, Purpose::Read)?;
        let meter = Arc::new(Meter {
            born: Instant::now(),
            deadline: AtomicU64::new(u64::MAX),
            looks: AtomicU32::new(0),
            expired: AtomicBool::new(false),
            read: AtomicU64::new(0),
            cancelled: AtomicU64::new(0),
        });
        let watched = Arc::clone(&meter);
        connection.progress_handler(STEPS, Some(move || watched.should_stop()))?;
        Ok(Reader { connection, meter })
    }

    fn give_back(&self, reader: Reader) {
        // A read that failed half-way must not leave its transaction to the next one.
        let clean = reader.connection.is_autocommit() || reader.connection.execute_batch("ROLLBACK").is_ok();
        let mut idle = lock(&self.idle);
        if clean && idle.len() < self.keep && !self.closed.load(Ordering::Acquire) {
            idle.push(reader);
        }
    }
}

/// Nothing that runs under these locks can panic half-way through a change.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_whose_thread_waited_for_a_processor_is_not_broken_off() {
        let (a_little, far) = (Duration::from_micros(300), Duration::from_millis(20));
        assert!(!takes_too_long(1, a_little));
        assert!(takes_too_long(LOOKS, a_little));
        assert!(!takes_too_long(100, Duration::ZERO));
        // Few steps that take as long as this wait for the disk.
        assert!(takes_too_long(1, far));
    }
}
