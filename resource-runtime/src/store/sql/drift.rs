//! Whether a table that exists fits its resource, and what would mend it.

use std::fmt;

use super::{Dialect, SqlText, VERSION, schema};
use crate::field::{FieldMeta, IdSource, Kind};
use crate::resource::ResourceMeta;

/// A table as the database describes it.
#[derive(Debug, Clone, Default)]
pub struct FoundTable {
    /// Its columns.
    pub columns: Vec<FoundColumn>,
    /// The names of its unique indexes and constraints.
    pub unique: Vec<String>,
    /// The names of its `CHECK` constraints, and their conditions.
    pub checks: Vec<(String, String)>,
}

/// A column as the database describes it.
#[derive(Debug, Clone, Default)]
pub struct FoundColumn {
    /// Its name.
    pub name: String,
    /// Its type: in PostgreSQL as `format_type` gives it, in SQLite as declared.
    pub data_type: String,
    /// Its collation, in SQLite, where it is not the usual one.
    pub collation: Option<String>,
    /// Whether it refuses nulls.
    pub not_null: bool,
    /// Whether it has a value where an insert says nothing of it: a default, an identity.
    pub has_default: bool,
    /// Whether it is the primary key, alone.
    pub primary_key: bool,
}

/// How a table differs from its resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// What does not fit, one sentence each.
    pub problems: Vec<String>,
    /// What would mend it.
    pub statements: Vec<String>,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "- {problem}")?;
        }
        f.write_str("These statements would mend it; look at them, and keep a copy of the data:\n")?;
        for statement in &self.statements {
            writeln!(f, "    {statement};")?;
        }
        Ok(())
    }
}

/// Compares a table with its resource. Indexes that are merely missing are no drift.
#[must_use]
pub fn drift(dialect: Dialect, meta: &ResourceMeta, found: &FoundTable) -> Option<Drift> {
    let mut check = Check { dialect, meta, found, problems: Vec::new(), statements: Vec::new(), rebuild: false };
    for (index, field) in meta.fields.iter().enumerate() {
        check.field(field, index == meta.id());
    }
    check.version();
    check.unknown_columns();
    check.leftover_indexes();
    check.finish()
}

struct Check<'a> {
    dialect: Dialect,
    meta: &'a ResourceMeta,
    found: &'a FoundTable,
    problems: Vec<String>,
    statements: Vec<String>,
    /// SQLite can add and drop columns, and change nothing of those that are there.
    rebuild: bool,
}

impl Check<'_> {
    fn column(&self, name: &str) -> Option<&FoundColumn> {
        let same = |it: &&FoundColumn| match self.dialect {
            Dialect::Sqlite => it.name.eq_ignore_ascii_case(name),
            Dialect::Postgres => it.name == name,
        };
        self.found.columns.iter().find(same)
    }

    /// `ALTER TABLE "books" …`; in SQLite a rebuild does all such changes at once.
    fn alter(&mut self, change: &str) {
        match self.dialect {
            Dialect::Sqlite => self.rebuild = true,
            Dialect::Postgres => {
                let table = quoted(self.meta.table);
                self.statements.push(format!("ALTER TABLE {table} {change}"));
            }
        }
    }

    fn field(&mut self, field: &FieldMeta, id: bool) {
        let column = quoted(field.column);
        let wanted = schema::column_type(self.dialect, &field.kind);
        let Some(found) = self.column(field.column).cloned() else { return self.missing(field, id) };
        if !self.same_type(&found, field) {
            let (is, wanted) = (&found.data_type, &wanted);
            self.problems.push(format!("the column {column} is of type {is}, and should be {wanted}"));
            let base = super::postgres_type(&field.kind);
            self.alter(&format!("ALTER COLUMN {column} TYPE {wanted} USING {column}::{base}"));
        }
        if id {
            self.identifier(field, &found);
        } else if found.not_null && field.nullable {
            self.problems.push(format!("the column {column} refuses nulls, and should take them"));
            self.alter(&format!("ALTER COLUMN {column} DROP NOT NULL"));
        } else if !found.not_null && !field.nullable {
            self.problems.push(format!("the column {column} takes nulls, and should refuse them"));
            if self.dialect == Dialect::Postgres {
                let (table, value) = (quoted(self.meta.table), schema::default_literal(self.dialect, field));
                self.statements.push(format!("UPDATE {table} SET {column} = {value} WHERE {column} IS NULL"));
            }
            self.alter(&format!("ALTER COLUMN {column} SET NOT NULL"));
        }
        self.check(field);
    }

    fn missing(&mut self, field: &FieldMeta, id: bool) {
        let column = quoted(field.column);
        self.problems.push(format!("the column {column} is missing"));
        if id {
            return self
                .alter(&format!("ADD COLUMN {column} {} PRIMARY KEY", schema::column_type(self.dialect, &field.kind)));
        }
        if field.unique && !field.nullable {
            self.problems.push(format!(
                "the values of {column} have to be unique: after it is added, give every row one of its own"
            ));
        }
        let mut definition = SqlText::new(self.dialect);
        schema::write_column(&mut definition, self.meta, field);
        let default = match field.nullable && field.default.is_none() {
            true => String::new(),
            false => format!(" DEFAULT {}", schema::default_literal(self.dialect, field)),
        };
        let table = quoted(self.meta.table);
        self.statements.push(format!("ALTER TABLE {table} ADD COLUMN {}{default}", definition.text));
    }

    fn identifier(&mut self, field: &FieldMeta, found: &FoundColumn) {
        let column = quoted(field.column);
        if !found.primary_key {
            self.problems.push(format!("the column {column} is not the primary key"));
            let name = quoted(&schema::name(self.meta.table, &[field.column], "pkey"));
            self.alter(&format!("ADD CONSTRAINT {name} PRIMARY KEY ({column})"));
        }
        let chosen_here = matches!((self.meta.id_source(), field.kind), (IdSource::Store, Kind::Int(_)));
        if chosen_here && self.dialect == Dialect::Postgres && !found.has_default {
            self.problems.push(format!("the column {column} does not number new rows by itself"));
            self.alter(&format!("ALTER COLUMN {column} ADD GENERATED BY DEFAULT AS IDENTITY"));
            let table = quoted(self.meta.table);
            let (table_text, column_text) = (schema::literal_text(&table), schema::literal_text(field.column));
            self.statements.push(format!(
                "SELECT setval(pg_get_serial_sequence({table_text}, {column_text}), \
                 (SELECT coalesce(max({column}), 0) + 1 FROM {table}), false)"
            ));
        }
    }

    /// An enum that has a new variant, which the table's condition does not know.
    fn check(&mut self, field: &FieldMeta) {
        let name = schema::check_name(self.meta, field);
        let Some((_, found)) = self.found.checks.iter().find(|(it, _)| *it == name) else { return };
        let column = quoted(field.column);
        let missing: Vec<_> = match field.kind {
            Kind::Enum(it) => {
                let known = literals(found);
                it.names().filter(|it| !known.iter().any(|known| known == it)).collect()
            }
            // The values of booleans do not change.
            Kind::Bool => return,
            _ => vec![],
        };
        match field.kind {
            Kind::Enum(_) if missing.is_empty() => return,
            Kind::Enum(_) => {
                self.problems.push(format!("the column {column} refuses the values {}", missing.join(", ")));
            }
            _ => self.problems.push(format!("the column {column} takes only some values, and should take all")),
        }
        let name = quoted(&name);
        self.alter(&format!("DROP CONSTRAINT {name}"));
        if let Some(check) = schema::check(self.dialect, field) {
            self.alter(&format!("ADD CONSTRAINT {name} {check}"));
        }
    }

    fn version(&mut self) {
        if self.column(VERSION).is_some() {
            return;
        }
        let column = quoted(VERSION);
        self.problems.push(format!("the column {column} is missing, which holds the versions of rows"));
        let data_type = match self.dialect {
            Dialect::Sqlite => "INTEGER",
            Dialect::Postgres => "bigint",
        };
        let table = quoted(self.meta.table);
        self.statements.push(format!("ALTER TABLE {table} ADD COLUMN {column} {data_type} NOT NULL DEFAULT 1"));
    }

    fn unknown(&self) -> impl Iterator<Item = &FoundColumn> {
        let known = |name: &str| {
            let names = self.meta.fields.iter().map(|it| it.column).chain([VERSION]);
            names.into_iter().any(|it| match self.dialect {
                Dialect::Sqlite => it.eq_ignore_ascii_case(name),
                Dialect::Postgres => it == name,
            })
        };
        self.found.columns.iter().filter(move |it| !known(&it.name))
    }

    fn unknown_columns(&mut self) {
        let demanding: Vec<_> = self.unknown().filter(|it| it.not_null && !it.has_default).cloned().collect();
        for it in demanding {
            let column = quoted(&it.name);
            let name = self.meta.name;
            self.problems.push(format!("the column {column} is no field of {name}, and takes no row without a value"));
            self.alter(&format!("ALTER COLUMN {column} DROP NOT NULL"));
        }
    }

    /// Unique indexes that were made for a field which is no longer declared unique.
    fn leftover_indexes(&mut self) {
        let wanted = schema::indexes(self.dialect, self.meta);
        let ours = format!("{}__", self.meta.table);
        for name in &self.found.unique {
            let made_here = name.starts_with(&ours) && name.ends_with("__key");
            if made_here && !wanted.iter().any(|it| it.name == *name) {
                let name = quoted(name);
                self.problems.push(format!("the index {name} keeps values unique that no longer have to be"));
                self.statements.push(format!("DROP INDEX {name}"));
            }
        }
    }

    fn same_type(&self, found: &FoundColumn, field: &FieldMeta) -> bool {
        let found_type = found.data_type.to_ascii_lowercase();
        match self.dialect {
            Dialect::Sqlite => {
                let wanted = super::sqlite_type(&field.kind).to_ascii_lowercase();
                let (base, collation) = wanted.split_once(" collate ").unwrap_or((&wanted, "binary"));
                found_type == base && found.collation.as_deref().unwrap_or("binary").eq_ignore_ascii_case(collation)
            }
            Dialect::Postgres => {
                let array = found_type.ends_with("[]");
                let base = found_type.trim_end_matches("[]");
                let base = match base {
                    "timestamp with time zone" => "timestamptz",
                    "time without time zone" => "time",
                    other => other,
                };
                let found_type = if array { format!("{base}[]") } else { base.to_owned() };
                found_type == super::postgres_type(&field.kind)
            }
        }
    }

    fn finish(mut self) -> Option<Drift> {
        if self.rebuild {
            self.statements = self.rebuilt();
        }
        let Self { problems, statements, .. } = self;
        (!problems.is_empty()).then_some(Drift { problems, statements })
    }

    /// SQLite's way to change a table: to make it anew, with the rows of the old one.
    fn rebuilt(&self) -> Vec<String> {
        let (old, name) = (quoted(self.meta.table), format!("{}__new", self.meta.table));
        let new = quoted(&name);
        let mut create = SqlText::new(self.dialect);
        create.push("CREATE TABLE ");
        let unknown: Vec<_> = self.unknown().collect();
        let extra: Vec<_> = unknown.iter().map(|it| format!("{} {}", quoted(&it.name), it.data_type)).collect();
        schema::write_definition(&mut create, self.meta, &name, &extra);

        let mut into = Vec::new();
        let mut from = Vec::new();
        for field in self.meta.fields {
            let column = quoted(field.column);
            into.push(column.clone());
            from.push(match self.column(field.column) {
                None => schema::default_literal(self.dialect, field),
                Some(found) => self.copied(field, found),
            });
        }
        for it in &unknown {
            into.push(quoted(&it.name));
            from.push(quoted(&it.name));
        }
        into.push(quoted(VERSION));
        from.push(if self.column(VERSION).is_some() { quoted(VERSION) } else { "1".to_owned() });

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

    fn copied(&self, field: &FieldMeta, found: &FoundColumn) -> String {
        let mut value = quoted(field.column);
        if !self.same_type(found, field) {
            let base = super::sqlite_type(&field.kind);
            value = format!("CAST({value} AS {})", base.split(' ').next().unwrap_or(base));
        }
        if !found.not_null && !field.nullable && !found.primary_key {
            value = format!("coalesce({value}, {})", schema::default_literal(self.dialect, field));
        }
        value
    }
}

fn quoted(name: &str) -> String {
    let mut out = SqlText::new(Dialect::Sqlite);
    out.ident(name);
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
            match rest.strip_prefix('\'') {
                Some(after) => {
                    text.push('\'');
                    rest = after;
                }
                None => break,
            }
        }
        found.push(text);
    }
    found
}
