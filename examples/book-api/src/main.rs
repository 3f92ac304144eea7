//! A book service: the example that the README's curl lines talk to.
//!
//! `HOST`, `PORT` and `DATABASE_URL` say where it listens and where the books are kept; see
//! `.env.example`. A new database gets five books, unless `SAMPLE_DATA=false`.

mod announce;
mod audit;
mod author;
mod book;

use resource_runtime::openapi::{Contact, License};
use resource_runtime::prelude::*;

use crate::announce::{Announce, AnnounceBook};
use crate::audit::{Audit, AuditEntry};
use crate::author::Author;
use crate::book::Book;

const SAMPLE_BOOKS: &str = include_str!("../data/sample-books.json");

#[tokio::main]
async fn main() -> resource_runtime::Result<()> {
    let settings = Settings::from_env()?.default_database("sqlite://books.db");
    let sample_data = settings.flag("SAMPLE_DATA", true)?;

    let store = settings.connect().await?;
    let migration = store.migrate::<(Book, Author, AuditEntry)>().await?;
    if sample_data && migration.created::<Book>() {
        store.seed::<Book>(SAMPLE_BOOKS).await?;
    }

    api(&store).serve(settings).await
}

fn api(store: &Database) -> Api {
    Api::new("Book Management API", env!("CARGO_PKG_VERSION"))
        .description("Books and their authors: the example API of resource-runtime.")
        .info(|info| {
            let repository = env!("CARGO_PKG_REPOSITORY").to_owned();
            let license = License {
                name: env!("CARGO_PKG_LICENSE").to_owned(),
                url: Some(repository.clone()),
                ..License::default()
            };
            let authors = "The authors of resource-runtime".to_owned();
            info.license(license).contact(Contact { name: Some(authors), url: Some(repository), ..Contact::default() })
        })
        .nest("/api/v1", |v1| {
            v1.resource(Book::on(store).hooks(Audit).hooks(Announce))
                .resource(Author::on(store).hooks(Audit))
                .resource(AuditEntry::on(store))
        })
        .task::<AnnounceBook>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_api_keeps_its_promises() {
        let store = Settings::default().default_database("memory:").connect().await.expect("memory is there");
        resource_runtime::assert_openapi_lock!(api(&store));
    }
}
