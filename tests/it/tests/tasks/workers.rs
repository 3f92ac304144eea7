//! Workers that share a store, die, and stop.

use std::time::Duration;

use resource_runtime::prelude::*;

use crate::probe::{Does, Job, Probe};
use crate::{every_store, start, worker};

const TASKS: u32 = 100;
/// Longer than a lease.
const LONG: Duration = Duration::from_secs(6);

async fn add(database: &Database, numbers: std::ops::Range<u32>, does: Does) {
    let mut transaction = database.begin().await.unwrap();
    for n in numbers {
        transaction.enqueue(&Job::new(n, does)).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

every_store! {
    async fn workers_share_tasks_and_run_each_once(one, other) {
        let probe = Probe::default();
        let running = [one, other, one].map(|it| start(worker(it, &probe)));
        add(one, 0..TASKS, Does::Take(Duration::from_millis(5))).await;
        add(other, TASKS..2 * TASKS, Does::Succeed).await;
        probe.wait(|it| it.done().len() >= 2 * TASKS as usize).await;
        for it in running {
            it.stop().await;
        }
        assert_eq!(probe.done(), (0..2 * TASKS).collect::<Vec<_>>());
    }

    async fn several_run_at_once_and_no_more_than_allowed(one, _other) {
        let probe = Probe::default();
        let running = start(worker(one, &probe).concurrency(3));
        add(one, 0..7, Does::Take(Duration::from_millis(400))).await;
        probe.wait(|it| it.done().len() == 7).await;
        running.stop().await;
        assert!((2..=3).contains(&probe.most()), "{}", probe.most());
    }

    async fn the_store_can_be_written_while_tasks_run(one, _other) {
        let probe = Probe::default();
        let running = start(worker(one, &probe));
        add(one, 0..8, Does::Take(LONG)).await;
        probe.wait(|it| it.running() == 8).await;
        add(one, 8..9, Does::Succeed).await;
        assert_eq!(probe.running(), 8);
        running.die().await;
    }

    async fn the_task_of_a_dead_worker_is_taken_over_after_its_lease(one, other) {
        let probe = Probe::default();
        let dying = start(worker(one, &probe));
        add(one, 1..2, Does::Take(LONG)).await;
        probe.wait(|it| it.running() == 1).await;
        let living = start(worker(other, &probe));
        dying.die().await;
        probe.wait(|it| it.done() == [1]).await;
        living.stop().await;
        assert_eq!(probe.attempts(1), [1, 2]);
    }

    async fn a_task_that_brings_its_workers_down_is_not_tried_for_ever(one, other) {
        let probe = Probe::default();
        add(one, 1..2, Does::Take(LONG)).await;
        for attempt in 1..=4 {
            let dying = start(worker(one, &probe));
            probe.wait(|it| it.attempts(1).len() == attempt && it.running() == 1).await;
            dying.die().await;
        }
        let living = start(worker(other, &probe));
        let tasks = resource_runtime::task::Tasks::of(one);
        let failed = loop {
            if let Some(failed) = tasks.failed(1).await.unwrap().pop() {
                break failed;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        living.stop().await;
        assert_eq!((failed.attempts, failed.error.as_str()), (4, "it was begun 4 times, and its last attempt did not end"));
        assert!(probe.done().is_empty());
    }

    async fn the_lease_of_a_long_task_is_renewed(one, other) {
        let probe = Probe::default();
        let running = [one, other].map(|it| start(worker(it, &probe)));
        add(one, 1..2, Does::Take(LONG)).await;
        probe.wait(|it| it.done() == [1]).await;
        for it in running {
            it.stop().await;
        }
        assert_eq!(probe.attempts(1), [1]);
    }

    async fn a_worker_that_stops_waits_for_its_tasks(one, other) {
        let probe = Probe::default();
        let running = start(worker(one, &probe));
        add(one, 1..2, Does::Take(Duration::from_millis(400))).await;
        probe.wait(|it| it.running() == 1).await;
        running.stop().await;
        assert_eq!(probe.done(), [1]);
        add(one, 2..3, Does::Succeed).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(probe.done(), [1]);
        let running = start(worker(other, &probe));
        probe.wait(|it| it.done() == [1, 2]).await;
        running.stop().await;
    }

    async fn what_does_not_end_in_time_is_given_back(one, other) {
        let probe = Probe::default();
        let running = start(worker(one, &probe).shutdown_timeout(Duration::from_millis(50)));
        add(one, 1..2, Does::Take(LONG)).await;
        probe.wait(|it| it.running() == 1).await;
        running.stop().await;
        assert_eq!((probe.done(), probe.running()), (vec![], 0));
        let running = start(worker(other, &probe));
        probe.wait(|it| it.running() == 1).await;
        // As if nothing had been: what is taken over after its lease is at its second attempt.
        assert_eq!(probe.attempts(1), [1, 1]);
        running.die().await;
    }
}
