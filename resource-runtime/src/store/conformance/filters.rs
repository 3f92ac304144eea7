//! Every operator, on every field that it is for, with every value of the pools; and each once
//! more under `not`.

use rust_decimal::Decimal;

use super::pool::operands_of;
use super::subject::{Subject, int, text};
use super::zoo::{NAMED, ZOO};
use crate::field::Value;
use crate::query::{Condition, Filter, Operand, Operator};
use crate::store::Database;

macro_rules! operators {
    ($($name:ident $operator:ident;)*) => {$(
        pub(super) async fn $name(db: Database) {
            check(db, Operator::$operator).await;
        }
    )*};
}

operators! {
    eq Eq;
    ne Ne;
    gt Gt;
    gte Gte;
    lt Lt;
    lte Lte;
    is_in In;
    nin Nin;
    contains Contains;
    starts_with StartsWith;
    ends_with EndsWith;
    ieq Ieq;
    icontains Icontains;
    is_null IsNull;
    has_all HasAll;
    has_any HasAny;
}

async fn check(db: Database, operator: Operator) {
    let zoo = Subject::zoo(db).await;
    for (field, meta) in ZOO.fields.iter().enumerate().filter(|(_, it)| operator.applies_to(&it.kind)) {
        for operand in operands_of(operator, &meta.kind) {
            let filter = Filter::Condition(Condition { field, operator, operand });
            zoo.check_ids(&zoo.filtered(!filter.clone())).await;
            zoo.check_ids(&zoo.filtered(filter)).await;
        }
    }
}

pub(super) async fn trees_have_two_values(db: Database) {
    let zoo = Subject::zoo(db).await;
    let null = |name: &str| Filter::one(zoo.field(name), Operator::IsNull, Value::Bool(true));
    // Each is null, where it is evaluated with three values, for some of the rows.
    let conditions = [
        Filter::one(zoo.field("maybe_i64"), Operator::Gt, int(0)),
        Filter::one(zoo.field("maybe_text"), Operator::Contains, text("a")),
        Filter::one(zoo.field("maybe_flag"), Operator::Eq, Value::Bool(true)),
        Filter::one(zoo.field("maybe_text"), Operator::Ne, text("a")),
        Filter::many(zoo.field("maybe_u32"), Operator::Nin, vec![int(0), int(1)]),
        Filter::many(zoo.field("maybe_texts"), Operator::HasAny, vec![text("a"), text("")]),
        Filter::many(zoo.field("maybe_texts"), Operator::HasAll, vec![text("a")]),
        null("maybe_decimal"),
        Filter::All,
        Filter::And(Vec::new()),
        Filter::Or(Vec::new()),
    ];
    for a in &conditions {
        for b in &conditions {
            let (a, b) = (|| a.clone(), || b.clone());
            for filter in [
                Filter::And(vec![a(), b()]),
                Filter::Or(vec![a(), b()]),
                Filter::And(vec![!a(), b()]),
                Filter::Or(vec![a(), !b()]),
                !Filter::And(vec![a(), b()]),
                !Filter::Or(vec![a(), b()]),
                !Filter::And(vec![!a(), !Filter::Or(vec![b(), null("maybe_text")])]),
                !!a(),
            ] {
                zoo.check_ids(&zoo.filtered(filter)).await;
            }
        }
    }
}

/// Only Rust code can make such filters; no store may fail at them.
pub(super) async fn operands_of_other_kinds_match_nothing(db: Database) {
    let zoo = Subject::zoo(db).await;
    let operands = [
        Operand::One(Value::Null),
        Operand::One(int(i64::MAX)),
        Operand::One(int(0)),
        Operand::One(text("0")),
        Operand::One(text("a\0b")),
        Operand::One(Value::Bool(true)),
        Operand::One(Value::Float(f64::NAN)),
        Operand::One(Value::Float(f64::INFINITY)),
        Operand::One(Value::Float(-0.0)),
        Operand::One(Value::Decimal(Decimal::ONE)),
        Operand::One(Value::Date(jiff::civil::Date::MIN)),
        Operand::One(Value::Timestamp(jiff::Timestamp::MIN)),
        Operand::One(Value::Timestamp(jiff::Timestamp::from_nanosecond(1_999).unwrap_or_default())),
        Operand::One(Value::Time(jiff::civil::Time::MAX)),
        Operand::One(Value::List(vec![int(0)])),
        Operand::Many(vec![Value::Null, int(0), text("a"), text("\0")]),
        Operand::Many(vec![Value::Float(f64::NAN), int(1_000_000), Value::Float(1.0e300)]),
        Operand::Many(Vec::new()),
    ];
    for operator in Operator::ALL {
        for (field, _) in ZOO.fields.iter().enumerate() {
            for operand in &operands {
                let filter = Filter::Condition(Condition { field, operator, operand: operand.clone() });
                zoo.check_ids(&zoo.filtered(filter)).await;
            }
        }
    }
    let nowhere = Filter::one(ZOO.fields.len(), Operator::Ne, int(0));
    zoo.check_ids(&zoo.filtered(nowhere)).await;
}

/// Letters of the scripts that have two cases. Those that Unicode got lately are left out: a
/// database may not know them yet.
pub(super) async fn case_is_folded_in_every_script(db: Database) {
    const SCRIPTS: [std::ops::RangeInclusive<char>; 9] = [
        'A'..='\u{24f}',
        '\u{370}'..='\u{52f}',
        '\u{531}'..='\u{586}',
        '\u{10a0}'..='\u{10c5}',
        '\u{13a0}'..='\u{13f5}',
        '\u{1e00}'..='\u{1ffc}',
        '\u{2c00}'..='\u{2c2e}',
        '\u{ff21}'..='\u{ff5a}',
        '\u{10400}'..='\u{1044f}',
    ];
    let mut named = Subject::new(db, NAMED).await;
    let letters: Vec<char> = SCRIPTS.into_iter().flatten().collect();
    let words: Vec<String> = letters.chunks(20).map(|it| it.iter().collect()).collect();
    for word in &words {
        named.insert(vec![text(word), Value::Null]).await;
    }
    for word in words {
        for operand in [word.to_uppercase(), word.to_lowercase(), crate::field::fold(&word), word] {
            for operator in [Operator::Ieq, Operator::Icontains] {
                let filter = Filter::one(0, operator, text(&operand));
                named.check_ids(&named.filtered(filter)).await;
            }
        }
    }
}

pub(super) async fn long_lists_are_compared_whole(db: Database) {
    let zoo = Subject::zoo(db).await;
    for len in [100, 1_000, 20_000] {
        for operator in [Operator::In, Operator::Nin] {
            let integers = (0..len).map(|it| int(it * 3 - 90)).collect();
            zoo.check_ids(&zoo.filtered(Filter::many(zoo.field("i16"), operator, integers))).await;
            let texts = (0..len).map(|it| text(&it.to_string())).collect();
            zoo.check_ids(&zoo.filtered(Filter::many(zoo.field("maybe_text"), operator, texts))).await;
        }
        let items = (0..len).map(|it| text(&it.to_string())).collect();
        zoo.check_ids(&zoo.filtered(Filter::many(zoo.field("texts"), Operator::HasAny, items))).await;
    }
}
