use std::fmt::Write as _;

use rusqlite::{Connection, OptionalExtension as _};

use super::drift::{Column, FoundIndex, Table, drift};
use super::error;
use crate::resource::ResourceMeta;
use crate::store::sql::Dialect;
use crate::store::sql::companion::{Companion, companions};
use crate::store::sql::schema::{self, Index};
use crate::store::{Migration, StoreError, StoreErrorKind, StoreResult};

const DIALECT: Dialect = Dialect::Sqlite;

/// Creates what is missing of the resources' tables and indexes, inside the transaction that the
/// connection is in.
///
/// # Errors
///
/// [`StoreErrorKind::Drift`] with all that does not fit, of all tables.
pub(super) fn migrate(connection: &Connection, resources: &[&'static ResourceMeta]) -> StoreResult<Migration> {
    let mut report = String::new();
    let mut created = Vec::new();
    for meta in resources {
        let fail = |it| error::of(meta, it);
        let indexes = match find(connection, meta.table).map_err(fail)? {
            None => {
                connection.execute_batch(&schema::table(DIALECT, meta)).map_err(fail)?;
                created.push(meta.table);
                Vec::new()
            }
            Some(found) => {
                if let Some(drift) = drift(meta, &found) {
                    // Writing into a `String` does not fail.
                    let _ = write!(report, "The table \"{}\" does not fit {}:\n{drift}", meta.table, meta.name);
                    continue;
                }
                found.indexes
            }
        };
        for index in schema::indexes(DIALECT, meta) {
            if !indexes.iter().any(|it| it.name == index.name) {
                create_index(connection, meta, &index, &mut report)?;
            }
        }
        for companion in companions(meta) {
            if let Some(problem) = keep(connection, meta, &companion).map_err(fail)? {
                let _ = writeln!(report, "{problem}");
            }
        }
    }
    if report.is_empty() { Ok(Migration { created }) } else { Err(StoreError::new(StoreErrorKind::Drift { report })) }
}

fn create_index(connection: &Connection, meta: &ResourceMeta, index: &Index, report: &mut String) -> StoreResult<()> {
    // Without `IF NOT EXISTS`, which would pass over an index of that name on another table.
    let create = index.create.replacen(" IF NOT EXISTS", "", 1);
    match connection.execute_batch(&create).map_err(|it| error::of(meta, it)) {
        Err(error) if matches!(error.kind(), StoreErrorKind::Duplicate { .. }) => {
            let _ = write!(
                report,
                "The table \"{table}\" has rows with the same {fields}, which have to be unique. This finds them:\n    \
                 {};\n",
                schema::duplicates(DIALECT, meta, &index.fields),
                table = meta.table,
                fields = index.fields.join(", "),
            );
            Ok(())
        }
        other => other,
    }
}

/// Creates and fills a table beside a resource's, unless it is there as it should be. What is in the
/// way, if it was not made here.
fn keep(connection: &Connection, meta: &ResourceMeta, wanted: &Companion) -> rusqlite::Result<Option<String>> {
    let mut find = connection.prepare_cached("SELECT sql FROM sqlite_schema WHERE name = ?1")?;
    let mut find = |name: &str| find.query_row([name], |row| row.get::<_, Option<String>>(0)).optional();
    let table = find(&wanted.name)?.flatten();
    let triggers = wanted.triggers(meta);
    let mut found = Vec::new();
    for (name, _) in &triggers {
        found.push(find(name)?.flatten());
    }
    let foreign = |found: &Option<String>, mark: &str| found.as_deref().is_some_and(|it| !it.contains(mark));
    let in_the_way = std::iter::once((&table, &wanted.name, wanted.mark.as_str()))
        .chain(found.iter().zip(&triggers).map(|(found, (name, _))| (found, name, wanted.name.as_str())))
        .find(|(found, _, mark)| foreign(found, mark));
    if let Some((_, name, _)) = in_the_way {
        return Ok(Some(format!(
            "\"{name}\" is in the way of the table \"{}\", which the filters of {} need; rename it",
            wanted.name, meta.name
        )));
    }
    let complete = table.as_deref() == Some(&*wanted.create)
        && found.iter().zip(&triggers).all(|(found, (_, create))| found.as_deref() == Some(&**create));
    let fits = match &wanted.fits {
        Some(query) if complete => connection.query_row(query, [], |row| row.get(0))?,
        Some(_) | None => complete,
    };
    if fits {
        return Ok(None);
    }
    tracing::info!(resource = meta.name, table = wanted.name, "filling an index in SQLite");
    let mut statements: Vec<String> =
        triggers.iter().map(|(name, _)| format!("DROP TRIGGER IF EXISTS \"{}\"", name.replace('"', "\"\""))).collect();
    statements.push(format!("DROP TABLE IF EXISTS \"{}\"", wanted.name.replace('"', "\"\"")));
    statements.extend([wanted.create.clone(), wanted.fill.clone()]);
    statements.extend(triggers.into_iter().map(|(_, create)| create));
    connection.execute_batch(&statements.join(";\n"))?;
    Ok(None)
}

/// A table as it is; none where there is none.
fn find(connection: &Connection, table: &str) -> rusqlite::Result<Option<Table>> {
    let definition = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE";
    let definition: Option<String> = connection.query_row(definition, [table], |row| row.get(0)).optional()?;
    let Some(definition) = definition else { return Ok(None) };
    let mut statement = connection.prepare(
        "SELECT name, type, \"notnull\", dflt_value IS NOT NULL OR hidden > 0, pk, \
         (SELECT count(*) FROM pragma_table_xinfo(?1) WHERE pk > 0) FROM pragma_table_xinfo(?1)",
    )?;
    let mut columns = statement
        .query_map([table], |row| {
            let key: (i64, i64) = (row.get(4)?, row.get(5)?);
            Ok(Column {
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
    let mut statement = connection.prepare("SELECT name, \"unique\" FROM pragma_index_list(?1)")?;
    let indexes = statement
        .query_map([table], |row| Ok(FoundIndex { name: row.get(0)?, unique: row.get(1)? }))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Some(Table { columns, indexes, checks: checks(&definition) }))
}

/// The named conditions of a table's definition, which SQLite keeps as it was written.
fn checks(definition: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in definition.split("CONSTRAINT \"").skip(1) {
        let Some((name, rest)) = part.split_once('"') else { continue };
        if let Some(condition) = rest.trim_start().strip_prefix("CHECK") {
            found.push((name.to_owned(), bracketed(condition).to_owned()));
        }
    }
    found
}

/// The text up to where its first bracket is closed.
fn bracketed(text: &str) -> &str {
    let mut open = 0_u32;
    let mut quote = None;
    for (index, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(end), _) if byte == end => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(') => open += 1,
            (None, b')') if open <= 1 => return text.get(..=index).unwrap_or(text),
            (None, b')') => open -= 1,
            (None, _) => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_end_where_their_brackets_do() {
        let definition = r#"CREATE TABLE t (a TEXT CONSTRAINT "t__a__check" CHECK ("a" IN ('x', ')''(')) DEFAULT 'y',
            CONSTRAINT "u" UNIQUE (a), CONSTRAINT "c" CHECK (a <> 'z'))"#;
        let expected = [("t__a__check", r#" ("a" IN ('x', ')''('))"#), ("c", " (a <> 'z')")];
        assert_eq!(checks(definition), expected.map(|(name, condition)| (name.to_owned(), condition.to_owned())));
    }
}
