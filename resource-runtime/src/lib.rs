//! One struct becomes a REST resource.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[allow(unused_extern_crates, reason = "generated code in this crate's own tests names it")]
extern crate self as resource_runtime;

#[doc(hidden)]
pub mod __private;
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
pub mod store;
#[cfg(test)]
mod testing;

pub use error::{Error, Result};
#[cfg(feature = "macros")]
pub use resource_macros::{Resource, ResourceEnum, ResourceObject};
pub use validator::ValidationError;
