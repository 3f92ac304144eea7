use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::TAG;

/// The shortest key, in bytes: as long as the signatures.
const MIN_KEY: usize = 16;

/// The secret keys that cursors are signed with. Cheap to clone.
///
/// To change keys, put the new one first and keep the old one behind it for as long as cursors
/// that were made with it are to be good. Processes that serve the same API need the same keys.
#[derive(Clone)]
pub struct CursorKeys(std::sync::Arc<[Hmac<Sha256>]>);

impl CursorKeys {
    /// These keys: the first signs, all verify.
    ///
    /// ```
    /// use resource_runtime::query::CursorKeys;
    ///
    /// assert!(CursorKeys::new(&[b"of 16 or more bytes".to_vec()]).is_ok());
    /// assert!(CursorKeys::new(&[b"short".to_vec()]).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// When there is none, or one of less than 16 bytes.
    pub fn new(keys: &[Vec<u8>]) -> Result<Self, InvalidKeys> {
        if keys.is_empty() || keys.iter().any(|it| it.len() < MIN_KEY) {
            return Err(InvalidKeys(()));
        }
        keys.iter().map(|it| Hmac::new_from_slice(it).map_err(|_| InvalidKeys(()))).collect::<Result<_, _>>().map(Self)
    }

    /// One key that nobody knows: cursors are good as long as the process lives, and nowhere else.
    #[must_use]
    pub fn random() -> Self {
        // Each UUID of version 4 has 122 bits of the system's randomness; HMAC takes keys of any
        // length, and hashes this one to its own.
        let parts: [[u8; 16]; 4] = std::array::from_fn(|_| uuid::Uuid::new_v4().into_bytes());
        Self(Hmac::new_from_slice(parts.as_flattened()).into_iter().collect())
    }

    pub(super) fn sign(&self, context: &[u8], bytes: &[u8]) -> [u8; TAG] {
        let Some(key) = self.0.first() else { return [0; TAG] };
        let mac: [u8; 32] = key.clone().chain_update(context).chain_update(bytes).finalize().into_bytes().into();
        mac.first_chunk().copied().unwrap_or_default()
    }

    /// Compares in constant time.
    pub(super) fn verify(&self, context: &[u8], bytes: &[u8], tag: &[u8; TAG]) -> bool {
        self.0
            .iter()
            .any(|key| key.clone().chain_update(context).chain_update(bytes).verify_truncated_left(tag).is_ok())
    }
}

impl fmt::Debug for CursorKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CursorKeys({})", self.0.len())
    }
}

/// Keys that cursors cannot be signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidKeys(());

impl fmt::Display for InvalidKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cursors need at least one key, and every key at least {MIN_KEY} bytes")
    }
}

impl std::error::Error for InvalidKeys {}
