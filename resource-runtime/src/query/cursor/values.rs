//! Values as few bytes.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::text;
use crate::field::{Kind, Value};

/// The first byte of a value.
mod tag {
    pub(super) const NULL: u8 = 0;
    pub(super) const FALSE: u8 = 1;
    pub(super) const TRUE: u8 = 2;
    pub(super) const INT: u8 = 3;
    pub(super) const FLOAT: u8 = 4;
    pub(super) const DECIMAL: u8 = 5;
    pub(super) const TEXT: u8 = 6;
    pub(super) const UUID: u8 = 7;
    pub(super) const TIMESTAMP: u8 = 8;
    pub(super) const DATE: u8 = 9;
    pub(super) const TIME: u8 = 10;
    /// The beginning of a text.
    pub(super) const CUT: u8 = 11;
    /// What no order has: lists, nested values.
    pub(super) const OTHER: u8 = 12;
}

/// The most bytes that stand before a text's own: tag, form, length.
const TEXT_HEAD: usize = 4;

/// Writes a value.
pub(super) fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.push(tag::NULL),
        Value::Bool(false) => out.push(tag::FALSE),
        Value::Bool(true) => out.push(tag::TRUE),
        Value::Int(it) => {
            out.push(tag::INT);
            write_signed(out, *it);
        }
        Value::Float(it) => {
            out.push(tag::FLOAT);
            out.extend_from_slice(&it.to_be_bytes());
        }
        Value::Decimal(it) => {
            out.push(tag::DECIMAL);
            // The scale is at most 28, so it leaves room for the sign.
            out.push((it.scale() & 0x7f) as u8 | u8::from(it.is_sign_negative()) << 7);
            write_unsigned(out, it.mantissa().unsigned_abs());
        }
        Value::Text(it) => {
            out.push(tag::TEXT);
            write_text(out, it);
        }
        Value::Uuid(it) => {
            out.push(tag::UUID);
            out.extend_from_slice(it.as_bytes());
        }
        Value::Timestamp(it) => {
            out.push(tag::TIMESTAMP);
            write_signed(out, it.as_microsecond());
        }
        Value::Date(it) => {
            out.push(tag::DATE);
            out.extend_from_slice(&it.year().to_be_bytes());
            out.extend_from_slice(&[it.month().unsigned_abs(), it.day().unsigned_abs()]);
        }
        Value::Time(it) => {
            out.push(tag::TIME);
            let seconds = (i64::from(it.hour()) * 60 + i64::from(it.minute())) * 60 + i64::from(it.second());
            write_signed(out, seconds * 1_000_000_000 + i64::from(it.subsec_nanosecond()));
        }
        // These occur in filters, which are bound to a cursor but never read back.
        Value::List(items) | Value::Object(items) => {
            out.push(tag::OTHER);
            write_unsigned(out, items.len() as u128);
            for it in items {
                write(out, it);
            }
        }
        Value::Json(it) => {
            out.push(tag::OTHER);
            write_text(out, it);
        }
    }
}

/// A value's bytes.
pub(super) fn to_bytes(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out, value);
    out
}

/// Writes values, with texts cut so that no more than `end` bytes are there in all. What room there
/// is is shared alike between texts; those that need less leave it to the others.
pub(super) fn write_abridged(out: &mut Vec<u8>, values: &[Value], end: usize) {
    let is_text = |it: &&Value| matches!(it, Value::Text(_));
    let fixed: usize = values.iter().filter(|it| !is_text(it)).map(|it| to_bytes(it).len()).sum();
    let mut sizes: Vec<usize> = values.iter().filter(is_text).map(|it| to_bytes(it).len()).collect();
    sizes.sort_unstable();
    let mut room = end.saturating_sub(out.len() + fixed);
    let mut share = 0;
    for (index, size) in sizes.iter().enumerate() {
        share = room / (sizes.len() - index);
        if *size > share {
            break;
        }
        room -= size;
    }
    for value in values {
        match value {
            Value::Text(it) if to_bytes(value).len() > share => {
                out.push(tag::CUT);
                write_text(out, text::beginning(it, share.saturating_sub(TEXT_HEAD)));
            }
            _ => write(out, value),
        }
    }
}

/// Reads a value, and whether it is but the beginning of a text.
pub(super) fn read(bytes: &mut &[u8]) -> Option<(Value, bool)> {
    let tag = take::<1>(bytes)?[0];
    let value = match tag {
        tag::NULL => Value::Null,
        tag::FALSE => Value::Bool(false),
        tag::TRUE => Value::Bool(true),
        tag::INT => Value::Int(read_signed(bytes)?),
        tag::FLOAT => Value::Float(Some(f64::from_be_bytes(take(bytes)?)).filter(|it| it.is_finite())?),
        tag::DECIMAL => {
            let [scale] = take(bytes)?;
            let mantissa = i128::try_from(read_unsigned(bytes)?).ok()?;
            let mut it = Decimal::try_from_i128_with_scale(mantissa, u32::from(scale & 0x7f)).ok()?;
            it.set_sign_negative(scale & 0x80 != 0);
            Value::Decimal(it)
        }
        tag::TEXT | tag::CUT => Value::Text(read_text(bytes)?),
        tag::UUID => Value::Uuid(Uuid::from_bytes(take(bytes)?)),
        tag::TIMESTAMP => Value::Timestamp(Timestamp::from_microsecond(read_signed(bytes)?).ok()?),
        tag::DATE => {
            let [high, low, month, day] = take(bytes)?;
            let [month, day] = [i8::try_from(month).ok()?, i8::try_from(day).ok()?];
            Value::Date(Date::new(i16::from_be_bytes([high, low]), month, day).ok()?)
        }
        tag::TIME => Value::Time(read_time(read_signed(bytes)?)?),
        _ => return None,
    };
    Some((value, tag == tag::CUT))
}

/// Whether a value can be one of a field's.
pub(super) const fn fits(value: &Value, kind: &Kind, nullable: bool) -> bool {
    match value {
        Value::Null => nullable,
        Value::Bool(_) => matches!(kind, Kind::Bool),
        Value::Int(_) => matches!(kind, Kind::Int(_)),
        Value::Float(_) => matches!(kind, Kind::F32 | Kind::F64),
        Value::Decimal(_) => matches!(kind, Kind::Decimal),
        Value::Text(_) => matches!(kind, Kind::Text | Kind::Enum(_)),
        Value::Uuid(_) => matches!(kind, Kind::Uuid),
        Value::Timestamp(_) => matches!(kind, Kind::Timestamp),
        Value::Date(_) => matches!(kind, Kind::Date),
        Value::Time(_) => matches!(kind, Kind::Time),
        Value::Object(_) | Value::List(_) | Value::Json(_) => false,
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*taken)
}

/// Seven bits a byte, the lowest first, with the eighth set where more follow.
#[expect(clippy::cast_possible_truncation, reason = "seven bits fit a byte")]
pub(super) fn write_unsigned(out: &mut Vec<u8>, mut number: u128) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(super) fn read_unsigned(bytes: &mut &[u8]) -> Option<u128> {
    let mut number: u128 = 0;
    for shift in (0..u128::BITS).step_by(7) {
        let [byte] = take(bytes)?;
        let bits = u128::from(byte & 0x7f);
        if bits.leading_zeros() < shift {
            return None;
        }
        number |= bits << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Small numbers of either sign as small numbers without one.
#[expect(clippy::cast_sign_loss, reason = "the bits are what is meant")]
pub(super) fn write_signed(out: &mut Vec<u8>, number: i64) {
    write_unsigned(out, u128::from((number << 1 ^ number >> 63) as u64));
}

#[expect(clippy::cast_possible_wrap, reason = "the bits are what is meant")]
pub(super) fn read_signed(bytes: &mut &[u8]) -> Option<i64> {
    let number = u64::try_from(read_unsigned(bytes)?).ok()?;
    Some((number >> 1) as i64 ^ -((number & 1) as i64))
}

fn write_text(out: &mut Vec<u8>, value: &str) {
    let (form, bytes) = text::encode(value);
    out.push(form);
    write_unsigned(out, bytes.len() as u128);
    out.extend_from_slice(&bytes);
}

fn read_text(bytes: &mut &[u8]) -> Option<String> {
    let [form] = take(bytes)?;
    let length = usize::try_from(read_unsigned(bytes)?).ok()?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    text::decode(form, text)
}

fn read_time(nanoseconds: i64) -> Option<Time> {
    const SECOND: i64 = 1_000_000_000;
    let seconds = nanoseconds.div_euclid(SECOND);
    let hour = i8::try_from(seconds.div_euclid(3600)).ok()?;
    let [minute, second] = [seconds.div_euclid(60) % 60, seconds % 60].map(|it| i8::try_from(it).ok());
    Time::new(hour, minute?, second?, i32::try_from(nanoseconds.rem_euclid(SECOND)).ok()?).ok()
}
