use std::cmp::Ordering;
use std::path::Path;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rust_decimal::Decimal;

use super::location::{Location, Mode};
use crate::field::{fold, folded_contains};

/// Prepared statements that a connection keeps; each shape of query is one.
const STATEMENTS: usize = 256;

/// How long to wait before a file that another process has alone is asked for again.
const PAUSE: Duration = Duration::from_millis(2);

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
        let mode = write_ahead(&connection, location.busy_timeout)?;
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

/// Has changes go to a log first, and gives the mode that the database has then. The first to say so has to have the file
/// alone for a moment, for which SQLite does not wait: of several processes that begin at once all others would fail.
fn write_ahead(connection: &Connection, patience: Duration) -> rusqlite::Result<String> {
    let until = Instant::now() + patience;
    loop {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < until => {
                std::thread::sleep(PAUSE);
            }
            outcome => return outcome,
        }
    }
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
        return a.compare(&b);
    }
    match (Decimal::from_str(a), Decimal::from_str(b)) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Err(_), Ok(_)) => Ordering::Less,
        (Ok(_), Err(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

/// A decimal of few digits, as most are, by its digits: to read a number takes several times as long,
/// and a filter by a bound compares it with every row that it looks at.
struct Short<'a> {
    negative: bool,
    /// The digits before the point, from the first that is not zero.
    whole: &'a [u8],
    /// The digits after it, up to the last that is not zero.
    part: &'a [u8],
}

impl<'a> Short<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (negative, digits) = bytes.strip_prefix(b"-").map_or((false, bytes), |it| (true, it));
        if digits.len() > 18 {
            return None;
        }
        let (whole, part) = match digits.iter().position(|it| !it.is_ascii_digit()) {
            None => (digits, None),
            Some(at) => (digits.get(..at)?, Some(digits.get(at..)?.strip_prefix(b".")?)),
        };
        let is_number = |it: &[u8]| !it.is_empty() && it.iter().all(u8::is_ascii_digit);
        if whole.is_empty() || !part.is_none_or(is_number) {
            return None;
        }
        let (mut whole, mut part) = (whole, part.unwrap_or_default());
        while let Some(rest) = whole.strip_prefix(b"0") {
            whole = rest;
        }
        while let Some(rest) = part.strip_suffix(b"0") {
            part = rest;
        }
        // There is one zero.
        Some(Self { negative: negative && !(whole.is_empty() && part.is_empty()), whole, part })
    }

    fn compare(&self, other: &Self) -> Ordering {
        let size = || {
            let whole = self.whole.len().cmp(&other.whole.len()).then_with(|| self.whole.cmp(other.whole));
            whole.then_with(|| self.part.cmp(other.part))
        };
        match (self.negative, other.negative) {
            (false, false) => size(),
            (true, true) => size().reverse(),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
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
        let texts = [
            "0",
            "-0",
            "0.0",
            "1",
            "-1.10",
            "1.1",
            "999999999999999999",
            "0.0000000000000001",
            "-7",
            "00.5",
            "12.05",
            "-0.00",
            "12.050",
            "12.5",
            "0.55",
            "9",
            "10",
            "-10",
            "-9.99",
            "007",
            "100",
            "12.0501",
            "-0.5",
        ];
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
