//! Tables beside a resource's in SQLite, which do what no index of SQLite's can: they hold its
//! rows by something that is inside a column's values, and triggers keep them in step with it.

use super::{Dialect, SqlText, schema};
use crate::field::{FieldMeta, Kind};
use crate::resource::ResourceMeta;

/// A table that is derived from a resource's.
pub(crate) struct Companion {
    /// Its name.
    pub(crate) name: String,
    /// The fields that it is derived from.
    pub(crate) fields: Vec<&'static FieldMeta>,
    /// The statement that creates it.
    pub(crate) create: String,
    /// A part of that statement by which a table that was made here is known.
    pub(crate) mark: String,
    /// The statement that fills it from the whole table.
    pub(crate) fill: String,
    /// The statement of a trigger that enters the row `new`.
    pub(crate) insert: String,
    /// The statement of a trigger that takes the row `old` out.
    pub(crate) delete: String,
    /// A query of one boolean: whether the table is as the triggers have left it.
    pub(crate) fits: Option<String>,
}

/// All that a resource's table has beside it.
pub(crate) fn companions(meta: &ResourceMeta) -> Vec<Companion> {
    super::substring::table(meta).into_iter().chain(super::items::tables(meta)).collect()
}

impl Companion {
    /// The names of the triggers, and the statements that create them, as SQLite keeps them.
    pub(crate) fn triggers(&self, meta: &ResourceMeta) -> Vec<(String, String)> {
        let ident = |name: &str| {
            let mut out = SqlText::new(Dialect::Sqlite);
            out.ident_made(name);
            out.text
        };
        // The identifier of a row changes by somebody else's hand only, but then it does.
        let watched: Vec<_> = self.fields.iter().chain([&meta.id_field()]).map(|it| ident(it.column)).collect();
        let differs: Vec<_> = watched.iter().map(|it| format!("old.{it} IS NOT new.{it}")).collect();
        let (insert, delete) = (&self.insert, &self.delete);
        [
            ("insert", "AFTER INSERT".to_owned(), String::new(), format!("{insert};")),
            ("delete", "AFTER DELETE".to_owned(), String::new(), format!("{delete};")),
            (
                "update",
                format!("AFTER UPDATE OF {}", watched.join(", ")),
                format!(" WHEN {}", differs.join(" OR ")),
                format!("{delete}; {insert};"),
            ),
        ]
        .map(|(event, after, when, body)| {
            let name = format!("{}__{event}", self.name);
            let create =
                format!("CREATE TRIGGER {} {after} ON {}{when} BEGIN {body} END", ident(&name), ident(meta.table));
            (name, create)
        })
        .into()
    }
}

/// SQLite's number of a row, which is the identifier where that is an integer.
pub(super) fn row_number(meta: &ResourceMeta, row: &str) -> String {
    let id = meta.id_field();
    let mut out = SqlText::new(Dialect::Sqlite);
    out.push_made(row);
    out.push(".");
    if matches!(id.kind, Kind::Int(_)) {
        out.ident(id.column);
    } else {
        // All three are names of it, unless columns have them.
        let names = ["rowid", "_rowid_", "oid"];
        let taken = |name: &str| meta.fields.iter().any(|it| it.column.eq_ignore_ascii_case(name));
        out.push(names.into_iter().find(|it| !taken(it)).unwrap_or("rowid"));
    }
    out.text
}

/// The name of a companion of one field.
pub(super) fn name_of(meta: &ResourceMeta, field: &FieldMeta, suffix: &str) -> String {
    schema::name(meta.table, &[field.column], suffix)
}
