//! Whether a table that exists fits its resource, and what would mend it.

use std::fmt;

use crate::field::{FieldMeta, IdSource, Kind};
use crate::resource::ResourceMeta;
use crate::store::sql::{Dialect, SqlText, VERSION, schema, sqlite_type};

const DIALECT: Dialect = Dialect::Sqlite;

/// A table as it is.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    /// The names of its indexes.
    pub(super) indexes: Vec<FoundIndex>,
    /// The names of its `CHECK` constraints, and their conditions.
    pub(super) checks: Vec<(String, String)>,
}

#[derive(Debug)]
pub(super) struct FoundIndex {
    pub(super) name: String,
    pub(super) unique: bool,
}

#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    /// As declared.
    pub(super) data_type: String,
    pub(super) collation: Option<String>,
    pub(super) not_null: bool,
    pub(super) has_default: bool,
    /// Whether it is the primary key, alone.
    pub(super) primary_key: bool,
}

/// How a table differs from its resource.
#[derive(Debug)]
pub(super) struct Drift {
    /// One sentence each.
    problems: Vec<String>,
    /// What would mend it.
    statements: Vec<String>,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "- {problem}")?;
        }
        f.write_str("These statements would mend it; look at them, and keep a copy of the file:\n")?;
        for statement in &self.statements {
            writeln!(f, "    {statement};")?;
        }
        Ok(())
    }
}

/// Compares a table with its resource. Indexes that are merely missing are no drift.
pub(super) fn drift(meta: &ResourceMeta, table: &Table) -> Option<Drift> {
    let mut look = Look { meta, table, problems: Vec::new(), statements: Vec::new(), remake: false };
    for (index, field) in meta.fields.iter().enumerate() {
        look.field(field, index == meta.id());
    }
    look.version();
    look.unknown_columns();
    look.leftover_indexes();
    look.finish()
}

struct Look<'a> {
    meta: &'a ResourceMeta,
    table: &'a Table,
    problems: Vec<String>,
    statements: Vec<String>,
    /// Columns can be added to a table; for every other change it has to be made anew.
    remake: bool,
}

impl<'a> Look<'a> {
    fn column(&self, name: &str) -> Option<&'a Column> {
        self.table.columns.iter().find(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// A problem that only a new table mends.
    fn remake(&mut self, problem: String) {
        self.problems.push(problem);
        self.remake = true;
    }

    fn field(&mut self, field: &FieldMeta, id: bool) {
        let column = quoted(field.column);
        let Some(found) = self.column(field.column) else { return self.missing(field, id) };
        if !same_type(found, field) {
            let collation = found.collation.as_deref().filter(|it| *it != "BINARY");
            let collation = collation.map(|it| format!(" COLLATE {it}")).unwrap_or_default();
            let (is, wanted) = (&found.data_type, sqlite_type(&field.kind));
            self.remake(format!("the column {column} is of type {is}{collation}, and should be {wanted}"));
        }
        if id {
            if !found.primary_key {
                self.remake(format!("the column {column} is not the primary key"));
            }
        } else if found.not_null && field.nullable {
            self.remake(format!("the column {column} refuses nulls, and should take them"));
        } else if !found.not_null && !field.nullable {
            self.remake(format!("the column {column} takes nulls, and should refuse them"));
        }
        self.check(field);
    }

    fn missing(&mut self, field: &FieldMeta, id: bool) {
        let column = quoted(field.column);
        let problem = format!("the column {column} is missing");
        if id {
            return self.remake(problem);
        }
        self.problems.push(problem);
        if field.unique && !field.nullable {
            self.problems.push(format!(
                "the values of {column} have to be unique: when it is added, give every row one of its own"
            ));
        }
        let mut definition = SqlText::new(DIALECT);
        schema::write_column(&mut definition, self.meta, field);
        let default = if field.nullable && field.default.is_none() {
            String::new()
        } else {
            format!(" DEFAULT {}", schema::default_literal(DIALECT, field))
        };
        let table = quoted(self.meta.table);
        self.statements.push(format!("ALTER TABLE {table} ADD COLUMN {}{default}", definition.text));
    }

    /// An enum whose variants have changed since its condition was made.
    fn check(&mut self, field: &FieldMeta) {
        let name = schema::check_name(self.meta, field);
        let Some((_, condition)) = self.table.checks.iter().find(|(it, _)| *it == name) else { return };
        let column = quoted(field.column);
        let Kind::Enum(variants) = field.kind else {
            if !matches!(field.kind, Kind::Bool) {
                self.remake(format!("the column {column} takes only some values, and should take all"));
            }
            return;
        };
        let allowed = literals(condition);
        for name in variants.names().filter(|name| !allowed.iter().any(|it| it == name)) {
            self.remake(format!("the column {column} cannot be '{name}'"));
        }
        for name in allowed.iter().filter(|name| !variants.names().any(|it| it == *name)) {
            self.remake(format!("the column {column} can be '{name}', which {} has not", variants.name));
        }
    }

    fn version(&mut self) {
        let column = quoted(VERSION);
        match self.column(VERSION) {
            None => {
                self.problems.push(format!("the column {column} is missing, which holds the versions of rows"));
                let table = quoted(self.meta.table);
                self.statements.push(format!("ALTER TABLE {table} ADD COLUMN {column} INTEGER NOT NULL DEFAULT 1"));
            }
            Some(found) if !found.not_null || !found.data_type.eq_ignore_ascii_case("INTEGER") => {
                self.remake(format!("the column {column} is not INTEGER NOT NULL"));
            }
            Some(_) => {}
        }
    }

    /// The columns that belong to no field.
    fn unknown(&self) -> impl Iterator<Item = &'a Column> + use<'a> {
        let meta = self.meta;
        let known = move |name: &str| {
            let mut names = meta.fields.iter().map(|it| it.column).chain([VERSION]);
            names.any(|it| it.eq_ignore_ascii_case(name))
        };
        self.table.columns.iter().filter(move |it| !known(&it.name))
    }

    fn unknown_columns(&mut self) {
        for it in self.unknown().filter(|it| it.not_null && !it.has_default) {
            let column = quoted(&it.name);
            self.remake(format!("the column {column}, which no field fills, cannot be null and has no default"));
        }
    }

    /// Unique indexes that were made for fields which are no longer declared unique.
    fn leftover_indexes(&mut self) {
        let wanted = schema::indexes(DIALECT, self.meta);
        for FoundIndex { name, .. } in self.table.indexes.iter().filter(|it| it.unique) {
            if schema::is_unique_of_ours(self.meta, name) && !wanted.iter().any(|it| it.name == *name) {
                let name = quoted(name);
                self.problems.push(schema::leftover(self.meta, &name));
                self.statements.push(format!("DROP INDEX {name}"));
            }
        }
    }

    fn finish(mut self) -> Option<Drift> {
        if self.remake {
            self.statements = self.remade();
        }
        (!self.problems.is_empty()).then_some(Drift { problems: self.problems, statements: self.statements })
    }

    /// The statements that make the table anew, with the rows of the old one. Columns that belong
    /// to no field stay.
    fn remade(&self) -> Vec<String> {
        let name = format!("{}__new", self.meta.table);
        let (old, new) = (quoted(self.meta.table), quoted(&name));
        let extra: Vec<_> =
            self.unknown().map(|it| format!("{} {}", quoted(&it.name), strict(&it.data_type))).collect();
        let mut create = SqlText::new(DIALECT);
        create.push("CREATE TABLE ");
        schema::write_definition(&mut create, self.meta, &name, &extra);

        let mut into = Vec::new();
        let mut from = Vec::new();
        for field in self.meta.fields {
            let value = match self.column(field.column) {
                Some(found) => copied(field, found),
                // A new identifier numbers the rows.
                None if field.name == self.meta.id_field().name => continue,
                None => schema::default_literal(DIALECT, field),
            };
            into.push(quoted(field.column));
            from.push(value);
        }
        for it in self.unknown() {
            into.push(quoted(&it.name));
            from.push(format!("CAST({} AS {})", quoted(&it.name), strict(&it.data_type)));
        }
        into.push(quoted(VERSION));
        let version = self.column(VERSION).map(|_| format!("coalesce({}, 1)", quoted(VERSION)));
        from.push(version.unwrap_or_else(|| "1".to_owned()));

        let mut statements = vec!["PRAGMA foreign_keys = OFF".to_owned(), "BEGIN IMMEDIATE".to_owned(), create.text];
        statements.push(format!("INSERT INTO {new} ({}) SELECT {} FROM {old}", into.join(", "), from.join(", ")));
        if matches!((self.meta.id_source(), self.meta.id_field().kind), (IdSource::Store, Kind::Int(_))) {
            // So that the identifiers of deleted rows are not given again.
            let (old, new) = (schema::literal_text(self.meta.table), schema::literal_text(&name));
            statements.push(format!(
                "UPDATE sqlite_sequence SET seq = max(seq, coalesce((SELECT seq FROM sqlite_sequence \
                 WHERE name = {old}), 0)) WHERE name = {new}"
            ));
        }
        statements.push(format!("DROP TABLE {old}"));
        statements.push(format!("ALTER TABLE {new} RENAME TO {old}"));
        statements.push("COMMIT".to_owned());
        statements.push("PRAGMA foreign_keys = ON".to_owned());
        statements
    }
}

fn same_type(found: &Column, field: &FieldMeta) -> bool {
    let wanted = sqlite_type(&field.kind);
    let (base, collation) = wanted.split_once(" COLLATE ").unwrap_or((wanted, "BINARY"));
    let found_collation = found.collation.as_deref().unwrap_or("BINARY");
    found.data_type.eq_ignore_ascii_case(base) && found_collation.eq_ignore_ascii_case(collation)
}

/// What becomes of a column's value in the new table.
fn copied(field: &FieldMeta, found: &Column) -> String {
    let mut value = quoted(field.column);
    if !same_type(found, field) {
        let wanted = sqlite_type(&field.kind);
        value = format!("CAST({value} AS {})", wanted.split(' ').next().unwrap_or(wanted));
    }
    if !found.not_null && !field.nullable && !found.primary_key {
        value = format!("coalesce({value}, {})", schema::default_literal(DIALECT, field));
    }
    value
}

/// The type of strict tables that keeps what a column of this declared type held, by SQLite's rules
/// of affinity.
fn strict(declared: &str) -> &'static str {
    let declared = declared.to_ascii_uppercase();
    let has = |parts: &[&str]| parts.iter().any(|it| declared.contains(it));
    if has(&["INT"]) {
        "INTEGER"
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        "TEXT"
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        "REAL"
    } else {
        "ANY"
    }
}

fn quoted(name: &str) -> String {
    let mut out = SqlText::new(DIALECT);
    out.ident_made(name);
    out.text
}

/// The texts in single quotes that a condition has.
fn literals(condition: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = condition;
    while let Some((_, after)) = rest.split_once('\'') {
        let mut text = String::new();
        rest = after;
        while let Some((part, after)) = rest.split_once('\'') {
            text.push_str(part);
            rest = after;
            let Some(after) = rest.strip_prefix('\'') else { break };
            text.push('\'');
            rest = after;
        }
        found.push(text);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read_with_their_quotes() {
        assert_eq!(literals("CHECK (\"a\" IN ('x', 'it''s', ''))"), ["x", "it's", ""]);
    }

    #[test]
    fn declared_types_become_those_of_strict_tables() {
        for (declared, expected) in
            [("VARCHAR(10)", "TEXT"), ("bigint", "INTEGER"), ("double", "REAL"), ("", "ANY"), ("NUMERIC", "ANY")]
        {
            assert_eq!(strict(declared), expected);
        }
    }
}
