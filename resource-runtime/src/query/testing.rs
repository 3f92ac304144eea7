//! What the tests of the query language share: a resource with a field of every kind, and queries
//! as text to compare with.

use std::fmt::Write as _;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{CursorKeys, Filter, ListQuery, Operand, Operator, Paging, SortKey, parse};
use crate::error::ApiError;
use crate::field::{Access, FieldMeta, FilterMeta, IdSource, Kind, Value};
use crate::resource::{ResourceMeta, SortMeta};
use crate::testing::BookStatus;

const EQ: FilterMeta = FilterMeta::new(Operator::Eq);
const NE: FilterMeta = FilterMeta::new(Operator::Ne);
const IN: FilterMeta = FilterMeta::new(Operator::In);
const NIN: FilterMeta = FilterMeta::new(Operator::Nin);
const NULL: FilterMeta = FilterMeta::new(Operator::IsNull);
const ORDERED: &[FilterMeta] = &[
    EQ,
    NE,
    IN,
    NIN,
    NULL,
    FilterMeta::new(Operator::Gt),
    FilterMeta::new(Operator::Gte),
    FilterMeta::new(Operator::Lt),
    FilterMeta::new(Operator::Lte),
];
const LIST: &[FilterMeta] = &[FilterMeta::new(Operator::HasAll), FilterMeta::new(Operator::HasAny)];

/// A field of every kind, each open to whatever its kind can do.
pub(super) static ZOO: &ResourceMeta = &ResourceMeta::new(
    "Animal",
    "animals",
    "animals",
    &[
        FieldMeta::of::<Uuid>("id").id(IdSource::Store).filters(&[EQ, IN]),
        FieldMeta::of::<bool>("flag").sortable().filters(&[EQ, NE, IN]),
        FieldMeta::of::<i8>("small").sortable().filters(ORDERED),
        FieldMeta::of::<Option<i64>>("big").sortable().filters(ORDERED),
        FieldMeta::of::<f64>("float").sortable().filters(ORDERED),
        FieldMeta::of::<Decimal>("decimal").sortable().filters(ORDERED),
        FieldMeta::of::<Option<String>>("text").sortable().searchable().filters(&[
            EQ,
            NE,
            IN,
            NIN,
            NULL,
            FilterMeta::new(Operator::Contains),
            FilterMeta::new(Operator::StartsWith),
            FilterMeta::new(Operator::EndsWith),
            FilterMeta::new(Operator::Ieq),
            FilterMeta::new(Operator::Icontains),
        ]),
        FieldMeta::of::<Uuid>("uuid").sortable().filters(ORDERED),
        FieldMeta::of::<Option<Timestamp>>("moment").sortable().filters(ORDERED),
        FieldMeta::of::<Date>("date").sortable().filters(ORDERED),
        FieldMeta::of::<Time>("time").sortable().filters(ORDERED),
        FieldMeta::of::<BookStatus>("status").sortable().filters(&[EQ, NE, IN, NIN]),
        FieldMeta::of::<Vec<i32>>("numbers").filters(LIST),
        FieldMeta::of::<Vec<String>>("tags").filters(LIST),
        FieldMeta::of::<String>("secret").access(Access::HIDDEN).sortable().searchable().filters(&[EQ]),
        FieldMeta::of::<String>("plain"),
    ],
)
.sort(&[SortMeta::desc("moment")])
.page(10, 50);

pub(super) static KEYS: LazyLock<CursorKeys> =
    LazyLock::new(|| CursorKeys::new(&[b"the tests' own key".to_vec()]).unwrap());

/// Reads a query string and shows what came of it.
pub(super) fn read(meta: &'static ResourceMeta, raw: &str) -> String {
    match parse(meta, raw, &KEYS) {
        Ok(query) => show(meta, &query),
        Err(error) => show_error(&error),
    }
}

pub(super) fn show(meta: &'static ResourceMeta, query: &ListQuery) -> String {
    let mut out = String::new();
    let name = |slot: usize| meta.slot(slot).unwrap().0;
    if query.filter != Filter::All {
        writeln!(out, "where {}", show_filter(meta, &query.filter)).unwrap();
    }
    writeln!(out, "by {}", show_sort(meta, &query.sort)).unwrap();
    match &query.paging {
        Paging::Page { page, per_page } => write!(out, "page {page} of {per_page}"),
        Paging::Cursor { limit, keyset } => write!(out, "{limit} from {keyset:?}"),
    }
    .unwrap();
    write!(out, " count {:?}", query.count).unwrap();
    if let Some(fields) = &query.fields {
        let names: Vec<_> = fields.iter().map(|&it| name(it)).collect();
        write!(out, "\nfields {}", names.join(",")).unwrap();
    }
    out
}

pub(super) fn show_sort(meta: &'static ResourceMeta, sort: &[SortKey]) -> String {
    let keys = sort.iter().map(|it| {
        let name = meta.slot(it.field).unwrap().0;
        format!("{}{name}{}", if it.descending { "-" } else { "" }, if it.nulls_first { ":nulls_first" } else { "" })
    });
    keys.collect::<Vec<_>>().join(",")
}

pub(super) fn show_filter(meta: &'static ResourceMeta, filter: &Filter) -> String {
    let joined = |all: &[Filter], joint: &str| {
        let all: Vec<_> = all.iter().map(|it| show_filter(meta, it)).collect();
        format!("({})", all.join(joint))
    };
    match filter {
        Filter::All => "all".to_owned(),
        Filter::Condition(it) => {
            let (name, kind) = meta.slot(it.field).unwrap();
            let operand = match &it.operand {
                Operand::One(value) => show_value(value, kind),
                Operand::Many(values) => {
                    let values: Vec<_> = values.iter().map(|it| show_value(it, kind)).collect();
                    format!("[{}]", values.join(", "))
                }
            };
            format!("{name} {} {operand}", it.operator.name())
        }
        Filter::And(all) => joined(all, " and "),
        Filter::Or(any) => joined(any, " or "),
        Filter::Not(it) => format!("not {}", show_filter(meta, it)),
    }
}

fn show_value(value: &Value, kind: &Kind) -> String {
    let mut json = Vec::new();
    crate::json::write_value(&mut json, value, kind);
    String::from_utf8(json).unwrap()
}

/// Status, then one line per problem; `allowed` is left out where it is long.
pub(super) fn show_error(error: &ApiError) -> String {
    let mut out = error.status().to_string();
    for problem in &error.problems {
        write!(out, "\n{} {problem}", problem.code).unwrap();
        let mut params: Vec<_> = problem.params.iter().collect();
        params.sort_by_key(|(name, _)| *name);
        for (name, value) in params {
            match value.to_string() {
                long if name == "allowed" && long.len() > 80 => {}
                short => write!(out, " {name}={short}").unwrap(),
            }
        }
    }
    out
}

/// Random numbers that are the same in every run (`SplitMix64`).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        it ^ (it >> 31)
    }

    /// Less than a bound.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Pieces of a language, put together at random.
    pub(super) fn sentence(&mut self, pieces: &[&str], most: usize) -> String {
        (0..self.below(most)).map(|_| *self.pick(pieces)).collect()
    }
}
