//! A book service: the example that the README's curl lines talk to.
//!
//! `HOST`, `PORT` and `DATABASE_URL` say where it listens and where the books are kept; see
//! `.env.example`. A new database gets five books, unless `SAMPLE_DATA=false`.

mod announce;
mod author;
mod book;

use resource_runtime::prelude::*;

use crate::announce::AnnounceBook;
use crate::author::Author;
use crate::book::Book;

const SAMPLE_BOOKS: &str = include_str!("../data/sample-books.json");

#[tokio::main]
async fn main() -> resource_runtime::Result<()> {
    let settings = Settings::from_env()?.default_database("sqlite://books.db");
    let sample_data = settings.flag("SAMPLE_DATA", true)?;

    let store = settings.connect().await?;
    let migration = store.migrate::<(Book, Author)>().await?;
    if sample_data && migration.created::<Book>() {
        store.seed::<Book>(SAMPLE_BOOKS).await?;
    }

    Api::new("Book Management API", env!("CARGO_PKG_VERSION"))
        .description("Books and their authors: the example API of resource-runtime.")
        .nest("/api/v1", |v1| v1.resource(Book::on(&store)).resource(Author::on(&store)))
        .task::<AnnounceBook>()
        .serve(settings)
        .await
}
