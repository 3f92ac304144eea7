//! The items of lists, as SQLite looks for them: a table of each item with the rows that have it.
//!
//! PostgreSQL keeps lists as arrays, which a GIN index serves.

use super::companion::{Companion, name_of};
use super::{Dialect, SqlText};
use crate::field::{FieldMeta, Kind};
use crate::query::Operator;
use crate::resource::ResourceMeta;

/// Whether rows are looked for by the items of a field.
pub(crate) fn is_indexed(field: &FieldMeta) -> bool {
    let asked = field.filters.iter().any(|it| matches!(it.operator, Operator::HasAll | Operator::HasAny));
    field.index && asked && matches!(field.kind, Kind::List(item) if item.is_ordered())
}

/// The name of the table of a field's items. It has the columns `value` and `row`, which is the
/// row's identifier.
pub(crate) fn name(meta: &ResourceMeta, field: &FieldMeta) -> String {
    name_of(meta, field, "items")
}

/// The tables of the items of a resource's lists.
pub(super) fn tables(meta: &ResourceMeta) -> Vec<Companion> {
    meta.fields.iter().filter(|it| is_indexed(it)).filter_map(|it| table(meta, it)).collect()
}

fn table(meta: &ResourceMeta, field: &'static FieldMeta) -> Option<Companion> {
    let Kind::List(item) = field.kind else { return None };
    let name = name(meta, field);
    let ident = |name: &str| {
        let mut out = SqlText::new(Dialect::Sqlite);
        out.ident_made(name);
        out.text
    };
    let (quoted, id, table) = (ident(&name), ident(meta.id_field().column), ident(meta.table));
    // Items are kept as `json_each` gives them; see `write_source`.
    let ty = if matches!(item, Kind::Decimal) { "TEXT COLLATE DECIMAL" } else { "ANY" };
    let id_type = super::sqlite_type(&meta.id_field().kind);
    let items = |row: &str| {
        let mut out = SqlText::new(Dialect::Sqlite);
        let column = format!("{row}.{}", ident(field.column));
        // A list that somebody else broke does not keep its row from being written or deleted.
        write_source(&mut out, &format!("CASE WHEN json_valid({column}) THEN {column} END"), item);
        out.text
    };
    let into = format!("INSERT OR IGNORE INTO {quoted} (\"value\", \"row\") SELECT _items.value,");
    Some(Companion {
        create: format!(
            "CREATE TABLE {quoted} (\"value\" {ty} NOT NULL, \"row\" {id_type} NOT NULL, \
             PRIMARY KEY (\"value\", \"row\")) STRICT, WITHOUT ROWID"
        ),
        fill: format!("{into} {table}.{id} FROM {table}, {} AS _items", items(&table)),
        insert: format!("{into} new.{id} FROM {} AS _items", items("new")),
        delete: format!(
            "DELETE FROM {quoted} WHERE \"row\" = old.{id} AND \"value\" IN (SELECT _items.value FROM {} AS _items)",
            items("old")
        ),
        mark: "PRIMARY KEY (\"value\", \"row\")) STRICT, WITHOUT ROWID".to_owned(),
        fits: None,
        fields: vec![field],
        name,
    })
}

/// Writes the source of a list's items, whose column `value` has them.
pub(crate) fn write_source(out: &mut SqlText, list: &str, item: &Kind) {
    out.push("json_each(");
    if matches!(item, Kind::F32 | Kind::F64 | Kind::Decimal) {
        // SQLite would read these numbers as floats, by its own rounding. With quotes around them
        // they stay as they are written; numbers have neither quotes nor commas in them.
        out.push("'[\"' || replace(substr(");
        out.push_made(list);
        out.push(", 2, length(");
        out.push_made(list);
        out.push(") - 2), ',', '\",\"') || '\"]'");
    } else {
        out.push_made(list);
    }
    out.push(")");
}
