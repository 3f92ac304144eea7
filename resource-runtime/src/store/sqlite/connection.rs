use std::cmp::Ordering;
use std::path::Path;
use std::str::FromStr as _;

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OpenFlags};
use rust_decimal::Decimal;

use super::location::{Location, Mode};
use crate::field::{fold, folded_contains};

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

/// Adds the functions and the collation that tables and conditions of ours use.
fn extend(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("resource_fold", 1, flags, |context| {
        Ok(context.get_raw(0).as_str_or_null()?.map(fold))
    })?;
    // One call for each row instead of two, and no folded text in between.
    connection.create_scalar_function("resource_icontains", 2, flags, |context| {
        let part = context.get_raw(1).as_str()?;
        Ok(context.get_raw(0).as_str_or_null()?.map(|it| folded_contains(it, part)))
    })?;
    connection.create_collation("DECIMAL", compare_decimals)
}

/// By value. Text that is no decimal, which only somebody else can have written, comes first, so
/// that the order is total.
fn compare_decimals(a: &str, b: &str) -> Ordering {
    if let (Some(a), Some(b)) = (Short::of(a), Short::of(b)) {
        return a.at(b.scale).cmp(&b.at(a.scale));
    }
    match (Decimal::from_str(a), Decimal::from_str(b)) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Err(_), Ok(_)) => Ordering::Less,
        (Ok(_), Err(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

/// A decimal of few digits, as most are, which takes a fraction of the time to read: a filter by a
/// bound compares it with every row that it looks at.
struct Short {
    digits: i64,
    scale: u32,
}

impl Short {
    fn of(text: &str) -> Option<Self> {
        let (sign, number) = text.strip_prefix('-').map_or((1, text), |it| (-1, it));
        let bytes = number.as_bytes();
        if bytes.len() > 18 || !bytes.first()?.is_ascii_digit() || !bytes.last()?.is_ascii_digit() {
            return None;
        }
        let (mut digits, mut point) = (0, None);
        for (index, byte) in bytes.iter().enumerate() {
            match byte {
                b'0'..=b'9' => digits = digits * 10 + i64::from(byte - b'0'),
                b'.' if point.is_none() => point = Some(index),
                _ => return None,
            }
        }
        let scale = point.map_or(0, |it| bytes.len() - 1 - it);
        Some(Self { digits: sign * digits, scale: u32::try_from(scale).ok()? })
    }

    /// As a number with so many digits more after the point.
    fn at(&self, more: u32) -> i128 {
        i128::from(self.digits) * 10_i128.pow(more)
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

    #[test]
    fn short_decimals_compare_as_all_do() {
        let texts =
            ["0", "-0", "0.0", "1", "-1.10", "1.1", "999999999999999999", "0.0000000000000001", "-7", "00.5", "12.05"];
        for (a, b) in texts.iter().flat_map(|a| texts.iter().map(move |b| (a, b))) {
            let expected = Decimal::from_str(a).unwrap().cmp(&Decimal::from_str(b).unwrap());
            assert!(Short::of(a).is_some());
            assert_eq!(compare_decimals(a, b), expected, "{a} {b}");
        }
        for it in ["", "-", ".5", "5.", "1e5", "+1", "1.2.3", "9999999999999999999"] {
            assert!(Short::of(it).is_none(), "{it}");
        }
    }
}
