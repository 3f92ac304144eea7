//! What generated code names. Not part of the public interface: it changes without notice.
//!
//! Generated code goes through here for everything, the standard library included, so that nothing
//! that the user's modules shadow can get between.

pub mod check;
pub mod op;
pub mod rule;
mod stand_in;
pub mod value;

pub use ::core::{self, fmt};
pub use ::serde::{self, Deserialize, Deserializer, Serialize, Serializer};
pub use ::std;
pub use ::std::option::Option::{self, None, Some};
pub use ::std::result::Result::{self, Err, Ok};
pub use ::std::vec::Vec;

pub use crate::field::*;
pub use crate::handle::{Field, field};
pub use crate::model::{self, Model, Usage, Values};
pub use crate::query::Operator;
pub use crate::resource::*;
pub use crate::{__declared as declared, __not_null};
pub use stand_in::{Asked, NotAField, Probe};

/// The body of functions that a failed derive has to write and that nothing will ever call.
pub fn never<T>() -> T {
    loop {
        std::thread::park();
    }
}
