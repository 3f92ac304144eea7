use super::{Abridged, Filter};
use crate::field::Value;

/// What a list request asks for, checked against the resource.
#[derive(Debug, Clone, PartialEq)]
pub struct ListQuery {
    /// Which rows: parameters, `filter` and `search` together.
    pub filter: Filter,
    /// In which order; the last key is always the identifier.
    pub sort: Vec<SortKey>,
    /// Which part of them.
    pub paging: Paging,
    /// Whether and how they are counted.
    pub count: CountMode,
    /// Positions (as in [`Values`](crate::model::Values)) of the fields to answer with, in the
    /// response model's order; all of the list's model where the client names none.
    pub fields: Option<Vec<usize>>,
    /// What the cursor had no room for. Where it is there, the keyset has to be completed with
    /// [`complete`](crate::store::complete) before rows are selected by it.
    pub abridged: Option<Abridged>,
}

/// One key of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortKey {
    /// The position of the field.
    pub field: usize,
    /// From the greatest to the least.
    pub descending: bool,
    /// Nulls before everything else, instead of after it.
    pub nulls_first: bool,
}

/// Which part of the rows a list answers with.
#[derive(Debug, Clone, PartialEq)]
pub enum Paging {
    /// Page mode.
    Page {
        /// The page's number, from 1.
        page: u64,
        /// Rows per page.
        per_page: u32,
    },
    /// Cursor mode.
    Cursor {
        /// Rows at most.
        limit: u32,
        /// Where to go on; the first page where there is none.
        keyset: Option<Keyset>,
    },
}

/// A place between two rows of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyset {
    /// The row's values of the sort keys, in their order.
    pub values: Vec<Value>,
    /// The rows before it (nearest last), instead of those after it.
    pub backward: bool,
}

/// Whether and how the rows of a list are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountMode {
    /// Not at all.
    None,
    /// All of them.
    Exact,
    /// As the store's statistics have it.
    Estimated,
    /// All of them up to a bound.
    Capped,
}
