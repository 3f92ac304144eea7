//! Whole query strings.
#![no_main]

use libfuzzer_sys::fuzz_target;
use resource_fuzz::{ZOO, parse};
use resource_runtime::query;

fuzz_target!(|raw: &str| {
    let query = parse(raw).ok();
    let _ = query::parse_item(ZOO, raw);
    let _ = query::parse_none(raw, &["atomic"]);
    // A link to another page of a list leads to the same list.
    let linked = query::with_parameters(raw, &[("count", Some("none"))]);
    if let (Some(query), true) = (query, linked.len() <= 16 * 1024) {
        let linked = parse(&linked).expect("a link to a sound list is sound");
        assert_eq!((query.filter, query.sort, query.paging), (linked.filter, linked.sort, linked.paging));
    }
});
