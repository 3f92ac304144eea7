use rusqlite::Connection;

use super::bind::{self, Failure};
use super::conflict;
use super::read::failed;
use super::row::record;
use crate::field::{Kind, Value};
use crate::resource::{Record, ResourceMeta};
use crate::store::sql::{self, Statement, Statements};
use crate::store::{Key, StoreResult, Write, Written};

/// Carries out one write, inside the transaction that the connection is in.
pub(super) fn apply(connection: &Connection, statements: &Statements, write: Write) -> StoreResult<Written> {
    match write {
        Write::Insert { meta, values, version } => {
            insert(connection, statements, meta, values, version).map_err(|it| failed(meta, it))
        }
        Write::Update { key, changes, version } => {
            let narrow = key.clone().staying_in_scope(&changes);
            let fields: Vec<usize> = changes.iter().map(|(index, _)| *index).collect();
            let sql = statements.update(&narrow, changes, version, &sql::all(key.meta));
            change(connection, statements, &key, &sql, version).map_err(|failure| {
                let row = || changed(connection, statements, &key, &fields, &sql);
                failed(key.meta, conflict::settle(connection, statements, key.meta, failure, row, Some(&key.id)))
            })
        }
        Write::Delete { key, version } => {
            let sql = statements.delete(&key, version, &sql::all(key.meta));
            change(connection, statements, &key, &sql, version).map_err(|it| failed(key.meta, it))
        }
    }
}

/// The new row is what was given, but for the identifier, so that nothing else is read back.
fn insert(
    connection: &Connection,
    statements: &Statements,
    meta: &'static ResourceMeta,
    values: Vec<Value>,
    version: i64,
) -> Result<Written, Failure> {
    let id = meta.id();
    let sql = statements.insert(meta, values, version, &[]);
    let inserted = bind::one(connection, &sql, |_| Ok(()));
    // The values come back from the statement: one for each field in order, then the version. Only
    // an identifier that the table chooses is not among them.
    let mut values: Vec<Value> = sql.binds.into_iter().map(|(value, _)| value).collect();
    values.pop();
    let chosen_here = values.len() < meta.fields.len();
    if let Err(failure) = inserted {
        if chosen_here {
            values.insert(id.min(values.len()), Value::Null);
        }
        return Err(conflict::settle(connection, statements, meta, failure, || Ok(Some(values)), None));
    }
    if chosen_here {
        let chosen = connection.last_insert_rowid();
        if let Kind::Int(width) = meta.id_field().kind
            && !(width.min()..=width.max()).contains(&chosen)
        {
            return Err(Failure::Value(format!("the identifier {chosen} is out of its type's range").into()));
        }
        values.insert(id.min(values.len()), Value::Int(chosen));
    }
    Ok(Written::Done(Record { values, version }))
}

/// The row as an update would have left it.
fn changed(
    connection: &Connection,
    statements: &Statements,
    key: &Key,
    fields: &[usize],
    update: &Statement,
) -> Result<Option<Vec<Value>>, Failure> {
    let sql = statements.get(key, &sql::all(key.meta));
    let Some(mut current) = bind::one(connection, &sql, |row| record(row, key.meta))? else { return Ok(None) };
    // The new values are the first that the statement binds.
    for (field, (value, _)) in fields.iter().zip(&update.binds) {
        if let Some(slot) = current.values.get_mut(*field) {
            slot.clone_from(value);
        }
    }
    Ok(Some(current.values))
}

fn change(
    connection: &Connection,
    statements: &Statements,
    key: &Key,
    sql: &Statement,
    version: Option<i64>,
) -> Result<Written, Failure> {
    if let Some(record) = bind::one(connection, sql, |row| record(row, key.meta))? {
        return Ok(Written::Done(record));
    }
    let Some(expected) = version else { return Ok(Written::Missing) };
    // In the same transaction, which nobody else writes during. A row of the right version was left
    // alone because it would have gone out of the scope.
    let found = bind::one(connection, &statements.version_of(key), |row| Ok(row.get(0)?))?;
    Ok(found.filter(|it| *it != expected).map_or(Written::Missing, |version| Written::Stale { version }))
}
