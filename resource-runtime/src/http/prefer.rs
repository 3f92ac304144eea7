//! What clients prefer of an answer (RFC 7240).
//!
//! | preference | effect |
//! |---|---|
//! | `return=minimal` | the row is left out: 201 has no body, 200 becomes 204 |
//! | `return=representation` | the row, as without it |
//! | `tx=rollback` | everything is checked and carried out, and then undone; the answer is the one that would have been given |
//! | `max-affected=5` | an operation on every row that conditions hold for is refused where these are more |
//!
//! `Preference-Applied` says back those that were honoured. Others are ignored, as is what cannot be
//! read; of a preference that is there twice, the first counts (section 2). Only `max-affected` has to
//! be a number: it is there to keep rows from harm, with `handling=strict` before it or without.

use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::{ApiError, ErrorCode, Problem};

const PREFER: HeaderName = HeaderName::from_static("prefer");
pub(super) const APPLIED: HeaderName = HeaderName::from_static("preference-applied");
/// What is said back of a dry run.
pub(super) const ROLLBACK: &str = "tx=rollback";
const MAX_AFFECTED: &str = "max-affected";

/// What a client prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Prefer {
    returns: Option<Return>,
    tx: Option<Tx>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Return {
    Minimal,
    Representation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tx {
    Commit,
    Rollback,
}

impl Prefer {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut prefer = Self::default();
        for (name, value) in preferences(headers) {
            if name.eq_ignore_ascii_case("return") {
                prefer.returns = prefer.returns.or(match value {
                    "minimal" => Some(Return::Minimal),
                    "representation" => Some(Return::Representation),
                    _ => None,
                });
            } else if name.eq_ignore_ascii_case("tx") {
                prefer.tx = prefer.tx.or(match value {
                    "commit" => Some(Tx::Commit),
                    "rollback" => Some(Tx::Rollback),
                    _ => None,
                });
            }
        }
        prefer
    }

    /// Whether rows are to be left out of the answer.
    pub(super) fn is_minimal(self) -> bool {
        self.returns == Some(Return::Minimal)
    }

    /// Whether everything is to be undone.
    pub(super) fn is_dry_run(self) -> bool {
        self.tx == Some(Tx::Rollback)
    }

    /// Says back how rows were returned; `minimal` tells whether they were left out.
    pub(super) fn say_back(self, response: Response, minimal: bool) -> Response {
        match self.returns {
            Some(Return::Minimal) if minimal => applied(response, "return=minimal"),
            Some(Return::Representation) if !minimal => applied(response, "return=representation"),
            _ => response,
        }
    }
}

/// How many rows a request may change, where its client says so.
///
/// # Errors
///
/// 400 where that is no number: without its limit the request is not the one that was meant.
pub(super) fn max_affected(headers: &HeaderMap) -> Result<Option<u32>, ApiError> {
    let Some((_, value)) = preferences(headers).find(|(name, _)| name.eq_ignore_ascii_case(MAX_AFFECTED)) else {
        return Ok(None);
    };
    if value.is_empty() || !value.bytes().all(|it| it.is_ascii_digit()) {
        let problem = Problem::header("Prefer", "invalid_type", "`max-affected` must be a number of rows");
        return Err(ApiError::new(ErrorCode::BAD_REQUEST).detail(problem.to_string()).problem(problem));
    }
    // What is beyond a u32 is more than any request may change.
    Ok(Some(value.parse().unwrap_or(u32::MAX)))
}

/// What is said back of a limit.
pub(super) fn limited(max: u32) -> String {
    format!("{MAX_AFFECTED}={max}")
}

/// Says back one more preference.
pub(super) fn applied(mut response: Response, preference: &str) -> Response {
    let headers = response.headers_mut();
    let value = match headers.get(&APPLIED).and_then(|it| it.to_str().ok()) {
        Some(others) => HeaderValue::try_from(format!("{others}, {preference}")),
        None => HeaderValue::try_from(preference),
    };
    if let Ok(value) = value {
        headers.insert(APPLIED, value);
    }
    response
}

/// The preferences of a request. A line that is no text has none.
fn preferences(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers.get_all(PREFER).into_iter().filter_map(|it| it.to_str().ok()).flat_map(Preferences)
}

/// The preferences of one line, with their values and without their parameters.
struct Preferences<'a>(&'a str);

impl<'a> Iterator for Preferences<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let (element, rest) = split(self.0, ',');
        self.0 = rest;
        let (preference, _) = split(element, ';');
        let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
        let value = value.trim();
        let unquoted = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        Some((name.trim(), unquoted.unwrap_or(value)))
    }
}

/// Splits at a character that is not within quotes.
fn split(text: &str, at: char) -> (&str, &str) {
    let (mut quoted, mut escaped) = (false, false);
    for (index, it) in text.char_indices() {
        match it {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if it == at && !quoted => {
                let (before, after) = text.split_at(index);
                return (before, after.strip_prefix(at).unwrap_or(after));
            }
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefer(lines: &[&str]) -> Prefer {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(PREFER, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        Prefer::of(&headers)
    }

    #[test]
    fn a_preference_is_found_among_others() {
        for lines in [
            &["return=minimal"][..],
            &["Return = minimal"],
            &["return=\"minimal\""],
            &["respond-async, wait=10, return=minimal"],
            &["foo; bar=\"return=representation, x\", return=minimal; baz"],
            &["foo=\"a\\\", return=representation\", return=minimal"],
            &["respond-async", "return=minimal"],
            &[",, return=minimal,"],
        ] {
            assert!(prefer(lines).is_minimal(), "{lines:?}");
        }
    }

    #[test]
    fn the_first_of_two_counts() {
        assert!(!prefer(&["return=representation, return=minimal"]).is_minimal());
        assert!(prefer(&["tx=rollback", "tx=commit"]).is_dry_run());
        assert!(!prefer(&["tx=commit, tx=rollback"]).is_dry_run());
    }

    #[test]
    fn rows_are_limited_by_a_number_and_by_nothing_else() {
        let limit = |line: &str| {
            let headers = [(PREFER, HeaderValue::from_bytes(line.as_bytes()).unwrap())].into_iter().collect();
            max_affected(&headers)
        };
        for (line, expected) in [
            ("", None),
            ("return=minimal", None),
            ("handling=strict, max-affected=10", Some(10)),
            ("Max-Affected=\"0\"", Some(0)),
            ("max-affected=5, max-affected=many", Some(5)),
            ("max-affected=99999999999999999999999", Some(u32::MAX)),
        ] {
            assert_eq!(limit(line).unwrap(), expected, "{line}");
        }
        for line in [
            "max-affected",
            "max-affected=",
            "max-affected=-1",
            "max-affected=+1",
            "max-affected=1.0",
            "max-affected=ten",
        ] {
            let error = limit(line).unwrap_err();
            assert_eq!(
                error.to_string(),
                "Prefer: `max-affected` must be a number of rows: Prefer: `max-affected` must be a number of rows"
            );
            assert_eq!(error.status(), 400, "{line}");
        }
    }

    #[test]
    fn what_is_unknown_or_cannot_be_read_is_ignored() {
        for line in [
            "",
            "=",
            ";",
            ",;=,",
            "\"",
            "return",
            "return=maximal",
            "tx=\"",
            "returns=minimal",
            "é",
            "\\",
            "return=Minimal",
        ] {
            assert_eq!(prefer(&[line]), Prefer::default(), "{line}");
        }
    }
}
