//! One struct becomes a REST resource: its models, its routes on [axum], pages, filters, sorting, validation, an OpenAPI
//! 3.1 document, and the SQL behind it, in memory, on SQLite and on PostgreSQL alike.
//!
//! ```no_run
//! use resource_runtime::prelude::*;
//!
//! /// A thing to do.
//! #[derive(Debug, Clone, Resource)]
//! #[resource(sort = "-created_at")]
//! pub struct Task {
//!     #[resource(id)]
//!     pub id: i64,
//!     #[resource(search, sort)]
//!     #[validate(length(min = 1, max = 200))]
//!     pub title: String,
//!     #[resource(default, filter(eq))]
//!     pub done: bool,
//!     #[resource(created_at, sort)]
//!     pub created_at: Timestamp,
//! }
//!
//! #[tokio::main]
//! async fn main() -> resource_runtime::Result<()> {
//!     let settings = Settings::from_env()?;
//!     let store = settings.connect().await?;
//!     store.migrate::<Task>().await?;
//!     Api::new("Tasks", "1.0.0").resource(Task::on(&store)).serve(settings).await
//! }
//! ```
//!
//! # Where to read on
//!
//! - [`derive@Resource`]: every attribute, with its default and an example.
//! - [`query`]: what clients can ask lists for.
//! - [`http`]: routes, the API around them, settings.
//! - [`store`]: the stores, and how to write one.
//! - [`task`]: work after the commit.
//! - [`error`]: what clients are told when something is wrong.
//!
//! # Features
//!
//! | feature | default | what it brings |
//! |---|---|---|
//! | `macros` | yes | the derives |
//! | `server` | yes | routes on axum, middleware, settings, `Api::serve` |
//! | `sqlite` | yes | the store on SQLite, which is built in |
//! | `docs-ui` | yes | Swagger UI and ReDoc, which are built in |
//! | `postgres` | no | the store on PostgreSQL |
//! | `postgres-tls` | no | TLS to PostgreSQL |
//! | `password` | no | `PasswordHash`, a field type for hashes of passwords (argon2id) |
//! | `client` | no | typed clients of resources, over reqwest |
//! | `client-core` | no | typed clients of resources, over a transport of your own |
//! | `client-tls` | no | TLS for them |
//! | `conformance` | no | the suite that every store passes |
//!
//! [axum]: https://docs.rs/axum
#![cfg_attr(docsrs, feature(doc_cfg))]

#[allow(unused_extern_crates, reason = "generated code in this crate's own tests names it")]
extern crate self as resource_runtime;

#[doc(hidden)]
pub mod __private;
#[cfg(feature = "client-core")]
pub mod client;
#[cfg(all(test, feature = "macros"))]
mod derived;
pub mod error;
pub mod field;
pub mod handle;
#[cfg(feature = "server")]
pub mod http;
pub mod input;
pub mod json;
pub mod model;
pub mod openapi;
pub mod prelude;
pub mod query;
pub mod resource;
mod states;
pub mod store;
pub mod task;
#[cfg(test)]
mod testing;

pub use error::{Error, Result};
#[cfg(feature = "macros")]
#[doc = include_str!("derive/resource.md")]
pub use resource_macros::Resource;
#[cfg(feature = "macros")]
#[doc = include_str!("derive/enum.md")]
pub use resource_macros::ResourceEnum;
#[cfg(feature = "macros")]
#[doc = include_str!("derive/object.md")]
pub use resource_macros::ResourceObject;
pub use validator::ValidationError;

/// The README's Rust code compiles.
#[cfg(all(doctest, feature = "macros", feature = "server"))]
#[doc = include_str!("../../README.md")]
struct Readme;
