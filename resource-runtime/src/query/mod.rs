//! The query language of lists (CONTRACT section 3): what a query string asks for, as data.

mod cursor;
mod fields;
mod filter;
mod list;
mod operator;
mod page;
mod parameters;
mod params;
mod parse;
mod plan;
mod search;
mod sort;
mod tree;

pub use cursor::{Abridged, CursorKeys, InvalidKeys, encode_cursor};
pub use filter::{Condition, Filter, Operand};
pub use operator::{OperandShape, Operator};
pub use parameters::{ParameterMeta, ParameterRole, parameters};
pub use params::with_parameters;
pub use parse::{ItemQuery, parse, parse_item, parse_none};
pub use plan::{CountMode, Keyset, ListQuery, Paging, SortKey};
