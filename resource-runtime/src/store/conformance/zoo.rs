//! The resources of the suite, described by hand, so that it needs no macro.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::field::{EnumMeta, FieldMeta, FilterMeta, IdSource, Kind, ObjectMeta, Value, Variant};
use crate::query::Operator;
use crate::resource::{ComputedMeta, Record, ResourceMeta};

/// What stores may keep indexes of their own kind for; some fields declare it, and others do not.
const PARTS: &[FilterMeta] = &[
    FilterMeta::new(Operator::Contains),
    FilterMeta::new(Operator::EndsWith),
    FilterMeta::new(Operator::Icontains),
    FilterMeta::new(Operator::Ieq),
];
const ITEMS: &[FilterMeta] = &[FilterMeta::new(Operator::HasAll), FilterMeta::new(Operator::HasAny)];

/// A field of every kind, and of most a nullable one and a list.
pub(super) static ZOO: &ResourceMeta = &ResourceMeta::new(
    "ConformanceZoo",
    "conformance-zoo",
    "conformance_zoo",
    &[
        FieldMeta::of::<i64>("id").id(IdSource::Store),
        FieldMeta::of::<bool>("flag"),
        FieldMeta::of::<Option<bool>>("maybe_flag"),
        FieldMeta::of::<i8>("i8"),
        FieldMeta::of::<i16>("i16"),
        FieldMeta::of::<i32>("i32"),
        FieldMeta::of::<i64>("i64"),
        FieldMeta::of::<Option<i64>>("maybe_i64"),
        FieldMeta::of::<u8>("u8"),
        FieldMeta::of::<u16>("u16"),
        FieldMeta::of::<u32>("u32"),
        FieldMeta::of::<Option<u32>>("maybe_u32"),
        FieldMeta::of::<f32>("f32"),
        FieldMeta::of::<Option<f32>>("maybe_f32"),
        FieldMeta::of::<f64>("f64"),
        FieldMeta::of::<Option<f64>>("maybe_f64"),
        FieldMeta::of::<Decimal>("decimal"),
        FieldMeta::of::<Option<Decimal>>("maybe_decimal"),
        FieldMeta::of::<String>("text").searchable().filters(PARTS),
        FieldMeta::of::<Option<String>>("maybe_text").filters(PARTS),
        FieldMeta::of::<Uuid>("uuid"),
        FieldMeta::of::<Option<Uuid>>("maybe_uuid"),
        FieldMeta::of::<Timestamp>("timestamp"),
        FieldMeta::of::<Option<Timestamp>>("maybe_timestamp"),
        FieldMeta::of::<Date>("date"),
        FieldMeta::of::<Option<Date>>("maybe_date"),
        FieldMeta::of::<Time>("time"),
        FieldMeta::of::<Option<Time>>("maybe_time"),
        of_kind("shade", SHADE, false),
        of_kind("maybe_shade", SHADE, true),
        of_kind("place", PLACE, false),
        of_kind("maybe_place", PLACE, true),
        FieldMeta::of::<serde_json::Value>("json"),
        FieldMeta::of::<Option<serde_json::Value>>("maybe_json"),
        FieldMeta::of::<Vec<bool>>("flags").filters(ITEMS),
        FieldMeta::of::<Vec<u8>>("u8s"),
        FieldMeta::of::<Vec<i64>>("i64s").filters(ITEMS),
        FieldMeta::of::<Vec<f32>>("f32s"),
        FieldMeta::of::<Vec<f64>>("f64s").filters(ITEMS),
        FieldMeta::of::<Vec<Decimal>>("decimals").filters(ITEMS),
        FieldMeta::of::<Vec<String>>("texts").filters(ITEMS),
        FieldMeta::of::<Option<Vec<String>>>("maybe_texts").filters(ITEMS),
        FieldMeta::of::<Vec<Uuid>>("uuids"),
        FieldMeta::of::<Vec<Timestamp>>("timestamps").filters(ITEMS),
        FieldMeta::of::<Vec<Date>>("dates"),
        FieldMeta::of::<Vec<Time>>("times"),
        of_kind("shades", Kind::List(&SHADE), false),
        of_kind("places", Kind::List(&PLACE), false),
    ],
);

/// Words that SQL reserves, a quote in a name, and a column that `json_each` has too.
pub(super) static ORDER: &ResourceMeta = &ResourceMeta::new(
    "ConformanceOrder",
    "conformance-orders",
    "order",
    &[
        FieldMeta::of::<Uuid>("id").id(IdSource::Store),
        FieldMeta::of::<Option<String>>("code").column("select").unique(),
        FieldMeta::of::<Option<Decimal>>("amount").column("amount \"net\"").unique(),
        FieldMeta::of::<i32>("left"),
        FieldMeta::of::<Option<String>>("right"),
        FieldMeta::of::<Vec<String>>("value"),
    ],
)
.unique(&[&["left", "right"]])
.computed(&[ComputedMeta::of::<i64>("values"), ComputedMeta::of::<Option<String>>("label")], |record: &Record| {
    let values = match record.get(5) {
        Value::List(it) => i64::try_from(it.len()).unwrap_or(i64::MAX),
        _ => 0,
    };
    let label = match (record.get(1), record.get(3)) {
        (Value::Text(code), Value::Int(left)) => Value::Text(format!("{code}/{left}")),
        _ => Value::Null,
    };
    Ok(vec![Value::Int(values), label])
});

/// An identifier that the client chooses.
pub(super) static NAMED: &ResourceMeta = &ResourceMeta::new(
    "ConformanceNamed",
    "conformance-named",
    "conformance_named",
    &[FieldMeta::of::<String>("id").id(IdSource::Client), FieldMeta::of::<Option<i64>>("rank")],
);

/// Soft deletes, and values that are unique by themselves and together.
pub(super) static KEPT: &ResourceMeta = &ResourceMeta::new(
    "ConformanceKept",
    "conformance-kept",
    "conformance_kept",
    &[
        FieldMeta::of::<i64>("id").id(IdSource::Store),
        FieldMeta::of::<String>("name").unique().sortable(),
        FieldMeta::of::<Option<i64>>("left"),
        FieldMeta::of::<Option<String>>("right"),
        FieldMeta::of::<Option<Timestamp>>("gone").soft_delete(),
    ],
)
.unique(&[&["left", "right"]]);

/// The table of [`NAMED`] with another field.
pub(super) static RENAMED: &ResourceMeta = &ResourceMeta::new(
    "ConformanceRenamed",
    "conformance-renamed",
    "conformance_named",
    &[FieldMeta::of::<String>("id").id(IdSource::Client), FieldMeta::of::<bool>("other")],
);

/// An enum, in an order of variants that is not that of their names.
const SHADE: Kind = Kind::Enum(&EnumMeta {
    name: "ConformanceShade",
    doc: "",
    variants: &[
        Variant { name: "zinc", doc: "" },
        Variant { name: "Amber", doc: "" },
        Variant { name: "dark-red's", doc: "" },
    ],
});

/// A value object.
const PLACE: Kind = Kind::Object(&ObjectMeta {
    name: "ConformancePlace",
    doc: "",
    fields: &[
        FieldMeta::of::<String>("city"),
        FieldMeta::of::<Option<f64>>("latitude"),
        FieldMeta::of::<Decimal>("fee"),
        FieldMeta::of::<Vec<String>>("tags"),
        FieldMeta::of::<Timestamp>("seen"),
    ],
    rules: &[],
});

/// A field of a kind that no Rust type of the suite's stands for.
const fn of_kind(name: &'static str, kind: Kind, nullable: bool) -> FieldMeta {
    let mut field = FieldMeta::of::<bool>(name);
    field.kind = kind;
    field.nullable = nullable;
    field
}
