//! Tasks outlive the processes that add and run them.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use it::{Guard, Mark};
use resource_runtime::prelude::*;

/// The numbers that one process can use.
const RANGE: u64 = 1_000_000;

/// A process that adds tasks and runs them, and says which it has committed.
struct Marks {
    child: Child,
    said: BufReader<ChildStdout>,
    first: String,
}

impl Marks {
    /// Starts one, and waits until it has committed a task, however slow the machine is.
    fn start(url: &str, process: u64) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_marks"));
        command.arg(url).arg((process * RANGE).to_string());
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        said.read_line(&mut first).unwrap();
        Self { child, said, first }
    }

    /// Kills it, and gives the numbers that it said.
    fn kill(self) -> Vec<u64> {
        let Self { mut child, mut said, first: mut text } = self;
        child.kill().unwrap();
        said.read_to_string(&mut text).unwrap();
        child.wait().unwrap();
        // The last line may be cut short.
        let (whole, _) = text.rsplit_once('\n').unwrap_or_default();
        whole.lines().map(|it| it.parse().unwrap()).collect()
    }
}

/// Two processes at a time, which are killed in turn. `KILLS=50` for more.
async fn check((store, guard): (Database, Guard)) {
    store.migrate::<it::Author>().await.unwrap();
    let url = guard.url();
    let mut said = Vec::new();
    let mut elder = Marks::start(&url, 0);
    let kills = it::times("KILLS", 20) as u64;
    for process in 1..=kills {
        let younger = Marks::start(&url, process);
        tokio::time::sleep(Duration::from_millis(100 + 17 * (process % 7))).await;
        said.extend(std::mem::replace(&mut elder, younger).kill());
    }
    said.extend(elder.kill());

    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = tokio::spawn(Mark::worker(&store).run_until(async {
        let _ = stopped.await;
    }));
    let (mut progress, mut count) = (Instant::now(), 0);
    let (added, done) = loop {
        let (added, done) = Mark::numbers(&store).await;
        if done.len() > count {
            (progress, count) = (Instant::now(), done.len());
        }
        if added == done || progress.elapsed() > Duration::from_secs(60) {
            break (added, done);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let lost: Vec<_> = added.difference(&done).collect();
    assert!(lost.is_empty(), "{} of {} tasks are lost: {lost:?}", lost.len(), added.len());
    let never_added: Vec<_> = done.difference(&added).collect();
    assert!(never_added.is_empty(), "run without having been committed: {never_added:?}");
    assert!(said.iter().all(|it| added.contains(it)), "a commit that was acknowledged is lost");
    assert!(said.len() as u64 >= kills, "only {} tasks", said.len());
    it::say(&format!("{kills} kills: {} tasks added, {} of them acknowledged, each has run", added.len(), said.len()));

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
