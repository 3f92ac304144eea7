//! Timestamps, dates and times of day: RFC 3339, and nothing that ISO 8601 has beyond it.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::{Mismatch, Value};

/// The first moment of year 1, in seconds since 1970.
const FIRST_SECOND: i64 = -62_135_596_800;

/// The time, in the whole microseconds that rows keep.
pub(crate) fn now() -> Timestamp {
    whole_microseconds(Timestamp::now())
}

/// A time after another, as far as there are any.
pub(crate) fn later(time: Timestamp, by: Duration) -> Timestamp {
    whole_microseconds(time.checked_add(by).unwrap_or(Timestamp::MAX))
}

/// A time as rows keep it.
pub(crate) fn whole_microseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

/// RFC 3339, section 5.6, with `T` and `Z` in either case. The offset is required; without one the
/// text does not say which moment it means.
pub(super) fn timestamp(text: &str) -> Result<Value, Mismatch> {
    let mut scan = Scan(text.as_bytes());
    let parts = scan.date().and_then(|date| {
        scan.take(b"Tt")?;
        Some((date, scan.clock()?))
    });
    let malformed = || {
        Mismatch::of_format("date-time", "must be an RFC 3339 timestamp with an offset, such as `2026-11-20T12:00:00Z`")
    };
    let Some((date, clock)) = parts else { return Err(malformed()) };
    if scan.0.is_empty() {
        return Err(Mismatch::of_format("date-time", "must end with an offset: `Z`, or one such as `+02:00`"));
    }
    let Some(offset) = scan.offset() else { return Err(malformed()) };
    if !clock.has_seconds || !scan.0.is_empty() {
        return Err(malformed());
    }
    let out_of_range = || {
        Mismatch::new("range", "must be from 0001-01-01T00:00:00Z to 9999-12-30T22:00:00Z")
            .param("min", "0001-01-01T00:00:00Z")
            .param("max", "9999-12-30T22:00:00Z")
    };
    if date.year == 0 {
        return Err(out_of_range());
    }
    let civil = date.to_civil("date-time")?;
    clock.check("date-time")?;
    let days = days_since_1970(civil);
    let in_day = i64::from(clock.hour) * 3_600 + i64::from(clock.minute) * 60 + i64::from(clock.second);
    let seconds = days * 86_400 + in_day - i64::from(offset);
    if seconds < FIRST_SECOND {
        return Err(out_of_range());
    }
    Timestamp::from_microsecond(seconds * 1_000_000 + i64::from(clock.micros()?))
        .map(Value::Timestamp)
        .map_err(|_| out_of_range())
}

/// `YYYY-MM-DD`.
pub(super) fn date(text: &str) -> Result<Value, Mismatch> {
    let mut scan = Scan(text.as_bytes());
    match scan.date() {
        Some(date) if scan.0.is_empty() => {
            if date.year == 0 {
                return Err(Mismatch::new("range", "must be from 0001-01-01 to 9999-12-31")
                    .param("min", "0001-01-01")
                    .param("max", "9999-12-31"));
            }
            date.to_civil("date").map(Value::Date)
        }
        _ => Err(Mismatch::of_format("date", "must be a date as `YYYY-MM-DD`, such as `2026-11-20`")),
    }
}

/// `HH:MM`, `HH:MM:SS`, `HH:MM:SS.ffffff`.
pub(super) fn time(text: &str) -> Result<Value, Mismatch> {
    let mut scan = Scan(text.as_bytes());
    let malformed =
        || Mismatch::of_format("time", "must be a time of day as `HH:MM:SS`, without an offset, such as `12:30:00`");
    match scan.clock() {
        Some(clock) if scan.0.is_empty() => {
            clock.check("time")?;
            let nanos = clock.micros()? * 1_000;
            Time::new(clock.hour, clock.minute, clock.second, nanos).map(Value::Time).map_err(|_| malformed())
        }
        _ => Err(malformed()),
    }
}

/// Days from 1970-01-01 to a date; Howard Hinnant's `days_from_civil`, with eras of 400 years.
fn days_since_1970(date: Date) -> i64 {
    let (year, month) = (i64::from(date.year()), i64::from(date.month()));
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = (month + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + i64::from(date.day()) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// A date's figures, not yet checked.
struct Day {
    year: i16,
    month: i8,
    day: i8,
}

impl Day {
    fn to_civil(&self, format: &'static str) -> Result<Date, Mismatch> {
        Date::new(self.year, self.month, self.day)
            .map_err(|_| Mismatch::of_format(format, "must be a date that the calendar has"))
    }
}

/// A time of day's figures, not yet checked.
struct Clock<'a> {
    hour: i8,
    minute: i8,
    second: i8,
    has_seconds: bool,
    fraction: &'a [u8],
}

impl Clock<'_> {
    /// There are no leap seconds in the clocks that rows are stamped and compared with; moving one
    /// to the second before or after it would change what the client said.
    fn check(&self, format: &'static str) -> Result<(), Mismatch> {
        match (self.hour, self.minute, self.second) {
            (0..=23, 0..=59, 0..=59) => Ok(()),
            (0..=23, 0..=59, 60) => Err(Mismatch::of_format(
                format,
                "must not be a leap second (`:60`); send the second before or after it",
            )),
            _ => Err(Mismatch::of_format(format, "must be a time from 00:00:00 to 23:59:59")),
        }
    }

    /// The fraction in microseconds.
    fn micros(&self) -> Result<i32, Mismatch> {
        let (micros, rest) = self.fraction.split_at_checked(6).unwrap_or((self.fraction, &[]));
        if rest.iter().any(|&it| it != b'0') {
            return Err(Mismatch::new("precision", "must have at most 6 digits after the second's point")
                .param("max_digits", 6));
        }
        let missing = u32::try_from(6 - micros.len()).unwrap_or_default();
        let value = micros.iter().fold(0, |value, it| value * 10 + i32::from(it - b'0'));
        Ok(value * 10_i32.pow(missing))
    }
}

/// What is left to read. A method that gives `None` leaves it somewhere within.
struct Scan<'a>(&'a [u8]);

impl<'a> Scan<'a> {
    fn take(&mut self, any_of: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        if !any_of.contains(&first) {
            return None;
        }
        self.0 = rest;
        Some(first)
    }

    fn digits(&mut self, count: usize) -> Option<i16> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.0 = rest;
        Some(digits.iter().fold(0, |value, it| value * 10 + i16::from(it - b'0')))
    }

    fn two(&mut self) -> Option<i8> {
        self.digits(2).and_then(|it| i8::try_from(it).ok())
    }

    fn date(&mut self) -> Option<Day> {
        let year = self.digits(4)?;
        self.take(b"-")?;
        let month = self.two()?;
        self.take(b"-")?;
        Some(Day { year, month, day: self.two()? })
    }

    fn clock(&mut self) -> Option<Clock<'a>> {
        let hour = self.two()?;
        self.take(b":")?;
        let minute = self.two()?;
        if self.take(b":").is_none() {
            return Some(Clock { hour, minute, second: 0, has_seconds: false, fraction: &[] });
        }
        let second = self.two()?;
        let mut fraction: &[u8] = &[];
        if self.take(b".").is_some() {
            let end = self.0.iter().position(|it| !it.is_ascii_digit()).unwrap_or(self.0.len());
            (fraction, self.0) = self.0.split_at_checked(end)?;
            if fraction.is_empty() {
                return None;
            }
        }
        Some(Clock { hour, minute, second, has_seconds: true, fraction })
    }

    /// In seconds east of UTC.
    fn offset(&mut self) -> Option<i32> {
        let sign = match self.take(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(0),
        };
        let hours = self.two()?;
        self.take(b":")?;
        let minutes = self.two()?;
        ((0..24).contains(&hours) && (0..60).contains(&minutes))
            .then(|| sign * (i32::from(hours) * 3_600 + i32::from(minutes) * 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(result: Result<Value, Mismatch>) -> Result<String, &'static str> {
        match result {
            Ok(Value::Timestamp(it)) => Ok(it.to_string()),
            Ok(Value::Date(it)) => Ok(it.to_string()),
            Ok(Value::Time(it)) => Ok(it.to_string()),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.code),
        }
    }

    #[track_caller]
    fn check(result: Result<Value, Mismatch>, expected: Result<&str, &str>) {
        let shown = shown(result);
        assert_eq!(shown.as_deref().map_err(|it| *it), expected);
    }

    #[test]
    fn timestamps_agree_with_jiff() {
        for text in [
            "2026-11-20T12:00:00Z",
            "2026-11-20T12:00:00.5Z",
            "2026-11-20T12:00:00.123456Z",
            "2024-02-29T23:59:59+14:00",
            "1900-02-28T00:00:00-23:59",
            "2000-02-29T00:00:00-00:00",
            "1969-12-31T23:59:59.999999Z",
            "0001-01-01T00:00:00Z",
            "0004-02-29T12:30:00Z",
            "9999-12-30T22:00:00Z",
            "9999-12-31T20:00:00+22:00",
        ] {
            let expected = text.parse::<Timestamp>().unwrap();
            assert_eq!(timestamp(text), Ok(Value::Timestamp(expected)), "{text}");
        }
    }

    #[test]
    fn every_day_agrees_with_jiff() {
        let mut day = Date::constant(1, 1, 1);
        let mut expected = -719_162;
        while let Ok(next) = day.tomorrow() {
            assert_eq!(days_since_1970(day), expected, "{day}");
            (day, expected) = (next, expected + 1);
        }
    }

    #[test]
    fn letters_may_be_lower_case() {
        check(timestamp("2026-11-20t12:00:00z"), Ok("2026-11-20T12:00:00Z"));
    }

    #[test]
    fn a_timestamp_without_an_offset_is_refused_with_the_way_out() {
        let error = timestamp("2026-11-20T12:00:00").unwrap_err();
        assert_eq!(
            (error.code, error.detail.as_str()),
            ("invalid_format", "must end with an offset: `Z`, or one such as `+02:00`")
        );
    }

    #[test]
    fn other_forms_of_a_timestamp_are_refused() {
        for text in [
            "",
            "now",
            "2026-11-20",
            "2026-11-20 12:00:00Z",
            "2026-11-20T12:00Z",
            "2026-11-20T12:00:00+02",
            "20261120T120000Z",
            "2026-11-20T12:00:00+0200",
            "2026-11-20T12:00:00Z[UTC]",
            "2026-11-20T12:00:00,5Z",
            "2026-11-20T12:00:00.Z",
            "+002026-11-20T12:00:00Z",
            "2026-W47-5T12:00:00Z",
            "2026-324T12:00:00Z",
            "2026-11-20T24:00:00Z",
            "2026-02-30T12:00:00Z",
            "2026-13-01T12:00:00Z",
            "2026-00-01T12:00:00Z",
            "2026-11-20T12:60:00Z",
            "2026-11-20T12:00:61Z",
            "2026-11-20T12:00:00+24:00",
            "2026-11-20T12:00:00+02:60",
            "2026-11-20T12:00:00Z ",
            " 2026-11-20T12:00:00Z",
            "-2026-11-20T12:00:00Z",
            "2026-11-20T12:00:00ZZ",
            "2026-11-20T12:00:00\u{2212}02:00",
            "1763640000",
            "2016-12-31T23:59:60Z",
        ] {
            check(timestamp(text), Err("invalid_format"));
        }
    }

    #[test]
    fn timestamps_have_at_most_microseconds() {
        check(timestamp("2026-11-20T12:00:00.1234560000000000Z"), Ok("2026-11-20T12:00:00.123456Z"));
        check(timestamp("2026-11-20T12:00:00.1234567Z"), Err("precision"));
        check(timestamp("2026-11-20T12:00:00.000000001Z"), Err("precision"));
    }

    #[test]
    fn timestamps_beyond_the_years_are_out_of_range() {
        check(timestamp("0000-12-31T23:59:59Z"), Err("range"));
        check(timestamp("0001-01-01T00:00:00+00:01"), Err("range"));
        check(timestamp("9999-12-31T23:59:59Z"), Err("range"));
        check(timestamp("9999-12-30T22:00:00.000001Z"), Err("range"));
    }

    #[test]
    fn dates_have_one_form() {
        check(date("2024-02-29"), Ok("2024-02-29"));
        check(date("0001-01-01"), Ok("0001-01-01"));
        check(date("9999-12-31"), Ok("9999-12-31"));
        check(date("0000-01-01"), Err("range"));
        for text in [
            "",
            "2023-02-29",
            "20240229",
            "2024-2-9",
            "2024-02-29T00:00:00Z",
            "2024-02-29 ",
            "2024/02/29",
            "24-02-29",
            "+2024-02-29",
        ] {
            check(date(text), Err("invalid_format"));
        }
    }

    #[test]
    fn times_have_minutes_and_perhaps_seconds() {
        check(time("12:30"), Ok("12:30:00"));
        check(time("23:59:59.999999"), Ok("23:59:59.999999"));
        check(time("00:00:00"), Ok("00:00:00"));
        check(time("12:30:00.1234567"), Err("precision"));
        for text in [
            "",
            "12",
            "24:00",
            "12:60",
            "12:30:60",
            "12:30:00Z",
            "12:30+02:00",
            "1:30",
            "123000",
            "T12:30",
            "12:30:00.",
        ] {
            check(time(text), Err("invalid_format"));
        }
    }
}
