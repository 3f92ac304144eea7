//! One attempt at a task, from when it was taken until what came of it is written down.

use std::pin::pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tracing::Instrument as _;

use super::queue::{Held, Hold};
use super::told;
use crate::error::panic_text;
use crate::states::States;
use crate::store::{BoxFuture, Database, StoreResult};
use crate::task::handler::Handler;
use crate::task::{TaskContext, TaskError};

/// How long to wait before a store that failed is asked again.
const PAUSE: Duration = Duration::from_millis(200);

/// An attempt at a task, which this worker holds.
pub(super) struct Attempt {
    pub(super) database: Database,
    pub(super) states: States,
    pub(super) handler: Handler,
    pub(super) hold: Hold,
    /// Which one it is; the first is 1.
    pub(super) number: u32,
}

impl Attempt {
    /// Runs the task, and holds its row meanwhile. Once `cut` is true it gives the row back. Tells after
    /// how long there is a further attempt, if there is one.
    pub(super) async fn carry_out(self, payload: String, cut: watch::Receiver<bool>) -> Option<Duration> {
        let span = tracing::info_span!("task", name = self.handler.name, id = %self.hold.id, attempt = self.number);
        self.run(payload, cut).instrument(span).await
    }

    async fn run(mut self, payload: String, cut: watch::Receiver<bool>) -> Option<Duration> {
        let context = TaskContext {
            id: self.hold.id,
            attempt: self.number,
            database: self.database.clone(),
            states: self.states.clone(),
        };
        // A task of its own, so that a panic ends nothing else; in a set, so that it ends with this one.
        let mut running = JoinSet::new();
        running.spawn((self.handler.run)(payload, context).in_current_span());
        let mut cut = pin!(told(cut));
        let third = self.handler.lease / 3;
        let mut renewal = Instant::now() + third;
        let outcome = loop {
            tokio::select! {
                Some(outcome) = running.join_next() => break outcome,
                () = sleep_until(renewal) => match self.renew().await {
                    Renewed::Held => renewal = Instant::now() + third,
                    Renewed::Unknown => renewal = Instant::now() + PAUSE.min(third),
                    Renewed::Lost => {
                        running.shutdown().await;
                        return None;
                    }
                },
                () = &mut cut => {
                    running.shutdown().await;
                    self.give_back().await;
                    return None;
                }
            }
        };
        match outcome {
            Ok(Ok(())) => {
                self.done().await;
                None
            }
            Ok(Err(error)) => self.failed(error).await,
            Err(error) => {
                // Where it did not panic, the runtime is going away, and the lease will end.
                let panic = error.try_into_panic().ok()?;
                let text = panic_text(&*panic).unwrap_or("(no message)");
                self.failed(TaskError::new(format!("it panicked: {text}"))).await
            }
        }
    }

    async fn renew(&mut self) -> Renewed {
        match timeout_at(self.hold.until, self.hold.renew(&self.database, self.handler.lease)).await {
            Ok(Ok(Held::Done(hold))) => {
                self.hold = hold;
                return Renewed::Held;
            }
            Ok(Ok(Held::Lost)) => tracing::warn!("the task is dropped: another worker has taken it over"),
            Ok(Err(error)) if Instant::now() < self.hold.until => {
                tracing::debug!("the task's lease could not be renewed yet: {error}");
                return Renewed::Unknown;
            }
            Ok(Err(error)) => tracing::warn!("the task is dropped: its lease has ended, and the store failed: {error}"),
            Err(_) => tracing::warn!("the task is dropped: its lease has ended, and the store does not answer"),
        }
        Renewed::Lost
    }

    async fn done(&self) {
        if self.settle(|| Box::pin(self.hold.finish(&self.database))).await {
            tracing::debug!("the task is done");
        }
    }

    async fn failed(&self, error: TaskError) -> Option<Duration> {
        let max = self.handler.max_attempts;
        let is_last = error.is_permanent || self.number >= max;
        let again = (!is_last).then(|| self.handler.delay_after(self.number));
        match again {
            Some(delay) => {
                tracing::warn!("attempt {} of {max} failed, the next is in {delay:.1?}: {error}", self.number);
            }
            None => tracing::error!("the task has failed for good, at attempt {} of {max}: {error}", self.number),
        }
        self.settle(|| Box::pin(self.hold.fail(&self.database, &error.sentence, again))).await;
        again
    }

    async fn give_back(&self) {
        tracing::info!("the task did not end in time, and is left for later");
        if let Err(error) = self.hold.give_back(&self.database, self.number).await {
            // Its lease ends all the same.
            tracing::warn!("the task could not be given back: {error}");
        }
    }

    /// Writes down what came of the task, for as long as this worker holds it. Tells whether it did.
    async fn settle<'a>(&'a self, write: impl Fn() -> BoxFuture<'a, StoreResult<Held>>) -> bool {
        let mut was_asked = false;
        loop {
            let error = match timeout_at(self.hold.until, write()).await {
                Ok(Ok(Held::Done(()))) => return true,
                // The answer of the first time may have been lost, with the write done.
                Ok(Ok(Held::Lost)) if was_asked => return true,
                Ok(Ok(Held::Lost)) => {
                    tracing::warn!("another worker has taken the task over: it may run twice");
                    return false;
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => "the store does not answer".to_owned(),
            };
            was_asked = true;
            if Instant::now() + PAUSE >= self.hold.until {
                tracing::warn!("what came of the task could not be written down, so that it runs again: {error}");
                return false;
            }
            sleep(PAUSE).await;
        }
    }
}

/// What became of a lease.
enum Renewed {
    Held,
    /// The store failed, and can be asked again.
    Unknown,
    Lost,
}
