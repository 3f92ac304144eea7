//! A PostgreSQL server of a test's own, which can be stopped without harm to others.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::{Folder, free_port};

/// A server in a folder.
pub struct Cluster {
    folder: Folder,
    programs: PathBuf,
    /// PostgreSQL refuses to run as root.
    user: Option<&'static str>,
    port: u16,
}

impl Cluster {
    /// A new server that runs; `None`, with a sentence on stderr, where there is no PostgreSQL to make
    /// one of. `REQUIRE_POSTGRES` does not demand it: that is about a server, not about its programs.
    pub fn start(name: &str) -> Option<Self> {
        let Some(programs) = programs() else {
            it::say("skipped: there is no `initdb` in the folder that `pg_config --bindir` names");
            return None;
        };
        let folder = Folder::new(name);
        let user = is_root().then_some("postgres");
        if let Some(user) = user {
            let owned = Command::new("chown").arg(user).arg(folder.path()).status().unwrap();
            assert!(owned.success(), "the folder cannot be given to the user `{user}`");
        }
        let cluster = Self { folder, programs, user, port: free_port() };
        let data = cluster.data();
        cluster.run("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        cluster.resume();
        Some(cluster)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it again, and waits until it takes connections.
    pub fn resume(&self) {
        let options = format!("-p {} -k {} -c listen_addresses=127.0.0.1", self.port, self.folder.path().display());
        let (data, log) = (self.data(), self.folder.path().join("log").display().to_string());
        self.run("pg_ctl", &["start", "-w", "-D", &data, "-l", &log, "-o", &options]);
    }

    /// Stops it: `fast` ends its connections in order, `immediate` is as a power cut.
    pub fn stop(&self, mode: &str) {
        self.run("pg_ctl", &["stop", "-w", "-D", &self.data(), "-m", mode]);
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let output = self.command(program, arguments).output().unwrap();
        assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let program = self.programs.join(program);
        let mut command = match self.user {
            None => Command::new(program),
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(program);
                command
            }
        };
        // What the server prints goes to its log; a pipe that it keeps open would not end.
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.command("pg_ctl", &["stop", "-D", &self.data(), "-m", "immediate"]).output();
    }
}

/// The folder of `initdb` and `pg_ctl`.
fn programs() -> Option<PathBuf> {
    let has_them = |it: &Path| it.join("initdb").exists() && it.join("pg_ctl").exists();
    let named = Command::new("pg_config").arg("--bindir").output().ok();
    let named = named.and_then(|it| Some(PathBuf::from(String::from_utf8(it.stdout).ok()?.trim())));
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let installed = versions.filter_map(|it| Some(it.ok()?.path().join("bin")));
    named.into_iter().chain(installed).find(|it| has_them(it))
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|it| it.stdout.trim_ascii() == b"0")
}
