//! Tables that do not fit their resources, and the statements that would mend them.
//!
//! A table that people made themselves may differ where nothing depends on it: wider integers,
//! `varchar` for text, a `numeric` of fixed precision, further columns that may stay empty.

use std::fmt;

use super::catalog::{Column, Table};
use crate::field::{FieldMeta, IdSource, IntKind, Kind};
use crate::resource::ResourceMeta;
use crate::store::sql::{Dialect, SqlText, VERSION, postgres_type, schema};

const DIALECT: Dialect = Dialect::Postgres;

/// How a table differs from its resource.
pub(super) struct Drift {
    table: String,
    resource: &'static str,
    /// One sentence each.
    problems: Vec<String>,
    /// What would mend it.
    statements: Vec<String>,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The table {} does not fit {}:", self.table, self.resource)?;
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
pub(super) fn drift(meta: &ResourceMeta, table: &Table) -> Option<Drift> {
    let mut look = Look { meta, table, problems: Vec::new(), statements: Vec::new() };
    for field in meta.fields {
        look.field(field);
    }
    look.version();
    look.identifier();
    look.unknown_columns();
    look.leftover_indexes();
    let Look { problems, statements, .. } = look;
    let found = Drift { table: quoted(meta.table), resource: meta.name, problems, statements };
    (!found.problems.is_empty()).then_some(found)
}

struct Look<'a> {
    meta: &'a ResourceMeta,
    table: &'a Table,
    problems: Vec<String>,
    statements: Vec<String>,
}

impl<'a> Look<'a> {
    fn column(&self, name: &str) -> Option<&'a Column> {
        self.table.columns.iter().find(|it| it.name == name)
    }

    fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    fn alter(&mut self, action: &str) {
        self.statements.push(format!("ALTER TABLE {} {action}", quoted(self.meta.table)));
    }

    fn field(&mut self, field: &FieldMeta) {
        let column = quoted(field.column);
        let Some(found) = self.column(field.column) else { return self.missing(field) };
        if !fits(&field.kind, &found.ty) {
            let wanted = schema::column_type(DIALECT, &field.kind);
            let plain = postgres_type(&field.kind);
            self.problem(format!("the column {column} is of type {}, and should be {plain}", found.ty));
            self.alter(&format!("ALTER COLUMN {column} TYPE {wanted} USING {column}::{plain}"));
        }
        if found.not_null && field.nullable {
            self.problem(format!("the column {column} refuses nulls, and should take them"));
            self.alter(&format!("ALTER COLUMN {column} DROP NOT NULL"));
        }
        // The identifier is looked at by itself: a key has no nulls.
        if !found.not_null && !field.nullable && field.name != self.meta.id_field().name {
            self.problem(format!("the column {column} takes nulls, and should refuse them"));
            let (table, default) = (quoted(self.meta.table), schema::default_literal(DIALECT, field));
            self.statements.push(format!("UPDATE {table} SET {column} = {default} WHERE {column} IS NULL"));
            self.alter(&format!("ALTER COLUMN {column} SET NOT NULL"));
        }
        self.check(field);
    }

    fn missing(&mut self, field: &FieldMeta) {
        let column = quoted(field.column);
        self.problem(format!("the column {column} is missing"));
        let mut definition = SqlText::new(DIALECT);
        schema::write_column(&mut definition, self.meta, field);
        if field.nullable {
            return self.alter(&format!("ADD COLUMN {}", definition.text));
        }
        if field.unique {
            self.problem(format!(
                "the values of {column} have to be unique: after it is added, give every row one of its own"
            ));
        }
        self.alter(&format!("ADD COLUMN {} DEFAULT {}", definition.text, schema::default_literal(DIALECT, field)));
        self.alter(&format!("ALTER COLUMN {column} DROP DEFAULT"));
    }

    /// An enum whose variants have changed since its constraint was made.
    fn check(&mut self, field: &FieldMeta) {
        let Kind::Enum(variants) = field.kind else { return };
        let name = schema::check_name(self.meta, field);
        let Some(found) = self.table.checks.iter().find(|it| it.name == name) else { return };
        let allowed = literals(&found.definition);
        let lacking: Vec<_> = variants.names().filter(|it| !allowed.iter().any(|there| there == it)).collect();
        let surplus: Vec<_> = allowed.iter().filter(|it| !variants.names().any(|name| name == *it)).cloned().collect();
        let column = quoted(field.column);
        if !lacking.is_empty() {
            self.problem(format!("the column {column} refuses the values {}", lacking.join(", ")));
        }
        if !surplus.is_empty() {
            let surplus = surplus.join(", ");
            self.problem(format!("the column {column} takes the values {surplus}, which {} has not", variants.name));
        }
        if let (false, Some(check)) = (lacking.is_empty() && surplus.is_empty(), schema::check(DIALECT, field)) {
            self.alter(&format!("DROP CONSTRAINT {0}, ADD CONSTRAINT {0} {check}", quoted(&name)));
        }
    }

    fn version(&mut self) {
        let column = quoted(VERSION);
        match self.column(VERSION) {
            None => {
                self.problem(format!("the column {column} is missing, which holds the versions of rows"));
                self.alter(&format!("ADD COLUMN {column} bigint NOT NULL DEFAULT 1"));
            }
            Some(found) if found.ty != "bigint" || !found.not_null => {
                self.problem(format!("the column {column}, which holds the versions of rows, is not bigint NOT NULL"));
                let table = quoted(self.meta.table);
                self.statements.push(format!("UPDATE {table} SET {column} = 1 WHERE {column} IS NULL"));
                self.alter(&format!("ALTER COLUMN {column} TYPE bigint, ALTER COLUMN {column} SET NOT NULL"));
            }
            Some(_) => {}
        }
    }

    fn identifier(&mut self) {
        let field = self.meta.id_field();
        let Some(found) = self.column(field.column) else { return };
        let (column, table) = (quoted(field.column), quoted(self.meta.table));
        // One that is unique by itself is as good as a primary key.
        if !self.table.indexes.iter().any(|it| it.unique_column.as_deref() == Some(field.column)) {
            self.problem(format!("the column {column} is not the primary key"));
            let name = quoted(&schema::name(self.meta.table, &[field.column], "pkey"));
            self.alter(&format!("ADD CONSTRAINT {name} PRIMARY KEY ({column})"));
        }
        let chosen_here = self.meta.id_source() == IdSource::Store && matches!(field.kind, Kind::Int(_));
        if chosen_here && !found.has_default {
            self.problem(format!("the column {column} does not number new rows by itself"));
            self.alter(&format!("ALTER COLUMN {column} ADD GENERATED BY DEFAULT AS IDENTITY"));
            self.statements.push(format!(
                "SELECT setval(pg_get_serial_sequence({}, {}), coalesce(max({column}), 0) + 1, false) FROM {table}",
                schema::literal_text(&table),
                schema::literal_text(field.column),
            ));
        }
    }

    fn unknown_columns(&mut self) {
        for found in &self.table.columns {
            let known = found.name == VERSION || self.meta.fields.iter().any(|it| it.column == found.name);
            if !known && found.not_null && !found.has_default {
                let (column, name) = (quoted(&found.name), self.meta.name);
                self.problem(format!("the column {column} is no field of {name}, and takes no row without a value"));
                self.alter(&format!("ALTER COLUMN {column} DROP NOT NULL"));
            }
        }
    }

    /// Unique indexes that were made for fields which are no longer declared unique.
    fn leftover_indexes(&mut self) {
        let wanted = schema::indexes(DIALECT, self.meta);
        for found in self.table.indexes.iter().filter(|it| it.unique) {
            if schema::is_unique_of_ours(self.meta, &found.name) && !wanted.iter().any(|it| it.name == found.name) {
                let name = quoted(&found.name);
                self.problem(schema::leftover(self.meta, &name));
                self.statements.push(format!("DROP INDEX {name}"));
            }
        }
    }
}

/// Whether values of a kind can be kept in a column of a type.
fn fits(kind: &Kind, ty: &str) -> bool {
    match kind {
        Kind::Int(IntKind::I8 | IntKind::I16 | IntKind::U8) => matches!(ty, "smallint" | "integer" | "bigint"),
        Kind::Int(IntKind::I32 | IntKind::U16) => matches!(ty, "integer" | "bigint"),
        Kind::Text | Kind::Enum(_) => matches!(ty, "text" | "character varying"),
        Kind::Timestamp => ty == "timestamp with time zone",
        Kind::Time => ty == "time without time zone",
        Kind::List(item) if !super::is_json(kind) => {
            ty.strip_suffix("[]").is_some_and(|ty| ty == standard(postgres_type(item)))
        }
        _ => ty == postgres_type(kind),
    }
}

/// The name that the server says a type by.
fn standard(ty: &str) -> &str {
    match ty {
        "timestamptz" => "timestamp with time zone",
        "time" => "time without time zone",
        other => other,
    }
}

fn quoted(name: &str) -> String {
    let mut out = SqlText::new(DIALECT);
    out.ident_made(name);
    out.text
}

/// The text literals in a definition.
fn literals(definition: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = definition;
    while let Some((_, after)) = rest.split_once('\'') {
        let mut text = String::new();
        let mut left = after;
        while let Some((part, after)) = left.split_once('\'') {
            text.push_str(part);
            left = after;
            let Some(after) = left.strip_prefix('\'') else { break };
            text.push('\'');
            left = after;
        }
        found.push(text);
        rest = left;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read_with_their_quotes() {
        let definition = "CHECK ((status = ANY (ARRAY['a'::text, 'it''s'::text, ''::text])))";
        assert_eq!(literals(definition), ["a", "it's", ""]);
    }

    #[test]
    fn types_that_hold_every_value_fit() {
        assert!(fits(&Kind::Int(IntKind::U8), "bigint"));
        assert!(!fits(&Kind::Int(IntKind::I64), "integer"));
        assert!(fits(&Kind::Text, "character varying"));
        assert!(!fits(&Kind::Timestamp, "timestamp without time zone"));
        assert!(fits(&Kind::List(&Kind::Timestamp), "timestamp with time zone[]"));
        assert!(!fits(&Kind::Json, "jsonb"));
    }
}
