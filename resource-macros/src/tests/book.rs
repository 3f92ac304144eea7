/// A book in the catalogue.
#[resource(
    path = "books",
    view(Summary: id, title, author_name, price, genre), list = Summary,
    computed(is_recent: bool),
    sort = "-created_at", page(size = 20, max = 100),
    operations(crud, bulk), require_if_match = false,
)]
pub struct Book {
    #[resource(id)]
    pub id: i64,

    #[resource(search, sort, filter(eq, icontains))]
    #[validate(length(min = 1, max = 300))]
    pub title: String,

    #[resource(search, sort, filter(icontains = "author"))]
    #[validate(length(min = 1, max = 200))]
    pub author_name: String,

    #[resource(unique)]
    #[validate(regex(path = *ISBN))]
    pub isbn: String,

    #[resource(filter(ieq = "genre", in = "genres"))]
    #[validate(length(max = 50))]
    pub genre: Option<String>,

    #[resource(sort, filter(gte = "published_after", lte = "published_before"))]
    #[validate(range(min = 1000, max = 2030))]
    pub published_year: Option<i32>,

    #[resource(sort, filter(gte = "min_price", lte = "max_price"), example = 39.99)]
    #[validate(range(exclusive_min = 0, max = 10000))]
    pub price: Decimal,

    #[validate(length(max = 5000))]
    pub description: Option<String>,

    #[resource(default, normalize = tidy_tags, filter(has_all = "tags", has_any = "any_tags"))]
    pub tags: Vec<String>,

    #[resource(default = BookStatus::Available, skip(create), filter(eq))]
    pub status: BookStatus,

    #[resource(created_at, sort)]
    pub created_at: Timestamp,
    #[resource(updated_at)]
    pub updated_at: Option<Timestamp>,
}
