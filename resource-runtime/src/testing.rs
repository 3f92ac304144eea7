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

/// A resource whose deletes are soft: `id`, `name` (unique), `updated_at`, `deleted_at`.
pub(crate) static TRASHABLE: &ResourceMeta = &ResourceMeta::new(
    "Leaf",
    "leaves",
    "leaves",
    &[
        FieldMeta::of::<i64>("id").id(IdSource::Store),
        FieldMeta::of::<String>("name").unique().sortable().filters(&[FilterMeta::new(Operator::Eq)]),
        FieldMeta::of::<Option<Timestamp>>("updated_at").updated_at(),
        FieldMeta::of::<Option<Timestamp>>("deleted_at").soft_delete(),
    ],
);

/// All operators that fields of a kind can have.
macro_rules! filters {
    ($($operator:ident)*) => { &[$(FilterMeta::new(Operator::$operator)),*] };
}

const OF_TEXT: &[FilterMeta] = filters!(Eq Ne Gt Gte Lt Lte In Nin Contains StartsWith EndsWith Ieq Icontains IsNull);
const OF_NUMBERS: &[FilterMeta] = filters!(Eq Ne Gt Gte Lt Lte In Nin IsNull);
const OF_FLAGS: &[FilterMeta] = filters!(Eq Ne In Nin IsNull);
const OF_LISTS: &[FilterMeta] = filters!(HasAll HasAny IsNull);
const SHORT: &[RuleMeta] = &[RuleMeta::new(Rule::Length { min: None, max: Some(200), equal: None })];

/// Fields of every kind, each with all that can be declared of it, and an identifier of text.
pub(crate) static PLANT: &ResourceMeta = &ResourceMeta::new(
    "Plant",
    "plants",
    "plants",
    &[
        FieldMeta::of::<String>("id").id(IdSource::Client).rules(SHORT),
        FieldMeta::of::<String>("name").sortable().searchable().filters(OF_TEXT).rules(SHORT),
        FieldMeta::of::<Option<String>>("latin").column("rank").sortable().searchable().filters(OF_TEXT).rules(SHORT),
        FieldMeta::of::<i32>("height").sortable().filters(OF_NUMBERS),
        FieldMeta::of::<Option<i64>>("seeds").sortable().filters(OF_NUMBERS),
        FieldMeta::of::<f64>("weight").sortable().filters(OF_NUMBERS),
        FieldMeta::of::<Option<Decimal>>("price").sortable().filters(OF_NUMBERS),
        FieldMeta::of::<uuid::Uuid>("batch").sortable().filters(OF_NUMBERS),
        FieldMeta::of::<Timestamp>("sown").sortable().filters(OF_NUMBERS),
        FieldMeta::of::<Option<jiff::civil::Date>>("day").sortable().filters(OF_NUMBERS),
        FieldMeta::of::<jiff::civil::Time>("hour").sortable().filters(OF_NUMBERS),
        FieldMeta::of::<bool>("wild").filters(OF_FLAGS),
        FieldMeta::of::<BookStatus>("status").filters(OF_FLAGS),
        FieldMeta::of::<Vec<String>>("tags").filters(OF_LISTS),
        FieldMeta::of::<Option<Vec<Decimal>>>("sizes").filters(OF_LISTS),
        FieldMeta::of::<Vec<i32>>("rows").filters(OF_LISTS),
    ],
);

/// [`PLANT`] with soft deletes.
pub(crate) static HARDY: &ResourceMeta = &ResourceMeta::new("Hardy", "hardy", "hardy", &HARDY_FIELDS);

static HARDY_FIELDS: [FieldMeta; 17] = {
    let mut fields = [FieldMeta::of::<Option<Timestamp>>("deleted_at").soft_delete(); 17];
    let mut index = 0;
    while index < PLANT.fields.len() {
        fields[index] = PLANT.fields[index];
        index += 1;
    }
    fields
};

/// The rows of a resource that are not deleted, as every request to a database has it.
pub(crate) fn live(meta: &ResourceMeta) -> crate::query::Filter {
    use crate::query::Filter;
    meta.soft_delete().map_or(Filter::All, |it| Filter::one(it, Operator::IsNull, Value::Bool(true)))
}

/// A row of [`PLANT`]: most rows differ in most fields.
pub(crate) fn plant(number: i64) -> Vec<Value> {
    let optional = |every: i64, value: Value| if number % every == 0 { Value::Null } else { value };
    let small = i32::try_from(number).unwrap();
    vec![
        Value::Text(format!("p{number:05}")),
        Value::Text(format!("Sunflower \"{number:05}\" of Crete")),
        optional(50, Value::Text(format!("Helianthus {number:05}"))),
        Value::Int(number),
        optional(50, Value::Int(number)),
        Value::Float(f64::from(small) / 7.0),
        optional(50, Value::Decimal(Decimal::new(number, 2))),
        Value::Uuid(uuid::Uuid::from_u128(number.unsigned_abs().into())),
        Value::Timestamp(Timestamp::from_second(1_700_000_000 + number).unwrap()),
        optional(50, Value::Date(jiff::civil::date(2000, 1, 1).saturating_add(jiff::Span::new().days(number)))),
        Value::Time(jiff::civil::time(0, 0, 0, 0).wrapping_add(jiff::Span::new().seconds(number))),
        Value::Bool(number % 2 == 0),
        Value::Text(if number % 100 == 0 { "checked_out" } else { "available" }.to_owned()),
        Value::List(vec![Value::Text(format!("tag {}", number / 2)), Value::Text("plant".to_owned())]),
        optional(50, Value::List(vec![Value::Decimal(Decimal::new(number, 1))])),
        Value::List(vec![Value::Int(number), Value::Int(0)]),
    ]
}

/// A condition of an operator on a field of [`PLANT`] that few rows meet, of 5,000; none where the
/// operator asks for most of them by its nature, so that no index is of use.
pub(crate) fn rare(field: usize, operator: Operator) -> Option<crate::query::Filter> {
    use crate::query::{Filter, OperandShape};
    let of = |number: i64| plant(number).swap_remove(field);
    let text = match (of(4_321), operator) {
        (Value::Text(text), Operator::Contains | Operator::EndsWith | Operator::Icontains) => {
            Some(text[6..].to_owned())
        }
        (Value::Text(text), _) => Some(text),
        _ => None,
    };
    let flag = matches!(PLANT.fields[field].kind, Kind::Bool);
    Some(match operator {
        Operator::Ne | Operator::Nin => return None,
        // Half of the rows.
        Operator::Eq | Operator::In if flag => return None,
        Operator::IsNull if !PLANT.fields[field].nullable => return None,
        Operator::IsNull => Filter::one(field, operator, Value::Bool(true)),
        Operator::Gt | Operator::Gte => Filter::one(field, operator, of(4_991)),
        Operator::Lt | Operator::Lte => Filter::one(field, operator, of(9)),
        Operator::Eq if matches!(PLANT.fields[field].kind, Kind::Enum(_)) => Filter::one(field, operator, of(100)),
        Operator::In if matches!(PLANT.fields[field].kind, Kind::Enum(_)) => {
            Filter::many(field, operator, vec![of(100)])
        }
        Operator::In => Filter::many(field, operator, vec![of(17), of(4_321)]),
        Operator::HasAll | Operator::HasAny => {
            let Value::List(mut items) = of(4_321) else { return None };
            items.truncate(1);
            Filter::many(field, operator, items)
        }
        _ if operator.operand() == OperandShape::Text => Filter::one(field, operator, Value::Text(text?)),
        _ => Filter::one(field, operator, of(4_321)),
    })
}
