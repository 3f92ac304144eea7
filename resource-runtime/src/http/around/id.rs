use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{SystemTime, UNIX_EPOCH};

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
                let text: &str = fresh().hyphenated().encode_lower(&mut buffer);
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

/// A new UUID of version 7.
///
/// `Uuid::now_v7` asks the system for random bytes, which costs more than all else that is done for
/// an identifier. These bits are a number of the process, hashed under keys that the system chose
/// once: no two requests share them, and who sees some cannot tell the next.
fn fresh() -> uuid::Uuid {
    static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let [a, b, c, d, e, f, g, h] = KEYS.hash_one(number).to_ne_bytes();
    // The hash has 64 bits, and the low ones of the number keep those apart that it takes for one.
    let [.., i, j] = number.to_be_bytes();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = u64::try_from(now.as_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &[a, b, c, d, e, f, g, h, i, j]).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ones_differ_and_tell_their_time() {
        let ids: std::collections::HashSet<_> = (0..10_000).map(|_| fresh()).collect();
        assert_eq!(ids.len(), 10_000);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        for id in ids {
            assert_eq!((id.get_version_num(), id.get_variant()), (7, uuid::Variant::RFC4122));
            assert!(id.get_timestamp().unwrap().to_unix().0.abs_diff(now) < 60);
        }
    }

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
