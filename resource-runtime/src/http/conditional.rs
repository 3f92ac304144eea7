//! Conditional requests (RFC 9110, section 13) over the versions of rows.

use http::{HeaderMap, HeaderName, HeaderValue, header};

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
        Self {
            if_match: Tags::of(headers, &header::IF_MATCH),
            if_none_match: Tags::of(headers, &header::IF_NONE_MATCH),
        }
    }

    /// Whether the client wants to create a row, and to replace none.
    pub(super) fn is_create_only(&self) -> bool {
        self.if_none_match == Some(Tags::Any)
    }

    /// What a write can leave to the store.
    pub(super) fn demand(&self) -> Demand {
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

    /// Refuses a write to a row of this version that the client did not mean.
    ///
    /// # Errors
    ///
    /// 412.
    pub(super) fn check(&self, version: i64) -> Result<(), ApiError> {
        if self.if_match.as_ref().is_some_and(|it| !it.matches(version, true)) {
            return Err(stale());
        }
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
    pub(super) fn has(&self, version: i64) -> Result<bool, ApiError> {
        if self.if_match.as_ref().is_some_and(|it| !it.matches(version, true)) {
            return Err(stale());
        }
        Ok(self.if_none_match.as_ref().is_some_and(|it| it.matches(version, false)))
    }
}

/// The row was changed since.
pub(super) fn stale() -> ApiError {
    let detail = "the row is not in this version any more; read it again";
    ApiError::new(ErrorCode::PRECONDITION_FAILED).detail(detail).problem(Problem::header(
        "If-Match",
        "precondition_failed",
        detail,
    ))
}

/// The row is there already.
pub(super) fn exists() -> ApiError {
    let detail = "the row is there already";
    ApiError::new(ErrorCode::PRECONDITION_FAILED).detail(detail).problem(Problem::header(
        "If-None-Match",
        "precondition_failed",
        detail,
    ))
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
            assert_eq!(if_match(value).check(3).is_ok(), expected, "{value}");
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
            assert_eq!(if_none_match(value).has(3).unwrap(), expected, "{value}");
            assert_eq!(if_none_match(value).check(3).is_err(), expected, "{value}");
        }
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
