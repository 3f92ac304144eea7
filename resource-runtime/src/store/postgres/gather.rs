//! Waiting for requests that are about to come, so that one flush of the log is for all of them.
//!
//! A flush costs the processor several times what a write does. Clients that wait for their answers send
//! their next requests when they have them, which is just after the next flush has begun: each would be
//! for half of them.

use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// How long one more request is waited for; timers know no shorter time.
const TICK: Duration = Duration::from_millis(1);

/// A disk that is faster than this is not waited for.
const FAST: Duration = Duration::from_millis(2);

/// How long others are waited for at most, however slow the disk is.
const LONGEST: Duration = Duration::from_millis(10);

/// Waits while fewer have come than may be expected, for as long as they keep coming, and for a part of
/// what the last flush took at most. `came` is told of each.
pub(super) async fn gather(came: &Notify, took: Duration, are_few: impl Fn() -> bool) {
    if took < FAST {
        return;
    }
    let began = Instant::now();
    while are_few() && began.elapsed() < LONGEST.min(took / 2) {
        if tokio::time::timeout(TICK, came.notified()).await.is_err() {
            return;
        }
    }
}
