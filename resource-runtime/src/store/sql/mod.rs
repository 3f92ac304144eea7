//! SQL for the stores that speak it, built from descriptions: identifiers are constants from
//! [`ResourceMeta`], values are placeholders, and nothing that a
//! client sends is ever part of the text, but the number of rows on a page.
#![cfg_attr(
    not(all(feature = "sqlite", feature = "postgres")),
    allow(dead_code, unused_imports, reason = "every store has its own part of it")
)]

mod array;
mod clauses;
pub(crate) mod companion;
mod decode;
pub(crate) mod items;
mod keyset;
mod literal;
mod reads;
pub mod schema;
mod shape;
mod statements;
pub(crate) mod substring;
#[cfg(test)]
mod tests;
mod text;
mod writes;

pub use decode::from_json;
pub use reads::total;
pub use statements::{
    Statement, Statements, count, delete, get, insert, select, select_counted, select_parts, update, version_of,
};
pub use text::{Dialect, SqlText, postgres_type, sqlite_type};
pub(in crate::store) use writes::Several;

use crate::resource::ResourceMeta;

/// The positions of all fields of a resource: the columns of a whole record.
#[must_use]
pub fn all(meta: &ResourceMeta) -> Vec<usize> {
    (0..meta.fields.len()).collect()
}

/// The column that holds a row's version.
pub const VERSION: &str = "_version";
