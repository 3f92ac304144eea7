//! When a task is there at all.

use std::time::{Duration, Instant};

use resource_runtime::field::Value;
use resource_runtime::prelude::*;
use resource_runtime::store::{MemoryStore, Write, Written};
use resource_runtime::task::{Task, TaskContext, TaskError, Tasks, enqueue};
use serde::{Deserialize, Serialize};

use crate::probe::{Does, Job, Probe};
use crate::{every_store, start, worker};

/// Long enough for a worker that would run something to do so.
const A_WHILE: Duration = Duration::from_millis(300);

fn new_author() -> Write {
    let values = vec![
        Value::Null,
        Value::Text("Jane Austen".to_owned()),
        Value::Null,
        Value::Null,
        Value::Timestamp(Timestamp::UNIX_EPOCH),
        Value::Null,
        Value::Null,
    ];
    Write::Insert { meta: it::Author::META, values, version: 1 }
}

/// Looks for what it was added with.
#[derive(Serialize, Deserialize)]
struct Greet {
    author: i64,
}

impl Task for Greet {
    const NAME: &'static str = "greet";
    const MAX_ATTEMPTS: u32 = 1;

    async fn run(self, cx: &TaskContext) -> Result<(), TaskError> {
        let found = cx.database().find::<it::Author>(self.author).await?;
        let author = found.ok_or_else(|| TaskError::new("the author is not there"))?;
        assert_eq!(author.name, "Jane Austen");
        let id = cx.id();
        Job::new(u32::try_from(self.author)?, Does::Succeed).run(cx).await?;
        assert_eq!(cx.id(), id);
        Ok(())
    }
}

every_store! {
    async fn a_task_runs_once_when_its_transaction_is_committed(one, _other) {
        let probe = Probe::default();
        let running = start(worker(one, &probe).task::<Greet>());
        let mut transaction = one.begin().await.unwrap();
        let Written::Done(row) = transaction.write(new_author()).await.unwrap() else { panic!() };
        let Value::Int(author) = *row.get(0) else { panic!() };
        transaction.enqueue(&Greet { author }).await.unwrap();
        tokio::time::sleep(A_WHILE).await;
        assert!(probe.done().is_empty());
        transaction.commit().await.unwrap();
        probe.wait(|it| it.done() == [1]).await;
        tokio::time::sleep(A_WHILE).await;
        running.stop().await;
        assert_eq!((probe.done(), probe.attempts(1)), (vec![1], vec![1]));
        assert_eq!(Tasks::of(one).failed(10).await.unwrap(), []);
    }

    async fn a_commit_wakes_the_worker_of_its_process(one, _other) {
        let probe = Probe::default();
        let running = start(worker(one, &probe).period(Duration::from_secs(60)));
        tokio::time::sleep(Duration::from_millis(100)).await;
        let start = Instant::now();
        one.write(enqueue(&Job::new(1, Does::Succeed)).unwrap()).await.unwrap();
        probe.wait(|it| it.done() == [1]).await;
        let mut transaction = one.begin().await.unwrap();
        transaction.enqueue(&Job::new(2, Does::Succeed)).await.unwrap();
        transaction.commit().await.unwrap();
        probe.wait(|it| it.done() == [1, 2]).await;
        assert!(start.elapsed() < Duration::from_secs(10));
        running.stop().await;
    }

    async fn what_is_rolled_back_never_runs(one, _other) {
        let probe = Probe::default();
        let running = start(worker(one, &probe));
        let mut transaction = one.begin().await.unwrap();
        transaction.enqueue(&Job::new(1, Does::Succeed)).await.unwrap();
        drop(transaction);
        let mut transaction = one.begin().await.unwrap();
        transaction.mark().await.unwrap();
        transaction.enqueue(&Job::new(2, Does::Succeed)).await.unwrap();
        transaction.undo().await.unwrap();
        transaction.enqueue(&Job::new(3, Does::Succeed)).await.unwrap();
        transaction.commit().await.unwrap();
        probe.wait(|it| it.done() == [3]).await;
        tokio::time::sleep(A_WHILE).await;
        running.stop().await;
        assert_eq!(probe.done(), [3]);
    }

    async fn a_task_can_wait_for_its_time(one, other) {
        let probe = Probe::default();
        // Neither is woken in time by looking alone.
        let running = start(worker(one, &probe).period(Duration::from_secs(20)));
        let start = Instant::now();
        let time = Timestamp::now() + SignedDuration::from_millis(600);
        one.enqueue_at(&Job::new(1, Does::Succeed), time).await.unwrap();
        other.enqueue(&Job::new(2, Does::Succeed)).await.unwrap();
        probe.wait(|it| it.done() == [1, 2]).await;
        running.stop().await;
        let waited = probe.moments(1)[0] - start;
        assert!(waited >= Duration::from_millis(599) && waited < Duration::from_secs(15), "{waited:?}");
    }

    async fn a_task_that_nobody_knows_is_left_alone(one, other) {
        let probe = Probe::default();
        one.enqueue(&Greet { author: 1 }).await.unwrap();
        one.write(new_author()).await.unwrap();
        for n in 2..30 {
            one.enqueue(&Job::new(n, Does::Succeed)).await.unwrap();
        }
        let running = start(worker(one, &probe));
        probe.wait(|it| it.done().len() == 28).await;
        tokio::time::sleep(A_WHILE).await;
        assert!(probe.attempts(1).is_empty());
        let knowing = start(worker(other, &probe).task::<Greet>());
        probe.wait(|it| it.attempts(1) == [1]).await;
        running.stop().await;
        knowing.stop().await;
        assert_eq!(probe.done().len(), 29);
    }
}

#[tokio::test]
async fn a_store_that_was_not_migrated_is_told() {
    let store = Database::new(MemoryStore::new());
    let error = store.enqueue(&Greet { author: 1 }).await.unwrap_err().to_string();
    assert!(
        error.contains("the task `greet` cannot be kept; `Database::migrate` creates the table `_tasks`"),
        "{error}"
    );
    let mut transaction = store.begin().await.unwrap();
    let error = transaction.enqueue(&Greet { author: 1 }).await.unwrap_err().to_string();
    assert!(error.contains("`Database::migrate` creates the table `_tasks`"), "{error}");
    drop(transaction);
    // A worker waits for it.
    let probe = Probe::default();
    let running = start(worker(&store, &probe));
    tokio::time::sleep(Duration::from_millis(100)).await;
    store.migrate::<it::Author>().await.unwrap();
    store.enqueue(&Job::new(1, Does::Succeed)).await.unwrap();
    probe.wait(|it| it.done() == [1]).await;
    running.stop().await;
}
