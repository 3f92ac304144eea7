//! Operands made fit to be compared with what rows hold.
//!
//! Query strings give operands of the right kind only. Rust code can give any: what no row could
//! hold (a text for a number, a NaN, a text with U+0000) is then equal to nothing, and less and
//! greater than nothing, in every store; it never reaches one.

use std::borrow::Cow;
use std::mem::discriminant;

use jiff::Timestamp;

use super::Operand;
use crate::field::{IntKind, Kind, Value};

/// The only value of an operand, as rows of this kind could hold it.
pub(super) fn one<'a>(operand: &'a Operand, kind: &Kind) -> Option<Cow<'a, Value>> {
    match operand {
        Operand::One(value) => comparable(value, kind),
        Operand::Many(_) => None,
    }
}

/// The values of an operand that rows of this kind could hold.
pub(super) fn many<'a>(operand: &'a Operand, kind: &Kind) -> impl Iterator<Item = Option<Cow<'a, Value>>> {
    let values = match operand {
        Operand::One(value) => std::slice::from_ref(value),
        Operand::Many(values) => values,
    };
    values.iter().map(move |it| comparable(it, kind))
}

/// The operand's text.
pub(super) fn text(operand: &Operand) -> Option<&str> {
    match operand {
        Operand::One(value) => text_of(value),
        Operand::Many(_) => None,
    }
}

/// The operand's texts, one of which has to do.
pub(super) fn texts(operand: &Operand) -> impl Iterator<Item = &str> {
    let values = match operand {
        Operand::One(value) => std::slice::from_ref(value),
        Operand::Many(values) => values,
    };
    values.iter().filter_map(text_of)
}

fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) if !text.contains('\0') => Some(text),
        _ => None,
    }
}

/// Whether two values that are not null are equal.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    discriminant(a) == discriminant(b) && !a.is_null() && a.compare(b).is_eq()
}

/// Values that differ, as the placeholders of SQLite are filled with them: as many as a power of
/// two (the last is repeated), so that lists of similar lengths share one prepared statement. Long
/// lists stay as they are: a statement has 32,766 placeholders at most.
pub(super) fn padded(mut values: Vec<Value>) -> Vec<Value> {
    const LONG: usize = 1_024;
    if let Some(last) = values.last().filter(|_| values.len() < LONG).cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

/// Leaves each value once.
pub(super) fn distinct(values: &mut Vec<Value>) {
    values.sort_unstable_by(Value::compare);
    values.dedup_by(|a, b| same(a, b));
}

/// The kind that operands are bound as: the widest that compares with the field's column, so that
/// a value out of the column's range is compared instead of refused.
pub(super) const fn bind_kind(kind: Kind) -> Kind {
    match kind {
        Kind::Int(_) => Kind::Int(IntKind::I64),
        Kind::F32 => Kind::F64,
        other => other,
    }
}

/// Whether the value is one of the kind itself, not only comparable with it.
#[expect(clippy::cast_possible_truncation, clippy::float_cmp, reason = "the question is what the cast loses")]
pub(super) fn fits(value: &Value, kind: &Kind) -> bool {
    match (kind, value) {
        (Kind::Int(int), Value::Int(it)) => (int.min()..=int.max()).contains(it),
        (Kind::F32, Value::Float(it)) => f64::from(*it as f32) == *it,
        _ => true,
    }
}

fn comparable<'a>(value: &'a Value, kind: &Kind) -> Option<Cow<'a, Value>> {
    const YEAR_1: i64 = -62_135_596_800_000_000;
    match (kind, value) {
        (Kind::Bool, Value::Bool(_))
        | (Kind::Int(_), Value::Int(_))
        | (Kind::Decimal, Value::Decimal(_))
        | (Kind::Uuid, Value::Uuid(_)) => Some(Cow::Borrowed(value)),
        (Kind::F32 | Kind::F64, Value::Float(it)) if !it.is_nan() => {
            // Zero has one form in rows.
            Some(if *it == 0.0 { Cow::Owned(Value::Float(0.0)) } else { Cow::Borrowed(value) })
        }
        (Kind::Text | Kind::Enum(_), Value::Text(it)) if !it.contains('\0') => Some(Cow::Borrowed(value)),
        // Rows hold whole microseconds from year 1 to 9999, and so do the placeholders of stores.
        (Kind::Timestamp, Value::Timestamp(it)) => {
            // Not `from_microsecond`: it refuses the last second, which `Timestamp` can hold.
            let whole = Timestamp::new(it.as_second(), it.subsec_nanosecond() / 1_000 * 1_000).ok()?;
            (it.as_microsecond() >= YEAR_1).then_some(Cow::Owned(Value::Timestamp(whole)))
        }
        (Kind::Date, Value::Date(it)) if it.year() >= 1 => Some(Cow::Borrowed(value)),
        (Kind::Time, Value::Time(it)) => {
            let whole = it.with().nanosecond(0).build().ok()?;
            Some(Cow::Owned(Value::Time(whole)))
        }
        _ => None,
    }
}
