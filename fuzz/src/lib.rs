//! The fuzz targets, as functions: a resource with a field of every kind that a query can name, and
//! the promises that every answer keeps.
//!
//! `cargo +nightly fuzz run query` (or `filter`, or `cursor`) runs one target on its corpus. A test of the
//! workspace (`tests/it/tests/fuzz.rs`) includes this file, and runs all of them on any toolchain.

use std::sync::LazyLock;
use std::time::Duration;

use resource_runtime::error::ApiError;
use resource_runtime::field::{EnumMeta, FieldMeta, FilterMeta, IdSource, Kind, Value, Variant};
use resource_runtime::prelude::{Decimal, Uuid};
use resource_runtime::query::{self, CursorKeys, Filter, ListQuery, Operator, Paging};
use resource_runtime::resource::{ResourceMeta, SortMeta};

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

/// Processor time that nothing a client sends may take.
const MOST: Duration = Duration::from_millis(50);

/// Runs a target on one input, and holds it to the time that it may take.
pub fn in_time(target: impl FnOnce()) {
    let before = spent();
    target();
    let took = spent().saturating_sub(before);
    assert!(took < MOST, "it took {took:?}");
}

/// The processor's time that this thread has had; none where the system does not say.
fn spent() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|it| it.parse().ok()).unwrap_or(0))
}

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

/// Whole query strings.
pub fn query(raw: &str) {
    let query = parse(raw).ok();
    let _ = query::parse_item(ZOO, raw);
    let _ = query::parse_none(raw, &["atomic"]);
    // A link to another page of a list leads to the same list.
    let linked = query::with_parameters(raw, &[("count", Some("none"))]);
    if let (Some(query), true) = (query, linked.len() <= 16 * 1024) {
        let linked = parse(&linked).expect("a link to a sound list is sound");
        assert_eq!((query.filter, query.sort, query.paging), (linked.filter, linked.sort, linked.paging));
    }
}

/// Conditions in words.
pub fn filter(text: &str) {
    if let Ok(query) = parse(&query::with_parameters("", &[("filter", Some(text))])) {
        let (nodes, depth) = size(&query.filter);
        // Groups outside of parentheses are not counted by the language, and are by this.
        assert!(nodes <= 65 && depth <= 10, "{nodes} {depth} {text}");
    }
}

fn size(filter: &Filter) -> (usize, usize) {
    match filter {
        Filter::All | Filter::Condition(_) => (1, 1),
        Filter::And(all) | Filter::Or(all) => {
            all.iter().map(size).fold((1, 1), |(nodes, depth), (n, d)| (nodes + n, depth.max(d + 1)))
        }
        Filter::Not(it) => {
            let (nodes, depth) = size(it);
            (nodes + 1, depth + 1)
        }
    }
}

/// Cursors: those that clients make up, and those of rows with any values.
pub fn cursor(text: &str, small: Option<i64>, float: Option<f64>, backward: bool) {
    if !text.is_empty() {
        let made_up = query::with_parameters("sort=text", &[("cursor", Some(text))]);
        assert!(parse(&made_up).is_err(), "a cursor that was not signed is taken: {text}");
    }

    let small = small.map_or(Value::Null, Value::Int);
    let float = float.filter(|it| it.is_finite()).map_or(Value::Null, |it| Value::Float(it + 0.0));
    let edge = [Value::Text(text.to_owned()), small, float, Value::Int(1)];
    let raw = "sort=text,-small:nulls_first,float";
    let query = parse(raw).expect("the order is a declared one");
    let cursor = query::encode_cursor(ZOO, &query, &edge, backward, &KEYS);
    assert!(cursor.len() <= 1024);
    let back = parse(&format!("{raw}&cursor={cursor}")).expect("a cursor of the list is good");
    let Paging::Cursor { keyset: Some(keyset), .. } = back.paging else { panic!("the cursor has a place") };
    assert_eq!(keyset.backward, backward);
    match back.abridged {
        None => assert_eq!(keyset.values, edge),
        Some(abridged) => {
            assert!(abridged.is_of(&edge));
            assert_eq!(keyset.values[1..], edge[1..]);
            let [Value::Text(cut), ..] = keyset.values.as_slice() else { panic!("a text stays one") };
            assert!(text.starts_with(cut.as_str()) && cut.len() < text.len());
        }
    }
}
