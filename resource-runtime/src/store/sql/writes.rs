//! The statements that write rows. They take their values out of what they are given, so that no value
//! is copied; a text does not depend on them.

use super::clauses::write_key;
use super::{Dialect, SqlText, VERSION};
use crate::field::{IntKind, Kind, Value};
use crate::resource::ResourceMeta;
use crate::store::Key;

/// Adds a row of these values, one per field, and gives these columns back, then the version. The
/// identifier is left to the table where it is not `with_id`.
pub(super) fn write_insert(
    out: &mut SqlText,
    meta: &'static ResourceMeta,
    values: &mut [Value],
    with_id: bool,
    version: i64,
    returning: &[usize],
) {
    let id = meta.id();
    let is_given = |index: usize| with_id || index != id;
    out.push("INSERT INTO ");
    out.ident(meta.table);
    out.push(" (");
    for (_, field) in meta.fields.iter().enumerate().filter(|(index, _)| is_given(*index)) {
        out.ident(field.column);
        out.push(", ");
    }
    out.ident(VERSION);
    out.push(") VALUES (");
    for (index, (field, value)) in meta.fields.iter().zip(values).enumerate() {
        if is_given(index) {
            out.bind(take(value), field.kind);
            out.push(", ");
        }
    }
    out.bind(Value::Int(version), Kind::Int(IntKind::I64));
    out.push(")");
    write_result(out, meta, returning);
}

/// Gives some fields of one row other values, and gives these columns back as they are then, and
/// the version.
pub(super) fn write_update(
    out: &mut SqlText,
    key: &Key,
    changes: &mut [(usize, Value)],
    version: Option<i64>,
    returning: &[usize],
) {
    out.push("UPDATE ");
    out.ident(key.meta.table);
    out.push(" SET ");
    for (index, value) in changes {
        let Some(field) = key.meta.fields.get(*index) else { continue };
        out.ident(field.column);
        out.push(" = ");
        out.bind(take(value), field.kind);
        out.push(", ");
    }
    out.ident(VERSION);
    out.push(" = ");
    out.ident(VERSION);
    out.push(" + 1");
    write_key(out, key, version);
    write_result(out, key.meta, returning);
}

/// Removes one row, and gives these columns back as they were, and the version.
pub(super) fn write_delete(out: &mut SqlText, key: &Key, version: Option<i64>, returning: &[usize]) {
    out.push("DELETE FROM ");
    out.ident(key.meta.table);
    write_key(out, key, version);
    write_returning(out, key.meta, returning);
}

/// What a row that is there now has. SQLite is asked for nothing where no column is wanted: for what it
/// gives back it keeps a copy of every page that the statement changes, and makes a table.
fn write_result(out: &mut SqlText, meta: &'static ResourceMeta, columns: &[usize]) {
    if out.dialect != Dialect::Sqlite || !columns.is_empty() {
        write_returning(out, meta, columns);
    }
}

fn write_returning(out: &mut SqlText, meta: &'static ResourceMeta, columns: &[usize]) {
    out.push(" RETURNING ");
    out.columns(meta, columns);
}

fn take(value: &mut Value) -> Value {
    std::mem::replace(value, Value::Null)
}
