use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{done, everything, insert, key, store};
use crate::field::{FieldMeta, IdSource, Kind, ObjectMeta, Value};
use crate::json::Projection;
use crate::model::Usage;
use crate::query::{Filter, Operator};
use crate::resource::ResourceMeta;
use crate::store::Store as _;
use crate::testing::BookStatus;

static ADDRESS: ObjectMeta = ObjectMeta {
    name: "Address",
    doc: "",
    fields: &[FieldMeta::of::<String>("street"), FieldMeta::of::<Option<Decimal>>("fee")],
    rules: &[],
};

/// A field of every kind, in a table and columns whose names are words of SQL's own.
static ZOO: &ResourceMeta = &ResourceMeta::new(
    "Order",
    "orders",
    "order",
    &[
        FieldMeta::of::<i64>("id").id(IdSource::Store),
        FieldMeta::of::<bool>("select"),
        FieldMeta::of::<i8>("i8").sortable(),
        FieldMeta::of::<i64>("i64").sortable(),
        FieldMeta::of::<u32>("u32").sortable(),
        FieldMeta::of::<f32>("f32").sortable(),
        FieldMeta::of::<f64>("f64").sortable(),
        FieldMeta::of::<Decimal>("decimal").sortable(),
        FieldMeta::of::<String>("group").sortable().column("group by"),
        FieldMeta::of::<Uuid>("uuid").sortable(),
        FieldMeta::of::<Timestamp>("at").sortable(),
        FieldMeta::of::<Date>("day").sortable(),
        FieldMeta::of::<Time>("clock").sortable(),
        FieldMeta::of::<BookStatus>("status").sortable(),
        FieldMeta { kind: Kind::Object(&ADDRESS), ..FieldMeta::of::<String>("address") },
        FieldMeta::of::<Vec<String>>("tags"),
        FieldMeta::of::<Vec<Decimal>>("prices"),
        FieldMeta::of::<Vec<Timestamp>>("times"),
        FieldMeta::of::<Option<serde_json::Value>>("extra"),
        FieldMeta::of::<Option<String>>("note").sortable(),
        FieldMeta::of::<Option<Uuid>>("other"),
    ],
);

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn small() -> Vec<Value> {
    vec![
        Value::Null,
        Value::Bool(false),
        Value::Int(-128),
        Value::Int(i64::MIN),
        Value::Int(0),
        Value::Float(f64::from(f32::MIN)),
        Value::Float(-1.797e308),
        Value::Decimal("-79228162514264337593543950335".parse().unwrap()),
        text(""),
        Value::Uuid(Uuid::nil()),
        Value::Timestamp(Timestamp::from_microsecond(-62_135_596_800_000_000).unwrap()),
        Value::Date(Date::new(1, 1, 1).unwrap()),
        Value::Time(Time::midnight()),
        text("available"),
        Value::Object(vec![text(""), Value::Null]),
        Value::List(vec![]),
        Value::List(vec![]),
        Value::List(vec![]),
        Value::Null,
        Value::Null,
        Value::Null,
    ]
}

fn large() -> Vec<Value> {
    vec![
        Value::Null,
        Value::Bool(true),
        Value::Int(127),
        Value::Int(i64::MAX),
        Value::Int(u32::MAX.into()),
        Value::Float(f64::from(0.1_f32)),
        Value::Float(0.1 + 0.2),
        Value::Decimal("1.50".parse().unwrap()),
        text("q\"'\\\n\u{1}é😀; DROP TABLE \"order\""),
        Value::Uuid(Uuid::from_u128(u128::MAX)),
        Value::Timestamp(Timestamp::from_microsecond(253_402_207_199_999_999).unwrap()),
        Value::Date(Date::new(9999, 12, 31).unwrap()),
        Value::Time(Time::new(23, 59, 59, 999_999_000).unwrap()),
        text("checked_out"),
        Value::Object(vec![text("Rue \"X\""), Value::Decimal("10.00".parse().unwrap())]),
        Value::List(vec![text("a,b"), text("ü\"")]),
        Value::List(vec![Value::Decimal("0.10".parse().unwrap())]),
        Value::List(vec![Value::Timestamp("2024-02-29T12:00:00.5Z".parse().unwrap())]),
        Value::Json("{\"b\":1.0,\"a\":[1e2,null]}".to_owned()),
        text("x"),
        Value::Uuid(Uuid::now_v7()),
    ]
}

#[tokio::test]
async fn values_of_every_kind_come_back_as_they_were() {
    let store = store(&[ZOO]).await;
    for values in [small(), large()] {
        let written = done(store.write(insert(ZOO, values.clone())).await);
        assert_eq!(written.values[1..], values[1..]);
        let Value::Int(id) = written.values[0] else { panic!() };
        assert_eq!(store.get(key(ZOO, id)).await.unwrap().as_ref(), Some(&written));
    }
}

#[tokio::test]
async fn rows_are_written_as_json_like_records() {
    let store = store(&[ZOO]).await;
    for values in [small(), large(), small()] {
        done(store.write(insert(ZOO, values)).await);
    }
    let slots: [&[usize]; 4] = [&Usage::Response.slots(ZOO), &[7, 0, 7], &[], &[20]];
    for slots in slots {
        let projection = Arc::new(Projection::new(ZOO, slots));
        let select = everything(ZOO);
        let records = store.select(select.clone()).await.unwrap().to_json(&select, &projection).unwrap();
        let direct = store.select_json(select, Arc::clone(&projection)).await.unwrap();
        assert_eq!(String::from_utf8(direct.items).unwrap(), String::from_utf8(records.items).unwrap());
        assert_eq!(direct.len, 3);
        let record = store.get(key(ZOO, 2)).await.unwrap().unwrap();
        let row = store.get_json(key(ZOO, 2), Arc::clone(&projection)).await.unwrap().unwrap();
        assert_eq!(row.json, record.to_json(&projection).unwrap());
        assert_eq!(row.version, 1);
    }
}

#[tokio::test]
async fn every_ordered_kind_compares_by_value() {
    let store = store(&[ZOO]).await;
    for values in [large(), small()] {
        done(store.write(insert(ZOO, values)).await);
    }
    for (index, field) in ZOO.fields.iter().enumerate().filter(|(_, it)| it.sort && !it.nullable) {
        let mut select = everything(ZOO);
        select.filter = Filter::one(index, Operator::Gt, small()[index].clone());
        let found = store.select(select.clone()).await.unwrap().records;
        assert_eq!(found.len(), 1, "{}", field.name);
        assert_eq!(found[0].values[index], large()[index]);
        select.filter = Filter::one(index, Operator::Eq, small()[index].clone());
        assert_eq!(store.select(select).await.unwrap().records.len(), 1, "{}", field.name);
    }
}

#[tokio::test]
async fn decimals_are_equal_by_value_and_sorted_so() {
    let store = store(&[ZOO]).await;
    for price in ["10.25", "100", "9.5", "9.50", "-3", "0.0"] {
        let mut values = small();
        values[7] = Value::Decimal(price.parse().unwrap());
        done(store.write(insert(ZOO, values)).await);
    }
    let mut select = everything(ZOO);
    select.sort.insert(0, crate::query::SortKey { field: 7, descending: false, nulls_first: false });
    let found = store.select(select.clone()).await.unwrap().records;
    let prices: Vec<_> = found.iter().map(|it| it.values[7].clone()).collect();
    let expected = ["-3", "0.0", "9.5", "9.50", "10.25", "100"];
    assert_eq!(prices, expected.map(|it| Value::Decimal(it.parse().unwrap())));
    select.filter = Filter::one(7, Operator::Eq, Value::Decimal("9.500".parse().unwrap()));
    assert_eq!(store.select(select).await.unwrap().records.len(), 2);
}

async fn by_hand(store: &crate::store::sqlite::SqliteStore, sql: &'static str) {
    store.writer.run(|it| it.execute_batch(sql).map_err(super::super::error::general)).await.unwrap();
}

#[tokio::test]
async fn a_value_that_somebody_else_broke_is_an_error_on_both_paths() {
    let store = store(&[ZOO]).await;
    done(store.write(insert(ZOO, small())).await);
    let projection = Arc::new(Projection::new(ZOO, &[0, 12, 7, 11]));
    for broken in [
        "UPDATE \"order\" SET \"clock\" = -1",
        "UPDATE \"order\" SET \"clock\" = 0, \"decimal\" = 'x\",\"'",
        "UPDATE \"order\" SET \"decimal\" = '1', \"day\" = '2020-13-45'",
        "UPDATE \"order\" SET \"day\" = CAST(x'ff' AS TEXT)",
    ] {
        by_hand(&store, broken).await;
        let typed = store.get(key(ZOO, 1)).await.unwrap_err();
        assert!(typed.to_string().contains("was changed behind the framework"), "{typed}");
        // A date that looks like one is believed.
        let Err(direct) = store.get_json(key(ZOO, 1), Arc::clone(&projection)).await else {
            assert!(broken.contains("2020-13-45"));
            continue;
        };
        assert_eq!(typed.to_string(), direct.to_string());
    }
}

#[tokio::test]
async fn values_that_somebody_else_wrote_in_another_form_leave_in_ours() {
    let store = store(&[ZOO]).await;
    done(store.write(insert(ZOO, small())).await);
    by_hand(&store, "UPDATE \"order\" SET \"decimal\" = '.5', \"uuid\" = 'A0EEBC999C0B4EF8BB6D6BB9BD380A11'").await;
    let projection = Arc::new(Projection::new(ZOO, &[7, 9]));
    let row = store.get_json(key(ZOO, 1), Arc::clone(&projection)).await.unwrap().unwrap();
    assert_eq!(row.json, store.get(key(ZOO, 1)).await.unwrap().unwrap().to_json(&projection).unwrap());
}

#[tokio::test]
async fn objects_leave_with_the_fields_that_they_have_now() {
    let store = store(&[ZOO]).await;
    done(store.write(insert(ZOO, small())).await);
    by_hand(&store, "UPDATE \"order\" SET \"address\" = '{\"secret\":1,\"street\":\"x\"}'").await;
    let projection = Arc::new(Projection::new(ZOO, &[14]));
    let row = store.get_json(key(ZOO, 1), projection).await.unwrap().unwrap();
    assert_eq!(String::from_utf8(row.json).unwrap(), r#"{"address":{"street":"x","fee":null}}"#);
}
