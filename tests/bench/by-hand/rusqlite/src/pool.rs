use std::sync::{Arc, Mutex};

use model::ApiError;
use rusqlite::Connection;
use tokio::sync::Semaphore;

const READERS: usize = 4;

/// One connection that writes, and a few that read.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

impl Pool {
    pub fn open(path: &str) -> rusqlite::Result<Self> {
        let writer = Mutex::new(open(path)?);
        let readers = (0..READERS).map(|_| open(path)).collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(Inner { writer, readers: Mutex::new(readers), permits: Semaphore::new(READERS) })))
    }

    /// Does something with a connection that reads, on a thread that may block.
    pub async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let pool = Arc::clone(&self.0);
        let _permit = self.0.permits.acquire().await.map_err(ApiError::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let connection = pool.readers.lock().map_err(ApiError::internal)?.pop();
            let connection = connection.ok_or_else(|| ApiError::internal("no connection is free"))?;
            let result = job(&connection);
            pool.readers.lock().map_err(ApiError::internal)?.push(connection);
            result
        });
        done.await.map_err(ApiError::internal)?
    }

    /// Does something with the connection that writes, on a thread that may block.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let pool = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || job(&*pool.writer.lock().map_err(ApiError::internal)?));
        done.await.map_err(ApiError::internal)?
    }
}

fn open(path: &str) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL;
         PRAGMA foreign_keys = ON;
         PRAGMA busy_timeout = 5000;
         PRAGMA cache_size = -8192;
         PRAGMA mmap_size = 268435456;",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}
