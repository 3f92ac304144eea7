//! The clock that a connection's requests are read by.
//!
//! # Design
//!
//! hyper sets a clock before it waits for a header, and takes it away when that has come. tokio keeps its
//! clocks in a list that all threads share, so that a busy connection would enter and leave it for each
//! request. Here a connection has one entry that stays: when its time has come, it is moved to where the
//! clock that is set by then stands, and nobody else is told.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

/// The clock of one connection.
#[derive(Clone, Default)]
pub(super) struct Clock {
    // Nothing but the connection's task looks at it, so that nobody waits for it.
    entry: Arc<Mutex<Option<Pin<Box<tokio::time::Sleep>>>>>,
}

impl hyper::rt::Timer for Clock {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        Box::pin(Alarm { clock: self.clone(), deadline })
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into()
    }
}

/// A time that a clock is set to.
struct Alarm {
    clock: Clock,
    deadline: Instant,
}

impl hyper::rt::Sleep for Alarm {}

impl Future for Alarm {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let deadline = self.deadline.into();
        let mut entry = self.clock.lock();
        let entry = entry.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        // One that rings too soon is as good.
        if entry.deadline() > deadline {
            entry.as_mut().reset(deadline);
        }
        loop {
            ready!(entry.as_mut().poll(context));
            if entry.deadline() >= deadline {
                return Poll::Ready(());
            }
            entry.as_mut().reset(deadline);
        }
    }
}

impl Clock {
    fn lock(&self) -> MutexGuard<'_, Option<Pin<Box<tokio::time::Sleep>>>> {
        self.entry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use hyper::rt::Timer as _;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_alarm_rings_in_its_time() {
        let clock = Clock::default();
        let began = tokio::time::Instant::now();
        for seconds in [3, 1, 2] {
            let seconds = Duration::from_secs(seconds);
            // Set, looked at, and taken away, which leaves the entry where it is.
            let mut early = clock.sleep(seconds / 2);
            assert!(std::future::poll_fn(|it| Poll::Ready(early.as_mut().poll(it))).await.is_pending());
            drop(early);
            let before = tokio::time::Instant::now();
            clock.sleep(seconds).await;
            assert_eq!(before.elapsed().as_secs(), seconds.as_secs());
        }
        assert_eq!(began.elapsed().as_secs(), 6);
    }
}
