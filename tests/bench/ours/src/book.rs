use std::sync::LazyLock;

use resource_runtime::prelude::*;

/// A book in the catalogue.
// No trigrams of texts: the servers by hand have no such indexes either.
#[derive(Debug, Clone, Resource)]
#[resource(sort = "-created_at", page(size = 20, max = 100))]
pub struct Book {
    #[resource(id)]
    pub id: i64,
    #[resource(sort)]
    #[validate(length(min = 1, max = 300))]
    pub title: String,
    #[validate(length(min = 1, max = 200))]
    pub author_name: String,
    #[resource(unique)]
    #[validate(regex(path = *ISBN))]
    pub isbn: String,
    #[resource(filter(eq))]
    #[validate(length(max = 50))]
    pub genre: Option<String>,
    #[resource(sort, filter(gte, lte))]
    #[validate(range(min = 1000, max = 2030))]
    pub published_year: Option<i32>,
    #[resource(sort, filter(gte = "min_price", lte = "max_price"))]
    #[validate(range(exclusive_min = 0, max = 10000))]
    pub price: Decimal,
    #[validate(length(max = 5000))]
    pub description: Option<String>,
    #[resource(default)]
    pub tags: Vec<String>,
    #[resource(default = BookStatus::Available, skip(create), filter(eq))]
    pub status: BookStatus,
    #[resource(created_at, sort)]
    pub created_at: Timestamp,
    #[resource(updated_at)]
    pub updated_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ResourceEnum)]
pub enum BookStatus {
    Available,
    CheckedOut,
    Reserved,
    Archived,
}

static ISBN: LazyLock<Regex> = LazyLock::new(|| Regex::new("^([0-9]{10}|[0-9]{13})$").expect("the pattern is valid"));
