//! The book service on this framework, whatever its database.

mod book;

use resource_runtime::prelude::*;

use crate::book::Book;

#[tokio::main]
async fn main() -> resource_runtime::Result<()> {
    let settings = Settings::from_env()?;
    let store = settings.connect().await?;
    store.migrate::<Book>().await?;
    // A file of books to begin with, where one is named: a JSON array per line.
    if let Ok(path) = std::env::var("SEED") {
        for books in std::fs::read_to_string(path)?.lines() {
            store.seed::<Book>(books).await?;
        }
    }
    Api::new("Books", "1.0.0").resource(Book::on(&store)).serve(settings).await
}
