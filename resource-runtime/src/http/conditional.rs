//! Conditional requests (RFC 9110, section 13) over the versions of rows, and the times of their last
//! writes.
//!
//! A condition by tag takes the place of the one by date (section 13.2.2). What holds of a date is
//! decided on a row that was read, and the write is for the version of that row, so that no other
//! writer can come in between. Two writes of one second are alike to a date: `If-Match` is the
//! condition that never errs.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::modified::{self, Seconds};
use crate::error::{ApiError, ErrorCode, Problem};

/// A version that no row has.
const NO_VERSION: i64 = 0;

/// The `ETag` of a row with this version.
pub(super) fn etag(version: i64) -> HeaderValue {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(version);
    let mut tag = String::with_capacity(digits.len() + 2);
    tag.push('"');
    tag.push_str(digits);
    tag.push('"');
    HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// What a request's header demands of the row.
#[derive(Debug, Default)]
pub(super) struct Preconditions {
    pub(super) if_match: Option<Tags>,
    pub(super) if_none_match: Option<Tags>,
    /// `If-Unmodified-Since`, where there is no `If-Match`.
    unmodified_since: Option<Seconds>,
    /// `If-Modified-Since`, where there is no `If-None-Match`.
    modified_since: Option<Seconds>,
}

/// The value of `If-Match` or `If-None-Match`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tags {
    /// `*`
    Any,
    /// A list of tags.
    These(Vec<Tag>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    weak: bool,
    /// The version that the tag is of; [`NO_VERSION`] where it is none of ours, and can match no
    /// row.
    version: i64,
}

/// What the version of a row has to be for a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Demand {
    /// The store can decide alone: the version, where it is demanded.
    Exactly(Option<i64>),
    /// It has to be looked at first.
    Look,
}

impl Preconditions {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let if_match = Tags::of(headers, &header::IF_MATCH);
        let if_none_match = Tags::of(headers, &header::IF_NONE_MATCH);
        let date = |tags: &Option<Tags>, name| match tags {
            Some(_) => None,
            None => modified::date_of(headers, &name),
        };
        Self {
            unmodified_since: date(&if_match, header::IF_UNMODIFIED_SINCE),
            modified_since: date(&if_none_match, header::IF_MODIFIED_SINCE),
            if_match,
            if_none_match,
        }
    }

    /// Whether the client wants to create a row, and to replace none.
    pub(super) fn is_create_only(&self) -> bool {
        self.if_none_match == Some(Tags::Any)
    }

    /// What a write can leave to the store.
    pub(super) fn demand(&self) -> Demand {
        if self.unmodified_since.is_some() {
            return Demand::Look;
        }
        match (&self.if_match, &self.if_none_match) {
            (None | Some(Tags::Any), None) => Demand::Exactly(None),
            (Some(Tags::These(tags)), None) => match tags.as_slice() {
                [Tag { weak: false, version }] => Demand::Exactly(Some(*version)),
                tags if tags.iter().all(|it| it.weak) => Demand::Exactly(Some(NO_VERSION)),
                _ => Demand::Look,
            },
            (_, Some(_)) => Demand::Look,
        }
    }

    /// Refuses a write to a row of this version, written at this time, that the client did not mean.
    ///
    /// # Errors
    ///
    /// 412.
    pub(super) fn check(&self, version: i64, modified: Option<Seconds>) -> Result<(), ApiError> {
        self.still_holds(version, modified)?;
        if self.if_none_match.as_ref().is_some_and(|it| it.matches(version, false)) {
            return Err(exists());
        }
        Ok(())
    }

    /// Whether a client that reads has the row in this version already.
    ///
    /// # Errors
    ///
    /// 412, where it wants another version only.
    pub(super) fn has(&self, version: i64, modified: Option<Seconds>) -> Result<bool, ApiError> {
        self.still_holds(version, modified)?;
        Ok(match &self.if_none_match {
            Some(tags) => tags.matches(version, false),
            None => self.modified_since.zip(modified).is_some_and(|(since, at)| at <= since),
        })
    }

    /// `If-Match`, or else `If-Unmodified-Since`; a row of which nobody knows when it was written has
    /// no date to compare with (section 13.1.4).
    pub(super) fn still_holds(&self, version: i64, modified: Option<Seconds>) -> Result<(), ApiError> {
        if self.if_match.as_ref().is_some_and(|it| !it.matches(version, true)) {
            return Err(stale());
        }
        if self.unmodified_since.zip(modified).is_some_and(|(since, at)| at > since) {
            return Err(refused("If-Unmodified-Since", "the row was changed since; read it again"));
        }
        Ok(())
    }
}

/// The row was changed since.
pub(super) fn stale() -> ApiError {
    refused("If-Match", "the row is not in this version any more; read it again")
}

/// The row is there already.
pub(super) fn exists() -> ApiError {
    refused("If-None-Match", "the row is there already")
}

fn refused(header: &'static str, detail: &str) -> ApiError {
    let problem = Problem::header(header, "precondition_failed", detail);
    ApiError::new(ErrorCode::PRECONDITION_FAILED).detail(detail).problem(problem)
}

impl Tags {
    /// `None` where the header is not there. What cannot be read becomes a tag that matches no
    /// row: a write with it is refused, a read answers in full.
    fn of(headers: &HeaderMap, name: &HeaderName) -> Option<Self> {
        let mut lines = headers.get_all(name).iter().peekable();
        lines.peek()?;
        let mut tags = Vec::new();
        for line in lines {
            let line = line.to_str().unwrap_or("?").trim();
            if line == "*" {
                return Some(Self::Any);
            }
            parse_list(line, &mut tags);
        }
        Some(Self::These(tags))
    }

    fn matches(&self, version: i64, strongly: bool) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(|it| it.version == version && !(strongly && it.weak)),
        }
    }
}

/// Tags may hold commas, so the list is read from the front.
fn parse_list(mut rest: &str, tags: &mut Vec<Tag>) {
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return;
        }
        let (weak, opaque) = rest.strip_prefix("W/").map_or((false, rest), |it| (true, it));
        let Some((tag, after)) = opaque.strip_prefix('"').and_then(|it| it.split_once('"')) else {
            tags.push(Tag { weak, version: NO_VERSION });
            return;
        };
        tags.push(Tag { weak, version: version_of(tag) });
        rest = after;
    }
}

fn version_of(tag: &str) -> i64 {
    // `+1` and `01` parse as well, and are other tags.
    tag.parse().ok().filter(|it: &i64| *it > 0 && itoa::Buffer::new().format(*it) == tag).unwrap_or(NO_VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    fn if_match(value: &str) -> Preconditions {
        Preconditions::of(&headers(header::IF_MATCH, value))
    }

    fn if_none_match(value: &str) -> Preconditions {
        Preconditions::of(&headers(header::IF_NONE_MATCH, value))
    }

    #[test]
    fn if_match_compares_strongly() {
        for (value, expected) in [
            ("\"3\"", true),
            ("*", true),
            ("\"1\", \"3\"", true),
            ("\"a,b\",\"3\"", true),
            ("W/\"3\"", false),
            ("\"4\"", false),
            ("\"03\"", false),
            ("\"+3\"", false),
            ("3", false),
            ("\"3", false),
            ("", false),
        ] {
            assert_eq!(if_match(value).check(3, None).is_ok(), expected, "{value}");
        }
    }

    #[test]
    fn if_none_match_compares_weakly() {
        for (value, expected) in [
            ("\"3\"", true),
            ("W/\"3\"", true),
            ("*", true),
            ("W/\"x\", W/\"3\"", true),
            ("\"4\"", false),
            ("not-quoted", false),
        ] {
            assert_eq!(if_none_match(value).has(3, None).unwrap(), expected, "{value}");
            assert_eq!(if_none_match(value).check(3, None).is_err(), expected, "{value}");
        }
    }

    /// 1994-11-06T08:49:37Z
    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const AT: Option<Seconds> = Some(784_111_777);
    const LATER: Option<Seconds> = Some(784_111_778);

    fn both(first: (HeaderName, &str), second: (HeaderName, &str)) -> Preconditions {
        let value = |it: &str| it.parse().unwrap();
        Preconditions::of(&HeaderMap::from_iter([(first.0, value(first.1)), (second.0, value(second.1))]))
    }

    #[test]
    fn a_date_counts_to_the_second() {
        let since = Preconditions::of(&headers(header::IF_MODIFIED_SINCE, DATE));
        assert!(since.has(3, AT).unwrap() && !since.has(3, LATER).unwrap());
        let since = Preconditions::of(&headers(header::IF_UNMODIFIED_SINCE, DATE));
        assert_eq!(since.demand(), Demand::Look);
        assert!(since.check(3, AT).is_ok() && since.has(3, AT).is_ok());
        assert!(since.check(3, LATER).is_err() && since.has(3, LATER).is_err());
    }

    #[test]
    fn a_tag_takes_the_place_of_a_date() {
        let read = both((header::IF_NONE_MATCH, "\"2\""), (header::IF_MODIFIED_SINCE, DATE));
        assert!(!read.has(3, AT).unwrap() && read.has(2, LATER).unwrap());
        let write = both((header::IF_MATCH, "\"3\""), (header::IF_UNMODIFIED_SINCE, DATE));
        assert_eq!(write.demand(), Demand::Exactly(Some(3)));
        assert!(write.check(3, LATER).is_ok() && write.check(2, AT).is_err());
    }

    #[test]
    fn a_date_counts_for_nothing_where_the_row_has_none() {
        for name in [header::IF_MODIFIED_SINCE, header::IF_UNMODIFIED_SINCE] {
            assert!(!Preconditions::of(&headers(name, DATE)).has(3, None).unwrap());
        }
        let broken = Preconditions::of(&headers(header::IF_UNMODIFIED_SINCE, "yesterday"));
        assert!(broken.check(3, LATER).is_ok());
    }

    #[test]
    fn one_tag_is_left_to_the_store() {
        assert_eq!(Preconditions::default().demand(), Demand::Exactly(None));
        assert_eq!(if_match("*").demand(), Demand::Exactly(None));
        assert_eq!(if_match("\"3\"").demand(), Demand::Exactly(Some(3)));
        assert_eq!(if_match("\"x\"").demand(), Demand::Exactly(Some(NO_VERSION)));
        assert_eq!(if_match("W/\"3\"").demand(), Demand::Exactly(Some(NO_VERSION)));
        assert_eq!(if_match("\"3\", \"4\"").demand(), Demand::Look);
        assert_eq!(if_none_match("\"3\"").demand(), Demand::Look);
    }

    #[test]
    fn a_tag_is_the_version_in_quotes() {
        assert_eq!(etag(1_763_640_000_000_000), "\"1763640000000000\"");
    }
}
