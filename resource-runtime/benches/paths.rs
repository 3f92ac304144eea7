//! How many instructions the hot paths take, next to serde and validator.

mod bodies;
mod queries;
mod rows;
mod statements;

use gungraun::prelude::*;

use bodies::{creation, update};
use queries::query_string;
use rows::{sqlite, sqlite_json, values};
use statements::statement;

main!(library_benchmark_groups = [query_string, statement, values, sqlite, sqlite_json, creation, update]);
