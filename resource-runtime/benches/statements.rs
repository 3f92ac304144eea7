//! Statements of requests.

use std::hint::black_box;

use benches::META;
use gungraun::prelude::*;
use resource_runtime::store::sql::{self, Dialect, Statement, Statements};
use resource_runtime::store::{Key, Select};

/// What is known once the same has been asked for before, as in a server that has run for a moment.
fn list(dialect: Dialect) -> (Statements, Select, Vec<usize>) {
    let it = (Statements::new(dialect), benches::select(&benches::list_query()), sql::all(META));
    black_box((it.0.select(&it.1, &it.2), it.0.count(&it.1)));
    it
}

fn row(dialect: Dialect) -> (Statements, Key, Vec<usize>) {
    let it = (Statements::new(dialect), benches::key(), sql::all(META));
    black_box(it.0.get(&it.1, &it.2));
    it
}

#[library_benchmark]
#[bench::sqlite(list(Dialect::Sqlite))]
#[bench::postgres(list(Dialect::Postgres))]
fn rows_and_count((known, select, columns): (Statements, Select, Vec<usize>)) -> (Statement, Option<Statement>) {
    black_box((known.select(&select, &columns), known.count(&select)))
}

#[library_benchmark]
#[bench::sqlite(row(Dialect::Sqlite))]
#[bench::postgres(row(Dialect::Postgres))]
fn one_row((known, key, columns): (Statements, Key, Vec<usize>)) -> Statement {
    black_box(known.get(&key, &columns))
}

library_benchmark_group!(name = statement, benchmarks = [rows_and_count, one_row]);
