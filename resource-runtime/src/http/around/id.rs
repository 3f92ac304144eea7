use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};

/// The header field that carries it.
pub(super) const NAME: HeaderName = HeaderName::from_static("x-request-id");

/// The longest that a client can choose.
const MAX_LEN: usize = 128;

/// What the log, the answer and its errors call a request: the client's `X-Request-ID`, if it is
/// sane, else a new UUID.
///
/// Handlers of an application find it among the request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// That of a request.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let sent = headers.get(NAME).and_then(|it| it.to_str().ok());
        let sane = |it: &&str| (1..=MAX_LEN).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_graphic());
        match sent.filter(sane) {
            Some(sent) => Self(sent.into()),
            None => {
                let mut buffer = uuid::Uuid::encode_buffer();
                let text: &str = uuid::Uuid::now_v7().hyphenated().encode_lower(&mut buffer);
                Self(text.into())
            }
        }
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn to_value(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).unwrap_or(HeaderValue::from_static("-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sent: &[u8], kept: bool) {
        let headers = HeaderMap::from_iter([(NAME, HeaderValue::from_bytes(sent).unwrap())]);
        let id = RequestId::of(&headers);
        assert_eq!(id.as_str().as_bytes() == sent, kept, "{}", id.as_str());
        assert!(kept || uuid::Uuid::parse_str(id.as_str()).is_ok_and(|it| it.get_version_num() == 7));
    }

    #[test]
    fn a_clients_id_is_kept_if_it_is_sane() {
        check(b"abc-123", true);
        check("a".repeat(128).as_bytes(), true);
        check(b"\"<&>\"", true);
    }

    #[test]
    fn any_other_is_replaced() {
        check(b"", false);
        check("a".repeat(129).as_bytes(), false);
        check(b"with space", false);
        check(b"tab\there", false);
        check("é".as_bytes(), false);
        check(b"\xff", false);
    }
}
