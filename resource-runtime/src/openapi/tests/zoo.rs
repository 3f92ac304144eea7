//! A resource with a field of every kind and role, and every rule.

use std::borrow::Cow;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};

use rust_decimal::Decimal;

use crate::field::{
    Access, Bound, EnumMeta, FieldMeta, FilterMeta, IdSource, IntKind, Kind, ObjectMeta, Rule, RuleMeta, Value, Variant,
};
use crate::query::Operator;
use crate::resource::ResourceMeta;

static CAPITAL: LazyLock<regex::Regex> = LazyLock::new(|| regex::Regex::new(r"\A[A-Z]").unwrap());
static CALLS: AtomicI64 = AtomicI64::new(0);

static DIET: EnumMeta = EnumMeta {
    name: "Diet",
    doc: "What it eats.",
    variants: &[Variant { name: "plants", doc: "Leaves and fruit." }, Variant { name: "meat", doc: "" }],
};

static HOME: ObjectMeta = ObjectMeta {
    name: "Home",
    doc: "Where it lives.",
    fields: &[
        FieldMeta::of::<String>("place"),
        FieldMeta::of::<Option<i16>>("size"),
        FieldMeta::of::<bool>("warm").default(|| Value::Bool(true)),
    ],
    rules: &[],
};

const fn of_kind(name: &'static str, kind: Kind) -> FieldMeta {
    FieldMeta { kind, ..FieldMeta::of::<String>(name) }
}

const fn nullable(field: FieldMeta) -> FieldMeta {
    FieldMeta { nullable: true, ..field }
}

pub(super) static ANIMAL: &ResourceMeta = &ResourceMeta::new(
    "Animal",
    "animals",
    "animals",
    &[
        FieldMeta::of::<String>("code").id(IdSource::Client).example(|| Value::Text("tiger-1".to_owned())),
        FieldMeta::of::<String>("name").rules(&[
            RuleMeta::new(Rule::Length { min: None, max: None, equal: Some(2) }),
            RuleMeta::new(Rule::Regex(|| Cow::Borrowed(&*CAPITAL))),
            RuleMeta::new(Rule::Contains("a.b")),
            RuleMeta::new(Rule::DoesNotContain("x")),
        ]),
        FieldMeta::of::<String>("repeated").doc("The name again.").rules(&[
            RuleMeta::new(Rule::MustMatch("name")),
            RuleMeta::new(Rule::Custom(|_| Ok(()))).message("Not on Sundays."),
            RuleMeta::new(Rule::Custom(|_| Ok(()))),
        ]),
        FieldMeta::of::<bool>("tame").filters(&[FilterMeta::new(Operator::Eq), FilterMeta::new(Operator::Ne)]),
        of_kind("legs", Kind::Int(IntKind::U8)),
        FieldMeta::of::<f32>("weight").sortable(),
        FieldMeta::of::<f64>("mass").filters(&[FilterMeta::new(Operator::Gt), FilterMeta::new(Operator::In)]),
        FieldMeta::of::<Decimal>("worth").rules(&[RuleMeta::new(Rule::Range {
            min: Some(Bound::Literal { mantissa: 100, scale: 4 }),
            max: None,
            exclusive_min: None,
            exclusive_max: None,
        })]),
        nullable(of_kind("chip", Kind::Uuid)).unique(),
        nullable(of_kind("seen_at", Kind::Timestamp)).filters(&[FilterMeta::new(Operator::IsNull)]),
        nullable(of_kind("born", Kind::Date)).filters(&[FilterMeta::new(Operator::Gte)]),
        nullable(of_kind("fed_at", Kind::Time)),
        of_kind("diet", Kind::Enum(&DIET))
            .default(|| Value::Text("plants".to_owned()))
            .filters(&[FilterMeta::new(Operator::Eq), FilterMeta::new(Operator::In)]),
        of_kind("moods", Kind::List(&Kind::Enum(&DIET)))
            .rules(&[RuleMeta::new(Rule::Length { min: None, max: Some(3), equal: None })])
            .filters(&[FilterMeta::new(Operator::HasAny)]),
        of_kind("home", Kind::Object(&HOME)),
        nullable(of_kind("former", Kind::Object(&HOME))),
        of_kind("homes", Kind::List(&Kind::Object(&HOME))).default(|| Value::List(Vec::new())),
        of_kind("notes", Kind::Json),
        nullable(of_kind("more", Kind::Json)),
        FieldMeta::of::<String>("mail").access(Access::WRITE_ONLY).rules(&[RuleMeta::new(Rule::Email)]),
        FieldMeta::of::<Option<String>>("site").rules(&[RuleMeta::new(Rule::Url)]),
        FieldMeta::of::<i64>("chance").default(|| Value::Int(CALLS.fetch_add(1, Ordering::Relaxed))),
        FieldMeta::of::<String>("keeper_note").access(Access::HIDDEN).default(|| Value::Text(String::new())),
        of_kind("arrived_at", Kind::Timestamp).created_at().sortable(),
    ],
)
.doc("An animal of the zoo.");
