//! What generated code names. Not part of the public interface: it changes without notice.
//!
//! Generated code goes through here for everything, the standard library included, so that nothing
//! that the user's modules shadow can get between.

pub mod check;
pub mod op;
pub mod rule;
mod stand_in;
pub mod value;

pub use ::core;
pub use ::core::fmt::{self, Formatter};
pub use ::serde::{self, Deserialize, Deserializer, Serialize, Serializer};
pub use ::std;
pub use ::std::option::Option::{self, None, Some};
pub use ::std::result::Result::{self, Err, Ok};
pub use ::std::vec::Vec;

pub use crate::field::*;
// As short as it can be said: what is printed for each field of each model begins with it.
pub use crate::field::FieldType as Ty;
pub use crate::handle::{Field, field};
pub use crate::model::{self, Model, Usage, Values};
pub use crate::query::Operator;
pub use crate::resource::*;
pub use crate::{__declared as declared, __not_null};
pub use stand_in::{Asked, NotAField, Probe};

/// What comes of values, unless one is of another kind.
pub type ValueResult<T> = Result<T, ValueError>;

/// A resource's description.
#[must_use]
pub const fn meta<R: Resource>() -> &'static ResourceMeta {
    R::META
}

/// The body of functions that a failed derive has to write and that nothing will ever call.
pub fn never<T>() -> T {
    loop {
        std::thread::park();
    }
}
