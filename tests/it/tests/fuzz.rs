//! The fuzz targets without a fuzzer: the corpus that is kept, and texts that come of it by chance, for
//! some seconds (`FUZZ_SECONDS`), or until one fails, which is printed. `just fuzz` runs the real one.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr, clippy::unwrap_used, reason = "tests")]

#[expect(unreachable_pub, reason = "it is a crate of its own")]
#[path = "../../../fuzz/src/lib.rs"]
mod targets;

use std::path::Path;
use std::time::{Duration, Instant};

use it::Rng;

/// What queries are made of, beside the corpus.
const WORDS: &[&str] = &[
    "text",
    "small",
    "float",
    "decimal",
    "moment",
    "numbers",
    "tags",
    "[gte]",
    "[in]",
    "[is_null]",
    "=",
    "&",
    ",",
    "filter",
    "search",
    "sort",
    "cursor",
    "limit",
    "page",
    "count",
    "fields",
    " and ",
    " or ",
    "not ",
    "(",
    ")",
    "\"",
    "\\",
    " in ",
    " has ",
    " >= ",
    "%00",
    "%25",
    "%FF",
    "+",
    "-",
    "9223372036854775808",
    "1e400",
    "NaN",
    "é",
    "\u{10FFFF}",
    "2026-11-20T12:00:00Z",
    ":nulls_first",
    "null",
    "true",
];

/// Runs a target on its corpus, and on what comes of it.
fn run(target: &str, check: impl Fn(&str, &mut Rng)) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut inputs: Vec<String> = std::fs::read_dir(corpus)
        .unwrap()
        .map(|it| String::from_utf8_lossy(&std::fs::read(it.unwrap().path()).unwrap()).into_owned())
        .collect();
    inputs.sort();
    assert!(!inputs.is_empty());
    let mut rng = Rng::new(0x5EED);
    let once = |input: &str, rng: &mut Rng| {
        let named = Named(input);
        targets::in_time(|| check(input, rng));
        std::mem::forget(named);
    };
    for input in &inputs {
        once(input, &mut rng);
    }
    let seconds = std::env::var("FUZZ_SECONDS").map_or(2, |it| it.parse().unwrap());
    let end = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < end {
        let input = mutate(&inputs, &mut rng);
        once(&input, &mut rng);
        // What went well is a beginning of something else, now and then.
        if input.len() < 4_096 && rng.one_in(64) {
            if inputs.len() < 256 {
                inputs.push(input);
            } else {
                let place = rng.below(inputs.len());
                inputs[place] = input;
            }
        }
    }
}

/// A text like others: some of its parts are doubled, left out, or put in the place of others.
fn mutate(inputs: &[String], rng: &mut Rng) -> String {
    let mut chars: Vec<char> = rng.pick(inputs).chars().collect();
    for _ in 0..=rng.below(6) {
        let start = rng.below(chars.len() + 1);
        let end = (start + rng.below(12)).min(chars.len());
        let new: Vec<char> = match rng.below(6) {
            0 => Vec::new(),
            1 => char::from_u32(u32::try_from(rng.below(0x11_0000)).unwrap()).into_iter().collect(),
            2 => chars[start..end].repeat(2 + rng.below(200)),
            3 => rng.pick(inputs).chars().skip(rng.below(40)).take(rng.below(80)).collect(),
            _ => rng.pick(WORDS).chars().collect(),
        };
        let end = if rng.one_in(2) { start } else { end };
        chars.splice(start..end, new);
    }
    chars.into_iter().take(20_000).collect()
}

/// Prints the input that a panic came of.
struct Named<'a>(&'a str);

impl Drop for Named<'_> {
    fn drop(&mut self) {
        eprintln!("failed on {:?}; keep it in fuzz/corpus", self.0);
    }
}

#[test]
fn whole_query_strings_keep_what_is_promised() {
    run("query", |raw, _| targets::query(raw));
}

#[test]
fn conditions_in_words_keep_what_is_promised() {
    run("filter", |text, _| targets::filter(text));
}

#[test]
fn cursors_keep_what_is_promised() {
    run("cursor", |text, rng| {
        let small = (!rng.one_in(4)).then(|| rng.next().cast_signed());
        let float = (!rng.one_in(4)).then(|| f64::from_bits(rng.next()));
        targets::cursor(text, small, float, rng.one_in(2));
    });
}
