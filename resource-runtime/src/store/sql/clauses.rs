//! The conditions of statements.

use super::{SqlText, VERSION};
use crate::field::{IntKind, Kind, Value};
use crate::query::Filter;
use crate::resource::ResourceMeta;
use crate::store::{Key, Select};

/// The conditions of a `WHERE` clause, which is not there before the first of them.
pub(super) struct Clauses {
    word: &'static str,
}

impl Clauses {
    pub(super) const fn new() -> Self {
        Self { word: " WHERE " }
    }

    /// Those behind others that are written already.
    pub(super) const fn more() -> Self {
        Self { word: " AND " }
    }

    pub(super) fn next(&mut self, out: &mut SqlText) {
        out.push(self.word);
        self.word = " AND ";
    }

    pub(super) fn filter(&mut self, out: &mut SqlText, meta: &'static ResourceMeta, filter: &Filter) {
        if *filter == Filter::All {
            return;
        }
        self.next(out);
        // What one comparison writes may bind less tightly than `AND`.
        out.push("(");
        filter.write_sql(meta, out);
        out.push(")");
    }
}

/// Writes that a row is one of a selection's.
pub(super) fn write_where(out: &mut SqlText, select: &Select) {
    let mut clauses = Clauses::new();
    clauses.filter(out, select.meta, &select.scope);
    clauses.filter(out, select.meta, &select.filter);
}

/// Writes that a row is a key's, and has a version if there is one.
pub(super) fn write_key(out: &mut SqlText, key: &Key, version: Option<i64>) {
    let id = key.meta.id_field();
    let mut clauses = Clauses::new();
    clauses.next(out);
    out.ident(id.column);
    out.push(" = ");
    out.bind(key.id.clone(), id.kind);
    clauses.filter(out, key.meta, &key.scope);
    if let Some(version) = version {
        clauses.next(out);
        out.ident(VERSION);
        out.push(" = ");
        out.bind(Value::Int(version), Kind::Int(IntKind::I64));
    }
}
