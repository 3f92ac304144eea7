//! Starts the binary, and talks to it over a socket.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test file uses a part of it"
)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A folder of a test's own, removed on drop.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("book-api-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The binary, to be run in a folder with these variables and no others of its own.
pub fn command(folder: &Folder, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_book-api"));
    command.current_dir(folder.path()).stdin(Stdio::null());
    for name in ["HOST", "PORT", "DATABASE_URL", "SAMPLE_DATA", "RUST_LOG"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    command
}

/// Runs the binary to its end.
pub fn run(folder: &Folder, variables: &[(&str, &str)]) -> Output {
    command(folder, variables).output().unwrap()
}

/// A running server.
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// Starts it on a free port and waits until it answers.
    pub fn start(folder: &Folder, variables: &[(&str, &str)]) -> Self {
        let start = Instant::now();
        loop {
            let port = free_port();
            let mut command = command(folder, variables);
            command.env("PORT", port.to_string()).stdout(Stdio::null()).stderr(Stdio::null());
            let mut server = Self { child: command.spawn().unwrap(), port };
            // If it has ended, another server may have been faster with the port.
            while server.child.try_wait().unwrap().is_none() {
                if server.try_request("GET", "/health", "").is_some() {
                    return server;
                }
                assert!(start.elapsed() < Duration::from_secs(60), "the server does not answer");
                std::thread::sleep(Duration::from_millis(10));
            }
            assert!(start.elapsed() < Duration::from_secs(60), "the server does not start");
        }
    }

    /// Sends a request on a connection of its own; the status and the body.
    pub fn request(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        self.try_request(method, path, body).expect("the server answers")
    }

    /// As [`Server::request`], where the server may be gone.
    pub fn try_request(&self, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        send(self.port, method, path, &[], body).map(|it| (it.status, it.body))
    }

    /// A request with header fields; `None` where the server is gone.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<Answer> {
        send(self.port, method, path, headers, body)
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for the process to end, for at most a minute.
    pub fn wait(&mut self) -> std::process::ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "the server does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends it at once, as a power cut does.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    /// A header field's value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let fields = self.head.lines().filter_map(|it| it.split_once(": "));
        fields.filter(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value).next().unwrap_or_default()
    }
}

/// Sends a request on a connection of its own; `None` where there is no whole answer.
pub fn send(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<Answer> {
    let mut stream = begin(port, method, path, headers, body)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let answer = Answer { status, head: head.to_owned(), body: body.to_owned() };
    let length = answer.header("content-length");
    (length.is_empty() || length == body.len().to_string()).then_some(answer)
}

/// Sends a request, and leaves its answer to be read.
pub fn begin(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{request}\r\n{body}").as_bytes()).ok()?;
    Some(stream)
}

/// A port that nobody listens on, of those that the system gives to no connection by itself.
pub fn free_port() -> u16 {
    use std::hash::{BuildHasher as _, RandomState};

    loop {
        let random = RandomState::new().hash_one(std::process::id()) % 20_000;
        let port = 10_240 + u16::try_from(random).unwrap();
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
