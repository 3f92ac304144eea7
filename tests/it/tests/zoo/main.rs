//! Every type, every operator, every role and every rule over HTTP, the same in each store.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod nested;
mod operators;
mod roles;
mod rules;
mod values;

use it::Client;
use it::zoo::{TYPES, samples};
use serde_json::Value;

/// The body of the animal that has, in the fields of each type, the value of this number (counted
/// round), and in lists that one and another; as sent, or as kept.
fn animal(number: usize, kept: bool) -> String {
    let mut members = Vec::new();
    for ty in TYPES {
        let samples = samples(ty);
        let value = |at: usize| {
            let it = &samples[at % samples.len()];
            if kept { it.kept.clone() } else { it.sent.clone() }
        };
        let name = ty.name;
        let maybe = if is_null(number) { "null".to_owned() } else { value(number) };
        members.push(format!(
            r#""plain_{name}":{},"maybe_{name}":{maybe},"list_{name}":[{},{}]"#,
            value(number),
            value(number),
            value(number + 1),
        ));
    }
    members.join(",")
}

/// Whether the animal of this number has nulls where it can.
const fn is_null(number: usize) -> bool {
    number % 5 == 4
}

/// Creates this many animals, of the numbers 0 and up, with the ids 1 and up.
async fn fill(api: &Client, count: usize) {
    let bodies: Vec<_> = (0..count).map(|it| format!("{{{}}}", animal(it, false))).collect();
    for bodies in bodies.chunks(50) {
        let answer = api.raw("POST", "animals/bulk", format!("[{}]", bodies.join(","))).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(answer.value()["errors"], serde_json::json!([]));
    }
}

/// Text as a value in a query string.
fn encode(text: &str) -> String {
    text.bytes().map(|it| format!("%{it:02X}")).collect()
}

/// The ids of the items of a page, in their order.
fn ids(page: &Value) -> Vec<usize> {
    let items = page["items"].as_array().unwrap_or_else(|| panic!("no items in {page}"));
    items.iter().map(|it| it["id"].as_u64().unwrap().try_into().unwrap()).collect()
}

/// Pairs of a place and a code, sorted.
fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all: Vec<_> = of.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    all.sort();
    all
}

/// The problems of an answer, sorted.
fn problems(answer: &it::Answer) -> Vec<(String, String)> {
    let mut all = answer.problems();
    all.sort();
    all
}
