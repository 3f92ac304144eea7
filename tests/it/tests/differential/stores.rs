//! One API on every store.

use it::{Answer, Client, Guard, Rng};
use resource_runtime::prelude::*;
use serde_json::Value;

use crate::bodies;

/// The seed of the rows that lists are asked for; it is the same in every run.
const ROWS_SEED: u64 = 2026;

/// The zoo on every store that there is.
pub(crate) struct Stores {
    all: Vec<(&'static str, Client, Database, Guard)>,
}

/// What the stores answered, each the same but for what the clock and chance put into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Agreed {
    pub(crate) status: u16,
    pub(crate) text: String,
    /// The header fields that say something about the content.
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Agreed {
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

impl Stores {
    pub(crate) async fn new() -> Self {
        let mut all = Vec::new();
        for (name, made) in [
            ("memory", Some(it::memory().await)),
            ("sqlite", Some(it::sqlite().await)),
            ("postgres", it::postgres().await),
        ] {
            let Some((store, guard)) = made else { continue };
            all.push((name, Client::zoo(&store).await, store, guard));
        }
        Self { all }
    }

    /// With this many animals in each store.
    pub(crate) async fn with_animals(count: usize) -> Self {
        let stores = Self::new().await;
        let mut rng = Rng::new(ROWS_SEED);
        let bodies: Vec<_> = (0..count).map(|_| bodies::animal(&mut rng)).collect();
        for bodies in bodies.chunks(50) {
            let answer =
                stores.send(&"the rows", "POST", "animals/bulk", &[], &format!("[{}]", bodies.join(","))).await;
            assert_eq!(answer.value()["errors"], Value::Array(Vec::new()));
        }
        stores
    }

    pub(crate) async fn close(self) {
        for (_, client, store, guard) in self.all {
            drop(client);
            store.close().await;
            drop(store);
            guard.clean().await;
        }
    }

    pub(crate) async fn get(&self, case: &impl std::fmt::Display, path: &str) -> Agreed {
        self.send(case, "GET", path, &[], "").await
    }

    /// Sends a request to every store.
    ///
    /// # Panics
    ///
    /// Where two of them do not answer alike, or with an error of the server's.
    pub(crate) async fn send(
        &self,
        case: &impl std::fmt::Display,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Agreed {
        let with_type: Vec<_> = headers.iter().copied().chain([("content-type", "application/json")]).collect();
        let headers = if body.is_empty() { headers } else { &with_type };
        let mut answers = Vec::new();
        for (name, client, ..) in &self.all {
            answers.push((*name, agreed(path, &client.send(method, path, headers, body.to_owned()).await)));
        }
        let request = || format!("{case}: {method} {path} {headers:?} {body}");
        let (first, rest) = answers.split_first().unwrap();
        for (name, other) in rest {
            assert!(
                *other == first.1,
                "{}\n{}: {:?}\n{}\n{name}: {:?}\n{}",
                request(),
                first.0,
                (first.1.status, &first.1.headers),
                first.1.text,
                (other.status, &other.headers),
                other.text,
            );
        }
        // 501: an operation that none of the stores has.
        assert!(first.1.status < 500 || first.1.status == 501, "{}\n{}", request(), first.1.text);
        first.1.clone()
    }
}

fn agreed(path: &str, answer: &Answer) -> Agreed {
    let mut text = answer.text();
    // What the server makes of the clock and of chance.
    for start in [r#""request_id":""#, r#","timestamp":""#, r#""created_at":""#, r#""updated_at":""#] {
        text = masked(&text, start);
    }
    let mut headers = Vec::new();
    for name in ["content-type", "link", "x-total-count", "x-total-pages", "location", "allow", "etag"] {
        // The versions of rows whose ids clients choose start at the clock.
        let by_clock = name == "etag" && path.starts_with("keepers");
        let value = answer.header(name);
        headers.push((name, if by_clock && !value.is_empty() { "masked" } else { value }.to_owned()));
    }
    Agreed { status: answer.status, text, headers }
}

/// The text without what follows each `start` up to the next quote.
fn masked(text: &str, start: &str) -> String {
    let mut parts = text.split(start);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(start);
        out.push_str(part.find('"').map_or(part, |end| &part[end..]));
    }
    out
}
