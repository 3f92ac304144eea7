//! Conditions in words.
#![no_main]

use libfuzzer_sys::fuzz_target;
use resource_fuzz::parse;
use resource_runtime::query::{Filter, with_parameters};

fuzz_target!(|text: &str| {
    if let Ok(query) = parse(&with_parameters("", &[("filter", Some(text))])) {
        let (nodes, depth) = size(&query.filter);
        // Groups outside of parentheses are not counted by the language, and are by this.
        assert!(nodes <= 65 && depth <= 10, "{nodes} {depth} {text}");
    }
});

fn size(filter: &Filter) -> (usize, usize) {
    match filter {
        Filter::All | Filter::Condition(_) => (1, 1),
        Filter::And(all) | Filter::Or(all) => {
            all.iter().map(size).fold((1, 1), |(nodes, depth), (n, d)| (nodes + n, depth.max(d + 1)))
        }
        Filter::Not(it) => {
            let (nodes, depth) = size(it);
            (nodes + 1, depth + 1)
        }
    }
}
