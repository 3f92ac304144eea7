use std::cmp::Ordering;

use crate::field::Value;
use crate::query::SortKey;
use crate::resource::Record;

/// The order that a list asks for, of two rows.
pub(super) fn of_rows(sort: &[SortKey], a: &Record, b: &Record) -> Ordering {
    sort.iter()
        .map(|key| by_key(*key, a.get(key.field), b.get(key.field)))
        .find(|it| it.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// The order of a row and a place, which is given by the values of the sort keys.
pub(super) fn of_place(sort: &[SortKey], row: &Record, place: &[Value]) -> Ordering {
    let mut keys = sort.iter().zip(place).map(|(key, value)| by_key(*key, row.get(key.field), value));
    keys.find(|it| it.is_ne()).unwrap_or(Ordering::Equal)
}

fn by_key(key: SortKey, a: &Value, b: &Value) -> Ordering {
    match (a.is_null(), b.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) if key.nulls_first => Ordering::Less,
        (true, false) => Ordering::Greater,
        (false, true) if key.nulls_first => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) if key.descending => b.compare(a),
        (false, false) => a.compare(b),
    }
}

/// A value as a key of maps: in the order of its kind, and nested values item by item.
#[derive(Debug, Clone)]
pub(super) struct Ordered(pub(super) Value);

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> Ordering {
        deep(&self.0, &other.0)
    }
}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ordered {}

fn deep(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::List(a), Value::List(b)) | (Value::Object(a), Value::Object(b)) => {
            let mut items = a.iter().zip(b).map(|(a, b)| deep(a, b));
            items.find(|it| it.is_ne()).unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        (Value::Json(a), Value::Json(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)).then_with(|| a.compare(b)),
    }
}

/// Keeps values of different variants apart, which [`Value::compare`] does not.
const fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Int(_) => 2,
        Value::Float(_) => 3,
        Value::Decimal(_) => 4,
        Value::Text(_) => 5,
        Value::Uuid(_) => 6,
        Value::Timestamp(_) => 7,
        Value::Date(_) => 8,
        Value::Time(_) => 9,
        Value::Object(_) => 10,
        Value::List(_) => 11,
        Value::Json(_) => 12,
    }
}
