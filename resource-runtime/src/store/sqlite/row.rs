//! Rows as records and as JSON.

use std::cell::Cell as Flag;
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
    /// Whether what is stored can be what leaves the server. Nested objects may have been written
    /// when their type had other fields.
    direct: bool,
}

impl Layout {
    /// For a statement that reads these columns.
    pub(super) fn new(meta: &'static ResourceMeta, columns: &[usize]) -> Self {
        let mut places = vec![None; meta.fields.len()];
        for (place, field) in columns.iter().enumerate() {
            if let Some(it) = places.get_mut(*field) {
                *it = Some(place);
            }
        }
        let direct = columns.iter().filter_map(|it| meta.fields.get(*it)).all(|it| !has_object(&it.kind));
        Self { meta, columns: places, direct }
    }

    /// Reads the value of one field.
    pub(super) fn value(&self, row: &Row<'_>, index: usize) -> Result<Value, Failure> {
        match (self.meta.fields.get(index), self.columns.get(index)) {
            (Some(field), Some(Some(column))) => value(row, *column, field),
            _ => Ok(Value::Null),
        }
    }

    /// Writes a row as an object: straight from the statement's memory, as long as every value
    /// there has the form that we store, and else by way of values, which says what is wrong.
    pub(super) fn write_json(&self, out: &mut Vec<u8>, row: &Row<'_>, projection: &Projection) -> Result<(), Failure> {
        let start = out.len();
        if self.direct {
            let cells = RowCells { layout: self, row, strange: Flag::new(false) };
            write_row(out, projection, &cells, &[]);
            if !cells.strange.get() {
                return Ok(());
            }
            out.truncate(start);
        }
        let values: Vec<_> = (0..self.columns.len()).map(|it| self.value(row, it)).collect::<Result<_, _>>()?;
        write_row(out, projection, &ValueCells { layout: self, values }, &[]);
        Ok(())
    }
}

const fn has_object(kind: &Kind) -> bool {
    match kind {
        Kind::Object(_) => true,
        Kind::List(item) => has_object(item),
        _ => false,
    }
}

struct RowCells<'a> {
    layout: &'a Layout,
    row: &'a Row<'a>,
    /// Whether a value was met that cannot be lent as it is; lending has no other way to fail.
    strange: Flag<bool>,
}

impl Cells for RowCells<'_> {
    fn cell(&self, field: usize) -> Cell<'_> {
        let lent = self.layout.meta.fields.get(field).and_then(|meta| {
            let column = self.layout.columns.get(field).copied().flatten()?;
            lend(self.row.get_ref(column).ok()?, &meta.kind)
        });
        lent.unwrap_or_else(|| {
            self.strange.set(true);
            Cell::Null
        })
    }
}

struct ValueCells<'a> {
    layout: &'a Layout,
    values: Vec<Value>,
}

impl Cells for ValueCells<'_> {
    fn cell(&self, field: usize) -> Cell<'_> {
        match (self.values.get(field), self.layout.meta.fields.get(field)) {
            (Some(value), Some(meta)) => value.as_cell(&meta.kind),
            _ => Cell::Null,
        }
    }
}

fn lend<'a>(stored: ValueRef<'a>, kind: &Kind) -> Option<Cell<'a>> {
    Some(match (stored, kind) {
        (ValueRef::Null, _) => Cell::Null,
        (ValueRef::Integer(it), Kind::Int(width)) if (width.min()..=width.max()).contains(&it) => Cell::Int(it),
        (ValueRef::Integer(it), Kind::Timestamp) if MOMENTS.contains(&it) => Cell::Timestamp(it),
        (ValueRef::Integer(it @ (0 | 1)), Kind::Bool) => Cell::Bool(it == 1),
        (ValueRef::Integer(it), Kind::Time) => Cell::Time(time(it)?),
        (ValueRef::Real(it), Kind::F32 | Kind::F64) => Cell::Float(it),
        (ValueRef::Text(it), kind) => {
            let text = std::str::from_utf8(it).ok()?;
            match kind {
                Kind::Text | Kind::Enum(_) => Cell::Text(text),
                Kind::Uuid if is_uuid(it) => Cell::Plain(text),
                Kind::Uuid => Cell::Uuid(text.parse().ok()?),
                Kind::Date if is_date(it) => Cell::Plain(text),
                Kind::Decimal if is_number(it) => Cell::Json(text),
                Kind::List(_) | Kind::Json => Cell::Json(text),
                _ => return None,
            }
        }
        _ => return None,
    })
}

/// Years 1 to 9999, in microseconds since 1970.
const MOMENTS: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_207_200_999_999;

/// Whether it has the form in which UUIDs leave the server: hyphens, and lower-case letters.
fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

/// Whether it has the form `1999-12-31`.
fn is_date(text: &[u8]) -> bool {
    text.len() == 10
        && text.iter().enumerate().all(|(index, byte)| match index {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// Whether it has the form that decimals are written in: `-0.50`.
fn is_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let whole = |part: &[u8]| digits(part) && (part.len() == 1 || !part.starts_with(b"0"));
    match text.iter().position(|it| *it == b'.') {
        None => whole(text),
        Some(point) => {
            let (before, after) = text.split_at(point);
            whole(before) && after.get(1..).is_some_and(digits)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_form_of_json() {
        for it in ["0", "-0.50", "10", "79228162514264337593543950335"] {
            assert!(is_number(it.as_bytes()), "{it}");
        }
        for it in ["", "-", ".5", "5.", "007", "1e5", "+1", "1,0", "NaN", "1.5.2", "--1", "\"1\""] {
            assert!(!is_number(it.as_bytes()), "{it}");
        }
    }

    #[test]
    fn uuids_have_the_form_that_they_are_written_in() {
        assert!(is_uuid(b"01890a5d-ac96-774b-bcce-b302099a8057"));
        for it in [
            "",
            "01890A5D-ac96-774b-bcce-b302099a8057",
            "01890a5dac96774bbcceb302099a8057",
            "{01890a5d-ac96-774b-bcce-b302099a80}",
            "01890a5d-ac96-774b-bcce-b302099a805\"",
        ] {
            assert!(!is_uuid(it.as_bytes()), "{it}");
        }
    }

    #[test]
    fn dates_have_the_form_of_iso() {
        assert!(is_date(b"1999-12-31"));
        for it in ["", "1999-1-31", "19990-1231", "1999-12-3\"", "1999-12-311"] {
            assert!(!is_date(it.as_bytes()), "{it}");
        }
    }
}
