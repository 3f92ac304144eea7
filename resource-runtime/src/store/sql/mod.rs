//! SQL for the stores that speak it, built from descriptions: identifiers are constants from
//! [`ResourceMeta`](crate::resource::ResourceMeta), values are placeholders, and nothing that a
//! client sends is ever part of the text.

mod text;

pub use text::{Dialect, SqlText, postgres_type, sqlite_type};

/// The column that holds a row's version.
pub const VERSION: &str = "_version";
