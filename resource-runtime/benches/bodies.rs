//! Bodies to models: read, and held against their rules.

use std::hint::black_box;

use benches::{CREATE, META, PATCH};
use gungraun::prelude::*;
use model::{Changes, NewBook};
use resource_runtime::error::ApiError;
use resource_runtime::field::Value;
use resource_runtime::input;
use validator::Validate;

type Change = (usize, Value);

/// With the patterns of the rules compiled, which happens once in a program.
fn create(body: &'static str) -> &'static [u8] {
    assert!(input::create(META, body.as_bytes()).is_ok() && new_book(body.as_bytes()).is_some());
    body.as_bytes()
}

fn update(body: &'static str) -> &'static [u8] {
    assert!(changes(body.as_bytes()).is_some());
    body.as_bytes()
}

fn new_book(body: &[u8]) -> Option<NewBook> {
    let new: NewBook = serde_json::from_slice(body).ok()?;
    new.validate().ok()?;
    Some(new)
}

fn changes(body: &[u8]) -> Option<Changes> {
    let changes: Changes = serde_json::from_slice(body).ok()?;
    changes.validate().ok()?;
    Some(changes)
}

#[library_benchmark(setup = create)]
#[bench::book(CREATE)]
fn create_ours(body: &[u8]) -> Result<Vec<Value>, ApiError> {
    black_box(input::create(META, black_box(body)))
}

#[library_benchmark(setup = create)]
#[bench::book(CREATE)]
fn create_serde(body: &[u8]) -> Option<NewBook> {
    black_box(new_book(black_box(body)))
}

#[library_benchmark(setup = update)]
#[bench::book(PATCH)]
fn update_ours(body: &[u8]) -> Result<Vec<Change>, ApiError> {
    black_box(input::update(META, black_box(body)).and_then(|it| it.changes(None)))
}

#[library_benchmark(setup = update)]
#[bench::book(PATCH)]
fn update_serde(body: &[u8]) -> Option<Changes> {
    black_box(changes(black_box(body)))
}

library_benchmark_group!(name = creation, compare_by_id = true, benchmarks = [create_ours, create_serde]);
library_benchmark_group!(name = update, compare_by_id = true, benchmarks = [update_ours, update_serde]);
