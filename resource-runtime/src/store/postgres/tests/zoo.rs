//! Every kind of field, with values that have hurt others, in and out, both ways.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, Time, date};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{everything, insert, key, on_server};
use crate::field::{EnumType, FieldMeta, IdSource, Kind, ObjectMeta, Value};
use crate::json::Projection;
use crate::model::Usage;
use crate::query::CountMode;
use crate::resource::{Record, ResourceMeta};
use crate::store::{JsonRow, Key, Select, Store, StoreErrorKind};
use crate::testing::BookStatus;

static ADDRESS: ObjectMeta = ObjectMeta {
    name: "Address",
    doc: "",
    fields: &[
        FieldMeta::of::<String>("street"),
        FieldMeta::of::<Option<Decimal>>("rent"),
        FieldMeta::of::<Vec<Timestamp>>("visits"),
    ],
    rules: &[],
};

const fn of_kind(name: &'static str, kind: Kind) -> FieldMeta {
    let mut field = FieldMeta::of::<Option<String>>(name);
    field.kind = kind;
    field
}

/// A nullable field of each kind, and of a list of each kind.
pub(super) static ZOO: &ResourceMeta = &ResourceMeta::new(
    "Zoo",
    "zoo",
    "zoo",
    &[
        FieldMeta::of::<i64>("id").id(IdSource::Store),
        FieldMeta::of::<Option<bool>>("flag"),
        FieldMeta::of::<Option<i8>>("int8"),
        FieldMeta::of::<Option<i16>>("int16"),
        FieldMeta::of::<Option<i32>>("int32"),
        FieldMeta::of::<Option<i64>>("int64"),
        FieldMeta::of::<Option<u8>>("uint8"),
        FieldMeta::of::<Option<u16>>("uint16"),
        FieldMeta::of::<Option<u32>>("uint32"),
        FieldMeta::of::<Option<f32>>("float32"),
        FieldMeta::of::<Option<f64>>("float64"),
        FieldMeta::of::<Option<Decimal>>("decimal"),
        FieldMeta::of::<Option<String>>("text"),
        FieldMeta::of::<Option<Uuid>>("uuid"),
        FieldMeta::of::<Option<Timestamp>>("moment"),
        FieldMeta::of::<Option<Date>>("day"),
        FieldMeta::of::<Option<Time>>("hour"),
        of_kind("status", Kind::Enum(BookStatus::ENUM)),
        FieldMeta::of::<Option<serde_json::Value>>("anything"),
        of_kind("address", Kind::Object(&ADDRESS)),
        FieldMeta::of::<Option<Vec<bool>>>("flags"),
        FieldMeta::of::<Option<Vec<u8>>>("uint8s"),
        FieldMeta::of::<Option<Vec<i32>>>("int32s"),
        FieldMeta::of::<Option<Vec<i64>>>("int64s"),
        FieldMeta::of::<Option<Vec<f32>>>("float32s"),
        FieldMeta::of::<Option<Vec<f64>>>("float64s"),
        FieldMeta::of::<Option<Vec<Decimal>>>("decimals"),
        FieldMeta::of::<Option<Vec<String>>>("texts"),
        FieldMeta::of::<Option<Vec<Uuid>>>("uuids"),
        FieldMeta::of::<Option<Vec<Timestamp>>>("moments"),
        FieldMeta::of::<Option<Vec<Date>>>("days"),
        FieldMeta::of::<Option<Vec<Time>>>("hours"),
        of_kind("statuses", Kind::List(&Kind::Enum(BookStatus::ENUM))),
        of_kind("addresses", Kind::List(&Kind::Object(&ADDRESS))),
    ],
);

/// Values at the edges of a kind.
fn edges(kind: &Kind) -> Vec<Value> {
    let moment = |micros| Value::Timestamp(Timestamp::from_microsecond(micros).unwrap());
    match kind {
        Kind::Bool => vec![Value::Bool(false), Value::Bool(true)],
        Kind::Int(width) => [width.min(), width.max(), 0, 1].into_iter().map(Value::Int).collect(),
        Kind::F32 => [0.0, 0.1, -1.5, f32::MAX, f32::MIN_POSITIVE, f32::from_bits(1)]
            .into_iter()
            .map(|it: f32| Value::Float(it.into()))
            .collect(),
        Kind::F64 => [0.0, 0.1, -1.5, 9_007_199_254_740_993.0, f64::MAX, f64::MIN, f64::from_bits(1)]
            .into_iter()
            .map(Value::Float)
            .collect(),
        Kind::Decimal => {
            let texts = [
                "0",
                "0.00",
                "39.90",
                "-0.01",
                "10000",
                "9999.9999",
                "100000000.00000001",
                "79228162514264337593543950335",
                "-79228162514264337593543950335",
                "7.9228162514264337593543950335",
                "0.0000000000000000000000000001",
            ];
            texts.into_iter().map(|it| Value::Decimal(it.parse().unwrap())).collect()
        }
        Kind::Text => {
            let texts = [
                "",
                " ",
                "plain",
                "'; DROP TABLE zoo; --",
                "{\"a\":1}",
                "{a,\"b\",NULL}",
                "NULL",
                "\\N",
                "%_\\",
                "\u{1}\u{8}\t\n\r\u{1f}\u{7f}",
                "é日😀\u{2028}\u{feff}\u{10ffff}",
                "a\u{301}",
            ];
            let long = "long ".repeat(20_000);
            texts.into_iter().chain([long.as_str()]).map(|it| Value::Text(it.to_owned())).collect()
        }
        Kind::Uuid => vec![Value::Uuid(Uuid::nil()), Value::Uuid(Uuid::max()), Value::Uuid(Uuid::now_v7())],
        Kind::Timestamp => [
            0,
            1,
            -1,
            946_684_800_000_000,
            946_684_799_999_999,
            951_782_400_123_456,
            -62_135_596_800_000_000,
            253_402_207_199_999_999,
            -9_223_372_036_854,
        ]
        .into_iter()
        .map(moment)
        .collect(),
        Kind::Date => [date(1, 1, 1), date(1969, 12, 31), date(2000, 2, 29), date(1900, 3, 1), date(9999, 12, 31)]
            .into_iter()
            .map(Value::Date)
            .collect(),
        Kind::Time => ["00:00:00", "23:59:59.999999", "12:30:00.000001"]
            .into_iter()
            .map(|it| Value::Time(it.parse().unwrap()))
            .collect(),
        Kind::Enum(meta) => meta.names().map(|it| Value::Text(it.to_owned())).collect(),
        Kind::Json => ["null", "1.10", "{\"b\":1,\"a\":[],\"b\":2}", "[1e400,\"\\u00e9\\n\"]"]
            .into_iter()
            .map(|it| Value::Json(it.to_owned()))
            .collect(),
        Kind::Object(meta) => {
            let longest = meta.fields.iter().map(|it| edges(&it.kind).len()).max().unwrap_or(0);
            (0..longest)
                .map(|index| {
                    let value = |field: &FieldMeta| {
                        let edges = edges(&field.kind);
                        edges[index % edges.len()].clone()
                    };
                    Value::Object(meta.fields.iter().map(value).collect())
                })
                .collect()
        }
        Kind::List(item) => {
            let edges = edges(item);
            let mut lists = vec![Value::List(Vec::new()), Value::List(edges.clone())];
            lists.extend(edges.into_iter().map(|it| Value::List(vec![it.clone(), it])));
            lists
        }
    }
}

/// Rows in which every edge of every kind occurs, and one with nothing but nulls.
pub(super) fn rows() -> Vec<Vec<Value>> {
    let edges: Vec<_> = ZOO.fields.iter().map(|it| edges(&it.kind)).collect();
    let longest = edges.iter().map(Vec::len).max().unwrap();
    let row = |index: usize| {
        edges.iter().enumerate().map(move |(field, edges)| match field {
            0 => Value::Null,
            _ => edges[index % edges.len()].clone(),
        })
    };
    let mut rows: Vec<Vec<Value>> = (0..longest).map(|index| row(index).collect()).collect();
    rows.push(vec![Value::Null; ZOO.fields.len()]);
    rows
}

#[tokio::test]
async fn values_of_every_kind_come_back_and_both_paths_write_them_alike() {
    on_server(|it| async move {
        let store = it.store_of(ZOO).await;
        let projection = Arc::new(Projection::of(ZOO, Usage::Response));
        let rows = rows();
        for values in &rows {
            let record = insert(&store, ZOO, values.clone()).await;
            assert_eq!(record.values[1..], values[1..], "as the insert gives it back");
            let id = record.get(0).clone();
            let key = Key { id, ..key(ZOO, 0) };
            let read = store.get(key.clone()).await.unwrap().unwrap();
            assert_eq!(read, record);
            // Equal decimals may differ in their zeros.
            let json = read.to_json(&projection).unwrap();
            assert_eq!(json, record.to_json(&projection).unwrap());
            let direct = store.get_json(key, Arc::clone(&projection)).await.unwrap().unwrap();
            assert_eq!(String::from_utf8(direct.json).unwrap(), String::from_utf8(json).unwrap());
            assert_eq!(direct.version, 1);
        }
        let select = everything(ZOO);
        let records = store.select(select.clone()).await.unwrap();
        assert_eq!(records.records.len(), rows.len());
        for (record, values) in records.records.iter().zip(&rows) {
            let mut written = Record { values: values.clone(), version: 1 };
            written.values[0] = record.get(0).clone();
            assert_eq!(record.to_json(&projection).unwrap(), written.to_json(&projection).unwrap());
        }
        let typed = records.to_json(&select, &projection).unwrap();
        let direct = store.select_json(select, projection).await.unwrap();
        assert_eq!(String::from_utf8(direct.items).unwrap(), String::from_utf8(typed.items).unwrap());
        assert_eq!(direct.len, typed.len);
    })
    .await;
}

#[tokio::test]
async fn a_part_of_the_fields_is_written_as_the_whole_is() {
    on_server(|it| async move {
        let store = it.store_of(ZOO).await;
        let id = insert(&store, ZOO, rows()[3].clone()).await.get(0).clone();
        let key = Key { id, ..key(ZOO, 0) };
        for slots in [vec![], vec![5], vec![12, 0], vec![11, 11, 33]] {
            let projection = Arc::new(Projection::new(ZOO, &slots));
            let typed = store.get(key.clone()).await.unwrap().unwrap();
            let expected = JsonRow { json: typed.to_json(&projection).unwrap(), version: 1 };
            assert_eq!(store.get_json(key.clone(), projection).await.unwrap(), Some(expected), "{slots:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_no_field_can_hold_is_an_error_on_both_paths() {
    on_server(|it| async move {
        let store = it.store_of(ZOO).await;
        let projection = Arc::new(Projection::of(ZOO, Usage::Response));
        for (column, value) in [
            ("decimal", "'NaN'"),
            ("decimal", "1e100"),
            ("float64", "'infinity'"),
            ("moment", "'infinity'"),
            ("moment", "'294276-01-01'"),
            ("day", "'-infinity'"),
            ("hour", "'24:00:00'"),
            ("uint8", "-1"),
            ("texts", "'{{a},{b}}'"),
            ("decimals", "'{NaN}'"),
        ] {
            it.sql(&format!("DELETE FROM zoo; INSERT INTO zoo (id, {column}) VALUES (1, {value})")).await;
            let typed = store.get(key(ZOO, 1)).await.unwrap_err();
            assert_eq!(*typed.kind(), StoreErrorKind::Internal, "{column} {value}");
            let direct = store.get_json(key(ZOO, 1), Arc::clone(&projection)).await.unwrap_err();
            assert_eq!(*direct.kind(), StoreErrorKind::Internal, "{column} {value}");
        }
    })
    .await;
}

#[tokio::test]
async fn counting_does_not_change_what_is_found() {
    on_server(|it| async move {
        let store = it.store_of(ZOO).await;
        for values in rows() {
            insert(&store, ZOO, values).await;
        }
        for count in [CountMode::Exact, CountMode::Capped, CountMode::Estimated] {
            let found = store.select(Select { count, ..everything(ZOO) }).await.unwrap();
            let uncounted = store.select(everything(ZOO)).await.unwrap();
            assert_eq!(found.records, uncounted.records);
            assert_eq!(found.total.unwrap().rows, found.records.len() as u64, "{count:?}");
        }
    })
    .await;
}
