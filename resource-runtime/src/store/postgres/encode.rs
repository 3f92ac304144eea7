//! Values into PostgreSQL's binary format.

use std::error::Error;
use std::fmt;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{IsNull, Kind as TypeKind, ToSql, Type};

use super::decode::{EPOCH_DAYS, EPOCH_MICROS};
use super::numeric;
use crate::field::{IntKind, Kind, Value};
use crate::json::write_value;

type Failure = Box<dyn Error + Sync + Send>;

/// The value of a placeholder, written as the type that its cast names.
pub(super) struct Bind<'a>(pub(super) &'a Value, pub(super) &'a Kind);

// The driver prints parameters into its debug log, and values may be secrets.
impl fmt::Debug for Bind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.1.noun())
    }
}

impl ToSql for Bind<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        write(self.0, self.1, ty, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        self.to_sql(ty, out)
    }
}

/// The type that a placeholder's cast names; see
/// [`postgres_type`](crate::store::sql::postgres_type).
pub(super) fn type_of(kind: &Kind) -> Type {
    match kind {
        Kind::Bool => Type::BOOL,
        Kind::Int(IntKind::I8 | IntKind::I16 | IntKind::U8) => Type::INT2,
        Kind::Int(IntKind::I32 | IntKind::U16) => Type::INT4,
        Kind::Int(IntKind::I64 | IntKind::U32) => Type::INT8,
        Kind::F32 => Type::FLOAT4,
        Kind::F64 => Type::FLOAT8,
        Kind::Decimal => Type::NUMERIC,
        Kind::Text | Kind::Enum(_) => Type::TEXT,
        Kind::Uuid => Type::UUID,
        Kind::Timestamp => Type::TIMESTAMPTZ,
        Kind::Date => Type::DATE,
        Kind::Time => Type::TIME,
        Kind::Object(_) | Kind::Json => Type::JSON,
        Kind::List(item) => match type_of(item) {
            Type::BOOL => Type::BOOL_ARRAY,
            Type::INT2 => Type::INT2_ARRAY,
            Type::INT4 => Type::INT4_ARRAY,
            Type::INT8 => Type::INT8_ARRAY,
            Type::FLOAT4 => Type::FLOAT4_ARRAY,
            Type::FLOAT8 => Type::FLOAT8_ARRAY,
            Type::NUMERIC => Type::NUMERIC_ARRAY,
            Type::TEXT => Type::TEXT_ARRAY,
            Type::UUID => Type::UUID_ARRAY,
            Type::TIMESTAMPTZ => Type::TIMESTAMPTZ_ARRAY,
            Type::DATE => Type::DATE_ARRAY,
            Type::TIME => Type::TIME_ARRAY,
            // Lists of anything else are one value.
            _ => Type::JSON,
        },
    }
}

fn write(value: &Value, kind: &Kind, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
    if value.is_null() {
        return Ok(IsNull::Yes);
    }
    match (value, ty) {
        (_, &Type::JSON) => {
            let mut json = Vec::new();
            write_value(&mut json, value, kind);
            out.put_slice(&json);
        }
        (Value::Bool(it), &Type::BOOL) => out.put_u8(u8::from(*it)),
        (Value::Int(it), &Type::INT2) => out.put_i16(i16::try_from(*it)?),
        (Value::Int(it), &Type::INT4) => out.put_i32(i32::try_from(*it)?),
        (Value::Int(it), &Type::INT8) => out.put_i64(*it),
        (Value::Float(it), &Type::FLOAT4) => {
            #[expect(clippy::cast_possible_truncation, reason = "the value was made from an f32")]
            out.put_f32(*it as f32);
        }
        (Value::Float(it), &Type::FLOAT8) => out.put_f64(*it),
        (Value::Decimal(it), &Type::NUMERIC) => numeric::write(*it, out),
        (Value::Text(it) | Value::Json(it), &Type::TEXT) => out.put_slice(it.as_bytes()),
        (Value::Uuid(it), &Type::UUID) => out.put_slice(it.as_bytes()),
        (Value::Timestamp(it), &Type::TIMESTAMPTZ) => out.put_i64(it.as_microsecond() - EPOCH_MICROS),
        (Value::Date(it), &Type::DATE) => out.put_i32(days(*it)),
        (Value::Time(it), &Type::TIME) => out.put_i64(micros(*it)),
        (Value::List(items), ty) => match (ty.kind(), kind) {
            (TypeKind::Array(item_type), Kind::List(item_kind)) => write_array(items, item_kind, item_type, out)?,
            _ => return Err(mismatch(kind, ty)),
        },
        _ => return Err(mismatch(kind, ty)),
    }
    Ok(IsNull::No)
}

fn write_array(items: &[Value], kind: &Kind, ty: &Type, out: &mut BytesMut) -> Result<(), Failure> {
    let nulls = items.iter().any(Value::is_null);
    out.put_i32(i32::from(!items.is_empty()));
    out.put_i32(i32::from(nulls));
    out.put_u32(ty.oid());
    if !items.is_empty() {
        out.put_i32(i32::try_from(items.len())?);
        out.put_i32(1);
    }
    for item in items {
        let at = out.len();
        out.put_i32(-1);
        if let IsNull::No = write(item, kind, ty, out)? {
            let len = i32::try_from(out.len() - at - 4)?;
            if let Some(head) = out.get_mut(at..at + 4) {
                head.copy_from_slice(&len.to_be_bytes());
            }
        }
    }
    Ok(())
}

/// Days since 2000-01-01 (Howard Hinnant's `days_from_civil`).
fn days(date: jiff::civil::Date) -> i32 {
    let month = i32::from(date.month());
    let year = i32::from(date.year()) - i32::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + i32::from(date.day()) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468 - EPOCH_DAYS
}

/// Microseconds since midnight.
fn micros(time: jiff::civil::Time) -> i64 {
    let seconds = (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60 + i64::from(time.second());
    seconds * 1_000_000 + i64::from(time.subsec_nanosecond()) / 1_000
}

fn mismatch(kind: &Kind, ty: &Type) -> Failure {
    format!("a placeholder of type {ty} cannot take {}", kind.noun()).into()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::field::IntKind;
    use crate::store::postgres::decode::read_value;

    fn bytes(value: &Value, kind: &Kind, ty: &Type) -> Result<Vec<u8>, Failure> {
        let mut out = BytesMut::new();
        write(value, kind, ty, &mut out).map(|_| out.to_vec())
    }

    #[test]
    fn dates_are_counted_from_2000() {
        for it in [date(2000, 1, 1), date(1999, 12, 31), date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29)] {
            assert_eq!(days(it), (it - date(2000, 1, 1)).get_days());
        }
    }

    #[test]
    fn integers_are_never_cut() {
        let kind = Kind::Int(IntKind::I64);
        assert!(bytes(&Value::Int(70_000), &kind, &Type::INT2).is_err());
        assert!(bytes(&Value::Int(i64::MAX), &kind, &Type::INT4).is_err());
        assert!(bytes(&Value::Int(i64::MIN), &kind, &Type::INT8).is_ok());
    }

    #[test]
    fn values_of_another_type_are_refused() {
        assert!(bytes(&Value::Text("1".to_owned()), &Kind::Text, &Type::INT8).is_err());
        assert!(bytes(&Value::List(Vec::new()), &Kind::List(&Kind::Text), &Type::TEXT).is_err());
    }

    #[test]
    fn arrays_read_back() {
        let kind = Kind::List(&Kind::Text);
        for items in [vec![], vec![""], vec!["a", "b,{}\"\\", "é😀"]] {
            let value = Value::List(items.into_iter().map(|it| Value::Text(it.to_owned())).collect());
            let bytes = bytes(&value, &kind, &Type::TEXT_ARRAY).unwrap();
            assert_eq!(read_value(Some(&bytes), &kind), Ok(value));
        }
    }

    #[test]
    fn the_debug_form_has_no_value_in_it() {
        let secret = Value::Text("hunter2".to_owned());
        assert_eq!(format!("{:?}", Bind(&secret, &Kind::Text)), "a string");
    }
}
