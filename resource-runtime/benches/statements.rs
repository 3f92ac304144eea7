//! Statements of requests.

use std::hint::black_box;

use benches::META;
use gungraun::prelude::*;
use resource_runtime::store::sql::{self, Dialect, SqlText};
use resource_runtime::store::{Key, Select};

fn list(dialect: Dialect) -> (Dialect, Select, Vec<usize>) {
    (dialect, benches::select(&benches::list_query()), sql::all(META))
}

fn row(dialect: Dialect) -> (Dialect, Key, Vec<usize>) {
    (dialect, benches::key(), sql::all(META))
}

#[library_benchmark]
#[bench::sqlite(list(Dialect::Sqlite))]
#[bench::postgres(list(Dialect::Postgres))]
fn rows_and_count((dialect, select, columns): (Dialect, Select, Vec<usize>)) -> (SqlText, Option<SqlText>) {
    black_box((sql::select(dialect, &select, &columns), sql::count(dialect, &select)))
}

#[library_benchmark]
#[bench::sqlite(row(Dialect::Sqlite))]
#[bench::postgres(row(Dialect::Postgres))]
fn one_row((dialect, key, columns): (Dialect, Key, Vec<usize>)) -> SqlText {
    black_box(sql::get(dialect, &key, &columns))
}

library_benchmark_group!(name = statement, benchmarks = [rows_and_count, one_row]);
