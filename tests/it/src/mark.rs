//! Tasks that leave marks, for tests that kill the process which runs them.

use std::collections::BTreeSet;
use std::time::Duration;

use resource_runtime::field::Value;
use resource_runtime::prelude::*;
use resource_runtime::query::{CountMode, Filter, SortKey};
use resource_runtime::store::{Database, Select, StoreResult, Window, Write};
use resource_runtime::task::{Task, TaskContext, TaskError, Worker};
use serde::{Deserialize, Serialize};

use crate::Author;

/// Writes down that it has run.
#[derive(Debug, Serialize, Deserialize)]
pub struct Mark {
    n: u64,
}

impl Task for Mark {
    const NAME: &'static str = "mark";
    const MAX_ATTEMPTS: u32 = 1000;
    const FIRST_DELAY: Duration = Duration::from_millis(10);
    const LONGEST_DELAY: Duration = Duration::from_millis(100);
    const LEASE: Duration = Duration::from_millis(300);

    async fn run(self, cx: &TaskContext) -> Result<(), TaskError> {
        tokio::time::sleep(Duration::from_millis(self.n % 7)).await;
        cx.database().write(mark("done", self.n)).await?;
        Ok(())
    }
}

impl Mark {
    /// A worker that runs these tasks.
    pub fn worker(database: &Database) -> Worker {
        Worker::new(database).task::<Self>().period(Duration::from_millis(50))
    }

    /// Adds one of a number, together with a row.
    pub async fn add(database: &Database, n: u64) -> StoreResult<()> {
        let mut transaction = database.begin().await?;
        transaction.write(mark("added", n)).await?;
        transaction.enqueue(&Self { n }).await?;
        transaction.commit().await
    }

    /// The numbers of those that were added, and of those that have run.
    pub async fn numbers(database: &Database) -> (BTreeSet<u64>, BTreeSet<u64>) {
        let select = Select {
            meta: Author::META,
            scope: Filter::All,
            filter: Filter::All,
            sort: vec![SortKey { field: 0, descending: false, nulls_first: false }],
            window: Window::Offset { offset: 0, limit: 1_000_000 },
            count: CountMode::None,
        };
        let (mut added, mut done) = (BTreeSet::new(), BTreeSet::new());
        for record in database.select(select).await.unwrap().records {
            let Value::Text(name) = record.get(1) else { panic!("{record:?}") };
            let (what, n) = name.split_once(' ').unwrap();
            let numbers = if what == "added" { &mut added } else { &mut done };
            numbers.insert(n.parse().unwrap());
        }
        (added, done)
    }
}

fn mark(what: &str, n: u64) -> Write {
    let values = vec![
        Value::Null,
        Value::Text(format!("{what} {n}")),
        Value::Null,
        Value::Null,
        Value::Timestamp(Timestamp::UNIX_EPOCH),
        Value::Null,
        Value::Null,
    ];
    Write::Insert { meta: Author::META, values, version: 1 }
}
