//! Tasks outlive the processes that add and run them.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use it::{Guard, Mark};
use resource_runtime::prelude::*;

const KILLS: u64 = 20;
/// The numbers that one process can use.
const RANGE: u64 = 1_000_000;

fn start(url: &str, process: u64) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marks"));
    command.arg(url).arg((process * RANGE).to_string());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap()
}

/// Kills it, and gives the numbers that it said it had committed.
fn kill(mut child: Child) -> Vec<u64> {
    child.kill().unwrap();
    // The last line may be cut short.
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut said: Vec<u64> = lines.filter_map(|it| it.parse().ok()).collect();
    child.wait().unwrap();
    said.pop();
    said
}

/// Two processes at a time, which are killed in turn.
async fn check((store, guard): (Database, Guard)) {
    store.migrate::<it::Author>().await.unwrap();
    let url = guard.url();
    let mut said = Vec::new();
    let mut elder = start(&url, 0);
    for process in 1..=KILLS {
        let younger = start(&url, process);
        tokio::time::sleep(Duration::from_millis(100 + 17 * (process % 7))).await;
        said.extend(kill(std::mem::replace(&mut elder, younger)));
    }
    said.extend(kill(elder));

    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = tokio::spawn(Mark::worker(&store).run_until(async {
        let _ = stopped.await;
    }));
    let start = Instant::now();
    let (added, done) = loop {
        let (added, done) = Mark::numbers(&store).await;
        if added == done || start.elapsed() > Duration::from_secs(60) {
            break (added, done);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let lost: Vec<_> = added.difference(&done).collect();
    assert!(lost.is_empty(), "{} of {} tasks are lost: {lost:?}", lost.len(), added.len());
    let never_added: Vec<_> = done.difference(&added).collect();
    assert!(never_added.is_empty(), "run without having been committed: {never_added:?}");
    assert!(said.iter().all(|it| added.contains(it)), "a commit that was acknowledged is lost");
    assert!(said.len() > 100, "only {} tasks", said.len());

    stop.send(()).unwrap();
    worker.await.unwrap().unwrap();
    store.close().await;
    guard.clean().await;
}

#[tokio::test]
async fn no_task_is_lost_over_kills_in_sqlite() {
    check(it::sqlite().await).await;
}

#[tokio::test]
async fn no_task_is_lost_over_kills_in_postgres() {
    if let Some(store) = it::postgres().await {
        check(store).await;
    }
}
