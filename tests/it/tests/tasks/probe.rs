use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use resource_runtime::task::{Task, TaskContext, TaskError};
use serde::{Deserialize, Serialize};

/// A task of a test.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) n: u32,
    pub(crate) does: Does,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Does {
    Succeed,
    Take(Duration),
    /// Fails at so many first attempts.
    Fail(u32),
    Panic,
    FailForGood,
}

impl Job {
    pub(crate) const fn new(n: u32, does: Does) -> Self {
        Self { n, does }
    }
}

impl Task for Job {
    const NAME: &'static str = "job";
    const MAX_ATTEMPTS: u32 = 4;
    const FIRST_DELAY: Duration = Duration::from_millis(100);
    // Longer than a loaded machine lets the worker wait for its thread.
    const LEASE: Duration = Duration::from_secs(2);

    async fn run(self, cx: &TaskContext) -> Result<(), TaskError> {
        let probe: &Probe = cx.state()?;
        let _begun = probe.begin(self.n, cx.attempt());
        match self.does {
            Does::Fail(attempts) if cx.attempt() <= attempts => {
                Err(std::io::Error::other(format!("attempt {}\0", cx.attempt())))?;
            }
            Does::Panic => panic!("job {} panics", self.n),
            Does::FailForGood => return Err(TaskError::permanent("no such reader")),
            Does::Take(time) => tokio::time::sleep(time).await,
            Does::Succeed | Does::Fail(_) => {}
        }
        probe.0.lock().unwrap().done.push(self.n);
        Ok(())
    }
}

/// What tasks did.
#[derive(Debug, Clone, Default)]
pub(crate) struct Probe(Arc<Mutex<Log>>);

#[derive(Debug, Default)]
struct Log {
    begun: Vec<(u32, u32, Instant)>,
    running: Vec<u32>,
    most: usize,
    done: Vec<u32>,
}

/// A task that runs until this is dropped.
struct Begun {
    probe: Probe,
    n: u32,
}

impl Probe {
    fn begin(&self, n: u32, attempt: u32) -> Begun {
        let mut log = self.0.lock().unwrap();
        assert!(!log.running.contains(&n), "{n} runs twice at the same time");
        log.running.push(n);
        log.most = log.most.max(log.running.len());
        log.begun.push((n, attempt, Instant::now()));
        Begun { probe: self.clone(), n }
    }

    /// The tasks that have succeeded, in order.
    pub(crate) fn done(&self) -> Vec<u32> {
        let mut done = self.0.lock().unwrap().done.clone();
        done.sort_unstable();
        done
    }

    /// The attempts that were begun at a task.
    pub(crate) fn attempts(&self, n: u32) -> Vec<u32> {
        self.0.lock().unwrap().begun.iter().filter(|it| it.0 == n).map(|it| it.1).collect()
    }

    /// When they were begun.
    pub(crate) fn moments(&self, n: u32) -> Vec<Instant> {
        self.0.lock().unwrap().begun.iter().filter(|it| it.0 == n).map(|it| it.2).collect()
    }

    pub(crate) fn running(&self) -> usize {
        self.0.lock().unwrap().running.len()
    }

    /// How many ran at the same time at most.
    pub(crate) fn most(&self) -> usize {
        self.0.lock().unwrap().most
    }

    /// Waits until something holds.
    #[track_caller]
    pub(crate) fn wait<'a>(&'a self, holds: impl Fn(&Self) -> bool + 'a) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let start = Instant::now();
            while !holds(self) {
                assert!(start.elapsed() < Duration::from_secs(60), "{caller}: {self:?}");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let mut log = self.probe.0.lock().unwrap();
        let place = log.running.iter().position(|it| *it == self.n).unwrap();
        log.running.remove(place);
    }
}
