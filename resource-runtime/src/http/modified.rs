//! `Last-Modified` (RFC 9110, section 8.8.2): when a row was written last, as far as its fields say.
//!
//! It follows from the field that is set at every update, or, before the first, from the one that is
//! set at creation. A resource that has the second only is not said to be modified at all, unless
//! nobody can change its rows: the date would stay while they change.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::Timestamp;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};

use crate::field::Value;
use crate::json::Projection;
use crate::resource::{Record, ResourceMeta};

/// Whole seconds since 1970: what dates of HTTP can say.
pub(super) type Seconds = i64;

/// The fields that say when a row was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    meta: &'static ResourceMeta,
    updated: Option<usize>,
    created: Option<usize>,
}

impl Moments {
    /// Those of a resource; none where it has none that can be trusted.
    pub(super) fn of(meta: &'static ResourceMeta) -> Option<Self> {
        meta.written_at().map(|[updated, created]| Self { meta, updated, created })
    }

    /// When a row was written.
    pub(super) fn of_record(&self, record: &Record) -> Option<Seconds> {
        [self.updated, self.created].into_iter().flatten().find_map(|it| match record.get(it) {
            Value::Timestamp(at) => Some(at.as_second()),
            _ => None,
        })
    }

    /// Whether JSON of this form says when a row was written.
    pub(super) fn are_in(&self, projection: &Projection) -> bool {
        [self.updated, self.created].into_iter().flatten().all(|it| projection.stored().any(|stored| stored == it))
    }

    /// When a row was written of which there is only JSON, in a form that has the fields.
    pub(super) fn of_json(&self, json: &[u8]) -> Option<Seconds> {
        let name = |it: Option<usize>| it.and_then(|it| self.meta.fields.get(it)).map(|it| it.name);
        let fields = Fields { updated: name(self.updated), created: name(self.created) };
        let found = match fields.at_the_end(json) {
            Some(found) => found,
            None => serde_json::Deserializer::from_slice(json).deserialize_map(fields).ok()?,
        };
        found.and_then(seconds_of)
    }
}

/// The second of a moment: of one as our JSON writes it, `2026-11-20T12:00:00.5Z`, from its digits.
fn seconds_of(moment: &str) -> Option<Seconds> {
    let number = |at: usize, len: usize| -> Option<i64> {
        let digits = moment.as_bytes().get(at..at + len)?;
        digits.iter().try_fold(0, |number, it| it.is_ascii_digit().then(|| number * 10 + i64::from(it - b'0')))
    };
    let signs = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    let has_our_form = moment.ends_with('Z') && signs.iter().all(|(at, sign)| moment.as_bytes().get(*at) == Some(sign));
    // Before 1970 a part of a second counts the other way.
    if !has_our_form || number(0, 4)? < 1970 {
        return moment.parse::<Timestamp>().ok().map(Timestamp::as_second);
    }
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    // The days since 1970, counted in years that begin in March (Howard Hinnant's `days_from_civil`).
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + (153 * month + 2) / 5 + day - 1;
    let days = era * 146_097 + day_of_era - 719_468;
    Some(((days * 24 + number(11, 2)?) * 60 + number(14, 2)?) * 60 + number(17, 2)?)
}

/// Looks through the members of an object.
struct Fields {
    updated: Option<&'static str>,
    created: Option<&'static str>,
}

impl Fields {
    /// The later one that is not null, where both are the last members, as they are in most models: so
    /// that not all of a row is read for each answer. `None` where they are elsewhere.
    fn at_the_end<'a>(&self, json: &'a [u8]) -> Option<Option<&'a str>> {
        let mut rest = json.strip_suffix(b"}")?;
        let (mut updated, mut created) = (None, None);
        for _ in [self.updated, self.created].into_iter().flatten() {
            let Member { before, name, value } = last_member(rest)?;
            let is = |it: Option<&str>| it.is_some_and(|it| it.as_bytes() == name);
            let value = value.map(std::str::from_utf8).transpose().ok()?;
            if is(self.updated) {
                updated = value;
            } else if is(self.created) {
                created = value;
            } else {
                return None;
            }
            rest = before.strip_suffix(b",").unwrap_or(before);
        }
        Some(updated.or(created))
    }
}

/// A member of an object.
struct Member<'a> {
    /// What stands before it.
    before: &'a [u8],
    name: &'a [u8],
    value: Option<&'a [u8]>,
}

/// The last member of an object whose closing brace was taken off, if its value is null or text. A quote inside a text has a backslash before it, so that
/// one after a colon begins a value.
fn last_member(object: &[u8]) -> Option<Member<'_>> {
    let (before, value) = match object.strip_suffix(b"\"") {
        Some(text) => at_last_quote(text).map(|(before, value)| (before, Some(value)))?,
        None => (object.strip_suffix(b"null")?, None),
    };
    let (before, name) = at_last_quote(before.strip_suffix(b"\":")?)?;
    Some(Member { before, name, value })
}

/// What stands before the last quote, and behind it. Names and moments are short, so that a plain loop
/// is the shortest way.
fn at_last_quote(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (before, after) = text.split_at_checked(text.iter().rposition(|it| *it == b'"')?)?;
    Some((before, after.get(1..)?))
}

impl<'de> Visitor<'de> for Fields {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (mut updated, mut created): (Option<&str>, Option<&str>) = (None, None);
        // Names of fields are identifiers, so that the writer never escapes them; nor dates.
        while let Some(name) = members.next_key::<&str>()? {
            if Some(name) == self.updated {
                updated = members.next_value()?;
            } else if Some(name) == self.created {
                created = members.next_value()?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(updated.or(created))
    }
}

/// The date of a header field; `None` where it is not there, or is none, and so does not count.
pub(super) fn date_of(headers: &HeaderMap, name: &HeaderName) -> Option<Seconds> {
    let mut lines = headers.get_all(name).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    let date = httpdate::parse_http_date(line.to_str().ok()?).ok()?;
    date.duration_since(UNIX_EPOCH).ok().and_then(|it| it.as_secs().try_into().ok())
}

/// Says when the row of a response was written, and never that it will be.
pub(super) fn stamp(response: &mut Response, modified: Option<Seconds>) {
    let Some(modified) = modified.filter(|it| *it >= 0) else { return };
    let now = Timestamp::now().as_second();
    let modified = modified.min(now);
    let Some(date) = written(modified) else { return };
    let headers = response.headers_mut();
    if modified >= now - 1 {
        // The connection's own `Date` may be of a moment before the row was written.
        let now = if modified == now { Some(date.clone()) } else { written(now) };
        headers.extend(now.map(|it| (header::DATE, it)));
    }
    headers.insert(header::LAST_MODIFIED, date);
}

/// Says that a response is made now: of one that was kept, and of which `Date` said when it was made first.
pub(super) fn redate(response: &mut Response) {
    if let Some(now) = written(Timestamp::now().as_second()) {
        response.headers_mut().insert(header::DATE, now);
    }
}

fn written(seconds: Seconds) -> Option<HeaderValue> {
    let at: SystemTime = UNIX_EPOCH.checked_add(Duration::from_secs(seconds.try_into().ok()?))?;
    // The year 10000 has no date in HTTP, and `httpdate` panics there; callers are before now.
    HeaderValue::try_from(httpdate::fmt_http_date(at)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{FieldMeta, IdSource};
    use crate::model::Usage;
    use crate::resource::{Operation, Operations};
    use crate::testing::{BOOK, book};

    #[test]
    fn the_update_counts_and_before_the_first_the_creation() {
        let moments = Moments::of(BOOK).unwrap();
        let mut record = book(1, "Dune", "1");
        assert_eq!(moments.of_record(&record), Some(1_763_640_000));
        record.values[11] = Value::Timestamp("2030-01-01T00:00:00.999999Z".parse().unwrap());
        assert_eq!(moments.of_record(&record), Some(1_893_456_000));
    }

    #[test]
    fn json_says_the_same_as_the_record() {
        let moments = Moments::of(BOOK).unwrap();
        let whole = Projection::of(BOOK, Usage::Response);
        assert!(moments.are_in(&whole));
        for updated in [Value::Null, Value::Timestamp("2030-01-01T00:00:00.5Z".parse().unwrap())] {
            let mut record = book(1, r#"","updated_at":"1999-01-01T00:00:00Z"#, "1");
            record.values[11] = updated;
            assert_eq!(moments.of_json(&record.to_json(&whole).unwrap()), moments.of_record(&record));
        }
        assert!(!moments.are_in(&Projection::new(BOOK, &[0, 11])));
        for odd in ["", "{", "[]", "{}", r#"{"updated_at":7}"#, r#"{"updated_at":"soon"}"#] {
            assert_eq!(moments.of_json(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn digits_say_the_same_as_the_parser() {
        let moments =
            ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "2000-02-29T12:00:00.5Z", "2024-03-01T00:00:01Z"];
        for text in moments.into_iter().chain(["9999-12-30T21:59:59Z", "2026-11-20T12:00:00+01:00"]) {
            assert_eq!(seconds_of(text), Some(text.parse::<Timestamp>().unwrap().as_second()), "{text}");
        }
        for text in ["", "soon", "2026-11-20", "2026-1a-20T12:00:00Z", "2026-11-20T12:00:0Z"] {
            assert_eq!(seconds_of(text), None, "{text}");
        }
    }

    #[test]
    fn the_creation_alone_is_no_modification_of_what_can_change() {
        const FIELDS: &[FieldMeta] =
            &[FieldMeta::of::<i64>("id").id(IdSource::Store), FieldMeta::of::<Timestamp>("at").created_at()];
        static CHANGES: ResourceMeta = ResourceMeta::new("A", "a", "a", FIELDS);
        static GROWS: ResourceMeta =
            ResourceMeta::new("B", "b", "b", FIELDS).operations(Operations::READ.with(Operation::Create));
        assert!(Moments::of(&CHANGES).is_none());
        assert!(Moments::of(&GROWS).is_some());
    }

    #[test]
    fn all_three_forms_of_dates_are_read() {
        for (text, expected) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777)),
            ("Sun Nov  6 08:49:37 1994", Some(784_111_777)),
            ("1994-11-06T08:49:37Z", None),
            ("", None),
            ("é", None),
        ] {
            let value = HeaderValue::from_bytes(text.as_bytes()).unwrap();
            let headers = HeaderMap::from_iter([(header::IF_MODIFIED_SINCE, value)]);
            assert_eq!(date_of(&headers, &header::IF_MODIFIED_SINCE), expected, "{text}");
        }
    }

    #[test]
    fn a_row_of_the_future_was_modified_now() {
        let mut response = Response::default();
        stamp(&mut response, Some(253_402_300_799));
        assert_eq!(response.headers()[header::LAST_MODIFIED], response.headers()[header::DATE]);
        let mut response = Response::default();
        stamp(&mut response, Some(-1));
        assert!(response.headers().is_empty());
    }
}
