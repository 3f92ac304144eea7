//! What the framework promises, next to what was measured.

use crate::options::Options;
use crate::report::Report;

/// One promise: `over` divided by `under`.
struct Goal {
    what: &'static str,
    over: (&'static str, &'static str),
    under: (&'static str, &'static str),
    bound: Bound,
}

#[derive(Clone, Copy)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

use Bound::{AtLeast, AtMost};

macro_rules! goals {
    ($($what:literal: $over:literal $load:literal / $under:literal $other:literal, $bound:expr;)*) => {
        &[$(Goal { what: $what, over: ($over, $load), under: ($under, $other), bound: $bound }),*]
    };
}

#[rustfmt::skip]
const SMALL: &[Goal] = goals! {
    "SQLite, get: sqlx by hand": "sqlx-sqlite" "get" / "ours-sqlite" "get", AtLeast(2.7);
    "SQLite, list with total: sqlx by hand": "sqlx-sqlite" "list" / "ours-sqlite" "list", AtLeast(3.0);
    "SQLite, create at 32 connections: sqlx by hand": "sqlx-sqlite" "create" / "ours-sqlite" "create", AtLeast(5.0);
    "SQLite, PATCH: sqlx by hand": "sqlx-sqlite" "update" / "ours-sqlite" "update", AtLeast(3.0);
    "PostgreSQL, get: sqlx by hand": "sqlx-postgres" "get" / "ours-postgres" "get", AtLeast(3.0);
    "PostgreSQL, list with total: sqlx by hand": "sqlx-postgres" "list" / "ours-postgres" "list", AtLeast(2.5);
    "PostgreSQL, create: sqlx by hand": "sqlx-postgres" "create" / "ours-postgres" "create", AtLeast(2.8);
    "PostgreSQL, PATCH: sqlx by hand": "sqlx-postgres" "update" / "ours-postgres" "update", AtLeast(2.4);
    "SQLite, get, as a multiple of constant bytes": "ours-sqlite" "get" / "constant" "get", AtMost(2.0);
    "SQLite, get: rusqlite by hand": "rusqlite" "get" / "ours-sqlite" "get", AtLeast(1.0);
    "SQLite, list with total: rusqlite by hand": "rusqlite" "list" / "ours-sqlite" "list", AtLeast(1.0);
    "SQLite, create: rusqlite by hand": "rusqlite" "create" / "ours-sqlite" "create", AtLeast(1.0);
    "SQLite, PATCH: rusqlite by hand": "rusqlite" "update" / "ours-sqlite" "update", AtLeast(1.0);
    "PostgreSQL, get: tokio-postgres by hand": "tokio-postgres" "get" / "ours-postgres" "get", AtLeast(1.0);
    "PostgreSQL, list with total: tokio-postgres by hand": "tokio-postgres" "list" / "ours-postgres" "list", AtLeast(1.0);
    "PostgreSQL, create: tokio-postgres by hand": "tokio-postgres" "create" / "ours-postgres" "create", AtLeast(1.0);
    "PostgreSQL, PATCH: tokio-postgres by hand": "tokio-postgres" "update" / "ours-postgres" "update", AtLeast(1.0);
    "SQLite, get: crudcrate": "crudcrate-sqlite" "get" / "ours-sqlite" "get", AtLeast(3.4);
    "SQLite, list with total: crudcrate": "crudcrate-sqlite" "list" / "ours-sqlite" "list", AtLeast(20.0);
    "SQLite, create: crudcrate": "crudcrate-sqlite" "create" / "ours-sqlite" "create", AtLeast(4.0);
    "SQLite, PATCH: crudcrate": "crudcrate-sqlite" "update" / "ours-sqlite" "update", AtLeast(3.0);
    "PostgreSQL, get: crudcrate": "crudcrate-postgres" "get" / "ours-postgres" "get", AtLeast(3.4);
    "PostgreSQL, list with total: crudcrate": "crudcrate-postgres" "list" / "ours-postgres" "list", AtLeast(20.0);
    "PostgreSQL, create: crudcrate": "crudcrate-postgres" "create" / "ours-postgres" "create", AtLeast(4.0);
    "PostgreSQL, PATCH: crudcrate": "crudcrate-postgres" "update" / "ours-postgres" "update", AtLeast(3.0);
    "idle memory, as a multiple of rusqlite by hand": "ours-sqlite" "idle memory" / "rusqlite" "idle memory", AtMost(1.1);
    "start-up, CPU, as a multiple of rusqlite by hand": "ours-sqlite" "start-up, CPU" / "rusqlite" "start-up, CPU", AtMost(1.1);
    "stripped binary, as a multiple of rusqlite by hand": "ours-sqlite" "binary" / "rusqlite" "binary", AtMost(1.1);
};

#[rustfmt::skip]
const LARGE: &[Goal] = goals! {
    "SQLite, list without total: sqlx by hand with total": "sqlx-sqlite" "list" / "ours-sqlite" "slice", AtLeast(15.0);
    "SQLite, capped count: sqlx by hand with total": "sqlx-sqlite" "list" / "ours-sqlite" "capped", AtLeast(15.0);
    "PostgreSQL, list without total: sqlx by hand with total": "sqlx-postgres" "list" / "ours-postgres" "slice", AtLeast(30.0);
    "PostgreSQL, capped count: sqlx by hand with total": "sqlx-postgres" "list" / "ours-postgres" "capped", AtLeast(30.0);
};

pub fn print(report: &Report, options: &Options) {
    let goals = if options.rows > 100_000 { LARGE } else { SMALL };
    println!("{:56} {:>8} {:>14} {:>9}", "ratios", "CPU", "instructions", "goal");
    for goal in goals {
        let Some(ratio) = report.ratio(goal.over, goal.under) else { continue };
        let instructions = report.ratio_of_instructions(goal.over, goal.under);
        let instructions = instructions.map_or(String::new(), |it| format!("{it:.2}"));
        let (bound, reached) = match goal.bound {
            AtLeast(bound) => (format!(">= {bound}"), ratio >= bound),
            AtMost(bound) => (format!("<= {bound}"), ratio <= bound),
        };
        let mark = if reached { "" } else { "  not reached" };
        println!("{:56} {ratio:>8.2} {instructions:>14} {bound:>9}{mark}", goal.what);
    }
}
