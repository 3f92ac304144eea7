//! Several processes on one database, processes that are killed, and a database that is.
//!
//! Each test has a variable that makes it longer; CONTRIBUTING.md lists them.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod batches;
mod cluster;
mod increments;
mod outage;
mod retries;
#[path = "../support/mod.rs"]
mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use serde_json::Value;
use support::{Folder, Server};

/// Where the rows of a test are kept.
struct Place {
    folder: Folder,
    url: String,
}

impl Place {
    fn start(&self) -> Server {
        self.start_with(&[])
    }

    /// With further variables.
    fn start_with(&self, variables: &[(&str, &str)]) -> Server {
        let own = [("SAMPLE_DATA", "false"), ("DATABASE_URL", self.url.as_str())];
        Server::start(&self.folder, &[&own, variables].concat())
    }
}

fn on_sqlite(name: &str, test: impl FnOnce(&Place)) {
    test(&Place { folder: Folder::new(name), url: "sqlite://books.db".to_owned() });
}

/// Runs a test on a schema of its own, if there is a server.
fn on_postgres(name: &str, test: impl FnOnce(&Place)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let Some((url, guard)) = runtime.block_on(it::schema()) else { return };
    test(&Place { folder: Folder::new(name), url });
    runtime.block_on(guard.clean());
}

/// Random numbers of this run; what fails can be tried again with the seed.
fn rng() -> it::Rng {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let seed = it::times("SEED", usize::try_from(now.as_micros() & 0xFFFF_FFFF).unwrap());
    it::say(&format!("SEED={seed}"));
    it::Rng::new(seed as u64)
}

fn pause(rng: &mut it::Rng, millis: std::ops::Range<usize>) {
    let millis = millis.start + rng.below(millis.len());
    std::thread::sleep(Duration::from_millis(millis as u64));
}

/// Every row of a collection, with these fields.
fn rows(server: &Server, collection: &str, fields: &str) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/{collection}?limit=100&sort=id&fields={fields}&cursor={cursor}");
        let (status, body) = server.request("GET", &path, "");
        assert_eq!(status, 200, "{body}");
        let page: Value = serde_json::from_str(&body).unwrap();
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return rows,
        }
    }
}

/// A book whose ISBN is this number.
fn book(isbn: usize) -> Value {
    serde_json::json!({"title": "Book", "author_name": "Somebody", "isbn": format!("{isbn:010}"), "price": 1})
}

/// Tells clients to stop, whatever happens to their test.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
