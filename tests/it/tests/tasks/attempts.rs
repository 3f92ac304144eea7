//! Tasks that fail.

use std::time::Duration;

use resource_runtime::prelude::*;
use resource_runtime::task::{FailedTask, Task, TaskContext, TaskError, Tasks};
use serde::{Deserialize, Serialize};

use crate::probe::{Does, Job, Probe};
use crate::{every_store, start, worker};

/// Waits until a task has failed for good.
async fn failed(database: &Database) -> FailedTask {
    for _ in 0..2000 {
        if let Some(failed) = Tasks::of(database).failed(10).await.unwrap().pop() {
            return failed;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("no task has failed");
}

/// `job`, as another version of the program has it.
#[derive(Serialize, Deserialize)]
struct NewJob {
    reader: String,
}

impl Task for NewJob {
    const NAME: &'static str = "job";

    async fn run(self, _: &TaskContext) -> Result<(), TaskError> {
        Ok(())
    }
}

every_store! {
    async fn a_task_that_fails_is_tried_again_after_growing_delays(one, _other) {
        let probe = Probe::default();
        let running = start(worker(one, &probe));
        one.enqueue(&Job::new(1, Does::Fail(3))).await.unwrap();
        probe.wait(|it| it.done() == [1]).await;
        running.stop().await;
        assert_eq!(probe.attempts(1), [1, 2, 3, 4]);
        let delays: Vec<_> = probe.moments(1).windows(2).map(|it| it[1] - it[0]).collect();
        for (delay, least) in delays.iter().zip([80, 160, 320]) {
            assert!(*delay >= Duration::from_millis(least), "{delays:?}");
        }
        assert_eq!(Tasks::of(one).failed(10).await.unwrap(), []);
    }

    async fn after_the_last_attempt_it_has_failed_until_somebody_has_it_tried_again(one, other) {
        let probe = Probe::default();
        let running = start(worker(one, &probe).period(Duration::from_secs(60)));
        let id = one.enqueue(&Job::new(1, Does::Fail(4))).await.unwrap();
        let task = failed(other).await;
        assert_eq!((task.id, task.name.as_str(), task.attempts), (id, "job", 4));
        assert_eq!(task.error, "attempt 4\u{fffd}");
        assert_eq!(task.payload, r#"{"n":1,"does":{"Fail":4}}"#);
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(probe.attempts(1), [1, 2, 3, 4]);

        assert!(Tasks::of(one).retry(id).await.unwrap());
        assert!(!Tasks::of(one).retry(id).await.unwrap());
        assert!(!Tasks::of(one).discard(id).await.unwrap());
        failed(one).await;
        assert_eq!(probe.attempts(1), [1, 2, 3, 4, 1, 2, 3, 4]);
        assert!(Tasks::of(one).discard(id).await.unwrap());
        assert!(!Tasks::of(one).discard(id).await.unwrap());
        assert_eq!(Tasks::of(one).failed(10).await.unwrap(), []);
        running.stop().await;
    }

    async fn all_that_have_failed_can_be_tried_again(one, _other) {
        let probe = Probe::default();
        let running = start(worker(one, &probe));
        for n in 0..120 {
            one.enqueue(&Job::new(n, Does::FailForGood)).await.unwrap();
        }
        while Tasks::of(one).failed(1000).await.unwrap().len() < 120 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        running.stop().await;
        assert_eq!(Tasks::of(one).retry_failed().await.unwrap(), 120);
        assert_eq!(Tasks::of(one).retry_failed().await.unwrap(), 0);
        assert_eq!(Tasks::of(one).failed(10).await.unwrap(), []);
    }

    async fn a_permanent_failure_is_not_tried_again(one, _other) {
        let probe = Probe::default();
        let running = start(worker(one, &probe));
        one.enqueue(&Job::new(1, Does::FailForGood)).await.unwrap();
        let task = failed(one).await;
        assert_eq!((task.error.as_str(), task.attempts), ("no such reader", 1));
        running.stop().await;
        assert_eq!(probe.attempts(1), [1]);
    }

    async fn a_panic_is_a_failure_and_the_worker_goes_on(one, _other) {
        let probe = Probe::default();
        let running = start(worker(one, &probe).concurrency(1));
        one.enqueue(&Job::new(1, Does::Panic)).await.unwrap();
        one.enqueue(&Job::new(2, Does::Succeed)).await.unwrap();
        let task = failed(one).await;
        assert_eq!((task.error.as_str(), task.attempts), ("it panicked: job 1 panics", 4));
        probe.wait(|it| it.done() == [2]).await;
        running.stop().await;
    }

    async fn a_payload_that_is_not_understood_is_told(one, _other) {
        let probe = Probe::default();
        let running = start(worker(one, &probe));
        one.enqueue(&NewJob { reader: "Emma".to_owned() }).await.unwrap();
        let task = failed(one).await;
        assert!(task.error.starts_with("its payload is none of this version's: missing field `n`"), "{}", task.error);
        assert_eq!(task.attempts, 4);
        running.stop().await;
    }

    async fn a_state_that_was_not_given_is_told(one, _other) {
        let running = start(resource_runtime::task::Worker::new(one).task::<Job>());
        one.enqueue(&Job::new(1, Does::Succeed)).await.unwrap();
        let task = failed(one).await;
        assert!(task.error.contains("the worker has no state of the type `tasks::probe::Probe`"), "{}", task.error);
        running.stop().await;
    }
}
