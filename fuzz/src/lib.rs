//! What the fuzz targets share: a resource with a field of every kind that a query can name, and
//! the promises that every answer keeps.
//!
//! `cargo +nightly fuzz run query` (or `filter`, or `cursor`) runs one target on its corpus.

use std::sync::LazyLock;

use resource_runtime::error::ApiError;
use resource_runtime::field::{EnumMeta, FieldMeta, FilterMeta, IdSource, Kind, Variant};
use resource_runtime::query::{self, CursorKeys, ListQuery, Operator};
use resource_runtime::resource::{ResourceMeta, SortMeta};
use rust_decimal::Decimal;
use uuid::Uuid;

const fn op(operator: Operator) -> FilterMeta {
    FilterMeta::new(operator)
}

const ORDERED: &[FilterMeta] = &[
    op(Operator::Eq),
    op(Operator::Ne),
    op(Operator::Gt),
    op(Operator::Gte),
    op(Operator::Lt),
    op(Operator::Lte),
    op(Operator::In),
    op(Operator::Nin),
    op(Operator::IsNull),
];

const TEXT: &[FilterMeta] = &[
    op(Operator::Eq),
    op(Operator::Nin),
    op(Operator::Contains),
    op(Operator::StartsWith),
    op(Operator::EndsWith),
    FilterMeta::named(Operator::Ieq, "name"),
    op(Operator::Icontains),
    op(Operator::IsNull),
];

const STATUS: &EnumMeta = &EnumMeta {
    name: "Status",
    doc: "",
    variants: &[Variant { name: "available", doc: "" }, Variant { name: "checked_out", doc: "" }],
};

/// The resource.
pub static ZOO: &ResourceMeta = &ResourceMeta::new(
    "Animal",
    "animals",
    "animals",
    &[
        FieldMeta::of::<i64>("id").id(IdSource::Store).filters(&[op(Operator::Eq), op(Operator::In)]),
        FieldMeta::of::<bool>("flag").sortable().filters(&[op(Operator::Eq)]),
        FieldMeta::of::<Option<i16>>("small").sortable().filters(ORDERED),
        FieldMeta::of::<Option<f64>>("float").sortable().filters(ORDERED),
        FieldMeta::of::<Decimal>("decimal").sortable().filters(ORDERED),
        FieldMeta::of::<Option<String>>("text").sortable().searchable().filters(TEXT),
        FieldMeta { kind: Kind::Enum(STATUS), ..FieldMeta::of::<String>("status") }
            .sortable()
            .filters(&[op(Operator::Eq), op(Operator::In)]),
        FieldMeta { kind: Kind::Timestamp, ..FieldMeta::of::<String>("moment") }.sortable().filters(ORDERED),
        FieldMeta { kind: Kind::Date, ..FieldMeta::of::<String>("date") }.sortable().filters(ORDERED),
        FieldMeta { kind: Kind::Time, ..FieldMeta::of::<String>("time") }.sortable().filters(ORDERED),
        FieldMeta::of::<Uuid>("uuid").sortable().filters(ORDERED),
        FieldMeta::of::<Vec<i32>>("numbers").filters(&[op(Operator::HasAll), op(Operator::HasAny)]),
        FieldMeta::of::<Vec<String>>("tags").filters(&[op(Operator::HasAll), op(Operator::HasAny)]),
    ],
)
.sort(&[SortMeta::desc("moment")]);

/// The key that cursors are signed with.
pub static KEYS: LazyLock<CursorKeys> =
    LazyLock::new(|| CursorKeys::new(&[vec![7; 32]]).expect("the key is long enough"));

/// Reads a query string of a list, and holds the answer to what is promised of every one.
pub fn parse(raw: &str) -> Result<ListQuery, ApiError> {
    let result = query::parse(ZOO, raw, &KEYS);
    match &result {
        Ok(query) => {
            assert_eq!(query.sort.last().map(|it| it.field), Some(ZOO.id()), "the order is total");
        }
        Err(error) if error.status() == 414 => {}
        Err(error) => {
            assert!(matches!(error.status(), 400 | 422), "{error}");
            assert!((1..=100).contains(&error.problems.len()), "{error}");
        }
    }
    result
}
