//! SQL for the stores that speak it, built from descriptions: identifiers are constants from
//! [`ResourceMeta`](crate::resource::ResourceMeta), values are placeholders, and nothing that a
//! client sends is ever part of the text, but the number of rows on a page.
#![cfg_attr(
    not(all(feature = "sqlite", feature = "postgres")),
    allow(dead_code, unused_imports, reason = "every store has its own part of it")
)]

pub(crate) mod companion;
mod decode;
pub(crate) mod items;
mod keyset;
mod literal;
pub mod schema;
mod statements;
pub(crate) mod substring;
#[cfg(test)]
mod tests;
mod text;

pub use decode::from_json;
pub(crate) use statements::select_along;
pub use statements::{
    all, count, delete, get, insert, select, select_counted, select_parts, total, update, version_of,
};
pub use text::{Dialect, SqlText, postgres_type, sqlite_type};

/// The column that holds a row's version.
pub const VERSION: &str = "_version";
