use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Claim, in_flight, reused};
use crate::error::ApiError;

/// The keys whose requests run in this process, each with the digest of what was sent under it.
///
/// In memory and in SQLite the transaction of a request keeps all others from writing, so that who
/// wants to insert the same key would wait for its end. Here nobody waits.
#[derive(Debug, Clone, Default)]
pub(in crate::http) struct InFlight(
    // A std lock: held for a look or two into the map, and never across an `.await`.
    Arc<Mutex<HashMap<String, String>>>,
);

/// A key's place among those in flight, given back on drop: after the answer, an error or a panic.
#[derive(Debug)]
pub(super) struct Place {
    keys: InFlight,
    id: String,
}

impl InFlight {
    /// Takes the place of a key.
    ///
    /// # Errors
    ///
    /// 409 where a request with it runs; 422 where that has another body.
    pub(super) fn enter(&self, claim: &Claim) -> Result<Place, ApiError> {
        let mut keys = self.keys();
        match keys.get(&claim.id) {
            Some(fingerprint) if *fingerprint == claim.fingerprint => return Err(in_flight()),
            Some(_) => return Err(reused()),
            None => keys.insert(claim.id.clone(), claim.fingerprint.clone()),
        };
        drop(keys);
        Ok(Place { keys: self.clone(), id: claim.id.clone() })
    }

    fn keys(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.keys.keys().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(id: &str, fingerprint: &str) -> Claim {
        Claim { id: id.to_owned(), fingerprint: fingerprint.to_owned(), instance: String::new(), request: None }
    }

    fn refusal(keys: &InFlight, claim: &Claim) -> &'static str {
        keys.enter(claim).unwrap_err().code.code
    }

    #[test]
    fn a_key_has_one_place_until_that_is_given_back() {
        let keys = InFlight::default();
        let place = keys.enter(&claim("a", "1")).unwrap();
        assert_eq!(refusal(&keys, &claim("a", "1")), "idempotency_in_flight");
        assert_eq!(refusal(&keys, &claim("a", "2")), "idempotency_key_reused");
        drop(keys.enter(&claim("b", "1")).unwrap());
        drop(place);
        drop(keys.enter(&claim("a", "2")).unwrap());
        assert!(keys.keys().is_empty());
    }
}
