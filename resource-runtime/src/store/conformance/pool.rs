//! Values that stores get wrong.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::rng::Rng;
use super::zoo::ZOO;
use crate::field::{FieldMeta, Kind, Value};
use crate::query::{Operand, OperandShape, Operator};

/// Values of a kind for rows to hold.
pub(super) fn values(kind: &Kind) -> Vec<Value> {
    match kind {
        Kind::Bool => vec![Value::Bool(false), Value::Bool(true)],
        Kind::Int(int) => {
            let all = [int.min(), int.max(), 0, 1, -1, 2, 9, 10, 100, (1 << 53) + 1, 1 << 53, -9_007_199_254_740_993];
            all.into_iter().filter(|it| (int.min()..=int.max()).contains(it)).map(Value::Int).collect()
        }
        Kind::F32 => [0.0, 0.1, -1.5, 1.0, 3.0e10, 16_777_216.0, f32::MAX, f32::MIN, f32::MIN_POSITIVE, 1.0e-45]
            .into_iter()
            .map(|it: f32| Value::Float(it.into()))
            .collect(),
        Kind::F64 => floats().into_iter().map(Value::Float).collect(),
        Kind::Decimal => decimals().into_iter().map(Value::Decimal).collect(),
        Kind::Text => texts().into_iter().map(|it| Value::Text(it.to_owned())).collect(),
        Kind::Enum(it) => it.names().map(|it| Value::Text(it.to_owned())).collect(),
        Kind::Uuid => ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"]
            .into_iter()
            .chain(["0198c0de-0000-7000-8000-0000000000aa", "0198c0de-0000-7000-8000-0000000000ab"])
            .chain(["80000000-0000-4000-8000-000000000000", "7fffffff-ffff-4fff-bfff-ffffffffffff"])
            .map(|it| Value::Uuid(Uuid::parse_str(it).unwrap()))
            .collect(),
        Kind::Timestamp => [
            -62_135_596_800_000_000,
            -62_135_596_799_999_999,
            -2_203_891_200_000_001,
            -1,
            0,
            1,
            1_000,
            1_763_640_000_000_000,
            1_763_640_000_000_001,
            1_763_640_000_120_000,
            253_402_207_199_999_999,
        ]
        .into_iter()
        .map(|it| Value::Timestamp(Timestamp::from_microsecond(it).unwrap()))
        .collect(),
        Kind::Date => {
            [(1, 1, 1), (999, 12, 31), (1582, 10, 15), (1969, 12, 31), (1970, 1, 1), (2024, 2, 29), (9999, 12, 31)]
                .into_iter()
                .map(|(year, month, day)| Value::Date(Date::new(year, month, day).unwrap()))
                .collect()
        }
        Kind::Time => {
            [(0, 0, 0, 0), (0, 0, 0, 1_000), (12, 34, 56, 0), (12, 34, 56, 100_000_000), (23, 59, 59, 999_999_000)]
                .into_iter()
                .map(|(hour, minute, second, nanos)| Value::Time(Time::new(hour, minute, second, nanos).unwrap()))
                .collect()
        }
        Kind::Object(meta) => (0..7)
            .map(|shift| {
                let field = |(index, it): (usize, &FieldMeta)| nth(it.kind, it.nullable, shift * 3 + index);
                Value::Object(meta.fields.iter().enumerate().map(field).collect())
            })
            .collect(),
        Kind::List(item) => {
            let items = values(item);
            let mut lists: Vec<_> = items.iter().map(|it| vec![it.clone()]).collect();
            lists.extend(items.windows(2).map(<[_]>::to_vec));
            lists.push(items.clone());
            lists.push(vec![items[0].clone(), items[0].clone()]);
            lists.push(Vec::new());
            lists.into_iter().map(Value::List).collect()
        }
        Kind::Json => [
            "null",
            "true",
            "0",
            "1.10",
            "1e400",
            "\"\"",
            "\"null\"",
            "\"\\u00e9\\n\"",
            "[]",
            "{}",
            "[1,[2,[3]]]",
            "{\"b\":1,\"a\":[1.0,-0.0,123456789012345678901234567890]}",
            "{\"é\":\"😀\",\"\\\"\":\"'\"}",
        ]
        .into_iter()
        .map(|it| Value::Json(it.to_owned()))
        .collect(),
    }
}

/// Values to compare those of a kind with: themselves, and some that no row has.
pub(super) fn operands(kind: &Kind) -> Vec<Value> {
    let mut all = values(kind);
    match kind {
        Kind::Int(_) => all.extend([i64::MIN, i64::MAX, -200, 300, 3].map(Value::Int)),
        Kind::F32 => all.extend([0.1, 0.2].map(Value::Float)),
        Kind::Decimal => all.extend([Decimal::new(15_000, 4), Decimal::new(95, 1)].map(Value::Decimal)),
        Kind::Text => all.extend(
            ["n", "li", "AL", "İ", "\u{10ffff}\u{10ffff}", "x", "ΣΕΥΣ", "%%"].map(|it| Value::Text(it.to_owned())),
        ),
        _ => {}
    }
    all
}

/// Operands of an operator for a field of a kind, every value of the pool among them.
pub(super) fn operands_of(operator: Operator, kind: &Kind) -> Vec<Operand> {
    let many = |kind: &Kind| {
        let all = operands(kind);
        let mut lists: Vec<_> = all.iter().map(|it| vec![it.clone()]).collect();
        lists.extend(all.windows(3).step_by(2).map(<[_]>::to_vec));
        lists.push(vec![all[0].clone(), all[0].clone()]);
        lists.push(all);
        lists.push(Vec::new());
        lists.into_iter().map(Operand::Many).collect()
    };
    match operator.operand() {
        OperandShape::One => operands(kind).into_iter().map(Operand::One).collect(),
        OperandShape::Text => operands(&Kind::Text).into_iter().map(Operand::One).collect(),
        OperandShape::Bool => [true, false].map(|it| Operand::One(Value::Bool(it))).to_vec(),
        OperandShape::Many => many(kind),
        OperandShape::Items => match kind {
            Kind::List(item) => many(item),
            _ => Vec::new(),
        },
    }
}

/// An operand drawn from those of [`operands_of`] and from mixtures of them.
pub(super) fn draw_operand(rng: &mut Rng, operator: Operator, kind: &Kind) -> Operand {
    let item = match kind {
        Kind::List(item) => item,
        _ => kind,
    };
    if operator.takes_many() {
        let all = operands(item);
        let len = rng.below(5);
        return Operand::Many((0..len).map(|_| rng.pick(&all).clone()).collect());
    }
    rng.pick(&operands_of(operator, kind)).clone()
}

/// A row of [`ZOO`]: the values of its fields, with an identifier that the store chooses. Every
/// value of the pool is in one of the first [`ROWS`].
pub(super) fn zoo_row(number: usize) -> Vec<Value> {
    let field = |(index, it): (usize, &FieldMeta)| match index {
        0 => Value::Null,
        _ => nth(it.kind, it.nullable, number + index),
    };
    ZOO.fields.iter().enumerate().map(field).collect()
}

/// How many rows show every value of every pool.
pub(super) const ROWS: usize = 64;

/// A row of [`ZOO`] with values drawn from the pools, few of each so that there are ties.
pub(super) fn draw_zoo_row(rng: &mut Rng) -> Vec<Value> {
    let mut row: Vec<_> = ZOO.fields.iter().map(|it| draw(rng, &it.kind, it.nullable)).collect();
    row[0] = Value::Null;
    row
}

/// A value of a field, drawn from its pool.
pub(super) fn draw(rng: &mut Rng, kind: &Kind, nullable: bool) -> Value {
    if nullable && rng.one_in(4) { Value::Null } else { rng.pick(&values(kind)).clone() }
}

fn nth(kind: Kind, nullable: bool, number: usize) -> Value {
    if nullable && number.is_multiple_of(5) {
        return Value::Null;
    }
    let all = values(&kind);
    all[number % all.len()].clone()
}

fn floats() -> Vec<f64> {
    vec![
        0.0,
        0.1,
        0.2,
        0.300_000_000_000_000_04,
        -1.5,
        1.0,
        10.0,
        9.0,
        9_007_199_254_740_992.0,
        1.0e21,
        123_456_789_012_345_680.0,
        1.797_693_134_862_315_7e308,
        -1.797_693_134_862_315_7e308,
        2.225_073_858_507_201_4e-308,
        5.0e-324,
        8.41e21,
        9.007_199_254_740_993e15,
        std::f64::consts::PI,
    ]
}

fn decimals() -> Vec<Decimal> {
    vec![
        Decimal::ZERO,
        Decimal::new(0, 2),
        Decimal::new(15, 1),
        Decimal::new(150, 2),
        Decimal::new(-15, 1),
        Decimal::new(9, 0),
        Decimal::new(10, 0),
        Decimal::new(3990, 2),
        Decimal::new(399, 1),
        Decimal::MAX,
        Decimal::MIN,
        Decimal::new(1, 28),
        Decimal::from_i128_with_scale(10_000_000_000_000_000_000_000_000_001, 28),
        Decimal::from_i128_with_scale(9_007_199_254_740_993, 0),
        Decimal::from_i128_with_scale(9_007_199_254_740_992, 0),
        Decimal::from_i128_with_scale(-10_000_000_000_000_000_000_000_000_000, 28),
    ]
}

fn texts() -> Vec<&'static str> {
    vec![
        "",
        " ",
        "a",
        "A",
        "Al",
        "Alice",
        "al",
        "Malice",
        "a ",
        " a",
        "50%",
        "50_",
        "500",
        "5\\0",
        "\\",
        "\\\\",
        "%",
        "_",
        "!",
        "?",
        "$1",
        "'",
        "''; DROP TABLE conformance_zoo; --",
        "\"",
        "[\"a\"]",
        ",",
        "\",\"",
        "a,b",
        "{a,NULL}",
        "NULL",
        "null",
        "é",
        "e\u{301}",
        "École",
        "éCOLE",
        "ß",
        "SS",
        "ẞ",
        "ΟΔΥΣΣΕΥΣ",
        "οδυσσευς",
        "οδυσσευσ",
        "i̇",
        "ı",
        "ǅ",
        "日本語",
        "😀",
        "\u{ff5e}",
        "\u{d7ff}",
        "\u{e000}",
        "\u{ffff}",
        "\u{10ffff}",
        "line\nbreak\ttab\r",
        "\u{1}",
        "\u{1f}\u{7f}",
        "10",
        "9",
        "1.50",
        "zebra",
        "Zebra",
    ]
}
