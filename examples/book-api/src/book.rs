use std::sync::LazyLock;

use resource_runtime::prelude::*;

/// A book in the catalogue.
#[derive(Debug, Clone, Resource)]
#[resource(
    view(Summary: id, title, author_name, price, genre),
    list = Summary,
    computed(is_recent: bool),
    sort = "-created_at",
    page(size = 20, max = 100),
)]
pub struct Book {
    /// The number that identifies the book.
    #[resource(id)]
    pub id: i64,

    /// What the cover says.
    #[resource(search, sort, filter(eq, icontains), example = "Clean Code")]
    #[validate(length(min = 1, max = 300))]
    pub title: String,

    /// Who wrote it, as printed on the cover.
    #[resource(search, sort, filter(icontains = "author"), example = "Robert C. Martin")]
    #[validate(length(min = 1, max = 200))]
    pub author_name: String,

    /// The International Standard Book Number: 10 or 13 digits, without hyphens.
    #[resource(unique, example = "9780132350884")]
    #[validate(regex(path = *ISBN, message = "must be 10 or 13 digits"))]
    pub isbn: String,

    /// What kind of book it is.
    #[resource(filter(ieq = "genre", in = "genres"), example = "programming")]
    #[validate(length(max = 50))]
    pub genre: Option<String>,

    /// The year of the first edition.
    #[resource(sort, filter(gte = "published_after", lte = "published_before"), example = 2008)]
    #[validate(range(min = 1000, max = 2030))]
    pub published_year: Option<i32>,

    /// The price in euros.
    #[resource(sort, filter(gte = "min_price", lte = "max_price"), example = 39.99)]
    #[validate(range(exclusive_min = 0, max = 10000))]
    pub price: Decimal,

    /// What it is about.
    #[resource(example = "Habits of people whose code others like to read.")]
    #[validate(length(max = 5000))]
    pub description: Option<String>,

    /// Words to find it by: trimmed, in lower case, at most ten.
    #[resource(default, normalize = tidy_tags, filter(has_all = "tags", has_any = "any_tags"))]
    pub tags: Vec<String>,

    /// Whether it can be borrowed.
    #[resource(default = BookStatus::Available, skip(create), filter(eq))]
    pub status: BookStatus,

    /// When it entered the catalogue.
    #[resource(created_at, sort)]
    pub created_at: Timestamp,

    /// When its entry was last changed.
    #[resource(updated_at)]
    pub updated_at: Option<Timestamp>,
}

/// Whether a book can be borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ResourceEnum)]
pub enum BookStatus {
    /// On the shelf.
    Available,
    /// With a reader.
    CheckedOut,
    /// Kept for a reader.
    Reserved,
    /// No longer lent.
    Archived,
}

static ISBN: LazyLock<Regex> = LazyLock::new(|| Regex::new("^([0-9]{10}|[0-9]{13})$").expect("the pattern is valid"));

const MAX_TAGS: usize = 10;

impl Book {
    /// Whether the book is younger than 30 days.
    fn is_recent(&self) -> bool {
        Timestamp::now().duration_since(self.created_at) < SignedDuration::from_hours(30 * 24)
    }
}

fn tidy_tags(tags: Vec<String>) -> Vec<String> {
    tags.into_iter().map(|tag| tag.trim().to_lowercase()).filter(|tag| !tag.is_empty()).take(MAX_TAGS).collect()
}
