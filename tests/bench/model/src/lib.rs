//! What the servers by hand have in common, whatever their database: the book, what is sent to
//! create and change one, pages, and errors. It is what a developer would write with serde and the
//! validator crate.

mod error;
mod page;
mod serve;

pub use error::ApiError;
pub use page::{Cursor, ListParams, Page, Slice};
pub use serve::serve;

use std::borrow::Cow;
use std::str::FromStr;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use regex::Regex;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};
use validator::{Validate, ValidationError};

/// The columns, in the order in which the servers read them.
pub const COLUMNS: &str = "id, title, author_name, isbn, genre, published_year, price, description, tags, status, \
                           created_at, updated_at";

#[derive(Debug, Clone, Serialize)]
pub struct Book {
    pub id: i64,
    pub title: String,
    pub author_name: String,
    pub isbn: String,
    pub genre: Option<String>,
    pub published_year: Option<i32>,
    #[serde(with = "rust_decimal::serde::float")]
    pub price: Decimal,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub status: Status,
    pub created_at: DateTime<Utc>,
    pub updated_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Available,
    CheckedOut,
    Reserved,
    Archived,
}

impl Status {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::CheckedOut => "checked_out",
            Self::Reserved => "reserved",
            Self::Archived => "archived",
        }
    }
}

impl FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "available" => Ok(Self::Available),
            "checked_out" => Ok(Self::CheckedOut),
            "reserved" => Ok(Self::Reserved),
            "archived" => Ok(Self::Archived),
            other => Err(format!("`{other}` is no status")),
        }
    }
}

#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewBook {
    #[validate(length(min = 1, max = 300))]
    pub title: String,
    #[validate(length(min = 1, max = 200))]
    pub author_name: String,
    #[validate(regex(path = *ISBN))]
    pub isbn: String,
    #[validate(length(max = 50))]
    pub genre: Option<String>,
    #[validate(range(min = 1000, max = 2030))]
    pub published_year: Option<i32>,
    #[serde(with = "rust_decimal::serde::float")]
    #[validate(custom(function = affordable))]
    pub price: Decimal,
    #[validate(length(max = 5000))]
    pub description: Option<String>,
    #[serde(default)]
    pub tags: Vec<String>,
}

/// What a PATCH changes: a field that is absent stays, and null empties one that can be empty.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    #[validate(length(min = 1, max = 300))]
    pub title: Option<String>,
    #[validate(length(min = 1, max = 200))]
    pub author_name: Option<String>,
    #[validate(regex(path = *ISBN))]
    pub isbn: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 50))]
    pub genre: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 1000, max = 2030))]
    pub published_year: Option<Option<i32>>,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    #[validate(custom(function = affordable))]
    pub price: Option<Decimal>,
    #[serde(default, deserialize_with = "present")]
    #[validate(length(max = 5000))]
    pub description: Option<Option<String>>,
    pub tags: Option<Vec<String>>,
    pub status: Option<Status>,
}

static ISBN: LazyLock<Regex> = LazyLock::new(|| Regex::new("^([0-9]{10}|[0-9]{13})$").expect("the pattern is valid"));

fn affordable(price: &Decimal) -> Result<(), ValidationError> {
    if *price > Decimal::ZERO && *price <= Decimal::from(10_000) {
        return Ok(());
    }
    Err(ValidationError::new("range").with_message(Cow::Borrowed("must be more than 0 and at most 10000")))
}

fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
