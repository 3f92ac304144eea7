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

/// Pages in the log from which on it is copied into the file: 8 MB, twice as many as SQLite would take. A page that many
/// writes change, as the pages of indexes are, is copied once for all of them. Not more, because readers look for each page
/// in the log first, past all that was written of the same page: at 4,000, a get takes up to 7 % more instructions.
const CHECKPOINT: u32 = 2_000;

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
         PRAGMA journal_size_limit = 67108864;
         PRAGMA wal_autocheckpoint = {CHECKPOINT};",
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
        return a.compare(b);
    }
    match (Decimal::from_str(a), Decimal::from_str(b)) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Err(_), Ok(_)) => Ordering::Less,
        (Ok(_), Err(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

/// A decimal of few digits, as most are: to read one of any length takes several times as long. A filter
/// by a bound compares it with every row that it looks at, and a new row with some twenty in each index.
#[derive(Clone, Copy)]
struct Short {
    /// The number without its point.
    digits: i64,
    /// Digits after the point.
    scale: u32,
}

impl Short {
    /// Bytes of the longest one, so that its digits and those that `compare` adds have room.
    const MOST: usize = 18;

    fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (negative, bytes) = bytes.strip_prefix(b"-").map_or((false, bytes), |it| (true, it));
        if bytes.len() > Self::MOST || !bytes.first()?.is_ascii_digit() || !bytes.last()?.is_ascii_digit() {
            return None;
        }
        let (mut digits, mut scale, mut step) = (0, 0, 0);
        for byte in bytes {
            match byte {
                b'0'..=b'9' => {
                    digits = digits * 10 + i64::from(byte - b'0');
                    scale += step;
                }
                b'.' if step == 0 => step = 1,
                _ => return None,
            }
        }
        Some(Self { digits: if negative { -digits } else { digits }, scale })
    }

    fn compare(self, other: Self) -> Ordering {
        if self.scale == other.scale {
            return self.digits.cmp(&other.digits);
        }
        let scale = self.scale.max(other.scale);
        let scaled = |it: Self| i128::from(it.digits) * 10_i128.pow(scale - it.scale);
        scaled(self).cmp(&scaled(other))
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
            "-999999999999999999",
            "9999999999999999.9",
            "-9.9999999999999999",
            "12.0501",
            "-0.5",
        ];
        for (a, b) in texts.iter().flat_map(|a| texts.iter().map(move |b| (a, b))) {
            let expected = Decimal::from_str(a).unwrap().cmp(&Decimal::from_str(b).unwrap());
            assert!(Short::of(a).is_some());
            assert_eq!(compare_decimals(a, b), expected, "{a} {b}");
        }
        for it in ["", "-", ".", "-.", ".5", "5.", "--5", "1e5", "+1", "1.2.3", "9999999999999999999"] {
            assert!(Short::of(it).is_none(), "{it}");
        }
    }
}
