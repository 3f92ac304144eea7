//! The worker: it finds tasks, and runs several of them at once.

mod attempt;
mod queue;

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use self::attempt::Attempt;
use self::queue::{Held, Waiting};
use super::Task;
use super::handler::{Handler, Handlers, jittered};
use crate::error::Result;
use crate::field::{later, now};
use crate::states::States;
use crate::store::{Database, StoreError, StoreErrorKind, StoreResult};

/// How long a look for tasks may take before the store counts as one that does not answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait at most before a store that failed is asked again.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long what is cut has to put things in order.
const FAREWELL: Duration = Duration::from_secs(2);

/// Runs the tasks of a store: within [`Api::serve`](crate::http::Api::serve), or by itself, in a process without a
/// server.
///
/// ```
/// # use resource_runtime::task::{Task, TaskContext, TaskError};
/// # #[derive(serde::Serialize, serde::Deserialize)] struct SendReceipt;
/// # impl Task for SendReceipt {
/// #     const NAME: &'static str = "send_receipt";
/// #     async fn run(self, _: &TaskContext) -> Result<(), TaskError> { Ok(()) }
/// # }
/// # #[derive(Clone)] struct Mailer;
/// # async fn example(mailer: Mailer) -> resource_runtime::Result<()> {
/// use resource_runtime::prelude::*;
/// use resource_runtime::task::Worker;
///
/// let settings = Settings::from_env()?;
/// let store = settings.connect().await?;
/// Worker::new(&store).task::<SendReceipt>().state(mailer).serve(settings).await
/// # }
/// ```
#[must_use = "a worker does nothing until it runs"]
#[derive(Clone)]
pub struct Worker {
    database: Database,
    handlers: Handlers,
    states: States,
    concurrency: usize,
    period: Duration,
    shutdown_timeout: Duration,
}

impl Worker {
    /// A worker on a store, which does not know any tasks yet. It leaves those alone that it does not
    /// know.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
            handlers: Handlers::default(),
            states: States::default(),
            concurrency: 8,
            period: Duration::from_secs(1),
            shutdown_timeout: Duration::from_secs(30),
        }
    }

    /// With a further kind of task.
    pub fn task<T: Task>(mut self) -> Self {
        self.handlers.add::<T>();
        self
    }

    /// With a value of the application's own, which tasks find by its type
    /// ([`TaskContext::state`](super::TaskContext::state)).
    pub fn state<S: Send + Sync + 'static>(mut self, state: S) -> Self {
        self.states.insert(state);
        self
    }

    /// Runs as many tasks at once at most; 8 unless set, and 1 at least.
    pub fn concurrency(mut self, tasks: usize) -> Self {
        self.concurrency = tasks.max(1);
        self
    }

    /// How often it looks for tasks of other processes; each second unless set, and each hour at least.
    /// Those of its own process it learns of at once.
    pub fn period(mut self, period: Duration) -> Self {
        self.period = period.clamp(Duration::from_millis(10), Duration::from_secs(60 * 60));
        self
    }

    /// How long running tasks may take to end when it is told to stop; 30 seconds unless set. Those that
    /// do not are dropped at their next `.await`, and given back.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout;
        self
    }

    #[cfg(feature = "server")]
    pub(crate) fn sharing(self, handlers: &Handlers, states: &States) -> Self {
        Self { handlers: handlers.clone(), states: states.clone(), ..self }
    }

    #[cfg(feature = "server")]
    pub(crate) const fn database(&self) -> &Database {
        &self.database
    }

    /// Runs tasks until a future ends, and then until those that run have ended.
    ///
    /// # Errors
    ///
    /// When two tasks have one name, or one could never run.
    pub async fn run_until(self, stop: impl Future<Output = ()> + Send) -> Result<()> {
        self.run(stop, std::future::pending()).await
    }

    /// As [`Worker::run_until`]; `cut` ends what `stop` waits for.
    pub(crate) async fn run(
        self,
        stop: impl Future<Output = ()> + Send,
        cut: impl Future<Output = ()> + Send,
    ) -> Result<()> {
        self.handlers.check()?;
        let shutdown_timeout = self.shutdown_timeout;
        let mut wakes = self.database.new_tasks();
        let mut running = Running::new(self);
        let mut stop = pin!(stop);
        loop {
            let is_free = running.free() > 0;
            tokio::select! {
                () = &mut stop => break,
                Some(ended) = running.attempts.join_next() => {
                    // An attempt of ours does not panic.
                    running.look_in(ended.ok().flatten());
                    if !running.more {
                        continue;
                    }
                }
                // The database has the sender, so that this ends for a change only.
                _ = wakes.changed(), if is_free => {}
                () = sleep_until(running.next_look), if is_free => {}
            }
            let is_stopping = {
                let mut look = pin!(running.look());
                tokio::select! {
                    () = &mut look => false,
                    () = &mut stop => {
                        // What it is about to take would be left until its lease ends.
                        let _ = timeout(FAREWELL, look).await;
                        true
                    }
                }
            };
            if is_stopping {
                break;
            }
        }
        running.end(shutdown_timeout, cut).await;
        Ok(())
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("database", &self.database)
            .field("handlers", &self.handlers)
            .finish_non_exhaustive()
    }
}

/// A worker that runs.
struct Running {
    database: Database,
    /// The first is asked for first; they take turns, so that a flood of one leaves room for the others.
    handlers: Vec<Handler>,
    states: States,
    concurrency: usize,
    period: Duration,
    /// Each ends with the time until its task's next attempt.
    attempts: JoinSet<Option<Duration>>,
    cut: watch::Sender<bool>,
    /// When to look for tasks again, if nothing happens before.
    next_look: Instant,
    /// Whether the last look found more than there was room for.
    more: bool,
    /// How often the store failed in a row.
    failures: u32,
}

impl Running {
    fn new(worker: Worker) -> Self {
        Self {
            database: worker.database,
            handlers: worker.handlers.iter().collect(),
            states: worker.states,
            concurrency: worker.concurrency,
            period: worker.period,
            attempts: JoinSet::new(),
            cut: watch::Sender::new(false),
            next_look: Instant::now(),
            more: false,
            failures: 0,
        }
    }

    fn free(&self) -> usize {
        self.concurrency - self.attempts.len()
    }

    /// Looks for tasks when so much time has passed, if not before.
    fn look_in(&mut self, delay: Option<Duration>) {
        let Some(moment) = delay.and_then(|it| Instant::now().checked_add(it)) else { return };
        self.next_look = self.next_look.min(moment);
    }

    /// Begins as many tasks as there is room for.
    async fn look(&mut self) {
        let looked = timeout(PATIENCE, self.fill()).await;
        let looked = looked.unwrap_or_else(|_| {
            Err(StoreError::new(StoreErrorKind::Unavailable).caused_by("no answer to a look for tasks in time"))
        });
        let error = match looked {
            Ok(()) => {
                if self.failures > 0 {
                    tracing::info!("tasks are found again");
                }
                self.failures = 0;
                return;
            }
            Err(error) => error,
        };
        if self.failures == 0 {
            tracing::error!("tasks cannot be looked for, and wait: {error}");
        }
        self.failures = self.failures.saturating_add(1);
        self.more = false;
        let pause = self.period.saturating_mul(self.failures).min(LONGEST_PAUSE.max(self.period));
        self.next_look = Instant::now() + jittered(pause);
    }

    async fn fill(&mut self) -> StoreResult<()> {
        let mut pause = jittered(self.period);
        self.more = true;
        if !self.handlers.is_empty() {
            self.handlers.rotate_left(1);
        }
        // More than there is room for, because other workers take some of them.
        let limit = u32::try_from(self.concurrency.saturating_mul(2)).unwrap_or(u32::MAX);
        for handler in self.handlers.clone() {
            if self.free() == 0 {
                return Ok(());
            }
            // In the order in which they are due, so that what is not due yet ends them.
            let found = queue::due(&self.database, handler.name, later(now(), pause), limit).await?;
            let mut are_all = found.len() < limit as usize;
            for waiting in found {
                if let Ok(rest) = Duration::try_from(waiting.due_at.duration_since(now()))
                    && !rest.is_zero()
                {
                    pause = pause.min(rest);
                    are_all = true;
                    break;
                }
                if self.free() == 0 {
                    return Ok(());
                }
                self.begin(handler, waiting).await?;
            }
            if !are_all {
                pause = Duration::ZERO;
            }
        }
        self.more = false;
        self.next_look = Instant::now() + pause;
        Ok(())
    }

    /// Begins a task, unless another worker does.
    async fn begin(&mut self, handler: Handler, waiting: Waiting) -> StoreResult<()> {
        if waiting.attempts >= handler.max_attempts {
            let error = format!("it was begun {} times, and its last attempt did not end", waiting.attempts);
            if let Held::Done(()) = waiting.give_up(&self.database, &error).await? {
                tracing::error!(name = handler.name, id = %waiting.id, "the task has failed for good: {error}");
            }
            return Ok(());
        }
        let Held::Done(hold) = waiting.take(&self.database, handler.lease).await? else { return Ok(()) };
        let attempt = Attempt {
            database: self.database.clone(),
            states: self.states.clone(),
            handler,
            hold,
            number: waiting.attempts + 1,
        };
        self.attempts.spawn(attempt.carry_out(waiting.payload, self.cut.subscribe()));
        Ok(())
    }

    /// Waits for the tasks that run.
    async fn end(mut self, timeout: Duration, cut: impl Future<Output = ()>) {
        let mut all_ended = self.attempts.is_empty();
        if !all_ended {
            tracing::info!("stopping: {} tasks are running", self.attempts.len());
            all_ended = tokio::select! {
                () = ended(&mut self.attempts) => true,
                () = tokio::time::sleep(timeout) => false,
                () = cut => false,
            };
        }
        if !all_ended {
            tracing::warn!("{} tasks did not end in time, and are left for later", self.attempts.len());
            self.cut.send_replace(true);
            // What cannot be given back comes back when its lease ends.
            let _ = tokio::time::timeout(FAREWELL, ended(&mut self.attempts)).await;
        }
    }
}

/// Ends once a receiver has `true`.
pub(crate) async fn told(mut receiver: watch::Receiver<bool>) {
    if receiver.wait_for(|it| *it).await.is_err() {
        // Nobody is left who could tell.
        std::future::pending::<()>().await;
    }
}

async fn ended(attempts: &mut JoinSet<Option<Duration>>) {
    while attempts.join_next().await.is_some() {}
}
