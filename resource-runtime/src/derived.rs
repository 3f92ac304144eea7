//! The book of [`testing`](crate::testing) once more, by the derive: both descriptions are one.
#![allow(clippy::needless_pass_by_value, reason = "normalizers take values")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::LazyLock;

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate as resource_runtime;
use crate::field::{Patch, Set, Value};
use crate::model::{Model, Usage};
use crate::query::{Filter, Operator};
use crate::resource::Resource;
use crate::testing::{BOOK, BookStatus, book};

static ISBN: LazyLock<regex::Regex> = LazyLock::new(|| regex::Regex::new("^([0-9]{10}|[0-9]{13})$").unwrap());

/// A book in the catalogue.
#[derive(Debug, Clone, resource_runtime::Resource)]
#[resource(
    view(Summary: id, title, author_name, price, genre), list = Summary,
    computed(is_recent: bool),
    sort = "-created_at",
)]
struct Book {
    #[resource(id)]
    id: i64,
    #[resource(search, sort, filter(eq, icontains))]
    #[validate(length(min = 1, max = 300))]
    title: String,
    #[resource(search, sort)]
    #[resource(filter(icontains = "author"))]
    #[validate(length(min = 1, max = 200))]
    author_name: String,
    #[resource(unique)]
    #[validate(regex(path = *ISBN))]
    isbn: String,
    #[resource(filter(ieq = "genre", in = "genres"))]
    #[validate(length(max = 50))]
    genre: Option<String>,
    #[resource(sort, filter(gte = "published_after", lte = "published_before"))]
    #[validate(range(min = 1000, max = 2030))]
    published_year: Option<i32>,
    #[resource(sort, filter(gte = "min_price", lte = "max_price"), example = 39.99)]
    #[validate(range(exclusive_min = 0, max = 10000))]
    price: Decimal,
    #[validate(length(max = 5000))]
    description: Option<String>,
    #[resource(default, normalize = tidy_tags, filter(has_all = "tags", has_any = "any_tags"))]
    tags: Vec<String>,
    #[resource(default = BookStatus::Available, skip(create), filter(eq))]
    status: BookStatus,
    #[resource(created_at, sort)]
    created_at: Timestamp,
    #[resource(updated_at)]
    updated_at: Option<Timestamp>,
}

impl Book {
    fn is_recent(&self) -> bool {
        Timestamp::now().duration_since(self.created_at) < jiff::SignedDuration::from_hours(24 * 30)
    }
}

fn tidy_tags(tags: Vec<String>) -> Vec<String> {
    tags.iter().map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty()).take(10).collect()
}

/// The description without the addresses of functions.
fn shown(meta: &impl std::fmt::Debug) -> String {
    let shown = format!("{meta:#?}");
    let lines = shown.lines().map(|line| line.split("0x").next().unwrap_or_default().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

fn dune() -> Book {
    Book::from_record(book(1, "Dune", "9780441013593")).unwrap()
}

#[test]
fn the_derived_description_is_the_one_written_by_hand() {
    assert_eq!(shown(Book::META), shown(BOOK));
}

#[test]
fn functions_of_the_description_do_what_those_written_by_hand_do() {
    for (derived, by_hand) in Book::META.fields.iter().zip(BOOK.fields) {
        assert_eq!(derived.default.map(|it| it()), by_hand.default.map(|it| it()), "{}", derived.name);
        assert_eq!(derived.example.map(|it| it()), by_hand.example.map(|it| it()), "{}", derived.name);
        assert_eq!(derived.normalize.is_some(), by_hand.normalize.is_some(), "{}", derived.name);
    }
    let tags = Value::List(vec![Value::Text("  SciFi ".to_owned()), Value::Text(" ".to_owned())]);
    let normalize = Book::META.fields[8].normalize.unwrap();
    assert_eq!(normalize(tags), Ok(Value::List(vec![Value::Text("scifi".to_owned())])));
    let compute = Book::META.compute.unwrap();
    assert_eq!(compute(&book(1, "Dune", "9780441013593")), BOOK.compute.unwrap()(&book(1, "Dune", "9780441013593")));
}

#[test]
fn a_row_becomes_a_struct_and_back() {
    let row = book(7, "Dune", "9780441013593");
    assert_eq!(Book::from_record(row.clone()).unwrap().into_values(), row.values);
}

#[test]
fn a_column_of_another_kind_is_an_error() {
    let mut row = book(7, "Dune", "9780441013593");
    row.values[1] = Value::Int(1);
    assert_eq!(Book::from_record(row).unwrap_err().to_string(), "expected a text, found an integer");
}

#[test]
fn models_have_the_fields_that_clients_may_send_and_see() {
    let create = BookCreate {
        title: "Dune".to_owned(),
        author_name: "Frank Herbert".to_owned(),
        isbn: "9780441013593".to_owned(),
        genre: None,
        published_year: Some(1965),
        price: Decimal::new(1799, 2),
        description: None,
        tags: Set::Absent,
    };
    assert_eq!(BookCreate::USAGE, Usage::Create);
    assert_eq!(
        serde_json::to_string(&create).unwrap(),
        r#"{"title":"Dune","author_name":"Frank Herbert","isbn":"9780441013593","genre":null,"published_year":1965,"price":17.99,"description":null}"#
    );
    let summary: BookSummary = dune().into_model().unwrap();
    assert_eq!((summary.id, summary.title.as_str()), (1, "Dune"));
    let response: BookResponse = dune().into_model().unwrap();
    assert!(response.is_recent || !dune().is_recent());
}

#[test]
fn an_update_tells_absent_from_null() {
    let update: BookUpdate = serde_json::from_str(r#"{"genre": null, "title": "Dune"}"#).unwrap();
    assert_eq!(update.genre, Patch::Null);
    assert_eq!(update.title, Set::Value("Dune".to_owned()));
    assert_eq!(update.published_year, Patch::Absent);
    assert_eq!(serde_json::to_string(&update).unwrap(), r#"{"title":"Dune","genre":null}"#);
    assert_eq!(format!("{update:?}"), r#"BookUpdate { title: "Dune", genre: null }"#);
}

#[test]
fn a_model_is_read_as_a_body_is() {
    let error = serde_json::from_str::<BookCreate>(r#"{"titel": "Dune", "price": 0}"#).unwrap_err().to_string();
    for part in ["/titel", "title", "/isbn", "/price"] {
        assert!(error.contains(part), "{part} is not in {error}");
    }
}

#[test]
fn handles_build_filters() {
    let cheap = Book::PRICE.lt(10).or(Book::TAGS.has_any(["sale"]));
    let expected = Filter::Or(vec![
        Filter::one(6, Operator::Lt, Value::Decimal(Decimal::from(10))),
        Filter::many(8, Operator::HasAny, vec![Value::Text("sale".to_owned())]),
    ]);
    assert_eq!(cheap.clone().into_filter(), expected);
    assert_eq!(
        (!cheap.and(Book::GENRE.is_null(false))).into_filter(),
        !expected.and(Filter::one(4, Operator::IsNull, Value::Bool(false)))
    );
    assert_eq!(
        Book::STATUS.eq(BookStatus::Available).into_filter(),
        Filter::one(9, Operator::Eq, Value::Text("available".to_owned()))
    );
    assert_eq!(Book::AUTHOR_NAME.name(), "author_name");
}

#[derive(resource_runtime::Resource)]
#[resource(operations(crud))]
struct Leaf {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete)]
    gone: Option<Timestamp>,
}

#[derive(resource_runtime::Resource)]
#[resource(operations(list, delete))]
struct Twig {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete)]
    gone: Option<Timestamp>,
}

#[test]
fn what_is_deleted_softly_can_be_restored_unless_operations_are_named_one_by_one() {
    use crate::resource::{Operation, Operations};
    assert!(Leaf::META.operations == Operations::CRUD.with(Operation::Restore));
    assert!(Twig::META.operations == Operations::NONE.with(Operation::List).with(Operation::Delete));
    let _ = (Leaf { id: 1, gone: None }, Twig { id: 1, gone: None });
}
