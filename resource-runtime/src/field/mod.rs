//! What a field is: its [`Kind`], who may read and write it, the rules its values obey, and how
//! Rust types become fields ([`FieldType`]).
//!
//! # Design
//!
//! A resource is described by constants, and everything that happens at run time (parsing bodies
//! and queries, building SQL, writing JSON, describing the API) reads those constants. That code is
//! compiled once, in this crate, instead of once per resource in the user's.

mod ability;
mod custom;
mod derived;
mod fold;
mod kind;
mod meta;
mod moment;
pub(crate) mod number;
mod object;
#[cfg(feature = "password")]
mod password;
mod patch;
mod rule;
mod secret;
mod suggest;
pub(crate) mod text;
mod types;
mod value;

pub use ability::{
    AsString, ClientId, Comparable, ContainsText, CreationTime, DeletionTime, EmptyInNewRow, FromText, Items, Listing,
    Measured, NestedValue, Nullable, Numeric, Ordered, Patterned, StoreId, Textual, UpdateTime,
};
pub use custom::{ByReference, ByTarget, ByValue, CustomRule};
pub use derived::Derived;
pub use fold::fold;
pub(crate) use fold::folded_contains;
pub use kind::{IntKind, Kind};
pub use meta::{Access, FieldMeta, FilterMeta, IdSource, Role};
pub(crate) use moment::{later, now, whole_microseconds};
pub use object::{EnumMeta, EnumType, Fields, ObjectMeta, ObjectType, Variant};
#[cfg(feature = "password")]
pub use password::{Cost, PasswordError, PasswordHash};
pub use patch::{Patch, Set};
pub use rule::{Bound, Rule, RuleError, RuleMeta};
pub use secret::Secret;
pub use suggest::suggest;
pub use text::{Mismatch, parse_text};
pub use types::{Element, FieldType, NotNull, UpdateOf, ValueError};
pub use value::{Cell, Value};
