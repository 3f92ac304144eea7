//! Moments, dates and times of day, put together in words instead of byte by byte.

use std::fmt;
use std::io::Write as _;

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::digits::{pairs, push};

const DAY: u64 = 86_400_000_000;
/// From the first of March of year 0, where years of this reckoning begin, to 1970.
const EPOCH: u64 = 719_468;
/// Years 1 to 9999, in microseconds since 1970.
const FOUR_DIGITS: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

/// Writes a moment, given in microseconds since 1970, in RFC 3339 with `Z`; the fraction has as
/// many digits as it needs, and at most six.
#[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "the range was asked for")]
pub fn write_timestamp(out: &mut Vec<u8>, micros: i64) {
    if !FOUR_DIGITS.contains(&micros) {
        return match Timestamp::from_microsecond(micros) {
            Ok(it) => write_quoted(out, it),
            Err(_) => out.extend_from_slice(b"null"),
        };
    }
    let micros = (micros + (EPOCH * DAY) as i64) as u64;
    let (days, in_day) = ((micros / DAY) as u32, micros % DAY);
    let (year, month, day) = civil(days);
    let (seconds, micros) = ((in_day / 1_000_000) as u32, (in_day % 1_000_000) as u32);
    let date = pairs(year / 100, year % 100, month, day);
    let clock = clock(seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let digits = pairs(0, micros / 10_000, micros / 100 % 100, micros % 100) >> 16;
    let words = [
        // `"2026-11`
        letter(b'"', 0) | (date & 0xFFFF_FFFF) << 8 | letter(b'-', 5) | (date >> 32 & 0xFFFF) << 48,
        // `-20T12:3`
        letter(b'-', 0) | (date >> 48) << 8 | letter(b'T', 3) | clock << 32,
        // `0:00.123`
        clock >> 32 | letter(b'.', 4) | digits << 40,
        // `456Z"`
        digits >> 24 | letter(b'Z', 3) | letter(b'"', 4),
    ];
    let is_long = !micros.is_multiple_of(10);
    if let Some(text) = words.map(u64::to_le_bytes).as_flattened().first_chunk::<32>() {
        push(out, text, if is_long { 29 } else { 20 });
    }
    if is_long {
        return;
    }
    let (fraction, len) = fraction(micros);
    let end = fraction | letter(b'Z', 0) << (8 * len) | letter(b'"', 1) << (8 * len);
    push(out, &end.to_le_bytes(), len + 2);
}

/// A letter at a place of a word.
const fn letter(letter: u8, place: u32) -> u64 {
    (letter as u64) << (8 * place)
}

/// Writes a date, in quotes.
pub(super) fn write_date(out: &mut Vec<u8>, value: Date) {
    let part = |it: i8| u32::from(it.unsigned_abs());
    match u32::try_from(value.year()) {
        Ok(year) => {
            let text = date(year, part(value.month()), part(value.day()));
            let text = u128::from(b'"') | text << 8 | u128::from(b'"') << 88;
            push(out, &text.to_le_bytes(), 12);
        }
        Err(_) => write_quoted(out, value),
    }
}

/// Writes a time of day, in quotes; the fraction as in [`write_timestamp`].
pub(super) fn write_time(out: &mut Vec<u8>, value: Time) {
    let part = |it: i8| u32::from(it.unsigned_abs());
    let nanos = value.subsec_nanosecond().unsigned_abs();
    if !nanos.is_multiple_of(1_000) {
        return write_quoted(out, value);
    }
    let (fraction, len) = fraction(nanos / 1_000);
    let clock = clock(part(value.hour()), part(value.minute()), part(value.second()));
    let start = u128::from(b'"') | u128::from(clock) << 8 | u128::from(fraction) << 72;
    push(out, &start.to_le_bytes(), 9 + len);
    out.push(b'"');
}

/// Writes what `Display` makes of a value that needs no escapes, in quotes.
#[cold]
fn write_quoted(out: &mut Vec<u8>, value: impl fmt::Display) {
    // Writing into a `Vec` does not fail.
    let _ = write!(out, "\"{value}\"");
}

/// The year, month and day so many days after the first of March of year 0.
///
/// The algorithm is that of Cassio Neri and Lorenz Schneider ("Euclidean affine functions and their application to
/// calendar algorithms", 2022).
const fn civil(days: u32) -> (u32, u32, u32) {
    let quarters = 4 * days + 3;
    let century = quarters / 146_097;
    let in_century = quarters % 146_097 / 4;
    let product = 2_939_745 * (4 * in_century + 3) as u64;
    let year_of_century = (product >> 32) as u32;
    let day_of_year = (product & 0xFFFF_FFFF) as u32 / 2_939_745 / 4;
    let shifted = 2_141 * day_of_year + 197_913;
    let (month, day) = (shifted >> 16, (shifted & 0xFFFF) / 2_141);
    let year = 100 * century + year_of_century;
    // January and February end the year here.
    if day_of_year >= 306 { (year + 1, month - 12, day + 1) } else { (year, month, day + 1) }
}

/// `2026-11-20`.
const fn date(year: u32, month: u32, day: u32) -> u128 {
    let digits = pairs(year / 100, year % 100, month, day);
    let (year, month, day) = (digits & 0xFFFF_FFFF, digits >> 32 & 0xFFFF, digits >> 48);
    let start = year | (b'-' as u64) << 32 | month << 40 | (b'-' as u64) << 56;
    start as u128 | (day as u128) << 64
}

/// `12:30:00`.
const fn clock(hour: u32, minute: u32, second: u32) -> u64 {
    let digits = pairs(hour, minute, second, 0);
    let (hour, minute, second) = (digits & 0xFFFF, digits >> 16 & 0xFFFF, digits >> 32 & 0xFFFF);
    hour | (b':' as u64) << 16 | minute << 24 | (b':' as u64) << 40 | second << 48
}

/// `.123456` without the zeros at its end, and its length.
const fn fraction(micros: u32) -> (u64, usize) {
    if micros == 0 {
        return (0, 0);
    }
    let digits = pairs(0, micros / 10_000, micros / 100 % 100, micros % 100);
    // Six digits at the upper end, where zeros are those of the number.
    let zeros = ((digits & 0x0F0F_0F0F_0F0F_0000).leading_zeros() / 8) as usize;
    let len = 7 - zeros;
    let text = b'.' as u64 | (digits >> 16) << 8;
    (text & (u64::MAX >> (64 - 8 * len)), len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = b"x".to_vec();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[track_caller]
    fn check(micros: i64) {
        let expected = format!("x\"{}\"", Timestamp::from_microsecond(micros).unwrap());
        assert_eq!(text(|out| write_timestamp(out, micros)), expected);
    }

    #[test]
    fn every_day_is_the_one_after_the_day_before() {
        let mut expected = Date::constant(1, 1, 1);
        for days in 719_468 - 719_162..719_468 + 2_932_896 {
            let part = |it: i8| u32::from(it.unsigned_abs());
            let year = u32::from(expected.year().unsigned_abs());
            assert_eq!(civil(days), (year, part(expected.month()), part(expected.day())));
            expected = expected.tomorrow().unwrap();
        }
    }

    #[test]
    fn dates_are_written_as_jiff_does() {
        for at in 0..20_000 {
            let day = Date::constant(1, 1, 1).checked_add(jiff::Span::new().days(at * 182)).unwrap();
            assert_eq!(text(|out| write_date(out, day)), format!("x\"{day}\""));
        }
        for day in [Date::MAX, Date::constant(0, 2, 29), Date::constant(-44, 3, 15)] {
            assert_eq!(text(|out| write_date(out, day)), format!("x\"{day}\""));
        }
    }

    #[test]
    fn moments_are_written_as_jiff_does() {
        for micros in [0, 1, -1, 999_999, 1_582_934_400_000_000, 1_709_164_800_123_450, -2_203_891_200_000_001] {
            check(micros);
        }
        // jiff makes no timestamp of microseconds in the last second that it has.
        for end in [*FOUR_DIGITS.start(), Timestamp::MAX.as_second() * 1_000_000 - 1] {
            check(end);
        }
        let mut state = 7_u64;
        for at in 0..30_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let micros = i64::try_from((state >> 5) % 315_000_000_000_000_000).unwrap() - 62_135_596_800_000_000;
            // Fractions of every length.
            check(micros - micros.rem_euclid(10_i64.pow(at % 7)));
        }
    }

    #[test]
    fn moments_of_other_years_are_written_as_jiff_does() {
        check(FOUR_DIGITS.start() - 1);
        check(Timestamp::MIN.as_microsecond());
        assert_eq!(text(|out| write_timestamp(out, i64::MAX)), "xnull", "there is no such moment");
        assert_eq!(text(|out| write_timestamp(out, i64::MIN)), "xnull");
    }

    #[test]
    fn times_are_written_as_jiff_does() {
        let mut state = 7_u32;
        for at in 0..30_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let part = |below: u32, shift: u32| i8::try_from((state >> shift) % below).unwrap();
            let nanos = i32::try_from(state % 1_000_000_000).unwrap();
            let nanos = nanos - nanos % 10_i32.pow(at % 10);
            let time = Time::new(part(24, 3), part(60, 7), part(60, 11), nanos).unwrap();
            assert_eq!(text(|out| write_time(out, time)), format!("x\"{time}\""));
        }
        for time in [Time::MIN, Time::MAX] {
            assert_eq!(text(|out| write_time(out, time)), format!("x\"{time}\""));
        }
    }
}
