use std::fs;

use perf_event::events::Hardware;
use perf_event::{Builder, Counter};

use crate::Result;

/// What processes have spent since it was made.
pub struct Meter {
    processes: Vec<u32>,
    nanoseconds: u64,
    /// Of the first process alone.
    first: u64,
    /// None where the machine does not count.
    instructions: Option<Vec<Counter>>,
}

#[derive(Debug, Clone, Copy)]
pub struct Spent {
    pub microseconds: f64,
    /// What of it the first process spent, which is the server.
    pub server: f64,
    /// In user space; what the kernel does for the sockets and files is in the time only.
    pub instructions: Option<f64>,
}

impl Meter {
    pub fn of(processes: Vec<u32>) -> Result<Self> {
        let instructions = processes.iter().map(|it| counters(*it)).collect::<Result<Vec<_>>>();
        let instructions = instructions.ok().map(|it| it.into_iter().flatten().collect());
        let nanoseconds = spent(&processes)?;
        let first = spent(processes.get(..1).unwrap_or_default())?;
        Ok(Self { processes, nanoseconds, first, instructions })
    }

    pub fn read(&mut self) -> Result<Spent> {
        let nanoseconds = spent(&self.processes)?.saturating_sub(self.nanoseconds);
        let first = spent(self.processes.get(..1).unwrap_or_default())?.saturating_sub(self.first);
        let instructions = self.instructions.as_mut().and_then(|counters| {
            let counts: std::io::Result<Vec<u64>> = counters.iter_mut().map(Counter::read).collect();
            Some(counts.ok()?.iter().sum::<u64>() as f64)
        });
        Ok(Spent { microseconds: nanoseconds as f64 / 1e3, server: first as f64 / 1e3, instructions })
    }
}

/// One for each thread that there is; those that come later are counted with their parents.
fn counters(process: u32) -> Result<Vec<Counter>> {
    threads(process)?
        .into_iter()
        .map(|thread| {
            let mut builder = Builder::new().kind(Hardware::INSTRUCTIONS).observe_pid(thread.parse()?);
            builder.inherit(true);
            let mut counter = builder.build()?;
            counter.enable()?;
            Ok(counter)
        })
        .collect()
}

/// Nanoseconds that the threads of these processes have had a processor for.
fn spent(processes: &[u32]) -> Result<u64> {
    let mut sum = 0;
    for process in processes {
        for thread in threads(*process)? {
            // A thread that has just ended is not there any more.
            let text = fs::read_to_string(format!("/proc/{process}/task/{thread}/schedstat")).unwrap_or_default();
            sum += text.split(' ').next().and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
        }
    }
    Ok(sum)
}

/// Milliseconds that a process has had a processor for.
pub fn since_start(process: u32) -> Result<f64> {
    Ok(spent(&[process])? as f64 / 1e6)
}

fn threads(process: u32) -> Result<Vec<String>> {
    let entries = fs::read_dir(format!("/proc/{process}/task"))?;
    entries.map(|it| Ok(it?.file_name().to_string_lossy().into_owned())).collect()
}

/// Megabytes of a process that are in memory.
pub fn memory(process: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}
