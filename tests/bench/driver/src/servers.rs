use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::Result;
use crate::cost::{self, Meter};
use crate::databases::{self, Kind};
use crate::options::Options;

/// A program to compare.
#[derive(Debug)]
pub struct Server {
    pub name: &'static str,
    pub kind: Kind,
    pub dialect: Dialect,
    pub port: u16,
    package: &'static str,
    binary: &'static str,
    /// Without the other store, as the servers by hand are.
    one_store: bool,
    /// In the workspace of its own, where SQLite is linked through sqlx.
    is_peer: bool,
}

/// What its requests look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Ours,
    ByHand,
    Crudcrate,
    Constant,
}

const fn server(name: &'static str, kind: Kind, dialect: Dialect, port: u16, package: &'static str) -> Server {
    Server { name, kind, dialect, port, package, binary: package, one_store: false, is_peer: false }
}

const fn peer(
    name: &'static str,
    kind: Kind,
    dialect: Dialect,
    port: u16,
    package: &'static str,
    binary: &'static str,
) -> Server {
    Server { name, kind, dialect, port, package, binary, one_store: false, is_peer: true }
}

pub static ALL: [Server; 9] = [
    server("constant", Kind::None, Dialect::Constant, 18_700, "constant"),
    Server { one_store: true, ..server("ours-sqlite", Kind::Sqlite, Dialect::Ours, 18_701, "ours") },
    peer("sqlx-sqlite", Kind::Sqlite, Dialect::ByHand, 18_702, "by-hand-sqlx", "by-hand-sqlx-sqlite"),
    server("rusqlite", Kind::Sqlite, Dialect::ByHand, 18_703, "by-hand-rusqlite"),
    peer("crudcrate-sqlite", Kind::Sqlite, Dialect::Crudcrate, 18_704, "peer-crudcrate", "peer-crudcrate"),
    server("ours-postgres", Kind::Postgres, Dialect::Ours, 18_705, "ours"),
    peer("sqlx-postgres", Kind::Postgres, Dialect::ByHand, 18_706, "by-hand-sqlx", "by-hand-sqlx-postgres"),
    server("tokio-postgres", Kind::Postgres, Dialect::ByHand, 18_707, "by-hand-tokio-postgres"),
    peer("crudcrate-postgres", Kind::Postgres, Dialect::Crudcrate, 18_708, "peer-crudcrate", "peer-crudcrate"),
];

impl Server {
    fn target(&self) -> PathBuf {
        root().join(match self {
            Self { is_peer: true, .. } => "target/peers",
            // Beside the other one, whose program has the same name.
            Self { one_store: true, .. } => "target/one-store",
            _ => "target",
        })
    }

    fn path(&self) -> PathBuf {
        self.target().join("release").join(self.binary)
    }

    /// Each by itself, so that no server gets features that another one asks for.
    pub fn build(&self) -> Result<()> {
        eprintln!("building {}", self.name);
        let mut cargo = std::process::Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
        cargo.args(["build", "--release", "--quiet", "--package", self.package, "--target-dir"]).arg(self.target());
        if self.one_store {
            cargo.arg("--no-default-features");
        }
        cargo.current_dir(if self.is_peer { root().join("peers") } else { root().to_owned() });
        if !cargo.status()?.success() {
            return Err(format!("{} does not build", self.name).into());
        }
        Ok(())
    }

    /// Starts it, and waits until it answers.
    pub async fn start(&'static self, options: &Options) -> Result<Running> {
        self.start_with(options, &[]).await
    }

    /// The same, with variables of the environment besides those that it needs.
    pub async fn start_with(&'static self, options: &Options, variables: &[(&str, &str)]) -> Result<Running> {
        self.run(Command::new(self.path()), options, variables).await
    }

    /// Starts it as the last argument of another program, which runs it.
    pub async fn start_under(&'static self, mut program: Command, options: &Options) -> Result<Running> {
        program.arg(self.path());
        self.run(program, options, &[]).await
    }

    async fn run(
        &'static self,
        mut command: Command,
        options: &Options,
        variables: &[(&str, &str)],
    ) -> Result<Running> {
        command.env("PORT", self.port.to_string()).stdout(Stdio::null()).kill_on_drop(true);
        match self.dialect {
            Dialect::Ours => {
                // The others have no log of requests.
                command.env("HOST", "127.0.0.1").env("LOG", "warn").env("DATABASE_URL", self.url(options));
                command.current_dir(root().join("target"));
            }
            _ => {
                command.env("DATABASE", self.url(options));
            }
        }
        command.envs(variables.iter().copied());
        let began = Instant::now();
        let child = command.spawn()?;
        let mut running = Running { server: self, child, started_in: Duration::ZERO, options: options.clone() };
        while !running.answers().await {
            if let Some(status) = running.child.try_wait()? {
                return Err(format!("{} ended with {status}", self.name).into());
            }
            if began.elapsed() > Duration::from_secs(900) {
                return Err(format!("{} does not answer", self.name).into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        running.started_in = began.elapsed();
        Ok(running)
    }

    pub fn file(&self) -> PathBuf {
        root().join("target").join(format!("bench-{}.db", self.name))
    }

    pub fn database(&self) -> String {
        format!("resource_bench_{}", self.name.replace('-', "_"))
    }

    pub fn url(&self, options: &Options) -> String {
        match (self.kind, self.dialect) {
            (Kind::None, _) => String::new(),
            (Kind::Sqlite, Dialect::ByHand) => self.file().display().to_string(),
            (Kind::Sqlite, _) => format!("sqlite://{}", self.file().display()),
            (Kind::Postgres, _) => {
                format!("{}/{}", options.postgres.as_deref().unwrap_or_default(), self.database())
            }
        }
    }

    /// Megabytes of the program without its symbols.
    pub fn binary_size(&self) -> Result<f64> {
        let stripped = self.path().with_extension("stripped");
        let status = std::process::Command::new("strip").arg("-o").arg(&stripped).arg(self.path()).status()?;
        if !status.success() {
            return Err("strip failed".into());
        }
        Ok(std::fs::metadata(stripped)?.len() as f64 / (1024.0 * 1024.0))
    }
}

/// The folder of all this.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// A server that was started.
pub struct Running {
    server: &'static Server,
    child: Child,
    pub started_in: Duration,
    options: Options,
}

impl Running {
    async fn answers(&self) -> bool {
        let ask = async {
            let mut stream = TcpStream::connect(("127.0.0.1", self.server.port)).await?;
            stream.write_all(b"GET /books/1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await?;
            crate::client::answer(&mut stream, &mut Vec::new()).await
        };
        ask.await.is_ok()
    }

    fn process(&self) -> Result<u32> {
        Ok(self.child.id().ok_or("the server has ended")?)
    }

    pub fn memory(&self) -> Result<f64> {
        cost::memory(self.process()?)
    }

    /// Milliseconds of CPU that it has had since it was started.
    pub fn spent(&self) -> Result<f64> {
        cost::since_start(self.process()?)
    }

    /// Measures it, and the processes of the database that serve it.
    pub async fn meter(&self) -> Result<Meter> {
        let mut processes = vec![self.process()?];
        if self.server.kind == Kind::Postgres {
            processes.extend(databases::backends(&self.options, &self.server.database()).await?);
        }
        Meter::of(processes)
    }

    pub async fn stop(mut self) -> Result<()> {
        self.child.start_kill()?;
        self.child.wait().await?;
        Ok(())
    }

    /// Asks it to end, so that what runs it can say what it saw.
    pub async fn end(mut self) -> Result<()> {
        let process = self.process()?.to_string();
        let status = Command::new("kill").args(["-TERM", &process]).status().await?;
        if !status.success() {
            return Err(format!("{} cannot be told to end", self.server.name).into());
        }
        self.child.wait().await?;
        Ok(())
    }
}
