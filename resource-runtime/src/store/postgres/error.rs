//! The server's errors, told apart by their SQLSTATE. Their messages go to the log alone.

use std::fmt;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

use crate::resource::ResourceMeta;
use crate::store::sql::{Dialect, schema};
use crate::store::{StoreError, StoreErrorKind};

/// What a failed statement means for who asked. `meta` is the resource that it was about.
pub(super) fn convert(error: Error, meta: Option<&ResourceMeta>) -> StoreError {
    if let (Some(&SqlState::UNDEFINED_TABLE), Some(meta)) = (error.code(), meta) {
        return StoreError::not_migrated(meta);
    }
    let kind = match error.as_db_error() {
        Some(db) => of_server(db, meta),
        None if is_lost(&error) => StoreErrorKind::Unavailable,
        None => StoreErrorKind::Internal,
    };
    StoreError::new(kind).caused_by(Failure(error))
}

/// Whether the server refused a statement, so that nothing was done.
pub(super) fn is_refusal(error: &StoreError) -> bool {
    let failure = std::error::Error::source(error).and_then(|it| it.downcast_ref::<Failure>());
    failure.is_some_and(|it| it.0.as_db_error().is_some_and(|it| !is_fatal(it.code())))
}

/// A connection that did not come about. Whatever the reason, requests cannot be served, and may
/// be later.
pub(super) fn not_connected(error: Error) -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable).caused_by(Failure(error))
}

/// A failure as the log shows it: the driver itself says no more than "db error". The server's
/// detail is left out, because it has values of rows in it.
#[derive(Debug)]
struct Failure(Error);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(db) = self.0.as_db_error() {
            return write!(f, "PostgreSQL says: {} ({})", db.message(), db.code().code());
        }
        write!(f, "{}", self.0)?;
        let mut cause = std::error::Error::source(&self.0);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// Without a source: the sentence has the causes in it, and would be followed by them again.
impl std::error::Error for Failure {}

/// Whether the connection is gone, or about to go, so that nothing more can be asked on it.
pub(super) fn is_lost(error: &Error) -> bool {
    match error.code() {
        Some(code) => is_fatal(code),
        // What the driver itself finds wrong, such as a parameter that cannot be written, has a
        // cause of another type or none.
        None => error.is_closed() || source_is_io(error),
    }
}

/// Whether the connection was ended by somebody's command, or has been before that was said. It says nothing of the server.
pub(super) fn is_ended(error: &Error) -> bool {
    error.is_closed() || error.code() == Some(&SqlState::ADMIN_SHUTDOWN)
}

/// Whether the server has as many connections as it takes.
pub(super) fn is_crowded(error: &Error) -> bool {
    error.code() == Some(&SqlState::TOO_MANY_CONNECTIONS)
}

/// Whether the server gave up to let others go on, or because it took too long.
pub(super) fn is_busy(error: &Error) -> bool {
    error.as_db_error().is_some_and(|it| of_server(it, None) == StoreErrorKind::Busy)
}

/// Whether the server refused a prepared statement because tables have changed since, or does not
/// know it any more. Nothing was done then.
pub(super) fn is_outdated(error: &Error) -> bool {
    let Some(db) = error.as_db_error() else { return false };
    match *db.code() {
        // The routine, because messages are translated.
        SqlState::FEATURE_NOT_SUPPORTED => db.routine() == Some("RevalidateCachedQuery"),
        SqlState::INVALID_SQL_STATEMENT_NAME => true,
        _ => false,
    }
}

fn source_is_io(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

fn is_fatal(code: &SqlState) -> bool {
    let code = code.code();
    // Connection exceptions, shutdowns, a transaction that took too long, and a server that became a
    // standby.
    code.starts_with("08") || matches!(code, "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "25P04" | "25006")
}

fn of_server(db: &DbError, meta: Option<&ResourceMeta>) -> StoreErrorKind {
    match db.code().code() {
        "23505" => StoreErrorKind::Duplicate { fields: meta.map(|it| fields_of(db, it)).unwrap_or_default() },
        "23503" | "23001" => StoreErrorKind::Reference { fields: meta.map(|it| fields_of(db, it)).unwrap_or_default() },
        // A deadlock, a conflict of transactions, a lock that was not had, a timeout.
        "40001" | "40P01" | "55P03" | "57014" | "25P03" | "25P04" => StoreErrorKind::Busy,
        // Text with U+0000, text that is too long, a number out of the column's range.
        "22021" | "22001" | "22003" | "22008" => StoreErrorKind::Invalid,
        // Out of memory, disk, connections.
        code if code.starts_with("53") => StoreErrorKind::Unavailable,
        _ if is_fatal(db.code()) => StoreErrorKind::Unavailable,
        _ => StoreErrorKind::Internal,
    }
}

/// The fields that a constraint is on: by its name, or, where it is none of ours, by the columns
/// that the server names (`Key (isbn, edition)=(…) already exists.`).
fn fields_of(db: &DbError, meta: &ResourceMeta) -> Vec<&'static str> {
    let known = db.constraint().and_then(|it| schema::fields_of(Dialect::Postgres, meta, it));
    known.unwrap_or_else(|| columns_in(db.detail().unwrap_or_default(), meta))
}

fn columns_in(detail: &str, meta: &ResourceMeta) -> Vec<&'static str> {
    let Some((_, rest)) = detail.split_once('(') else { return Vec::new() };
    let Some((columns, _)) = rest.split_once(")=(") else { return Vec::new() };
    let field = |column: &str| {
        let column = column.trim();
        // Names that need quotes have them.
        let column = match column.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
            Some(quoted) => quoted.replace("\"\"", "\""),
            None => column.to_owned(),
        };
        meta.fields.iter().find(|it| it.column == column).map(|it| it.name)
    };
    // All of them or none: some would say the wrong thing.
    columns.split(',').map(field).collect::<Option<_>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::BOOK;

    #[test]
    fn columns_of_foreign_constraints_are_read_from_the_detail() {
        assert_eq!(columns_in("Key (isbn)=(123) already exists.", BOOK), ["isbn"]);
        assert_eq!(columns_in("Key (title, isbn)=(a, (b)=(c) already exists.", BOOK), ["title", "isbn"]);
    }

    #[test]
    fn details_that_name_no_column_of_ours_give_no_field() {
        for detail in ["", "Key", "Key (lower(title))=(a) already exists.", "Key (isbn, shelf)=(1, 2) already exists."]
        {
            assert!(columns_in(detail, BOOK).is_empty(), "{detail}");
        }
    }
}
