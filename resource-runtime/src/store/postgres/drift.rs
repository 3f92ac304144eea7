//! Tables that do not fit their resources, and the statements that would mend them.
//!
//! A table that people made themselves may differ where nothing depends on it: wider integers,
//! `varchar` for text, a `numeric` of fixed precision, further columns that may stay empty.

use std::fmt::Write as _;

use super::catalog::{Column, Table};
use crate::field::{FieldMeta, IdSource, IntKind, Kind};
use crate::resource::ResourceMeta;
use crate::store::sql::{Dialect, SqlText, VERSION, postgres_type, schema};
use crate::store::{StoreError, StoreErrorKind, StoreResult};

const DIALECT: Dialect = Dialect::Postgres;

/// All that does not fit, table by table.
#[derive(Default)]
pub(super) struct Drift {
    report: String,
}

impl Drift {
    /// Compares a resource with its table.
    pub(super) fn look(&mut self, meta: &ResourceMeta, table: &Table) {
        let mut findings = Findings { table: quoted(meta.table), found: Vec::new(), statements: Vec::new() };
        for field in meta.fields {
            match table.columns.iter().find(|it| it.name == field.column) {
                None => findings.missing(meta, field),
                Some(column) => findings.compare(meta, field, column),
            }
            findings.check(meta, field, table);
        }
        findings.version(table);
        findings.identifier(meta, table);
        for column in &table.columns {
            let known = column.name == VERSION || meta.fields.iter().any(|it| it.column == column.name);
            if !known && column.not_null && !column.has_default {
                findings.unknown(column);
            }
        }
        findings.write(meta, &mut self.report);
    }

    /// An error with the report, where there is anything to report.
    pub(super) fn finish(self) -> StoreResult<()> {
        if self.report.is_empty() {
            return Ok(());
        }
        Err(StoreError::new(StoreErrorKind::Drift { report: self.report }))
    }
}

/// What does not fit in one table.
struct Findings {
    /// The table's name, quoted.
    table: String,
    found: Vec<String>,
    statements: Vec<String>,
}

impl Findings {
    fn missing(&mut self, meta: &ResourceMeta, field: &FieldMeta) {
        let column = quoted(field.column);
        self.found.push(format!("it has no column {column}"));
        let ty = schema::column_type(DIALECT, &field.kind);
        let mut statement = format!("ADD COLUMN {column} {ty}");
        if !field.nullable {
            let _ = write!(statement, " NOT NULL DEFAULT {}", schema::default_literal(DIALECT, field));
        }
        if let Some(check) = schema::check(DIALECT, field) {
            let _ = write!(statement, " CONSTRAINT {} {check}", quoted(&schema::check_name(meta, field)));
        }
        self.alter(&statement);
        if !field.nullable {
            self.alter(&format!("ALTER COLUMN {column} DROP DEFAULT"));
        }
    }

    fn compare(&mut self, meta: &ResourceMeta, field: &FieldMeta, there: &Column) {
        let column = quoted(field.column);
        if !fits(&field.kind, &there.ty) {
            let wanted = schema::column_type(DIALECT, &field.kind);
            let plain = postgres_type(&field.kind);
            self.found.push(format!("the column {column} is of type {}, not {plain}", there.ty));
            self.alter(&format!("ALTER COLUMN {column} TYPE {wanted} USING {column}::{plain}"));
        }
        if there.not_null && field.nullable {
            self.found.push(format!("the column {column} cannot be null"));
            self.alter(&format!("ALTER COLUMN {column} DROP NOT NULL"));
        }
        // A primary key is never null, and is looked at by itself.
        if !there.not_null && !field.nullable && field.name != meta.id_field().name {
            let default = schema::default_literal(DIALECT, field);
            self.found.push(format!("the column {column} can be null"));
            self.statements.push(format!("UPDATE {} SET {column} = {default} WHERE {column} IS NULL", self.table));
            self.alter(&format!("ALTER COLUMN {column} SET NOT NULL"));
        }
    }

    /// An enum whose variants have changed since its constraint was made.
    fn check(&mut self, meta: &ResourceMeta, field: &FieldMeta, table: &Table) {
        let Kind::Enum(variants) = field.kind else { return };
        let name = schema::check_name(meta, field);
        let Some(there) = table.checks.iter().find(|it| it.name == name) else { return };
        let allowed = literals(&there.definition);
        let lacking: Vec<_> = variants.names().filter(|it| !allowed.iter().any(|there| there == it)).collect();
        let surplus: Vec<_> = allowed.iter().filter(|it| !variants.names().any(|name| name == *it)).collect();
        if lacking.is_empty() && surplus.is_empty() {
            return;
        }
        let column = quoted(field.column);
        for name in lacking {
            self.found.push(format!("the column {column} cannot be '{name}'"));
        }
        for name in surplus {
            self.found.push(format!("the column {column} can be '{name}', which {} has not", variants.name));
        }
        let Some(check) = schema::check(DIALECT, field) else { return };
        self.alter(&format!("DROP CONSTRAINT {0}, ADD CONSTRAINT {0} {check}", quoted(&name)));
    }

    fn version(&mut self, table: &Table) {
        let column = quoted(VERSION);
        match table.columns.iter().find(|it| it.name == VERSION) {
            None => {
                self.found.push(format!("it has no column {column}"));
                self.alter(&format!("ADD COLUMN {column} bigint NOT NULL DEFAULT 1"));
            }
            Some(there) if there.ty != "bigint" || !there.not_null => {
                self.found.push(format!("the column {column} is not bigint NOT NULL"));
                self.statements.push(format!("UPDATE {} SET {column} = 1 WHERE {column} IS NULL", self.table));
                self.alter(&format!("ALTER COLUMN {column} TYPE bigint, ALTER COLUMN {column} SET NOT NULL"));
            }
            Some(_) => {}
        }
    }

    fn identifier(&mut self, meta: &ResourceMeta, table: &Table) {
        let field = meta.id_field();
        let column = quoted(field.column);
        let Some(there) = table.columns.iter().find(|it| it.name == field.column) else { return };
        if !table.indexes.iter().any(|it| it.unique_column.as_deref() == Some(field.column)) {
            self.found.push(format!("the column {column} is not unique"));
            let name = quoted(&schema::name(meta.table, &[field.column], "pkey"));
            self.alter(&format!("ADD CONSTRAINT {name} PRIMARY KEY ({column})"));
        }
        let chosen_here = meta.id_source() == IdSource::Store && matches!(field.kind, Kind::Int(_));
        if chosen_here && !there.has_default {
            self.found.push(format!("the column {column} does not number new rows"));
            self.alter(&format!("ALTER COLUMN {column} ADD GENERATED BY DEFAULT AS IDENTITY"));
            self.statements.push(format!(
                "SELECT setval(pg_get_serial_sequence({}, {}), max({column})) FROM {}",
                literal(&self.table),
                literal(field.column),
                self.table
            ));
        }
    }

    fn unknown(&mut self, there: &Column) {
        let column = quoted(&there.name);
        self.found.push(format!("the column {column}, which no field fills, cannot be null and has no default"));
        self.alter(&format!("ALTER COLUMN {column} DROP NOT NULL"));
    }

    fn alter(&mut self, action: &str) {
        self.statements.push(format!("ALTER TABLE {} {action}", self.table));
    }

    fn write(&self, meta: &ResourceMeta, report: &mut String) {
        if self.found.is_empty() {
            return;
        }
        // Writing into a `String` does not fail.
        let _ = write!(
            report,
            "{}the table {} does not fit {}: {}. These statements would mend it:\n{};",
            if report.is_empty() { "" } else { "\n" },
            self.table,
            meta.name,
            self.found.join("; "),
            self.statements.join(";\n")
        );
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
            ty.strip_suffix("[]").is_some_and(|ty| ty == standard(&postgres_type(item)))
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
    out.ident(name);
    out.text
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
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
