//! Starts the servers in turn, loads them, and compares what they cost. See the README beside it.

mod client;
mod cost;
mod databases;
mod goals;
mod loads;
mod options;
mod report;
mod servers;
mod valgrind;

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
    let servers: Vec<&'static Server> = servers::ALL.iter().filter(|it| options.includes(it)).collect();
    for server in servers.iter().filter(|_| options.build) {
        server.build()?;
    }
    let mut report = Report::default();
    for kind in [Kind::None, Kind::Sqlite, Kind::Postgres] {
        for server in servers.iter().filter(|it| it.kind == kind) {
            server.seed(&options).await?;
        }
    }
    let result = measure_all(&servers, &options, &mut report).await;
    for server in &servers {
        server.clean(&options).await?;
    }
    result?;
    report.print(&options, &servers);
    Ok(())
}

async fn measure_all(servers: &[&'static Server], options: &Options, report: &mut Report) -> Result<()> {
    // One round after another over all servers: what disturbs the machine disturbs all of them.
    for round in 0..options.rounds {
        eprintln!("round {} of {}", round + 1, options.rounds);
        for server in servers {
            measure(server, options, report).await?;
        }
    }
    // Where valgrind is to count, once is enough: it counts the same each time.
    for server in servers.iter().filter(|it| options.valgrind && it.kind != Kind::Postgres) {
        count(server, options, report).await?;
    }
    Ok(())
}

/// What valgrind counts of one server, for each load.
async fn count(server: &'static Server, options: &Options, report: &mut Report) -> Result<()> {
    eprintln!("counting {}", server.name);
    for load in Load::ALL.into_iter().filter(|it| options.loads(*it)) {
        let Some(make) = load.requests(server.dialect, options.rows) else { continue };
        report.add_instructions(server, load.name(), valgrind::count(server, options, load, &make).await?);
    }
    Ok(())
}

/// Everything that one server costs in one round.
async fn measure(server: &'static Server, options: &Options, report: &mut Report) -> Result<()> {
    server.refresh(options).await?;
    let running = server.start(options).await?;
    report.add(server, "start-up", running.started_in.as_secs_f64() * 1e3);
    report.add(server, "start-up, CPU", running.spent()?);
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
