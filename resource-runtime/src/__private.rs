//! What generated code names. Not part of the public interface: it changes without notice.

pub use ::core;
pub use ::serde;
pub use ::std;

pub use crate::field::*;
pub use crate::model::{self, Model, Usage, Values};
pub use crate::query::Operator;
pub use crate::resource::*;
