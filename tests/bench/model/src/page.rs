use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{ApiError, Book};

/// The query of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListParams {
    pub genre: Option<String>,
    pub min_price: Option<Decimal>,
    pub max_price: Option<Decimal>,
    page: Option<i64>,
    per_page: Option<i64>,
    /// Asks for a list without a total; empty for its start.
    #[serde(default, deserialize_with = "cursor")]
    pub cursor: Option<Option<Cursor>>,
}

impl ListParams {
    pub fn page(&self) -> i64 {
        self.page.unwrap_or(1).clamp(1, 1_000_000_000)
    }

    pub fn per_page(&self) -> i64 {
        self.per_page.unwrap_or(20).clamp(1, 100)
    }

    pub fn offset(&self) -> i64 {
        (self.page() - 1) * self.per_page()
    }

    pub fn to_page(&self, items: Vec<Book>, total: i64) -> Page {
        let (page, per_page) = (self.page(), self.per_page());
        Page {
            items,
            total,
            page,
            per_page,
            total_pages: (total + per_page - 1) / per_page,
            has_next: page * per_page < total,
            has_prev: page > 1,
        }
    }

    /// A part of the list, of which one row too many was read.
    pub fn to_slice(&self, mut items: Vec<Book>) -> Slice {
        let has_more = items.len() > usize::try_from(self.per_page()).unwrap_or(usize::MAX);
        if has_more {
            items.pop();
        }
        let last = items.last().filter(|_| has_more);
        let next_cursor = last.map(|it| Cursor { created_at: it.created_at, id: it.id }.to_string());
        Slice { items, next_cursor, has_more }
    }
}

/// The place after a row, in the order of `-created_at`.
#[derive(Debug, Clone, Copy)]
pub struct Cursor {
    pub created_at: DateTime<Utc>,
    pub id: i64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.created_at.timestamp_micros(), self.id)
    }
}

impl FromStr for Cursor {
    type Err = ApiError;

    fn from_str(text: &str) -> Result<Self, ApiError> {
        let parse = || {
            let (micros, id) = text.split_once('_')?;
            let created_at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
            Some(Self { created_at, id: id.parse().ok()? })
        };
        parse().ok_or_else(|| ApiError::invalid("the cursor is none of ours"))
    }
}

fn cursor<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Cursor>>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(Some(None));
    }
    text.parse().map(|it| Some(Some(it))).map_err(serde::de::Error::custom)
}

#[derive(Debug, Serialize)]
pub struct Page {
    items: Vec<Book>,
    total: i64,
    page: i64,
    per_page: i64,
    total_pages: i64,
    has_next: bool,
    has_prev: bool,
}

#[derive(Debug, Serialize)]
pub struct Slice {
    items: Vec<Book>,
    next_cursor: Option<String>,
    has_more: bool,
}
