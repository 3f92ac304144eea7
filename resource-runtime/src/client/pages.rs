use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A page by number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// How many match in all, where that was counted.
    pub total: Option<u64>,
    /// How far `total` can be trusted, where another count than the exact one was asked for.
    pub total_kind: Option<String>,
    /// The page's number, from 1.
    pub page: u64,
    /// Rows per page.
    pub per_page: u32,
    /// How many pages there are, where that is known.
    pub total_pages: Option<u64>,
    /// Whether there are rows after it.
    pub has_next: bool,
    /// Whether there are rows before it.
    pub has_prev: bool,
}

/// A page by cursor.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
#[non_exhaustive]
pub struct CursorPage<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the rows after it begin, for [`List::cursor`](super::List::cursor).
    pub next_cursor: Option<String>,
    /// Where the rows before it end.
    pub prev_cursor: Option<String>,
    /// Whether there are rows after it.
    pub has_more: bool,
    /// How many match in all, where that was asked.
    pub total: Option<u64>,
    /// How far `total` can be trusted, where another count than the exact one was asked for.
    pub total_kind: Option<String>,
}
