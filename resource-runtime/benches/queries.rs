//! Query strings of lists.

use std::hint::black_box;

use benches::{META, QUERY};
use gungraun::prelude::*;
use model::ListParams;
use resource_runtime::error::ApiError;
use resource_runtime::query::{self, CursorKeys, ListQuery};

/// With the tables of the resource made, which happens once in a program.
fn keys() -> CursorKeys {
    let keys = CursorKeys::random();
    assert!(query::parse(META, QUERY, &keys).is_ok());
    keys
}

#[library_benchmark]
#[bench::list(keys())]
fn ours(keys: CursorKeys) -> Result<ListQuery, ApiError> {
    black_box(query::parse(META, black_box(QUERY), &keys))
}

#[library_benchmark]
#[bench::list()]
fn serde() -> Result<ListParams, serde_urlencoded::de::Error> {
    black_box(serde_urlencoded::from_str(black_box(QUERY)))
}

library_benchmark_group!(name = query_string, compare_by_id = true, benchmarks = [ours, serde]);
