//! Starts the servers in turn, loads them, and compares what they cost. See the README beside it.

mod client;
mod cost;
mod databases;
mod goals;
mod loads;
mod options;
mod report;
mod servers;

use std::error::Error;

use crate::databases::Kind;
use crate::loads::Load;
use crate::options::Options;
use crate::report::Report;
use crate::servers::Server;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::parse(std::env::args().skip(1))?;
    let servers: Vec<&Server> = servers::ALL.iter().filter(|it| options.includes(it)).collect();
    for server in servers.iter().filter(|_| options.build) {
        server.build()?;
    }
    let mut report = Report::default();
    for kind in [Kind::None, Kind::Sqlite, Kind::Postgres] {
        for server in servers.iter().filter(|it| it.kind == kind) {
            server.seed(&options).await?;
        }
    }
    let mut result = Ok(());
    // One round after another over all servers: what disturbs the machine disturbs all of them.
    for round in 0..options.rounds {
        eprintln!("round {} of {}", round + 1, options.rounds);
        for server in &servers {
            result = measure(server, &options, &mut report).await;
            if result.is_err() {
                break;
            }
        }
    }
    for server in &servers {
        server.clean(&options).await?;
    }
    result?;
    report.print(&options, &servers);
    Ok(())
}

/// Everything that one server costs in one round.
async fn measure(server: &'static Server, options: &Options, report: &mut Report) -> Result<()> {
    server.refresh(options).await?;
    let running = server.start(options).await?;
    report.add(server, "start-up", running.started_in.as_secs_f64() * 1e3);
    report.add(server, "idle memory", running.memory()?);
    for load in Load::ALL.into_iter().filter(|it| options.loads(*it)) {
        let Some(make) = load.requests(server.dialect, options.rows) else { continue };
        let requests = options.requests(load);
        client::run(server, load, requests / 10 + 50, &make).await?;
        let mut meter = running.meter().await?;
        client::run(server, load, requests, &make).await?;
        let spent = meter.read()?;
        report.add(server, load.name(), spent.microseconds / requests as f64);
        report.add_share(server, load.name(), spent.server / requests as f64);
        if let Some(instructions) = spent.instructions {
            report.add_instructions(server, load.name(), instructions / requests as f64);
        }
    }
    report.add(server, "loaded memory", running.memory()?);
    report.add(server, "binary", server.binary_size()?);
    running.stop().await
}
