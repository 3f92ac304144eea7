//! A store in a file: SQLite, built in.
//!
//! # Design
//!
//! Reads run on the threads that ask for them as long as they are quick (`readers`); writes and
//! transactions go through one thread, which commits single writes that wait for it together
//! (`writer`). The file is in write-ahead mode, so that neither waits for the other, and a read
//! that begins after a write was acknowledged sees it.
//!
//! An acknowledged write survives the end of the process, however it ends. With
//! `synchronous=full` in the URL it survives a power cut too.

mod bind;
mod conflict;
mod connection;
mod drift;
mod error;
mod job;
mod location;
mod migrate;
mod read;
mod readers;
mod row;
#[cfg(test)]
mod tests;
mod transaction;
mod worker;
mod write;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Migration;
use super::sql::{Dialect, Statements};
use super::{
    BoxFuture, JsonRow, JsonSelection, Key, Select, Selection, Store, StoreError, StoreErrorKind, StoreResult,
    Transaction, Write, Written,
};
use crate::json::Projection;
use crate::resource::{Record, ResourceMeta};
use connection::Purpose;
use location::{Location, Mode, Synchronous};
use read::SelectPlan;
use readers::Readers;
use writer::{Bounds, Writer};

/// A store that keeps its rows in an SQLite database.
///
/// ```
/// use resource_runtime::store::{Database, sqlite::SqliteStore};
///
/// # fn main() -> Result<(), resource_runtime::store::StoreError> {
/// let database = Database::new(SqliteStore::open("sqlite::memory:")?);
/// # Ok(())
/// # }
/// ```
pub struct SqliteStore {
    // In the order in which they go: the connections, then the file that they are on.
    writer: Arc<Writer>,
    readers: Arc<Readers>,
    statements: Arc<Statements>,
    _temporary: Option<TemporaryFile>,
}

impl SqliteStore {
    /// Opens a database by its URL: `sqlite://books.db` (a path from the working directory),
    /// `sqlite:///var/lib/books.db`, `sqlite::memory:`, or a plain path. The file is created where
    /// there is none.
    ///
    /// Parameters: `mode=ro|rw|rwc`, `synchronous=off|normal|full` (`normal` unless set: a commit
    /// is safe from the end of the process at once, from a power cut at the next checkpoint, of
    /// which there is one for every 8 MB of changed pages),
    /// `busy_timeout=<milliseconds>` (5000 unless set), for which a statement waits while another
    /// process writes, and a write while somebody else has a transaction open;
    /// `idle_timeout=<milliseconds>` (30000 unless set), after which a transaction that has had no
    /// statement for so long is rolled back. Both end as [`StoreErrorKind::Busy`].
    ///
    /// `sqlite::memory:` keeps its rows in a temporary file that is gone when the store is.
    ///
    /// # Errors
    ///
    /// When the URL is not understood, or the file cannot be opened, or is no database.
    pub fn open(url: &str) -> StoreResult<Self> {
        let mut location = Location::parse(url)?;
        let (path, temporary) = match location.path.take() {
            Some(path) => (path, None),
            None => {
                location.mode = Mode::Create;
                location.synchronous = Synchronous::Off;
                let file = TemporaryFile::create()?;
                (file.path.clone(), Some(file))
            }
        };
        location::check_directory(&path, location.mode)?;
        let fail = |error: rusqlite::Error| explain(&path, &error);
        let connection = connection::open(&path, &location, Purpose::Write).map_err(fail)?;
        // Opening a file does not read it; this does.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(fail)?;
        let bounds = Bounds { turn: location.busy_timeout, idle: location.idle_timeout };
        let readers = Arc::new(Readers::new(path, location));
        let statements = Arc::new(Statements::new(Dialect::Sqlite));
        Ok(Self { writer: Arc::new(Writer::start(connection, bounds)?), readers, statements, _temporary: temporary })
    }
}

fn explain(path: &Path, error: &rusqlite::Error) -> StoreError {
    let hint = match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => "it is a file of another kind",
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => "it is damaged; restore a copy, or run `sqlite3 <file> .recover`",
        Some(rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::ReadOnly) => {
            "see whether this user may write to it and to its directory"
        }
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            "another process has locked it"
        }
        _ => "SQLite says",
    };
    error::unavailable(format!("cannot open the database `{}`: {hint} ({error})", path.display()))
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SqliteStore").field(&self.readers.path()).finish()
    }
}

impl Store for SqliteStore {
    fn name(&self) -> &'static str {
        "SQLite"
    }

    fn ping(&self) -> BoxFuture<'_, StoreResult<()>> {
        Box::pin(async {
            // Asks the file, not only the library.
            let ask = "SELECT count(*) FROM sqlite_schema WHERE rootpage < 0";
            self.readers.quick(|connection| {
                let mut statement = connection.prepare_cached(ask).map_err(error::general)?;
                statement.query_row([], |_| Ok(())).map_err(error::general)
            })
        })
    }

    fn migrate<'a>(&'a self, resources: &'a [&'static ResourceMeta]) -> BoxFuture<'a, StoreResult<Migration>> {
        let resources = resources.to_vec();
        Box::pin(self.writer.run(move |connection| migrate::migrate(connection, &resources)))
    }

    fn select(&self, select: Select) -> BoxFuture<'_, StoreResult<Selection>> {
        Box::pin(async move {
            let plan = Arc::new(SelectPlan::of_records(Arc::clone(&self.statements), select));
            let read = Arc::clone(&plan);
            self.readers.run(plan.shape(), move |connection, meter| read.records(connection, meter)).await
        })
    }

    fn select_json(&self, select: Select, projection: Arc<Projection>) -> BoxFuture<'_, StoreResult<JsonSelection>> {
        Box::pin(async move {
            if projection.needs_record() {
                let selection = self.select(select.clone()).await?;
                return Ok(selection.to_json(&select, &projection)?);
            }
            let plan = Arc::new(SelectPlan::of_json(Arc::clone(&self.statements), select, &projection));
            let read = Arc::clone(&plan);
            self.readers.run(plan.shape(), move |connection, meter| read.json(connection, meter, &projection)).await
        })
    }

    fn get(&self, key: Key) -> BoxFuture<'_, StoreResult<Option<Record>>> {
        Box::pin(async move { self.readers.quick(|connection| read::get(connection, &self.statements, &key)) })
    }

    fn get_json(&self, key: Key, projection: Arc<Projection>) -> BoxFuture<'_, StoreResult<Option<JsonRow>>> {
        Box::pin(async move {
            if projection.needs_record() {
                let Some(record) = self.get(key).await? else { return Ok(None) };
                return Ok(Some(JsonRow { json: record.to_json(&projection)?, version: record.version }));
            }
            self.readers.quick(|connection| read::get_json(connection, &self.statements, &key, &projection))
        })
    }

    fn write(&self, write: Write) -> BoxFuture<'_, StoreResult<Written>> {
        Box::pin(self.writer.write(write, &self.statements))
    }

    fn begin(&self) -> BoxFuture<'_, StoreResult<Box<dyn Transaction>>> {
        Box::pin(async { Ok(Box::new(self.writer.begin(Arc::clone(&self.statements)).await?) as Box<dyn Transaction>) })
    }

    /// Waits for an open transaction as long as a write would; then it is rolled back.
    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.readers.close().await;
            // Waits for what is in, and for the checkpoint: on a thread where that may take long.
            let writer = Arc::clone(&self.writer);
            match tokio::runtime::Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn_blocking(move || writer.stop()).await),
                Err(_) => writer.stop(),
            }
        })
    }
}

/// A database that lives as long as its store. SQLite's own databases in memory cannot be read
/// while they are written.
#[derive(Debug)]
struct TemporaryFile {
    path: PathBuf,
}

impl TemporaryFile {
    fn create() -> StoreResult<Self> {
        let path = std::env::temp_dir().join(format!("resource-{}.db", uuid::Uuid::now_v7().simple()));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(_) => Ok(Self { path }),
            Err(it) => Err(StoreError::new(StoreErrorKind::Unavailable).caused_by(format!(
                "`sqlite::memory:` needs a temporary file, and `{}` cannot be created ({it}); set TMPDIR to a \
                 directory that can be written, or use `memory:`",
                path.display()
            ))),
        }
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let mut path = self.path.clone().into_os_string();
            path.push(suffix);
            // The two others are there only while connections are.
            let _ = std::fs::remove_file(path);
        }
    }
}
