//! From a URL to a store.

use super::Settings;
use crate::error::{Error, Result};
use crate::store::Database;

impl Settings {
    /// Connects to the store that `DATABASE_URL` names.
    ///
    /// # Errors
    ///
    /// When the URL is none of a store, its feature is not turned on, or the store does not
    /// answer.
    pub async fn connect(&self) -> Result<Database> {
        let url = self.database_url.as_deref().unwrap_or(&self.default_database);
        let scheme = url.split(':').next().unwrap_or_default();
        match scheme {
            "memory" => memory(url),
            "sqlite" => sqlite(url).await,
            "postgres" | "postgresql" => postgres(url).await,
            _ => Err(Error::new(format!(
                "DATABASE_URL starts with `{}`, which is no store; \
                 write sqlite://books.db, postgres://user:password@host/database or memory:",
                // What stands behind the scheme may be a password.
                scheme.chars().take(20).collect::<String>()
            ))),
        }
    }
}

fn memory(url: &str) -> Result<Database> {
    if !matches!(url, "memory:" | "memory://") {
        return Err(Error::new(format!("DATABASE_URL is `{url}`, but rows in memory have no name; write memory:")));
    }
    Ok(Database::new(crate::store::MemoryStore::new()))
}

#[cfg(feature = "sqlite")]
async fn sqlite(url: &str) -> Result<Database> {
    // Opening a file may block for as long as another process recovers it.
    let owned = url.to_owned();
    let opened = tokio::task::spawn_blocking(move || crate::store::SqliteStore::open(&owned)).await?;
    let store = opened.map_err(|error| Error::new(format!("DATABASE_URL is `{url}`: {}", cause(&error))))?;
    Ok(Database::new(store))
}

#[cfg(not(feature = "sqlite"))]
async fn sqlite(url: &str) -> Result<Database> {
    std::future::ready(Err(not_built(url, "sqlite"))).await
}

#[cfg(feature = "postgres")]
async fn postgres(url: &str) -> Result<Database> {
    let store = crate::store::PostgresStore::connect(url).await;
    // The URL may have a password in it.
    let store = store.map_err(|error| {
        let why = cause(&error);
        let way_out = if why.contains("Connection refused") {
            "; see whether the server runs, and listens on the host and port of the URL"
        } else {
            ""
        };
        Error::new(format!("no connection to the database of DATABASE_URL: {why}{way_out}"))
    })?;
    Ok(Database::new(store))
}

#[cfg(not(feature = "postgres"))]
async fn postgres(url: &str) -> Result<Database> {
    std::future::ready(Err(not_built(url, "postgres"))).await
}

/// Why a store failed, without what kind of failure that is.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
fn cause(error: &crate::store::StoreError) -> String {
    use std::error::Error as _;
    error.source().map_or_else(|| error.to_string(), crate::error::with_causes)
}

#[cfg(not(all(feature = "sqlite", feature = "postgres")))]
fn not_built(url: &str, feature: &str) -> Error {
    let scheme = url.split(':').next().unwrap_or_default();
    Error::new(format!(
        "DATABASE_URL starts with `{scheme}:`, and this program was built without that store; \
         turn on the feature `{feature}` of resource-runtime in Cargo.toml"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refused(url: &str) -> String {
        let settings = Settings { database_url: Some(url.to_owned()), ..Settings::default() };
        settings.connect().await.unwrap_err().to_string()
    }

    #[tokio::test]
    async fn rows_can_be_kept_in_memory() {
        let settings = Settings::default().default_database("memory:");
        assert_eq!(settings.connect().await.unwrap().name(), "memory");
    }

    #[tokio::test]
    async fn a_url_of_no_store_says_what_to_write() {
        let sentence = refused("mysql://root:hunter2@localhost/books").await;
        assert!(
            sentence.starts_with("DATABASE_URL starts with `mysql`, which is no store; write sqlite://"),
            "{sentence}"
        );
        assert!(!sentence.contains("hunter2"));
        assert!(refused("memory:books").await.contains("write memory:"));
    }

    #[cfg(not(feature = "postgres"))]
    #[tokio::test]
    async fn a_store_that_was_not_built_names_its_feature() {
        assert!(refused("postgres://localhost/books").await.contains("turn on the feature `postgres`"));
    }
}
