//! Values out of PostgreSQL's binary format: as [`Value`]s for records, as [`Cell`]s for JSON.

use std::error::Error;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use tokio_postgres::types::{FromSql, Type};
use uuid::Uuid;

use super::numeric;
use crate::field::{Cell, Kind, Value};
use crate::json::{write_cell, write_value};

/// 2000-01-01T00:00:00Z, from where PostgreSQL counts, in microseconds since 1970.
pub(super) const EPOCH_MICROS: i64 = 946_684_800_000_000;
/// 2000-01-01, in days since 1970.
pub(super) const EPOCH_DAYS: i32 = 10_957;

/// Bytes from the server that are no value of the field's kind: the column was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the column does not fit its field: found {}", self.0)
    }
}

impl Error for Malformed {}

/// The bytes of a column, whatever its type; none for null.
pub(super) struct Raw<'a>(pub(super) Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, bytes: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Some(bytes)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Reads a value of a field of this kind.
pub(super) fn read_value(bytes: Option<&[u8]>, kind: &Kind) -> Result<Value, Malformed> {
    let Some(bytes) = bytes else { return Ok(Value::Null) };
    Ok(match kind {
        Kind::List(item) if !super::is_json(kind) => {
            let mut values = Vec::new();
            let mut items = Items::new(bytes)?;
            while let Some(bytes) = items.next()? {
                values.push(read_value(bytes, item)?);
            }
            Value::List(values)
        }
        Kind::Object(_) | Kind::List(_) => crate::store::sql::from_json(text(bytes)?, kind)
            .map_err(|_| Malformed("JSON that is no value of the field's type"))?,
        _ => match read_cell(bytes, kind)? {
            Cell::Bool(it) => Value::Bool(it),
            Cell::Int(it) => Value::Int(it),
            Cell::Float(it) => Value::Float(it),
            Cell::Decimal(it) => Value::Decimal(it),
            Cell::Text(it) => Value::Text(it.to_owned()),
            Cell::Uuid(it) => Value::Uuid(it),
            Cell::Timestamp(it) => {
                Value::Timestamp(Timestamp::from_microsecond(it).map_err(|_| Malformed("a moment out of range"))?)
            }
            Cell::Date(it) => Value::Date(it),
            Cell::Time(it) => Value::Time(it),
            Cell::Json(it) => Value::Json(it.to_owned()),
            Cell::Null | Cell::Plain(_) | Cell::Object(..) | Cell::List(_) | Cell::Raw(..) => Value::Null,
        },
    })
}

/// Lends a value of a field of this kind. What this accepts, [`read_value`] accepts, save nested
/// JSON, which is not looked into.
pub(super) fn read_cell<'a>(bytes: &'a [u8], kind: &Kind) -> Result<Cell<'a>, Malformed> {
    Ok(match kind {
        Kind::Bool => match bytes {
            [0] => Cell::Bool(false),
            [1] => Cell::Bool(true),
            _ => return Err(Malformed("no boolean")),
        },
        Kind::Int(width) => {
            let value = match bytes.len() {
                2 => i16::from_be_bytes(all(bytes)?).into(),
                4 => i32::from_be_bytes(all(bytes)?).into(),
                8 => i64::from_be_bytes(all(bytes)?),
                _ => return Err(Malformed("no integer")),
            };
            if value < width.min() || value > width.max() {
                return Err(Malformed("an integer out of the field's range"));
            }
            Cell::Int(value)
        }
        Kind::F32 | Kind::F64 => {
            let value = match bytes.len() {
                4 => f32::from_be_bytes(all(bytes)?).into(),
                8 => f64::from_be_bytes(all(bytes)?),
                _ => return Err(Malformed("no float")),
            };
            if !value.is_finite() {
                return Err(Malformed("a float that is not finite"));
            }
            Cell::Float(value)
        }
        Kind::Decimal => Cell::Decimal(numeric::read(bytes)?),
        Kind::Text | Kind::Enum(_) => Cell::Text(text(bytes)?),
        Kind::Uuid => Cell::Uuid(Uuid::from_bytes(all(bytes)?)),
        Kind::Timestamp => {
            const RANGE: Malformed = Malformed("a moment out of range");
            let micros = i64::from_be_bytes(all(bytes)?).checked_add(EPOCH_MICROS).ok_or(RANGE)?;
            if micros < Timestamp::MIN.as_microsecond() || micros > Timestamp::MAX.as_microsecond() {
                return Err(RANGE);
            }
            Cell::Timestamp(micros)
        }
        Kind::Date => Cell::Date(date(i32::from_be_bytes(all(bytes)?))?),
        Kind::Time => Cell::Time(time(i64::from_be_bytes(all(bytes)?))?),
        Kind::Object(_) | Kind::Json => Cell::Json(text(bytes)?),
        Kind::List(_) if super::is_json(kind) => Cell::Json(text(bytes)?),
        Kind::List(item) => {
            // Looked through here, because a writer has no way to say that something is wrong.
            let mut items = Items::new(bytes)?;
            while let Some(bytes) = items.next()? {
                if let Some(bytes) = bytes {
                    read_cell(bytes, item)?;
                }
            }
            Cell::Raw(bytes, write_array)
        }
    })
}

/// Writes an array that [`read_cell`] has looked through.
fn write_array(out: &mut Vec<u8>, bytes: &[u8], kind: &Kind) {
    let item = match kind {
        Kind::List(item) => item,
        _ => kind,
    };
    out.push(b'[');
    if let Ok(mut items) = Items::new(bytes) {
        let mut first = true;
        while let Ok(Some(bytes)) = items.next() {
            if !first {
                out.push(b',');
            }
            first = false;
            match bytes.map(|it| read_cell(it, item)) {
                Some(Ok(cell)) => write_cell(out, cell, item),
                _ => write_value(out, &Value::Null, item),
            }
        }
    }
    out.push(b']');
}

/// The items of a binary array of at most one dimension.
struct Items<'a> {
    left: i32,
    rest: &'a [u8],
}

impl<'a> Items<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let (dimensions, rest) = take::<4>(bytes)?;
        // Whether there are nulls, and the items' type.
        let (_, rest) = take::<8>(rest)?;
        match i32::from_be_bytes(dimensions) {
            0 => Ok(Self { left: 0, rest }),
            1 => {
                let (left, rest) = take::<4>(rest)?;
                let (_lower_bound, rest) = take::<4>(rest)?;
                Ok(Self { left: i32::from_be_bytes(left), rest })
            }
            _ => Err(Malformed("an array of several dimensions")),
        }
    }

    /// The next item's bytes; `Some(None)` for a null.
    fn next(&mut self) -> Result<Option<Option<&'a [u8]>>, Malformed> {
        if self.left <= 0 {
            return if self.rest.is_empty() { Ok(None) } else { Err(Malformed("bytes after an array")) };
        }
        self.left -= 1;
        let (len, rest) = take::<4>(self.rest)?;
        self.rest = rest;
        let Ok(len) = usize::try_from(i32::from_be_bytes(len)) else { return Ok(Some(None)) };
        let (item, rest) = rest.split_at_checked(len).ok_or(Malformed("a cut array"))?;
        self.rest = rest;
        Ok(Some(Some(item)))
    }
}

/// The first bytes, and the rest.
pub(super) fn take<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), Malformed> {
    bytes.split_first_chunk::<N>().map(|(head, rest)| (*head, rest)).ok_or(Malformed("too few bytes"))
}

fn all<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Malformed> {
    bytes.try_into().map_err(|_| Malformed("a value of another length"))
}

fn text(bytes: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(bytes).map_err(|_| Malformed("text that is not UTF-8"))
}

/// The date so many days after 2000-01-01 (Howard Hinnant's `civil_from_days`).
fn date(days: i32) -> Result<Date, Malformed> {
    const RANGE: Malformed = Malformed("a date out of range");
    let days = i64::from(days) + i64::from(EPOCH_DAYS) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let small = |value: i64| i8::try_from(value).map_err(|_| RANGE);
    Date::new(i16::try_from(year).map_err(|_| RANGE)?, small(month)?, small(day)?).map_err(|_| RANGE)
}

/// The time so many microseconds after midnight.
fn time(micros: i64) -> Result<Time, Malformed> {
    // PostgreSQL knows 24:00:00, which is no time of a day.
    const RANGE: Malformed = Malformed("a time out of range");
    let small = |value: i64| i8::try_from(value).map_err(|_| RANGE);
    let seconds = micros.div_euclid(1_000_000);
    let nanos = i32::try_from(micros.rem_euclid(1_000_000) * 1_000).map_err(|_| RANGE)?;
    Time::new(small(seconds / 3_600)?, small(seconds / 60 % 60)?, small(seconds % 60)?, nanos).map_err(|_| RANGE)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as civil;

    use super::*;
    use crate::field::IntKind;

    #[test]
    fn dates_are_counted_from_2000() {
        for it in [civil(2000, 1, 1), civil(1999, 12, 31), civil(1, 1, 1), civil(9999, 12, 31), civil(2024, 2, 29)] {
            let days = (it - civil(2000, 1, 1)).get_days();
            assert_eq!(date(days), Ok(it));
        }
        assert!(date(i32::MAX).is_err(), "infinity");
        assert!(date(i32::MIN).is_err(), "-infinity");
    }

    #[test]
    fn times_are_counted_from_midnight() {
        assert_eq!(time(0), Ok(Time::midnight()));
        assert_eq!(time(86_399_999_999).unwrap().to_string(), "23:59:59.999999");
        assert!(time(86_400_000_000).is_err(), "24:00:00");
        assert!(time(-1).is_err());
    }

    #[test]
    fn infinite_moments_are_refused() {
        assert!(read_cell(&i64::MAX.to_be_bytes(), &Kind::Timestamp).is_err());
        assert!(read_cell(&i64::MIN.to_be_bytes(), &Kind::Timestamp).is_err());
        assert!(matches!(read_cell(&0_i64.to_be_bytes(), &Kind::Timestamp), Ok(Cell::Timestamp(EPOCH_MICROS))));
    }

    #[test]
    fn integers_out_of_the_fields_range_are_refused() {
        assert!(read_cell(&300_i16.to_be_bytes(), &Kind::Int(IntKind::U8)).is_err());
        assert!(read_cell(&(-1_i64).to_be_bytes(), &Kind::Int(IntKind::U32)).is_err());
        assert!(matches!(read_cell(&255_i16.to_be_bytes(), &Kind::Int(IntKind::U8)), Ok(Cell::Int(255))));
    }

    #[test]
    fn malformed_bytes_are_refused_and_never_panic() {
        let kinds = [
            Kind::Bool,
            Kind::Int(IntKind::I64),
            Kind::F32,
            Kind::F64,
            Kind::Decimal,
            Kind::Text,
            Kind::Uuid,
            Kind::Timestamp,
            Kind::Date,
            Kind::Time,
            Kind::List(&Kind::Text),
            Kind::List(&Kind::Decimal),
        ];
        for kind in &kinds {
            for len in 0..40 {
                for fill in [0, 1, 0x7F, 0x80, 0xFF] {
                    let bytes = vec![fill; len];
                    let cell = read_cell(&bytes, kind);
                    assert_eq!(cell.is_ok(), read_value(Some(&bytes), kind).is_ok(), "{kind:?} {bytes:?}");
                    if let Ok(cell) = cell {
                        write_cell(&mut Vec::new(), cell, kind);
                    }
                }
            }
        }
    }
}
