use std::cmp::Ordering;
use std::path::Path;
use std::str::FromStr as _;

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OpenFlags};
use rust_decimal::Decimal;

use super::location::{Location, Mode};
use crate::field::fold;

/// Prepared statements that a connection keeps; each shape of query is one.
const STATEMENTS: usize = 256;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Read,
    Write,
}

/// Opens a connection to a database's file, with everything that our statements need of it.
pub(super) fn open(path: &Path, location: &Location, purpose: Purpose) -> rusqlite::Result<Connection> {
    let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags |= match location.mode {
        Mode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Mode::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    };
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(location.busy_timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A quoted name that is no column is a mistake, and not a text.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    // Plans hold for any values. Otherwise SQLite, as it is built here, prepares a statement anew
    // whenever another value is bound to a bound of a range.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    extend(&connection)?;
    if purpose == Purpose::Write && location.mode != Mode::ReadOnly {
        let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            tracing::warn!(mode, path = %path.display(), "SQLite has no write-ahead log here: reads and writes wait for each other");
        }
    }
    connection.execute_batch(&format!(
        "PRAGMA synchronous = {};
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -8192;
         PRAGMA mmap_size = 268435456;
         PRAGMA journal_size_limit = 67108864;",
        location.synchronous.name()
    ))?;
    // Belt and braces: what reads does not write.
    if purpose == Purpose::Read {
        connection.pragma_update(None, "query_only", true)?;
    }
    Ok(connection)
}

/// Adds the function and the collation that tables and conditions of ours use.
fn extend(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("resource_fold", 1, flags, |context| {
        Ok(context.get_raw(0).as_str_or_null()?.map(fold))
    })?;
    connection.create_collation("DECIMAL", compare_decimals)
}

/// By value. Text that is no decimal, which only somebody else can have written, comes first, so
/// that the order is total.
fn compare_decimals(a: &str, b: &str) -> Ordering {
    match (Decimal::from_str(a), Decimal::from_str(b)) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Err(_), Ok(_)) => Ordering::Less,
        (Ok(_), Err(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_ordered_by_value_and_other_text_comes_first() {
        let mut values = ["100", "9.5", "x", "-1", "", "10.25", "-0.0"];
        values.sort_by(|a, b| compare_decimals(a, b));
        assert_eq!(values, ["", "x", "-1", "-0.0", "9.5", "10.25", "100"]);
        assert_eq!(compare_decimals("9.5", "9.500"), Ordering::Equal);
    }
}
