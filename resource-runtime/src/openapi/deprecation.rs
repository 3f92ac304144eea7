use std::borrow::Cow;

use http::{HeaderName, HeaderValue, header};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::tz::TimeZone;

use super::DocumentError;

/// That something is on its way out: since when, until when, and what takes its place.
///
/// What is deprecated says so in each of its answers (`Deprecation`, RFC 9745; `Sunset`, RFC 8594; and a `Link` to its
/// successor, RFC 5829), and in the document.
///
/// ```
/// use resource_runtime::http::Routes;
/// use resource_runtime::openapi::Deprecation;
/// use resource_runtime::prelude::*;
///
/// fn older<R>(books: Routes<R>) -> Routes<R> {
///     let deprecation = Deprecation::since(Date::constant(2026, 7, 1))
///         .sunset(Date::constant(2027, 1, 1))
///         .successor("/api/v1/books");
///     books.deprecate(Operation::Replace, deprecation)
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a deprecation does nothing until it is given to what is deprecated"]
pub struct Deprecation {
    since: Timestamp,
    sunset: Option<Timestamp>,
    successor: Option<Cow<'static, str>>,
}

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

impl Deprecation {
    /// Since this day; it may lie ahead.
    pub fn since(day: Date) -> Self {
        Self { since: midnight(day), sunset: None, successor: None }
    }

    /// With a day from which on it may be gone.
    pub fn sunset(mut self, day: Date) -> Self {
        self.sunset = Some(midnight(day));
        self
    }

    /// With a URL, absolute or a path, of what takes its place.
    pub fn successor(mut self, url: impl Into<Cow<'static, str>>) -> Self {
        self.successor = Some(url.into());
        self
    }

    /// What every answer says.
    #[cfg_attr(not(feature = "server"), allow(dead_code, reason = "routes say it"))]
    pub(crate) fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let since = format!("@{}", self.since.as_second());
        let sunset = self.sunset.and_then(|it| DateTimePrinter::new().timestamp_to_rfc9110_string(&it).ok());
        let link = self.successor.as_ref().map(|it| format!("<{it}>; rel=\"successor-version\""));
        let all = [(DEPRECATION, Some(since)), (SUNSET, sunset), (header::LINK, link)];
        all.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::try_from(value?).ok()?))).collect()
    }

    /// Refuses a successor that cannot stand in a header field.
    pub(super) fn check(&self) -> Result<(), DocumentError> {
        match &self.successor {
            Some(url) if url.is_empty() || !url.bytes().all(|it| it.is_ascii_graphic() && !b"<>\"".contains(&it)) => {
                Err(DocumentError(format!("the successor `{url}` of what is deprecated is no URL")))
            }
            _ => Ok(()),
        }
    }
}

fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |it| it.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_as_each_field_has_them() {
        let deprecation = Deprecation::since(Date::constant(2026, 7, 1)).sunset(Date::constant(2027, 1, 1));
        let headers = deprecation.successor("/api/v2/books").headers();
        let texts = headers.iter().map(|(name, it)| format!("{name}: {}", it.to_str().unwrap())).collect::<Vec<_>>();
        assert_eq!(
            texts,
            [
                "deprecation: @1782864000",
                "sunset: Fri, 01 Jan 2027 00:00:00 GMT",
                "link: </api/v2/books>; rel=\"successor-version\"",
            ]
        );
    }

    #[test]
    fn a_successor_has_to_be_a_url() {
        let since = || Deprecation::since(Date::constant(2026, 7, 1));
        assert!(since().check().is_ok() && since().successor("https://a.example/b?c=d").check().is_ok());
        for url in ["", "a b", "a>b", "a\"", "ä"] {
            assert!(since().successor(url).check().unwrap_err().to_string().contains(url), "{url}");
        }
    }
}
