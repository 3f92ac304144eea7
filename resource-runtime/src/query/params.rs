//! The pairs of a query string, decoded strictly.

use std::borrow::Cow;

use crate::error::{ApiError, ErrorCode, Problem, Problems};

/// The longest query string, in bytes as sent. Servers and proxies rarely let more through.
pub(super) const MAX_LENGTH: usize = 16 * 1024;
/// The most pairs that one query string may have.
const MAX_PAIRS: usize = 256;

/// One `name=value` of a query string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Param<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
}

/// Takes a query string (without the `?`) apart. A pair that cannot be read is a problem and is left
/// out; what remains is in the order of the string. Nothing between two `&` is no pair.
///
/// # Errors
///
/// 414 for a string that is too long, and 422 for too many pairs: neither is read at all.
pub(super) fn split<'a>(raw: &'a str, problems: &mut Problems) -> Result<Vec<Param<'a>>, ApiError> {
    if raw.len() > MAX_LENGTH {
        let detail = format!("the query string is longer than {MAX_LENGTH} bytes");
        return Err(ApiError::new(ErrorCode::URI_TOO_LONG).detail(detail));
    }
    let pairs = || raw.split('&').filter(|it| !it.is_empty());
    // Only a long text can have that many.
    let count = if raw.len() > MAX_PAIRS { pairs().count() } else { 0 };
    if count > MAX_PAIRS {
        let detail = format!("there are {count} parameters, and a request may have {MAX_PAIRS}");
        let problem = Problem::parameter("", "too_many_parameters", detail).param("max", MAX_PAIRS);
        return Problems::from(vec![problem]).finish(ErrorCode::INVALID_QUERY, Vec::new());
    }
    let mut params = Vec::with_capacity(8);
    let mut rest = raw;
    while !rest.is_empty() {
        let (pair, after) = Raw::first(rest);
        rest = after;
        let Some(Raw { name, value, plain }) = pair else { continue };
        if plain {
            params.push(Param { name: Cow::Borrowed(name), value: Cow::Borrowed(value) });
            continue;
        }
        let (name, value) = match (decode(name), decode(value)) {
            (Ok(name), Ok(value)) => (name, value),
            (Ok(name), Err(error)) => {
                problems.push(error.problem(name));
                continue;
            }
            (Err(error), _) => {
                problems.push(error.problem(name));
                continue;
            }
        };
        params.push(Param { name, value });
    }
    Ok(params)
}

/// A pair as it was sent.
struct Raw<'a> {
    name: &'a str,
    value: &'a str,
    /// Whether nothing of it has to be decoded.
    plain: bool,
}

impl<'a> Raw<'a> {
    /// The pair at the start of a query string, and the rest of that.
    fn first(raw: &'a str) -> (Option<Self>, &'a str) {
        let (mut equals, mut plain, mut end) = (None, true, raw.len());
        for (at, byte) in raw.bytes().enumerate() {
            match byte {
                b'&' => {
                    end = at;
                    break;
                }
                b'=' => equals = equals.or(Some(at)),
                b'%' | b'+' | 0 => plain = false,
                _ => {}
            }
        }
        let rest = raw.get(end + 1..).unwrap_or_default();
        let name = raw.get(..equals.unwrap_or(end)).unwrap_or_default();
        let value = equals.and_then(|it| raw.get(it + 1..end)).unwrap_or_default();
        ((end > 0).then_some(Self { name, value, plain }), rest)
    }
}

/// Why a part of a query string is not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undecodable {
    /// A `%` that no two hexadecimal digits follow.
    Percent,
    /// Bytes that are not UTF-8.
    Utf8,
    /// A U+0000, which no store can keep.
    Nul,
}

impl Undecodable {
    fn problem(self, parameter: impl Into<String>) -> Problem {
        match self {
            Self::Percent => {
                let detail = "must be percent-encoded: `%` is followed by two hexadecimal digits, and is itself `%25`";
                Problem::parameter(parameter, "invalid_format", detail).param("format", "percent-encoding")
            }
            Self::Utf8 => Problem::parameter(parameter, "invalid_format", "must be UTF-8").param("format", "utf-8"),
            Self::Nul => Problem::parameter(parameter, "invalid_character", "must not contain the character U+0000")
                .param("character", "U+0000"),
        }
    }
}

/// Decodes a name or a value as forms encode it: `+` is a space.
pub(super) fn decode(raw: &str) -> Result<Cow<'_, str>, Undecodable> {
    if !raw.bytes().any(|it| matches!(it, b'%' | b'+' | 0)) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut decoded = Vec::with_capacity(raw.len());
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'+' => b' ',
            b'%' => match (bytes.next().and_then(digit), bytes.next().and_then(digit)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(Undecodable::Percent),
            },
            other => other,
        };
        if byte == 0 {
            return Err(Undecodable::Nul);
        }
        decoded.push(byte);
    }
    String::from_utf8(decoded).map(Cow::Owned).map_err(|_| Undecodable::Utf8)
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The names of a query string's parameters, those that can be read.
#[cfg(feature = "server")]
pub(crate) fn names(raw: &str) -> Vec<Cow<'_, str>> {
    let pairs = raw.split('&').filter(|it| !it.is_empty());
    pairs.filter_map(|it| decode(it.split_once('=').map_or(it, |(name, _)| name)).ok()).collect()
}

/// The query string with some parameters set to a value or taken out, for links to other pages of
/// a list. All others stay as they were sent, in their order.
///
/// ```
/// use resource_runtime::query::with_parameters;
///
/// let next = with_parameters("tag=a%26b&page=2&page=9", &[("page", Some("3")), ("per_page", Some("20"))]);
/// assert_eq!(next, "tag=a%26b&page=3&per_page=20");
/// assert_eq!(with_parameters("cursor=x&limit=5", &[("cursor", None)]), "limit=5");
/// ```
#[must_use]
pub fn with_parameters(raw: &str, set: &[(&str, Option<&str>)]) -> String {
    let mut out = String::with_capacity(raw.len() + 32);
    let mut written = vec![false; set.len()];
    for pair in raw.split('&').filter(|it| !it.is_empty()) {
        let name = decode(pair.split_once('=').map_or(pair, |(name, _)| name));
        let found = name.ok().and_then(|name| set.iter().zip(&mut written).find(|((it, _), _)| *it == name));
        match found {
            None => push(&mut out, pair),
            Some((&(name, Some(value)), written)) if !*written => {
                *written = true;
                push_pair(&mut out, name, value);
            }
            Some(_) => {}
        }
    }
    for (&(name, value), written) in set.iter().zip(written) {
        if let (Some(value), false) = (value, written) {
            push_pair(&mut out, name, value);
        }
    }
    out
}

fn push(out: &mut String, pair: &str) {
    if !out.is_empty() {
        out.push('&');
    }
    out.push_str(pair);
}

fn push_pair(out: &mut String, name: &str, value: &str) {
    push(out, "");
    out.extend(form_urlencoded::byte_serialize(name.as_bytes()));
    out.push('=');
    out.extend(form_urlencoded::byte_serialize(value.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(raw: &str) -> (Vec<(String, String)>, Vec<String>) {
        let mut problems = Problems::new();
        let params = split(raw, &mut problems).unwrap();
        let pairs = params.into_iter().map(|it| (it.name.into_owned(), it.value.into_owned())).collect();
        (pairs, problems.as_slice().iter().map(|it| format!("{} {it}", it.code)).collect())
    }

    #[track_caller]
    fn check(raw: &str, expected: &[(&str, &str)]) {
        let (pairs, problems) = pairs(raw);
        assert_eq!(problems, [""; 0]);
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, expected);
    }

    #[test]
    fn pairs_keep_their_order_and_repetitions() {
        check("b=1&a=2&b=3", &[("b", "1"), ("a", "2"), ("b", "3")]);
    }

    #[test]
    fn names_and_values_are_decoded_as_forms_do() {
        check("price%5Bgte%5D=1%2B1+2&caf%C3%A9=%F0%9F%98%80", &[("price[gte]", "1+1 2"), ("café", "😀")]);
    }

    #[test]
    fn only_the_first_equals_sign_splits() {
        check("filter=a=b=c&x", &[("filter", "a=b=c"), ("x", "")]);
    }

    #[test]
    fn nothing_between_ampersands_is_no_pair() {
        check("", &[]);
        check("&&a=1&", &[("a", "1")]);
        check("=1", &[("", "1")]);
    }

    #[test]
    fn what_cannot_be_decoded_is_reported_under_its_name() {
        let (pairs, problems) = pairs("a=%&b=%4&c=%zz&d=%FF&e%FF=1&f=%00&g%00=1&h=%+1&ok=1");
        assert_eq!(pairs, [("ok".to_owned(), "1".to_owned())]);
        let codes: Vec<_> = problems.iter().map(|it| it.split(':').next().unwrap()).collect();
        let [format, nul] = ["invalid_format", "invalid_character"];
        assert_eq!(
            codes,
            [
                format!("{format} a"),
                format!("{format} b"),
                format!("{format} c"),
                format!("{format} d"),
                format!("{format} e%FF"),
                format!("{nul} f"),
                format!("{nul} g%00"),
                format!("{format} h"),
            ]
        );
    }

    #[test]
    fn surrogates_and_overlong_forms_are_not_utf8() {
        let (_, problems) = pairs("a=%ED%A0%80&b=%C0%80");
        assert_eq!(problems.len(), 2);
    }

    #[test]
    fn length_and_number_are_bounded() {
        let long = format!("a={}", "x".repeat(MAX_LENGTH));
        assert_eq!(split(&long, &mut Problems::new()).unwrap_err().status(), 414);
        let many = "a&".repeat(MAX_PAIRS + 1);
        assert_eq!(split(&many, &mut Problems::new()).unwrap_err().status(), 422);
        assert!(split(&"a&".repeat(MAX_PAIRS), &mut Problems::new()).is_ok());
    }

    #[test]
    fn parameters_are_replaced_where_they_stood_and_others_kept_as_sent() {
        assert_eq!(with_parameters("", &[("page", Some("1"))]), "page=1");
        assert_eq!(with_parameters("a=%zz&p%61ge=1&b", &[("page", Some("2"))]), "a=%zz&page=2&b");
        assert_eq!(with_parameters("cursor=&a=1", &[("cursor", Some("a b&=é"))]), "cursor=a+b%26%3D%C3%A9&a=1");
        assert_eq!(with_parameters("page=1", &[("page", None)]), "");
    }
}
