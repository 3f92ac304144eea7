use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::{Claim, LEASE, in_flight, reused};
use crate::error::ApiError;

/// The keys whose requests run in this process.
///
/// In memory and in SQLite the transaction of a request keeps all others from writing, so that who
/// wants to insert the same key would wait for its end. Here nobody waits.
#[derive(Debug, Clone, Default)]
pub(in crate::http) struct InFlight(
    // A std lock: held for a look or two into the map, and never across an `.await`.
    Arc<Mutex<HashMap<String, Running>>>,
);

#[derive(Debug)]
struct Running {
    fingerprint: String,
    /// As in the row: a hook that never ends does not keep its key for ever.
    until: Instant,
}

/// A key's place among those in flight, given back on drop: after the answer, an error or a panic.
#[derive(Debug)]
pub(super) struct Place {
    keys: InFlight,
    id: String,
    until: Instant,
}

impl InFlight {
    /// Takes the place of a key.
    ///
    /// # Errors
    ///
    /// 409 where a request with it runs; 422 where that has another body.
    pub(super) fn enter(&self, claim: &Claim) -> Result<Place, ApiError> {
        let now = Instant::now();
        let mut keys = self.keys();
        if let Some(running) = keys.get(&claim.id).filter(|it| it.until > now) {
            return Err(if running.fingerprint == claim.fingerprint { in_flight() } else { reused() });
        }
        let until = now + LEASE;
        keys.insert(claim.id.clone(), Running { fingerprint: claim.fingerprint.clone(), until });
        drop(keys);
        Ok(Place { keys: self.clone(), id: claim.id.clone(), until })
    }

    fn keys(&self) -> MutexGuard<'_, HashMap<String, Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut keys = self.keys.keys();
        // Another has it by now, where this one took longer than its lease.
        if keys.get(&self.id).is_some_and(|it| it.until == self.until) {
            keys.remove(&self.id);
        }
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

    #[test]
    fn a_place_whose_lease_has_ended_is_another_s() {
        let keys = InFlight::default();
        let mut slow = keys.enter(&claim("a", "1")).unwrap();
        // As if it had been taken long ago.
        let long_ago = Instant::now();
        slow.until = long_ago;
        keys.keys().get_mut("a").unwrap().until = long_ago;
        let place = keys.enter(&claim("a", "1")).unwrap();
        drop(slow);
        assert_eq!(refusal(&keys, &claim("a", "1")), "idempotency_in_flight");
        drop(place);
        assert!(keys.keys().is_empty());
    }
}
