use std::fmt::Write as _;
use std::sync::Arc;

use http::request::Parts;
use http::{HeaderMap, HeaderName, header};
use sha2::{Digest as _, Sha256};

use crate::error::{ApiError, ErrorCode, Problem};
use crate::http::RequestId;
use crate::query::Filter;

const NAME: HeaderName = HeaderName::from_static("idempotency-key");
/// The longest key.
const MAX_LEN: usize = 255;

/// Who sends a request, for what is kept apart by caller: idempotency keys.
///
/// A layer that knows puts it among the request's extensions. Without it, callers are told apart by
/// their `Authorization`; so it is needed where they are known by a cookie, or where tokens are
/// renewed within the time that keys are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(Arc<str>);

impl Caller {
    /// A caller under a name that no other has.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// What a request with an `Idempotency-Key` is known by.
#[derive(Debug)]
pub(in crate::http) struct Claim {
    /// Digest of the key, the caller, the method and the path.
    pub(super) id: String,
    /// Digest of the query and the body.
    pub(super) fingerprint: String,
    /// What errors say of the request.
    pub(super) instance: String,
    pub(super) request: Option<RequestId>,
}

impl Claim {
    /// That of a request, where it has a key. `path` is asked for only then.
    ///
    /// # Errors
    ///
    /// 400 where the key is none.
    pub(in crate::http) fn of(
        parts: &Parts,
        path: impl FnOnce() -> String,
        scope: &Filter,
        body: &[u8],
    ) -> Result<Option<Self>, ApiError> {
        let Some(key) = key(&parts.headers)? else { return Ok(None) };
        let path = path();
        let caller = match (parts.extensions.get::<Caller>(), parts.headers.get(header::AUTHORIZATION)) {
            (Some(Caller(name)), _) => [b"caller ".as_slice(), name.as_bytes()].concat(),
            (None, Some(it)) => [b"authorization ".as_slice(), it.as_bytes()].concat(),
            (None, None) => b"anonymous".to_vec(),
        };
        // Whoever may see other rows is another caller, however little else is known.
        let scope = format!("{scope:?}");
        let method = parts.method.as_str();
        Ok(Some(Self {
            id: digest(&[&caller, scope.as_bytes(), method.as_bytes(), path.as_bytes(), key.as_bytes()]),
            fingerprint: digest(&[parts.uri.query().unwrap_or_default().as_bytes(), body]),
            instance: path,
            request: parts.extensions.get().cloned(),
        }))
    }
}

/// The key of a request.
fn key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut lines = headers.get_all(NAME).iter();
    let Some(line) = lines.next() else { return Ok(None) };
    let key = if lines.next().is_some() { None } else { line.to_str().ok().and_then(|it| parse(it.trim())) };
    let detail = "must be there once, with 1 to 255 visible ASCII characters";
    key.map(Some).ok_or_else(|| {
        ApiError::new(ErrorCode::BAD_REQUEST)
            .detail(format!("`Idempotency-Key` {detail}"))
            .problem(Problem::header("Idempotency-Key", "invalid_format", detail).param("min", 1).param("max", MAX_LEN))
    })
}

/// A key as it is, or a string of structured fields (RFC 9651, section 3.3.3), which means the same.
fn parse(text: &str) -> Option<String> {
    let key = match text.strip_prefix('"') {
        None => Some(text.to_owned()).filter(|it| it.bytes().all(|it| it.is_ascii_graphic())),
        Some(rest) => {
            let mut key = String::new();
            let mut chars = rest.strip_suffix('"')?.chars();
            while let Some(char) = chars.next() {
                match char {
                    '\\' => key.push(chars.next().filter(|it| matches!(it, '"' | '\\'))?),
                    ' '..='~' if char != '"' => key.push(char),
                    _ => return None,
                }
            }
            Some(key)
        }
    };
    key.filter(|it| (1..=MAX_LEN).contains(&it.len()))
}

fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // With its length, so that nothing can move from one part to the next.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing into a `String` does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_or_a_string_in_quotes() {
        let longest = "k".repeat(MAX_LEN);
        for (text, expected) in [
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", Some("8e03978e-40d5-43dd-bc93-6894a57f9324")),
            ("\"8e03978e\"", Some("8e03978e")),
            (r#""a \"b\" \\""#, Some(r#"a "b" \"#)),
            ("a,b;c", Some("a,b;c")),
            (longest.as_str(), Some(longest.as_str())),
            ("", None),
            ("\"\"", None),
            ("\"", None),
            ("\"a", None),
            (r#""a\""#, None),
            (r#""a\b""#, None),
            (r#""a"b""#, None),
            ("two words", None),
            ("tab\there", None),
        ] {
            assert_eq!(parse(text).as_deref(), expected, "{text}");
        }
        assert_eq!(parse(&"k".repeat(MAX_LEN + 1)), None);
    }

    #[test]
    fn two_keys_are_none() {
        let mut headers = HeaderMap::new();
        assert_eq!(key(&headers).unwrap(), None);
        headers.append(NAME, "a".parse().unwrap());
        assert_eq!(key(&headers).unwrap().as_deref(), Some("a"));
        headers.append(NAME, "a".parse().unwrap());
        assert_eq!(key(&headers).unwrap_err().status(), 400);
    }

    #[test]
    fn every_part_of_a_request_counts_where_it_belongs() {
        let claim = |method: &str, path: &str, body: &str, headers: &[(&str, &str)], caller: Option<&str>| {
            let mut request = http::Request::builder().method(method).uri("/x?a=b").header(NAME, "k");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let (mut parts, ()) = request.body(()).unwrap().into_parts();
            if let Some(caller) = caller {
                parts.extensions.insert(Caller::new(caller));
            }
            Claim::of(&parts, || path.to_owned(), &Filter::All, body.as_bytes()).unwrap().unwrap()
        };
        let first = claim("POST", "/books", "{}", &[], None);
        assert_eq!(first.id, claim("POST", "/books", "[]", &[], None).id);
        assert_ne!(first.fingerprint, claim("POST", "/books", "[]", &[], None).fingerprint);
        let others = [
            claim("PATCH", "/books", "{}", &[], None),
            claim("POST", "/authors", "{}", &[], None),
            claim("POST", "/books", "{}", &[("authorization", "Bearer a")], None),
            claim("POST", "/books", "{}", &[], Some("a")),
        ];
        for other in &others {
            assert_ne!(first.id, other.id);
            assert_eq!(first.fingerprint, other.fingerprint);
        }
        let renewed = claim("POST", "/books", "{}", &[("authorization", "Bearer b")], Some("a"));
        assert_eq!(renewed.id, others[3].id);
    }
}
