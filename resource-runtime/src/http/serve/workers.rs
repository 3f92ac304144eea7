//! Workers of tasks, beside the server and by themselves.

use tokio::task::JoinSet;

use super::{Ends, log, stop_signals};
use crate::error::Result;
use crate::http::Settings;
use crate::task::Worker;

/// Runs workers until it is time to stop, and then until their tasks have ended.
pub(in crate::http) fn run_workers(
    workers: Vec<Worker>,
    settings: &Settings,
    ends: &Ends,
) -> impl Future<Output = ()> + use<> {
    let mut running = JoinSet::new();
    for worker in workers {
        let worker = worker.shutdown_timeout(settings.shutdown_timeout);
        running.spawn(worker.run(ends.stop(), ends.cut()));
    }
    async move {
        while let Some(ended) = running.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!("tasks are not run: {error}"),
                Err(error) => tracing::error!("tasks are no longer run: {error}"),
            }
        }
    }
}

impl Worker {
    /// Runs tasks until the process is told to stop (SIGTERM, or Ctrl-C); then finishes those that run, and
    /// closes the store. To be told a second time ends it at once. Of the settings it is those of
    /// the log, and the time for stopping, that count.
    ///
    /// # Errors
    ///
    /// When two tasks have one name, or one could never run.
    #[cfg_attr(docsrs, doc(cfg(feature = "server")))]
    pub async fn serve(self, settings: Settings) -> Result<()> {
        log::install(&settings)?;
        let (stop, cut) = stop_signals()?;
        let database = self.database().clone();
        tracing::info!("tasks in {} are run", database.name());
        let result = self.shutdown_timeout(settings.shutdown_timeout).run(stop, cut).await;
        database.close().await;
        tracing::info!("tasks are no longer run");
        result
    }
}
