//! What a store is asked for, and what it answers: owned values, which can be sent to another thread, or into a
//! transaction, as they are.

use crate::field::Value;
use crate::query::{CountMode, Filter, Keyset, SortKey};
use crate::resource::{Record, ResourceMeta};

/// One row of a resource.
#[derive(Debug, Clone)]
pub struct Key {
    /// The resource.
    pub meta: &'static ResourceMeta,
    /// The row's identifier.
    pub id: Value,
    /// The rows that are there at all.
    pub scope: Filter,
}

/// Rows of a resource.
#[derive(Debug, Clone)]
pub struct Select {
    /// The resource.
    pub meta: &'static ResourceMeta,
    /// The rows that are there at all.
    pub scope: Filter,
    /// Which of them.
    pub filter: Filter,
    /// In which order; the last key is the identifier, so that the order is total.
    pub sort: Vec<SortKey>,
    /// Which part.
    pub window: Window,
    /// Whether and how all that match `scope` and `filter` are counted, in the same step.
    pub count: CountMode,
}

/// Which part of the rows that match.
#[derive(Debug, Clone, PartialEq)]
pub enum Window {
    /// Rows by number.
    Offset {
        /// How many to leave out.
        offset: u64,
        /// How many to take at most.
        limit: u32,
    },
    /// Rows from a place in the order on.
    Keyset {
        /// The place; the beginning where there is none.
        keyset: Option<Keyset>,
        /// How many to take at most.
        limit: u32,
    },
}

/// What a [`Select`] found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    /// The rows, in the order asked for (backward keysets too).
    pub records: Vec<Record>,
    /// How many match in all, where that was asked.
    pub total: Option<Total>,
    /// For [`Window::Keyset`]: whether there are more rows in its direction.
    pub has_more: bool,
}

/// What a [`Select`] found, as JSON.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JsonSelection {
    /// The rows as objects separated by commas, without brackets; in another [`Form`](crate::json::Form) where the
    /// projection has one.
    pub items: Vec<u8>,
    /// How many there are.
    pub len: usize,
    /// The sort keys' values of the first and the last row; needed for [`Window::Keyset`] only.
    pub edges: Option<(Vec<Value>, Vec<Value>)>,
    /// How many match in all, where that was asked.
    pub total: Option<Total>,
    /// For [`Window::Keyset`]: whether there are more rows in its direction.
    pub has_more: bool,
}

/// A count of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// How many.
    pub rows: u64,
    /// How far that can be trusted: [`CountMode::Exact`], [`CountMode::Estimated`], or
    /// [`CountMode::Capped`] where there are more than `rows`.
    pub kind: CountMode,
}

/// One row as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonRow {
    /// The object.
    pub json: Vec<u8>,
    /// The row's version.
    pub version: i64,
}

/// One write.
#[derive(Debug, Clone)]
pub enum Write {
    /// A new row.
    Insert {
        /// The resource.
        meta: &'static ResourceMeta,
        /// One value per field. An identifier of [`Kind::Int`](crate::field::Kind::Int) that the
        /// store chooses is null here; every other identifier, default and timestamp is set.
        values: Vec<Value>,
        /// The version of the new row.
        version: i64,
    },
    /// Some fields of one row get other values, and its version grows by one. A row that they would
    /// push out of the key's scope is missing, if its version is the right one;
    /// [`Key::staying_in_scope`] puts that into a condition.
    Update {
        /// The row.
        key: Key,
        /// The fields' positions, with their new values.
        changes: Vec<(usize, Value)>,
        /// The version that the row must have.
        version: Option<i64>,
    },
    /// One row goes; one whose deletes are soft is marked and hidden.
    Delete {
        /// The row.
        key: Key,
        /// The version that the row must have.
        version: Option<i64>,
    },
}

/// What became of a [`Write`].
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// It was done. The row as it is now, or, for a delete that is not soft, as it was.
    Done(Record),
    /// There is no such row in the scope.
    Missing,
    /// The row has another version.
    Stale {
        /// The version that it has.
        version: i64,
    },
}

impl Write {
    /// The resource that it writes to.
    #[must_use]
    pub const fn meta(&self) -> &'static ResourceMeta {
        match self {
            Self::Insert { meta, .. } => meta,
            Self::Update { key, .. } | Self::Delete { key, .. } => key.meta,
        }
    }
}

impl Key {
    /// The same row, if it is in the scope now and will be with these changes: the key that an
    /// update is carried out by, so that no row can be pushed out of its scope. To be deleted softly, or
    /// restored, pushes it nowhere: the mark is looked at as it is before.
    #[must_use]
    pub fn staying_in_scope(mut self, changes: &[(usize, Value)]) -> Self {
        if self.scope == Filter::All {
            return self;
        }
        let mark = self.meta.soft_delete();
        let changes: Vec<_> = changes.iter().filter(|(field, _)| Some(*field) != mark).cloned().collect();
        if changes.is_empty() {
            return self;
        }
        let after = self.scope.after(self.meta, &changes);
        self.scope = self.scope.and(after);
        self
    }
}

impl Select {
    /// The limit of its window.
    #[must_use]
    pub const fn limit(&self) -> u32 {
        match self.window {
            Window::Offset { limit, .. } | Window::Keyset { limit, .. } => limit,
        }
    }
}
