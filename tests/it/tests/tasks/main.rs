//! Work after the commit, in every store.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod attempts;
mod commits;
mod outage;
mod probe;
mod server;
mod workers;

use std::time::Duration;

use probe::Probe;
use resource_runtime::prelude::*;
use resource_runtime::task::Worker;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Makes a test per store of each function, which gets two handles on the same empty store.
macro_rules! every_store {
    ($(async fn $name:ident($one:ident, $other:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "not every test names what the file imports")]
            use super::*;

            async fn check($one: &Database, $other: &Database) $body

            async fn run((store, guard): (Database, it::Guard)) {
                store.migrate::<it::Author>().await.unwrap();
                let other = guard.again(&store).await;
                check(&store, &other).await;
                for database in [store, other] {
                    database.close().await;
                }
                guard.clean().await;
            }

            it::in_every_store!(run);
        }
    )*};
}
pub(crate) use every_store;

/// A worker that runs beside the test.
struct Running {
    stop: oneshot::Sender<()>,
    handle: JoinHandle<resource_runtime::Result<()>>,
}

/// A worker of the tests' tasks, which looks often.
fn worker(database: &Database, probe: &Probe) -> Worker {
    Worker::new(database).task::<probe::Job>().state(probe.clone()).period(Duration::from_millis(50))
}

fn start(worker: Worker) -> Running {
    let (stop, stopped) = oneshot::channel();
    let handle = tokio::spawn(worker.run_until(async {
        let _ = stopped.await;
    }));
    Running { stop, handle }
}

impl Running {
    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.handle.await.unwrap().unwrap();
    }

    /// Ends it as its process's death would.
    async fn die(self) {
        self.handle.abort();
        assert!(self.handle.await.unwrap_err().is_cancelled());
    }
}
