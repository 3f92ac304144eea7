use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use uuid::Uuid;

use super::{Task, TaskContext, TaskError};
use crate::error::{Error, Result};
use crate::store::BoxFuture;

/// Renewing a lease must not be all that a worker does, nor the tasks of a dead one be as good as lost.
const LEASES: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(24 * 60 * 60);

/// How one kind of task is run: a [`Task`] without its type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Handler {
    pub(super) name: &'static str,
    pub(super) max_attempts: u32,
    first_delay: Duration,
    longest_delay: Duration,
    pub(super) lease: Duration,
    pub(super) run: fn(String, TaskContext) -> BoxFuture<'static, Result<(), TaskError>>,
}

impl Handler {
    const fn of<T: Task>() -> Self {
        Self {
            name: T::NAME,
            max_attempts: T::MAX_ATTEMPTS,
            first_delay: T::FIRST_DELAY,
            longest_delay: T::LONGEST_DELAY,
            lease: T::LEASE,
            run: run::<T>,
        }
    }

    /// How long to wait after an attempt that failed.
    pub(super) fn delay_after(&self, attempt: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        jittered(self.first_delay.saturating_mul(doubled).min(self.longest_delay))
    }

    fn check(&self) -> Result<()> {
        let (name, problem) = (self.name, |what: &str| Err(Error::new(format!("the task `{}` {what}", self.name))));
        if name.is_empty() || name.contains('\0') {
            return problem("needs a NAME with at least one character, and without NUL");
        }
        if self.max_attempts == 0 {
            return problem("could never run; set its MAX_ATTEMPTS to 1 or more");
        }
        if !LEASES.contains(&self.lease) {
            return problem("has a LEASE that is not between 100 ms and a day; set it to some seconds");
        }
        Ok(())
    }
}

fn run<T: Task>(payload: String, context: TaskContext) -> BoxFuture<'static, Result<(), TaskError>> {
    Box::pin(async move {
        // Tried again like any failure: the task may be one of a newer version of the program, which
        // another process runs already.
        let task: T = serde_json::from_str(&payload)
            .map_err(|error| TaskError::new(format!("its payload is none of this version's: {error}")))?;
        drop(payload);
        task.run(&context).await
    })
}

/// Up to a fifth longer or shorter.
pub(super) fn jittered(duration: Duration) -> Duration {
    // The lower half of a UUID of version 4 is random but for two bits at its top.
    let chance = u32::try_from(Uuid::new_v4().as_u128() % 401).unwrap_or_default();
    duration.saturating_mul(800 + chance) / 1000
}

/// The kinds of tasks that a worker runs, by their names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Handlers {
    by_name: BTreeMap<&'static str, Handler>,
    /// A name that two of them have.
    twice: Option<&'static str>,
}

impl Handlers {
    pub(crate) fn add<T: Task>(&mut self) {
        if self.by_name.insert(T::NAME, Handler::of::<T>()).is_some() {
            self.twice = Some(T::NAME);
        }
    }

    #[cfg(feature = "server")]
    pub(crate) fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// Refuses what cannot be run.
    pub(crate) fn check(&self) -> Result<()> {
        if let Some(name) = self.twice {
            return Err(Error::new(format!("two tasks have the NAME `{name}`; give one of them another")));
        }
        self.by_name.values().try_for_each(Handler::check)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Handler> {
        self.by_name.values().copied()
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    macro_rules! task {
        ($type:ident $(, $name:ident: $of:ty = $value:expr)*) => {
            #[derive(Serialize, Deserialize)]
            struct $type;

            impl Task for $type {
                $(const $name: $of = $value;)*

                async fn run(self, _: &TaskContext) -> Result<(), TaskError> {
                    Ok(())
                }
            }
        };
    }

    fn check<T: Task>() -> Result<()> {
        let mut handlers = Handlers::default();
        handlers.add::<T>();
        handlers.check()
    }

    #[test]
    fn delays_double_up_to_the_longest() {
        task!(Plain, NAME: &'static str = "plain");
        let handler = Handler::of::<Plain>();
        for (attempt, seconds) in [(1, 1), (2, 2), (3, 4), (12, 2048), (13, 3600), (u32::MAX, 3600)] {
            let (delay, expected) = (handler.delay_after(attempt), Duration::from_secs(seconds));
            assert!(delay >= expected * 4 / 5 && delay <= expected * 6 / 5, "{attempt}: {delay:?}");
        }
    }

    #[test]
    fn what_cannot_be_run_is_refused() {
        task!(Nameless, NAME: &'static str = "");
        task!(Never, NAME: &'static str = "never", MAX_ATTEMPTS: u32 = 0);
        task!(Hasty, NAME: &'static str = "hasty", LEASE: Duration = Duration::ZERO);
        let refused = |result: Result<()>| result.unwrap_err().to_string();
        assert_eq!(
            refused(check::<Nameless>()),
            "the task `` needs a NAME with at least one character, and without NUL"
        );
        assert_eq!(refused(check::<Never>()), "the task `never` could never run; set its MAX_ATTEMPTS to 1 or more");
        assert_eq!(
            refused(check::<Hasty>()),
            "the task `hasty` has a LEASE that is not between 100 ms and a day; set it to some seconds"
        );
    }

    #[test]
    fn two_tasks_under_one_name_are_refused() {
        task!(First, NAME: &'static str = "same");
        task!(Second, NAME: &'static str = "same");
        let mut handlers = Handlers::default();
        handlers.add::<First>();
        handlers.check().unwrap();
        handlers.add::<Second>();
        assert_eq!(
            handlers.check().unwrap_err().to_string(),
            "two tasks have the NAME `same`; give one of them another"
        );
    }
}
