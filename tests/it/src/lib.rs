//! Drives the book API over HTTP, in memory, on SQLite and on PostgreSQL.
//!
//! [`every_store!`] makes three tests of one: what it asserts must hold in each store alike.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr, reason = "tests")]

pub mod account;
#[allow(missing_docs, reason = "the example documents what the types are, not the module")]
#[path = "../../../examples/book-api/src/audit.rs"]
pub mod audit;
#[allow(missing_docs, reason = "as above")]
#[path = "../../../examples/book-api/src/author.rs"]
pub mod author;
#[allow(missing_docs, reason = "as above")]
#[path = "../../../examples/book-api/src/book.rs"]
pub mod book;
mod client;
pub mod club;
pub mod library;
mod mark;
mod rng;
mod stores;
pub mod zoo;

pub use account::Account;
pub use audit::{Audit, AuditEntry};
pub use author::Author;
pub use book::Book;
pub use client::{Answer, Client, book as new_book};
pub use mark::Mark;
pub use rng::Rng;
pub use stores::{Guard, memory, postgres, postgres_with, say, schema, sqlite, times};

/// The five books of the example.
pub const SAMPLE_BOOKS: &str = include_str!("../../../examples/book-api/data/sample-books.json");

/// Makes a test per store of each function; the function gets a [`Client`] of the book API with
/// an empty database, or of the API that a function of `Client` makes: `every_store! { zoo; … }`.
#[macro_export]
macro_rules! every_store {
    ($(#[$meta:meta])* async $($tests:tt)*) => { $crate::every_store! { books; $(#[$meta])* async $($tests)* } };
    ($make:ident; $($(#[$meta:meta])* async fn $name:ident($api:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "not every test names what the file imports")]
            use super::*;

            async fn check($api: &$crate::Client) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn memory() {
                let (store, _guard) = $crate::memory().await;
                check(&$crate::Client::$make(&store).await).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let (store, _guard) = $crate::sqlite().await;
                check(&$crate::Client::$make(&store).await).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some((store, guard)) = $crate::postgres().await else { return };
                check(&$crate::Client::$make(&store).await).await;
                store.close().await;
                drop(store);
                guard.clean().await;
            }
        }
    )*};
}

/// Makes a test per store of one function, which gets the empty store and its [`Guard`], and tidies up by itself.
#[macro_export]
macro_rules! in_every_store {
    ($run:path) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn memory() {
            $run($crate::memory().await).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn sqlite() {
            $run($crate::sqlite().await).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn postgres() {
            if let Some(store) = $crate::postgres().await {
                $run(store).await;
            }
        }
    };
}
