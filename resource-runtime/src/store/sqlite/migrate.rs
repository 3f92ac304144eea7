use rusqlite::{Connection, OptionalExtension as _};

use super::error;
use crate::resource::ResourceMeta;
use crate::store::sql::schema::{self, Index};
use crate::store::sql::{Dialect, FoundColumn, FoundTable, drift};
use crate::store::{StoreError, StoreErrorKind, StoreResult};

const DIALECT: Dialect = Dialect::Sqlite;

/// Creates what is missing of the resources' tables and indexes, inside the transaction that the
/// connection is in.
///
/// # Errors
///
/// [`StoreErrorKind::Drift`] with all that does not fit, of all tables.
pub(super) fn migrate(connection: &Connection, resources: &[&'static ResourceMeta]) -> StoreResult<()> {
    let mut report = String::new();
    for meta in resources {
        let fail = |it| error::of(meta, it);
        match find(connection, meta.table).map_err(fail)? {
            None => connection.execute_batch(&schema::table(DIALECT, meta)).map_err(fail)?,
            Some(found) => {
                if let Some(drift) = drift(DIALECT, meta, &found) {
                    report.push_str(&format!("The table \"{}\" does not fit {}:\n{drift}", meta.table, meta.name));
                    continue;
                }
            }
        }
        for index in schema::indexes(DIALECT, meta) {
            create_index(connection, meta, &index, &mut report)?;
        }
    }
    if report.is_empty() { Ok(()) } else { Err(StoreError::new(StoreErrorKind::Drift { report })) }
}

fn create_index(connection: &Connection, meta: &ResourceMeta, index: &Index, report: &mut String) -> StoreResult<()> {
    match connection.execute_batch(&index.create).map_err(|it| error::of(meta, it)) {
        Err(error) if matches!(error.kind(), StoreErrorKind::Duplicate { .. }) => {
            let columns: Vec<_> = index.fields.iter().filter_map(|it| meta.field(it)).map(|it| it.1.column).collect();
            let columns = format!("\"{}\"", columns.join("\", \""));
            report.push_str(&format!(
                "The table \"{table}\" has rows with the same {fields}, which have to be unique. This finds them:\n    \
                 SELECT {columns}, count(*) FROM \"{table}\" GROUP BY {columns} HAVING count(*) > 1;\n",
                table = meta.table,
                fields = index.fields.join(", "),
            ));
            Ok(())
        }
        other => other,
    }
}

/// A table as it is; none where there is none.
fn find(connection: &Connection, table: &str) -> rusqlite::Result<Option<FoundTable>> {
    let definition: Option<String> = connection
        .query_row("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE", [table], |row| {
            row.get(0)
        })
        .optional()?;
    let Some(definition) = definition else { return Ok(None) };
    let mut statement = connection.prepare(
        "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk, (SELECT count(*) FROM pragma_table_xinfo(?1) \
         WHERE pk > 0) FROM pragma_table_xinfo(?1)",
    )?;
    let mut columns = statement
        .query_map([table], |row| {
            let key: (i64, i64) = (row.get(4)?, row.get(5)?);
            Ok(FoundColumn {
                name: row.get(0)?,
                data_type: row.get(1)?,
                collation: None,
                not_null: row.get(2)?,
                has_default: row.get(3)?,
                primary_key: key == (1, 1),
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for column in &mut columns {
        let (_, collation, ..) = connection.column_metadata(None, table, column.name.as_str())?;
        column.collation = collation.map(|it| it.to_string_lossy().into_owned());
    }
    let mut statement = connection.prepare("SELECT name FROM pragma_index_list(?1) WHERE \"unique\"")?;
    let unique = statement.query_map([table], |row| row.get(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Some(FoundTable { columns, unique, checks: checks(&definition) }))
}

/// The named conditions of a table's definition, which SQLite keeps as it was written.
fn checks(definition: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in definition.split("CONSTRAINT \"").skip(1) {
        let Some((name, rest)) = part.split_once('"') else { continue };
        if rest.trim_start().starts_with("CHECK") {
            found.push((name.to_owned(), rest.to_owned()));
        }
    }
    found
}
