//! Rows as records and as JSON.

use std::cell::Cell as Slot;
use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Time;
use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::bind::Failure;
use crate::field::{Cell, FieldMeta, Kind, Value};
use crate::json::{Cells, Projection, write_row};
use crate::resource::{Record, ResourceMeta};
use crate::store::sql;

/// Reads a row of all fields and the version.
pub(super) fn record(row: &Row<'_>, meta: &ResourceMeta) -> Result<Record, Failure> {
    let mut values = Vec::with_capacity(meta.fields.len());
    for (index, field) in meta.fields.iter().enumerate() {
        values.push(value(row, index, field)?);
    }
    Ok(Record { values, version: row.get(meta.fields.len())? })
}

/// Reads the value of a field from a column.
pub(super) fn value(row: &Row<'_>, column: usize, field: &FieldMeta) -> Result<Value, Failure> {
    let stored = row.get_ref(column)?;
    decode(stored, &field.kind).map_err(|why| {
        Failure::Value(
            format!("the column `{}` has a value that is not {}: {why}", field.column, field.kind.noun()).into(),
        )
    })
}

fn decode(stored: ValueRef<'_>, kind: &Kind) -> Result<Value, String> {
    fn parse<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
        text.parse().map_err(|it: T::Err| it.to_string())
    }
    let text = match stored {
        ValueRef::Null => return Ok(Value::Null),
        ValueRef::Integer(it) => return decode_integer(it, kind),
        ValueRef::Real(it) => {
            return match kind {
                Kind::F32 | Kind::F64 => Ok(Value::Float(it)),
                _ => Err("found a float".to_owned()),
            };
        }
        ValueRef::Text(it) => std::str::from_utf8(it).map_err(|it| it.to_string())?,
        ValueRef::Blob(_) => return Err("found bytes".to_owned()),
    };
    match kind {
        Kind::Text | Kind::Enum(_) => Ok(Value::Text(text.to_owned())),
        Kind::Json => Ok(Value::Json(text.to_owned())),
        Kind::Decimal => parse(text).map(Value::Decimal),
        Kind::Uuid => parse(text).map(Value::Uuid),
        Kind::Date => parse(text).map(Value::Date),
        Kind::Object(_) | Kind::List(_) => sql::from_json(text, kind).map_err(|it| it.to_string()),
        Kind::Bool | Kind::Int(_) | Kind::F32 | Kind::F64 | Kind::Timestamp | Kind::Time => {
            Err("found a text".to_owned())
        }
    }
}

fn decode_integer(stored: i64, kind: &Kind) -> Result<Value, String> {
    match kind {
        Kind::Bool if stored == 0 || stored == 1 => Ok(Value::Bool(stored == 1)),
        Kind::Int(width) if (width.min()..=width.max()).contains(&stored) => Ok(Value::Int(stored)),
        // `Timestamp::from_microsecond` refuses the last second that there is.
        Kind::Timestamp => Timestamp::new(stored.div_euclid(1_000_000), nanos(stored))
            .map(Value::Timestamp)
            .map_err(|it| it.to_string()),
        Kind::Time => time(stored).map(Value::Time).ok_or_else(|| "no time of day".to_owned()),
        _ => Err("found an integer out of its range".to_owned()),
    }
}

fn time(micros: i64) -> Option<Time> {
    let seconds = micros.div_euclid(1_000_000);
    let part = |it: i64| i8::try_from(it).ok();
    Time::new(part(seconds / 3_600)?, part(seconds / 60 % 60)?, part(seconds % 60)?, nanos(micros)).ok()
}

/// The part of a second.
fn nanos(micros: i64) -> i32 {
    i32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap_or(0)
}

/// Which column of a statement has which field.
pub(super) struct Layout {
    meta: &'static ResourceMeta,
    columns: Vec<Option<usize>>,
}

impl Layout {
    /// For a statement that reads these columns.
    pub(super) fn new(meta: &'static ResourceMeta, columns: &[usize]) -> Self {
        let place = |field| columns.iter().position(|it| *it == field);
        Self { meta, columns: (0..meta.fields.len()).map(place).collect() }
    }

    /// Reads the value of one field.
    pub(super) fn value(&self, row: &Row<'_>, index: usize) -> Result<Value, Failure> {
        match (self.meta.fields.get(index), self.columns.get(index)) {
            (Some(field), Some(Some(column))) => value(row, *column, field),
            _ => Ok(Value::Null),
        }
    }

    /// Writes a row as an object, straight from the statement's memory.
    pub(super) fn write_json(&self, out: &mut Vec<u8>, row: &Row<'_>, projection: &Projection) -> Result<(), Failure> {
        let cells = RowCells { layout: self, row, broken: Slot::new(None) };
        write_row(out, projection, &cells, &[]);
        match cells.broken.get() {
            None => Ok(()),
            // Says what is wrong with it, where the typed path sees that too.
            Some(field) => Err(self.value(row, field).err().unwrap_or(Failure::Value("not UTF-8".into()))),
        }
    }
}

struct RowCells<'a> {
    layout: &'a Layout,
    row: &'a Row<'a>,
    /// The last field whose value cannot be written; lending cells has no other way to fail.
    broken: Slot<Option<usize>>,
}

impl Cells for RowCells<'_> {
    fn cell(&self, field: usize) -> Cell<'_> {
        let lent = self.layout.meta.fields.get(field).and_then(|meta| {
            let column = self.layout.columns.get(field).copied().flatten()?;
            lend(self.row.get_ref(column).ok()?, &meta.kind)
        });
        lent.unwrap_or_else(|| {
            self.broken.set(Some(field));
            Cell::Null
        })
    }
}

fn lend<'a>(stored: ValueRef<'a>, kind: &Kind) -> Option<Cell<'a>> {
    Some(match (stored, kind) {
        (ValueRef::Null, _) => Cell::Null,
        (ValueRef::Integer(it), Kind::Int(_)) => Cell::Int(it),
        (ValueRef::Integer(it), Kind::Timestamp) => Cell::Timestamp(it),
        (ValueRef::Integer(it @ (0 | 1)), Kind::Bool) => Cell::Bool(it == 1),
        (ValueRef::Integer(it), Kind::Time) => Cell::Time(time(it)?),
        (ValueRef::Real(it), Kind::F32 | Kind::F64) => Cell::Float(it),
        (ValueRef::Text(it), kind) => {
            let text = std::str::from_utf8(it).ok()?;
            match kind {
                Kind::Text | Kind::Enum(_) => Cell::Text(text),
                Kind::Uuid | Kind::Date => Cell::Plain(text),
                Kind::Decimal | Kind::Object(_) | Kind::List(_) | Kind::Json => Cell::Json(text),
                _ => return None,
            }
        }
        _ => return None,
    })
}
