//! Rows to JSON: from values in memory, and from rows of SQLite.

use std::hint::black_box;

use benches::{Row, Table, read_by_hand, rows, structs, table_by_hand};
use gungraun::prelude::*;
use gungraun::{Callgrind, EntryPoint};
use resource_runtime::json::{Projection, write_row};
use resource_runtime::store::JsonSelection;
use rusqlite::Connection;

#[library_benchmark]
#[bench::twenty(rows())]
fn values_ours((rows, projection): (Vec<Row>, Projection)) -> (Vec<u8>, Vec<Row>) {
    let mut out = Vec::with_capacity(8_192);
    for row in &rows {
        write_row(&mut out, &projection, row, &[]);
    }
    black_box((out, rows))
}

#[library_benchmark]
#[bench::twenty(structs())]
fn values_serde(books: Vec<model::Book>) -> (serde_json::Result<Vec<u8>>, Vec<model::Book>) {
    black_box((serde_json::to_vec(&books), books))
}

// From the request to the store to the bytes, with SQLite's part.
#[library_benchmark]
#[bench::twenty(Table::warm())]
fn sqlite_ours(table: Table) -> (JsonSelection, Table) {
    black_box((table.read(), table))
}

#[library_benchmark]
#[bench::twenty(table_by_hand())]
fn sqlite_serde(connection: Connection) -> (Vec<u8>, Connection) {
    black_box((read_by_hand(&connection), connection))
}

// Of `sqlite_ours` what makes JSON of the rows, SQLite's reading of columns included. It is counted wherever it happens,
// and so not before.
#[library_benchmark(config = LibraryBenchmarkConfig::default().tool(
    Callgrind::default().entry_point(EntryPoint::Custom("*sqlite::row::Layout::write_json*".to_owned()))
))]
#[bench::twenty(Table::filled())]
fn sqlite_ours_json(table: Table) -> (JsonSelection, Table) {
    black_box((table.read(), table))
}

library_benchmark_group!(name = values, compare_by_id = true, benchmarks = [values_ours, values_serde]);
library_benchmark_group!(name = sqlite, compare_by_id = true, benchmarks = [sqlite_ours, sqlite_serde]);
library_benchmark_group!(name = sqlite_json, benchmarks = sqlite_ours_json);
