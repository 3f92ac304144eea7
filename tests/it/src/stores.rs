use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Once;

use resource_runtime::prelude::*;
use resource_runtime::store::{MemoryStore, PostgresStore, SqliteStore};

/// What has to be cleaned up after a test.
#[derive(Debug)]
pub enum Guard {
    /// Nothing.
    None,
    /// The folder of a SQLite file, removed on drop.
    Folder(PathBuf),
    /// A schema of a PostgreSQL server, dropped by [`Guard::clean`].
    Schema {
        /// The server.
        url: String,
        /// The schema's name.
        name: String,
    },
}

impl Guard {
    /// Another handle on the same rows, as another process would have it; the same one for what is in
    /// memory.
    pub async fn again(&self, database: &Database) -> Database {
        match self {
            Self::None => database.clone(),
            Self::Folder(_) => Database::new(SqliteStore::open(&self.url()).unwrap()),
            Self::Schema { .. } => Database::new(PostgresStore::connect(&self.url()).await.unwrap()),
        }
    }

    /// Where other processes find the same rows.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::None => "memory:".to_owned(),
            Self::Folder(path) => sqlite_url(path),
            Self::Schema { url, name } => schema_url(url, name),
        }
    }

    /// Drops what `Drop` cannot, because it takes a connection.
    pub async fn clean(self) {
        if let Self::Schema { url, name } = &self {
            execute(url, &format!("DROP SCHEMA IF EXISTS \"{name}\" CASCADE")).await.unwrap();
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Self::Folder(path) = self {
            let _ = std::fs::remove_dir_all(path);
        }
    }
}

/// An empty store in memory.
pub async fn memory() -> (Database, Guard) {
    (Database::new(MemoryStore::new()), Guard::None)
}

/// An empty SQLite file.
pub async fn sqlite() -> (Database, Guard) {
    let folder = std::env::temp_dir().join(format!("resource-it-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&folder).unwrap();
    (Database::new(SqliteStore::open(&sqlite_url(&folder)).unwrap()), Guard::Folder(folder))
}

/// An empty schema of the PostgreSQL server at `TEST_DATABASE_URL`; `None`, with a sentence on
/// stderr, where there is no server and `REQUIRE_POSTGRES` is not set.
pub async fn postgres() -> Option<(Database, Guard)> {
    let url =
        std::env::var("TEST_DATABASE_URL").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
    let name = format!("it_{}", uuid::Uuid::now_v7().simple());
    if let Err(error) = execute(&url, &format!("CREATE SCHEMA \"{name}\"")).await {
        assert!(std::env::var("REQUIRE_POSTGRES").is_err(), "no PostgreSQL server at {url}: {error}");
        static SAID: Once = Once::new();
        // Not `eprintln`, which the test harness keeps to itself while tests pass.
        SAID.call_once(|| {
            let _ = writeln!(std::io::stderr(), "skipped: no PostgreSQL server at {url} ({error})");
        });
        return None;
    }
    let store = PostgresStore::connect(&schema_url(&url, &name)).await.unwrap();
    Some((Database::new(store), Guard::Schema { url, name }))
}

fn sqlite_url(folder: &Path) -> String {
    format!("sqlite://{}/test.db", folder.display())
}

fn schema_url(url: &str, name: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}options=-c%20search_path%3D{name}")
}

async fn execute(url: &str, statement: &str) -> Result<(), tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let task = tokio::spawn(connection);
    let result = client.batch_execute(statement).await;
    drop(client);
    let _ = task.await;
    result
}
