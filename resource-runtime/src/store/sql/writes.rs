//! The statements that write rows. They take their values out of what they are given, so that no value
//! is copied; a text does not depend on them.

use super::clauses::{Clauses, write_key};
use super::{Dialect, SqlText, VERSION, array, postgres_type};
use crate::field::{FieldMeta, IntKind, Kind, Value};
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
    write_into(out, meta, with_id);
    out.push(" VALUES (");
    for (index, field) in given(meta, with_id) {
        let Some(value) = values.get_mut(index) else { continue };
        out.bind(take(value), field.kind);
        out.push(", ");
    }
    out.bind(Value::Int(version), Kind::Int(IntKind::I64));
    out.push(")");
    write_result(out, meta, returning);
}

/// The fields that an insertion has values for.
fn given(meta: &'static ResourceMeta, with_id: bool) -> impl Iterator<Item = (usize, &'static FieldMeta)> {
    let id = meta.id();
    meta.fields.iter().enumerate().filter(move |(index, _)| with_id || *index != id)
}

fn write_into(out: &mut SqlText, meta: &'static ResourceMeta, with_id: bool) {
    out.push("INSERT INTO ");
    out.ident(meta.table);
    out.push(" (");
    for (_, field) in given(meta, with_id) {
        out.ident(field.column);
        out.push(", ");
    }
    out.ident(VERSION);
    out.push(")");
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

/// Adds rows in PostgreSQL, of one value per field each, and gives these columns back in the rows' order, then
/// the version. The identifiers are left to the table where they are not `with_id`.
pub(super) fn write_insert_many(
    out: &mut SqlText,
    meta: &'static ResourceMeta,
    rows: &mut Several,
    with_id: bool,
    returning: &[usize],
) {
    let given = || given(meta, with_id);
    write_into(out, meta, with_id);
    out.push(" SELECT ");
    for (index, field) in given() {
        write_one_of_several(out, index, &field.kind);
        out.push(", ");
    }
    out.push("\"=version\" FROM unnest(");
    for (index, field) in given() {
        rows.bind(out, index, &field.kind);
        out.push(", ");
    }
    rows.bind_versions(out);
    out.push(") AS _rows (");
    for (index, _) in given() {
        write_name_of_several(out, index);
        out.push(", ");
    }
    out.push("\"=version\")");
    write_returning(out, meta, returning);
}

/// Gives the same fields of some rows in PostgreSQL other values each, and gives these columns back as they are
/// then, the version, and at which place in the request the row was, from 1 on; in no order. Rows that
/// somebody has locked are left as they are, and so is one of two changes of the same row.
pub(super) fn write_update_many(
    out: &mut SqlText,
    of: &Key,
    fields: &[usize],
    rows: &mut Several,
    returning: &[usize],
) {
    let (table, id) = (of.meta.table, of.meta.id_field());
    let fields = || fields.iter().filter_map(|index| Some((*index, of.meta.fields.get(*index)?)));
    out.push("UPDATE ");
    out.ident(table);
    out.push(" SET ");
    for (index, field) in fields() {
        out.ident(field.column);
        out.push(" = ");
        write_one_of_several(out, index, &field.kind);
        out.push(", ");
    }
    out.ident(VERSION);
    out.push(" = ");
    out.ident(VERSION);
    out.push(" + 1 FROM (SELECT _rows.* FROM unnest(");
    // How many there are is hidden from the planner, which else would plan anew for fewer than usual.
    out.push("(SELECT ");
    rows.bind(out, of.meta.id(), &id.kind);
    for (index, field) in fields() {
        out.push("), (SELECT ");
        rows.bind(out, index, &field.kind);
    }
    out.push("), (SELECT ");
    rows.bind_versions(out);
    out.push(")) WITH ORDINALITY AS _rows (\"=id\", ");
    for (index, _) in fields() {
        write_name_of_several(out, index);
        out.push(", ");
    }
    out.push("\"=version\", \"=place\") JOIN ");
    out.ident(table);
    out.push(" ON ");
    out.ident(id.column);
    // A write that waits for one row would hold the locks of others meanwhile, and could so come to wait for
    // itself.
    out.push(" = \"=id\" FOR NO KEY UPDATE OF ");
    out.ident(table);
    out.push(" SKIP LOCKED) AS _rows WHERE ");
    out.ident(id.column);
    out.push(" = \"=id\" AND (\"=version\" IS NULL OR ");
    out.ident(VERSION);
    out.push(" = \"=version\")");
    let mut clauses = Clauses::more();
    clauses.filter(out, of.meta, &of.scope);
    write_returning(out, of.meta, returning);
    out.push(", \"=place\"");
}

/// A name that is no column's.
fn write_name_of_several(out: &mut SqlText, field: usize) {
    out.push("\"=");
    out.number(field as u64);
    out.push("\"");
}

fn write_one_of_several(out: &mut SqlText, field: usize, kind: &Kind) {
    write_name_of_several(out, field);
    if is_text_among_several(kind) {
        out.push("::");
        out.push(postgres_type(kind));
    }
}

/// Whether several values of a kind are sent as texts: arrays have no arrays of several lengths in them.
const fn is_text_among_several(kind: &Kind) -> bool {
    matches!(kind, Kind::List(_) | Kind::Object(_) | Kind::Json)
}

/// The values of several rows, by field, and their versions.
#[derive(Debug, Default)]
pub(in crate::store) struct Several {
    /// The values by the field's position, one per row.
    pub(in crate::store) fields: Vec<(usize, Vec<Value>)>,
    /// Null where it does not matter.
    pub(in crate::store) versions: Vec<Value>,
}

impl Several {
    fn bind(&mut self, out: &mut SqlText, field: usize, kind: &'static Kind) {
        let values = self.fields.iter_mut().find(|(index, _)| *index == field);
        let mut values = values.map(|(_, values)| std::mem::take(values)).unwrap_or_default();
        if is_text_among_several(kind) {
            for value in values.iter_mut().filter(|it| !it.is_null()) {
                *value = Value::Text(array::text(value, kind));
            }
            out.bind(Value::List(values), Kind::List(&Kind::Text));
        } else {
            out.bind(Value::List(values), Kind::List(kind));
        }
    }

    fn bind_versions(&mut self, out: &mut SqlText) {
        out.bind(Value::List(std::mem::take(&mut self.versions)), Kind::List(&Kind::Int(IntKind::I64)));
    }
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
