//! Instructions per request, counted by valgrind where the processor does not tell them.
//!
//! # Design
//!
//! A server is run twice, for a few requests and for more; the difference is the requests' own. What
//! valgrind counts is the server's, without its database and without the kernel.

use std::fs;

use tokio::process::Command;

use crate::Result;
use crate::client;
use crate::loads::{Load, Requests};
use crate::options::Options;
use crate::servers::{Server, root};

const FEW: u64 = 50;
const MORE: u64 = 250;

/// Instructions of one request.
pub async fn count(server: &'static Server, options: &Options, load: Load, make: &Requests) -> Result<f64> {
    let few = run(server, options, load, make, FEW).await?;
    let more = run(server, options, load, make, MORE).await?;
    Ok((more - few) / (MORE - FEW) as f64)
}

/// Instructions of a server that was started for so many requests.
async fn run(server: &'static Server, options: &Options, load: Load, make: &Requests, requests: u64) -> Result<f64> {
    server.refresh(options).await?;
    let log = root().join("target").join(format!("valgrind-{}.log", server.name));
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=cachegrind", "--cache-sim=no", "--branch-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(format!("--log-file={}", log.display()));
    let running = server.start_under(valgrind, options).await?;
    client::run(server, load, requests, make).await?;
    running.end().await?;
    let text = fs::read_to_string(&log)?;
    fs::remove_file(&log)?;
    // `==1== I   refs:      1,234`
    let count = text.lines().find(|it| it.contains("I   refs:") || it.contains("I refs:"));
    let count = count.and_then(|it| it.rsplit(':').next()).ok_or("valgrind did not say what it counted")?;
    Ok(count.trim().replace(',', "").parse()?)
}
