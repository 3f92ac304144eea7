//! The same random requests to every store: the answers are the same bytes.
//!
//! `DIFFERENTIAL_CASES` says how many lists are asked for (1,000 by default), and
//! `DIFFERENTIAL_SEED` which. Each case has the seed of the case before it, plus one: a case that
//! failed is asked for again, alone, by its own seed and `DIFFERENTIAL_CASES=1`.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod bodies;
mod churn;
mod lists;
mod queries;
mod stores;
mod writes;

/// A number from the environment.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |it| it.parse().unwrap_or_else(|_| panic!("{name} is not a number: {it}")))
}

/// The seeds of the cases of a test: a share of `DIFFERENTIAL_CASES`.
fn seeds(one_in: u64) -> std::ops::Range<u64> {
    let first = setting("DIFFERENTIAL_SEED", 1);
    first..first + setting("DIFFERENTIAL_CASES", 1_000).div_ceil(one_in)
}

/// Text as a value in a query string.
fn encode(text: &str) -> String {
    text.bytes()
        .map(|it| if it.is_ascii_alphanumeric() { char::from(it).to_string() } else { format!("%{it:02X}") })
        .collect()
}
