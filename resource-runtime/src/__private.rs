//! What generated code names. Not part of the public interface: it changes without notice.
//!
//! Generated code goes through here for everything, the standard library included, so that nothing
//! that the user's modules shadow can get between.

pub mod check;
pub mod op;
pub mod rule;
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

/// What comes of values, unless one is of another kind.
pub type ValueResult<T> = Result<T, ValueError>;

/// A resource's description.
#[must_use]
pub const fn meta<R: Resource>() -> &'static ResourceMeta {
    R::META
}

/// What an update has in place of a field of type `T`: as [`UpdateOf`], but also for types that are no field.
pub type UpdateIf<T, const NULLABLE: bool> = <T as Updatable<NULLABLE>>::Update;

/// See [`UpdateIf`].
pub trait Updatable<const NULLABLE: bool> {
    /// The type.
    type Update;
}

impl<T> Updatable<false> for T {
    type Update = Set<T>;
}

impl<T> Updatable<true> for Option<T> {
    type Update = Patch<T>;
}

/// Asks whether a type is a nullable field. Its own constant goes before that of the trait, where
/// there is one.
#[derive(Debug)]
pub struct Probe<T>(std::marker::PhantomData<T>);

impl<T: FieldType> Probe<T> {
    /// Whether null is a value of the field.
    pub const NULLABLE: bool = T::NULLABLE;
    /// Whether the field must not leave the server.
    pub const SECRET: bool = T::SECRET;
    /// Whether clients can send the field.
    pub const SENT: bool = T::SENT;
}

/// What [`Probe`] says of types that are no field.
pub trait NotAField {
    /// There is no null.
    const NULLABLE: bool = false;
    /// There is nothing to hide.
    const SECRET: bool = false;
    /// Nothing is known that speaks against it.
    const SENT: bool = true;
}

impl<T> NotAField for Probe<T> {}

/// The body of functions that a failed derive has to write and that nothing will ever call.
pub fn never<T>() -> T {
    loop {
        std::thread::park();
    }
}
