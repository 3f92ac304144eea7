use crate::Result;
use crate::loads::Load;
use crate::servers::Server;

/// What the command line says.
#[derive(Debug, Clone)]
pub struct Options {
    pub rounds: usize,
    pub rows: u64,
    /// PostgreSQL's server, without a database; none where it is left out.
    pub postgres: Option<String>,
    /// Whether the servers are built first.
    pub build: bool,
    /// Whether valgrind counts instructions, because the processor does not tell them.
    pub valgrind: bool,
    scale: u64,
    servers: Vec<String>,
    loads: Vec<String>,
}

const HELP: &str = "cargo run --release -p driver -- [--quick] [--rounds N] [--rows N] [--servers a,b] [--loads a,b]
    [--no-build] [--valgrind] [--postgres postgres://user@host:port | --no-postgres]

--quick      one round of fewer requests, in less than two minutes once all is built
--no-build   with the programs as they are
--valgrind   instructions by valgrind, where the processor does not count them (not with PostgreSQL)
--rows       the books in each database (10000); with more than 100000, only the loads that read
--servers    parts of the names of the servers to compare
--loads      of get, list, slice, capped, update, create";

impl Options {
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            rounds: 5,
            rows: 10_000,
            postgres: Some("postgres://postgres@127.0.0.1:5432".to_owned()),
            build: true,
            valgrind: false,
            scale: 4,
            servers: Vec::new(),
            loads: Vec::new(),
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value\n\n{HELP}"));
            match argument.as_str() {
                "--quick" => (options.rounds, options.scale) = (1, 1),
                "--rounds" => options.rounds = value()?.parse()?,
                "--rows" => options.rows = value()?.parse()?,
                "--servers" => options.servers = list(&value()?),
                "--loads" => options.loads = list(&value()?),
                "--postgres" => options.postgres = Some(value()?),
                "--no-build" => options.build = false,
                "--valgrind" => options.valgrind = true,
                "--no-postgres" => options.postgres = None,
                _ => return Err(format!("{argument} is no option\n\n{HELP}").into()),
            }
        }
        Ok(options)
    }

    pub fn includes(&self, server: &Server) -> bool {
        let named = self.servers.is_empty() || self.servers.iter().any(|it| server.name.contains(it.as_str()));
        named && (self.postgres.is_some() || server.kind != crate::databases::Kind::Postgres)
    }

    pub fn loads(&self, load: Load) -> bool {
        let large = self.rows > 100_000;
        let named = self.loads.is_empty() || self.loads.iter().any(|it| it == load.name());
        named && !(large && load.writes())
    }

    /// How many requests of a load are measured in one round.
    pub fn requests(&self, load: Load) -> u64 {
        let large = if self.rows > 100_000 && load != Load::Get { 10 } else { 1 };
        (load.count() * self.scale / large).max(50)
    }
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(|it| it.trim().to_owned()).collect()
}
