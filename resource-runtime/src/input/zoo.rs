//! A resource with everything that bodies can say, for the tests of this module.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::error::{ApiError, Location, Problem};
use crate::field::{Access, Bound, FieldMeta, FieldType, IdSource, Kind, ObjectMeta, Rule, RuleError, RuleMeta, Value};
use crate::resource::{Record, ResourceMeta};
use crate::testing::{BOOK, BookStatus};

const fn length(min: Option<u64>, max: Option<u64>) -> RuleMeta {
    RuleMeta::new(Rule::Length { min, max, equal: None })
}

const NOT_EMPTY: &[RuleMeta] = &[length(Some(1), None)];

/// A field of a kind that no Rust type in these tests has.
const fn object(name: &'static str, meta: &'static ObjectMeta, nullable: bool) -> FieldMeta {
    let mut field = FieldMeta::of::<String>(name);
    field.kind = Kind::Object(meta);
    field.nullable = nullable;
    field
}

static ADDRESS: ObjectMeta = ObjectMeta {
    name: "Address",
    doc: "",
    fields: &[
        FieldMeta::of::<String>("street").rules(NOT_EMPTY),
        FieldMeta::of::<String>("zip_code").rules(&[RuleMeta::new(Rule::Length {
            min: None,
            max: None,
            equal: Some(5),
        })]),
        FieldMeta::of::<Option<String>>("note"),
        FieldMeta::of::<String>("country").default(|| Value::Text("NL".to_owned())),
    ],
    rules: &[RuleMeta::new(Rule::Custom(|whole| match whole {
        Value::Object(it) if it.first() == it.get(1) => Err(rule_error("street_is_zip_code")),
        _ => Ok(()),
    }))],
};

static CONTACT: ObjectMeta = ObjectMeta {
    name: "Contact",
    doc: "",
    fields: &[
        FieldMeta::of::<String>("email").rules(&[RuleMeta::new(Rule::Email)]),
        FieldMeta::of::<Option<String>>("email_again").rules(&[RuleMeta::new(Rule::MustMatch("email"))]),
        object("address", &ADDRESS, false),
        object("second_address", &ADDRESS, true),
    ],
    rules: &[],
};

static PART: ObjectMeta = ObjectMeta {
    name: "Part",
    doc: "",
    fields: &[
        FieldMeta::of::<String>("name").rules(NOT_EMPTY),
        FieldMeta::of::<i64>("count").default(|| Value::Int(1)),
    ],
    rules: &[],
};

pub(super) fn rule_error(code: &'static str) -> RuleError {
    RuleError { code: code.into(), message: None, params: Vec::new() }
}

fn all_but_ten(value: &Value) -> Result<(), RuleError> {
    if *value == Value::Int(10) { Err(rule_error("ten")) } else { Ok(()) }
}

/// `low` must not be greater than `high`.
fn low_to_high(whole: &Value) -> Result<(), RuleError> {
    let Value::Object(values) = whole else { return Err(rule_error("not_an_object")) };
    match (&values[at("low")], &values[at("high")]) {
        (Value::Int(low), Value::Int(high)) if low > high => Err(RuleError {
            code: "low_over_high".into(),
            message: Some("`low` must not be greater than `high`".into()),
            params: vec![("fields".into(), serde_json::json!(["low", "high"]))],
        }),
        _ => Ok(()),
    }
}

const STATUS: FieldMeta = {
    let mut status = FieldMeta::of::<Option<String>>("status");
    status.kind = BookStatus::KIND;
    status
};

static PART_KIND: Kind = Kind::Object(&PART);

const PARTS: FieldMeta = {
    let mut parts = FieldMeta::of::<Vec<String>>("parts").default(|| Value::List(Vec::new()));
    parts.kind = Kind::List(&PART_KIND);
    parts.rules(&[length(None, Some(3))])
};

/// Every kind, role and access, with a rule over the whole record.
pub(super) static ZOO: &ResourceMeta = &ResourceMeta::new(
    "Animal",
    "animals",
    "animals",
    &[
        FieldMeta::of::<String>("slug").id(IdSource::Client).rules(&[length(None, Some(300))]),
        FieldMeta::of::<Option<bool>>("flag"),
        FieldMeta::of::<i64>("low").default(|| Value::Int(0)).rules(&[RuleMeta::new(Rule::Custom(all_but_ten))]),
        FieldMeta::of::<i8>("high").default(|| Value::Int(100)),
        FieldMeta::of::<Option<f32>>("small").rules(&[RuleMeta::new(Rule::Range {
            min: Some(Bound::Literal { mantissa: -1, scale: 1 }),
            max: Some(Bound::Literal { mantissa: 1, scale: 1 }),
            exclusive_min: None,
            exclusive_max: None,
        })]),
        FieldMeta::of::<Option<f64>>("large"),
        FieldMeta::of::<Option<Decimal>>("exact"),
        FieldMeta::of::<Option<Uuid>>("uuid"),
        FieldMeta::of::<Option<Timestamp>>("at"),
        FieldMeta::of::<Option<Date>>("day"),
        FieldMeta::of::<Option<Time>>("time"),
        STATUS,
        FieldMeta::of::<Option<Json>>("json"),
        object("contact", &CONTACT, true),
        PARTS,
        FieldMeta::of::<Vec<i32>>("numbers").default(|| Value::List(Vec::new())),
        FieldMeta::of::<Option<String>>("species").access(Access::IMMUTABLE),
        FieldMeta::of::<Option<String>>("password").access(Access::WRITE_ONLY),
        FieldMeta::of::<Option<String>>("password_again").access(Access::WRITE_ONLY).rules(&[RuleMeta::new(
            Rule::MustMatch("password"),
        )
        .code("passwords_differ")
        .message("must be the password")]),
        FieldMeta::of::<Option<String>>("secret").access(Access::HIDDEN),
        FieldMeta::of::<Option<String>>("pin").access(Access { create: true, update: false, response: false }),
        FieldMeta::of::<Decimal>("rating").access(Access::READ_ONLY).default(|| Value::Decimal(Decimal::new(50, 1))),
        FieldMeta::of::<String>("nick")
            .default(|| Value::Text("none".to_owned()))
            .normalize(|value| String::from_value(value).map(|it| it.trim().to_owned().into_value()))
            .rules(NOT_EMPTY),
        FieldMeta::of::<Timestamp>("created_at").created_at(),
        FieldMeta::of::<Timestamp>("updated_at").updated_at(),
    ],
)
.rules(&[RuleMeta::new(Rule::Custom(low_to_high))]);

/// The position of a field of [`ZOO`].
pub(super) fn at(name: &str) -> usize {
    ZOO.field(name).unwrap().0
}

/// A row of [`ZOO`] as it is after a creation with this body.
pub(super) fn row(body: &str) -> Record {
    Record { values: super::create(ZOO, body.as_bytes()).unwrap(), version: 1 }
}

/// `pointer code` of every problem, in order.
pub(super) fn problems(error: &ApiError) -> Vec<String> {
    let pointer = |it: &Problem| match &it.location {
        Location::Pointer(it) => it.clone(),
        other => format!("{other:?}"),
    };
    error.problems.iter().map(|it| format!("{} {}", pointer(it), it.code)).collect()
}

/// The problem at a pointer.
pub(super) fn problem<'a>(error: &'a ApiError, pointer: &str) -> &'a Problem {
    error.problems.iter().find(|it| it.location == Location::Pointer(pointer.to_owned())).unwrap()
}

/// Creates a book.
pub(super) fn book(body: &str) -> Result<Vec<Value>, ApiError> {
    super::create(BOOK, body.as_bytes())
}

/// The good book with one member more, or another value for one that it has.
pub(super) fn book_with(member: &str) -> Result<Vec<Value>, ApiError> {
    let name = member.split(':').next().unwrap();
    let rest = [r#""title":"Dune""#, r#""author_name":"F""#, r#""isbn":"9780441013593""#, r#""price":17.90"#];
    let rest = rest.iter().filter(|it| !it.starts_with(name)).copied().collect::<Vec<_>>().join(",");
    book(&format!("{{{member},{rest}}}"))
}

/// Creates an animal.
pub(super) fn zoo(body: &str) -> Result<Vec<Value>, ApiError> {
    super::create(ZOO, body.as_bytes())
}

/// The value that a member of the zoo's body becomes, or the code of its only problem.
pub(super) fn zoo_value(member: &str) -> Result<Value, String> {
    let name = member.split('"').nth(1).unwrap();
    let values = zoo(&format!(r#"{{"slug":"a",{member}}}"#)).map_err(|error| problems(&error).join(", "))?;
    Ok(values[at(name)].clone())
}

/// Asserts the problems of an animal with this member.
#[track_caller]
pub(super) fn check_zoo(member: &str, expected: &str) {
    assert_eq!(zoo_value(member).unwrap_err(), expected, "{member}");
}
