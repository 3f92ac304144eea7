//! The query language of lists (CONTRACT section 3): what a query string asks for, as data.

mod filter;
mod operator;
mod plan;

pub use filter::{Condition, Filter, Operand};
pub use operator::{OperandShape, Operator};
pub use plan::{CountMode, Keyset, ListQuery, Paging, SortKey};
