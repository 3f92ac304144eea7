//! A resource written by hand, as the derive writes it, for the tests of this crate.
#![allow(dead_code, reason = "not every set of features has tests that use all of it")]
#![allow(clippy::needless_pass_by_value, reason = "normalizers take values")]

use std::borrow::Cow;
use std::sync::LazyLock;

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::field::{
    Bound, EnumMeta, EnumType, FieldMeta, FieldType, FilterMeta, IdSource, Kind, Rule, RuleMeta, Value, ValueError,
    Variant,
};
use crate::query::Operator;
use crate::resource::{ComputedMeta, Record, ResourceMeta, SortMeta, ViewMeta};

static ISBN: LazyLock<regex::Regex> = LazyLock::new(|| regex::Regex::new("^([0-9]{10}|[0-9]{13})$").unwrap());

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BookStatus {
    Available,
    CheckedOut,
}

impl EnumType for BookStatus {
    const ENUM: &'static EnumMeta = &EnumMeta {
        name: "BookStatus",
        doc: "",
        variants: &[Variant { name: "available", doc: "" }, Variant { name: "checked_out", doc: "" }],
    };

    fn index(&self) -> usize {
        *self as usize
    }

    fn from_index(index: usize) -> Option<Self> {
        [Self::Available, Self::CheckedOut].get(index).copied()
    }
}

impl FieldType for BookStatus {
    const KIND: Kind = Kind::Enum(Self::ENUM);
    crate::__not_null!();

    fn into_value(self) -> Value {
        Value::Text(Self::ENUM.variants[self.index()].name.to_owned())
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        let Value::Text(text) = &value else { return Err(ValueError::new("a text", &value)) };
        let index = Self::ENUM.names().position(|it| it == text);
        index.and_then(Self::from_index).ok_or_else(|| ValueError::new("a BookStatus", &value))
    }
}

impl crate::field::NotNull for BookStatus {}
impl crate::field::Element for BookStatus {}
impl crate::field::Comparable for BookStatus {}

fn tidy_tags(tags: Vec<String>) -> Vec<String> {
    tags.iter().map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty()).take(10).collect()
}

/// The book of the example API: `id`, `title`, `author_name`, `isbn`, `genre`, `published_year`,
/// `price`, `description`, `tags`, `status`, `created_at`, `updated_at`, and a computed `is_recent`.
pub(crate) static BOOK: &ResourceMeta = &ResourceMeta::new(
    "Book",
    "books",
    "books",
    &[
        FieldMeta::of::<i64>("id").id(IdSource::Store),
        FieldMeta::of::<String>("title")
            .sortable()
            .searchable()
            .filters(&[FilterMeta::new(Operator::Eq), FilterMeta::new(Operator::Icontains)])
            .rules(&[RuleMeta::new(Rule::Length { min: Some(1), max: Some(300), equal: None })]),
        FieldMeta::of::<String>("author_name")
            .sortable()
            .searchable()
            .filters(&[FilterMeta::named(Operator::Icontains, "author")])
            .rules(&[RuleMeta::new(Rule::Length { min: Some(1), max: Some(200), equal: None })]),
        FieldMeta::of::<String>("isbn").unique().rules(&[RuleMeta::new(Rule::Regex(|| Cow::Borrowed(&*ISBN)))]),
        FieldMeta::of::<Option<String>>("genre")
            .filters(&[FilterMeta::named(Operator::Ieq, "genre"), FilterMeta::named(Operator::In, "genres")])
            .rules(&[RuleMeta::new(Rule::Length { min: None, max: Some(50), equal: None })]),
        FieldMeta::of::<Option<i32>>("published_year")
            .sortable()
            .filters(&[
                FilterMeta::named(Operator::Gte, "published_after"),
                FilterMeta::named(Operator::Lte, "published_before"),
            ])
            .rules(&[RuleMeta::new(Rule::Range {
                min: Some(Bound::int(1000)),
                max: Some(Bound::int(2030)),
                exclusive_min: None,
                exclusive_max: None,
            })]),
        FieldMeta::of::<Decimal>("price")
            .sortable()
            .filters(&[FilterMeta::named(Operator::Gte, "min_price"), FilterMeta::named(Operator::Lte, "max_price")])
            .rules(&[RuleMeta::new(Rule::Range {
                min: None,
                max: Some(Bound::int(10_000)),
                exclusive_min: Some(Bound::int(0)),
                exclusive_max: None,
            })])
            .example(|| Value::Decimal(Decimal::new(3999, 2))),
        FieldMeta::of::<Option<String>>("description").rules(&[RuleMeta::new(Rule::Length {
            min: None,
            max: Some(5000),
            equal: None,
        })]),
        FieldMeta::of::<Vec<String>>("tags")
            .default(|| Value::List(Vec::new()))
            .normalize(|value| Vec::<String>::from_value(value).map(tidy_tags).map(FieldType::into_value))
            .filters(&[FilterMeta::named(Operator::HasAll, "tags"), FilterMeta::named(Operator::HasAny, "any_tags")]),
        FieldMeta::of::<BookStatus>("status")
            .default(|| BookStatus::Available.into_value())
            .access(crate::field::Access { create: false, update: true, response: true })
            .filters(&[FilterMeta::new(Operator::Eq)]),
        FieldMeta::of::<Timestamp>("created_at").created_at().sortable(),
        FieldMeta::of::<Option<Timestamp>>("updated_at").updated_at(),
    ],
)
.doc("A book in the catalogue.")
.computed(&[ComputedMeta::of::<bool>("is_recent")], is_recent)
.views(&[ViewMeta { name: "Summary", fields: &["id", "title", "author_name", "price", "genre"] }])
.list("Summary")
.sort(&[SortMeta::desc("created_at")]);

#[expect(clippy::unnecessary_wraps, reason = "the description asks for this signature")]
fn is_recent(record: &Record) -> Result<Vec<Value>, ValueError> {
    let month = jiff::SignedDuration::from_hours(24 * 30);
    let recent = matches!(record.get(10), Value::Timestamp(it) if Timestamp::now().duration_since(*it) < month);
    Ok(vec![Value::Bool(recent)])
}

/// A row of [`BOOK`] as stores keep it.
pub(crate) fn book(id: i64, title: &str, isbn: &str) -> Record {
    let at = Timestamp::from_microsecond(1_763_640_000_000_000 + id).unwrap();
    Record {
        version: 1,
        values: vec![
            Value::Int(id),
            Value::Text(title.to_owned()),
            Value::Text("Frank Herbert".to_owned()),
            Value::Text(isbn.to_owned()),
            Value::Text("fiction".to_owned()),
            Value::Int(1965),
            Value::Decimal(Decimal::new(1799, 2)),
            Value::Null,
            Value::List(vec![Value::Text("classic".to_owned())]),
            Value::Text("available".to_owned()),
            Value::Timestamp(at),
            Value::Null,
        ],
    }
}
