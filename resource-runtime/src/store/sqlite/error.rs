//! SQLite's failures as the framework's.

use rusqlite::ffi;

use crate::resource::ResourceMeta;
use crate::store::sql::{Dialect, schema};
use crate::store::{StoreError, StoreErrorKind};

/// A store that cannot be opened, or was closed.
pub(super) fn unavailable(why: String) -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable).caused_by(why)
}

/// A failure of a statement on a resource's table.
pub(super) fn of(meta: &ResourceMeta, error: rusqlite::Error) -> StoreError {
    if error.to_string().starts_with(&format!("no such table: {}", meta.table)) {
        return StoreError::not_migrated(meta);
    }
    StoreError::new(kind(meta, &error)).caused_by(error)
}

/// A failure of a statement on no table in particular.
pub(super) fn general(error: rusqlite::Error) -> StoreError {
    StoreError::new(kind_of_code(&error)).caused_by(error)
}

/// Whether another row has values that a write would have to have alone.
pub(super) const fn is_duplicate(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::SqliteFailure(
            ffi::Error {
                extended_code: ffi::SQLITE_CONSTRAINT_UNIQUE
                    | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                    | ffi::SQLITE_CONSTRAINT_ROWID,
                ..
            },
            _,
        )
    )
}

fn kind(meta: &ResourceMeta, error: &rusqlite::Error) -> StoreErrorKind {
    let rusqlite::Error::SqliteFailure(code, message) = error else { return StoreErrorKind::Internal };
    match code.extended_code {
        _ if is_duplicate(error) => {
            StoreErrorKind::Duplicate { fields: duplicate_fields(meta, message.as_deref().unwrap_or_default()) }
        }
        // The message names neither table nor column.
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => StoreErrorKind::Reference { fields: Vec::new() },
        _ => kind_of_code(error),
    }
}

fn kind_of_code(error: &rusqlite::Error) -> StoreErrorKind {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::OperationInterrupted) => {
            StoreErrorKind::Busy
        }
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::DiskFull
            | ErrorCode::NotADatabase
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::PermissionDenied
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::OutOfMemory,
        ) => StoreErrorKind::Unavailable,
        _ => StoreErrorKind::Internal,
    }
}

/// The fields of `UNIQUE constraint failed: books.isbn, books.year`, or, for an index on an
/// expression, of `UNIQUE constraint failed: index 'books__email__fold'`.
fn duplicate_fields(meta: &ResourceMeta, message: &str) -> Vec<&'static str> {
    let Some((_, what)) = message.split_once("failed: ") else { return Vec::new() };
    if let Some(index) = what.strip_prefix("index '").and_then(|it| it.strip_suffix('\'')) {
        return schema::fields_of(Dialect::Sqlite, meta, index).unwrap_or_default();
    }
    let field = |column: &str| {
        let column = column.strip_prefix(meta.table)?.strip_prefix('.')?;
        meta.fields.iter().find(|it| it.column.eq_ignore_ascii_case(column)).map(|it| it.name)
    };
    what.split(", ").filter_map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::BOOK;

    #[test]
    fn a_table_that_nobody_has_made_is_told_with_the_call_that_makes_it() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let error = connection.prepare("SELECT * FROM \"books\"").unwrap_err();
        let sentence = crate::error::with_causes(&of(BOOK, error));
        assert_eq!(sentence, "the store failed: there is no table `books`; call `migrate::<Book>()` first");
    }

    #[test]
    fn duplicates_name_fields() {
        assert_eq!(duplicate_fields(BOOK, "UNIQUE constraint failed: books.isbn"), ["isbn"]);
        assert_eq!(duplicate_fields(BOOK, "UNIQUE constraint failed: books.isbn, books.title"), ["isbn", "title"]);
        assert_eq!(duplicate_fields(BOOK, "UNIQUE constraint failed: index 'books__isbn__key'"), ["isbn"]);
        assert_eq!(duplicate_fields(BOOK, "UNIQUE constraint failed: index 'of_another'"), [""; 0]);
        assert_eq!(duplicate_fields(BOOK, ""), [""; 0]);
    }
}
