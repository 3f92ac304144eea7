//! Tables and indexes of resources, under names that tell their fields.
//!
//! # Indexes
//!
//! What a resource declares, its table serves from indexes, unless a field says `index = false`:
//!
//! | declared | index |
//! |---|---|
//! | `sort` | the column with the identifier, in both directions: `…__sort`, `…__desc` |
//! | `eq`, `in`, `gt` … `lte`, `starts_with`, `is_null` | that, or else the column: `…__idx` |
//! | `ieq` | the folded column: `…__fold` |
//! | `contains`, `icontains`, `ends_with`, `search` | trigrams: `…__trigram`, `…__fold_trigram` |
//! | `has_all`, `has_any` | the items: `…__gin` in PostgreSQL, the table `…__items` in SQLite |
//! | `is_null` of what has no order | the identifiers of the nulls: `…__null` |
//! | a default order of several fields | all of them and the identifier: `…__order` |
//! | `index(a, b)` | these columns: `…__idx` |
//!
//! These are read from the table, row by row, until the page is full:
//!
//! - `ne` and `nin`, which hold for nearly every row, and values that a large part of the rows has;
//! - parts of texts of fewer than three characters;
//! - parts of texts in PostgreSQL where `pg_trgm` cannot be had, which is said in the log;
//! - orders and bounds of texts that may have more than 500 characters, in PostgreSQL, whose B-trees
//!   refuse long values: give the field a length, or it is sorted anew for each page (equality has
//!   a hash index);
//! - orders by several fields that are not the default one, where many rows are equal in the first:
//!   `index(a, b)` mends it.
//!
//! SQLite keeps no statistics: it takes an index of the filter's wherever there is one, and sorts what
//! it finds. Where that takes longer than a page should, the store goes along the order's index for
//! some time instead, which is the shorter way where many rows match.

use sha2::{Digest as _, Sha256};

pub use super::literal::default_literal;
pub(crate) use super::literal::literal_text;
use super::{Dialect, SqlText, VERSION, postgres_type, sqlite_type};
use crate::field::{FieldMeta, IdSource, Kind, Rule};
use crate::query::Operator;
use crate::resource::ResourceMeta;
use crate::store::Select;

/// An index of a resource's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Its name in the database.
    pub name: String,
    /// Whether no two rows may have the same values.
    pub unique: bool,
    /// The names of the fields that it is on.
    pub fields: Vec<&'static str>,
    /// The statement that creates it where it is missing.
    pub create: String,
}

/// The statements that create what is missing of a resource's table and its indexes.
#[must_use]
pub fn create(dialect: Dialect, meta: &ResourceMeta) -> Vec<String> {
    let mut statements = vec![table(dialect, meta)];
    statements.extend(indexes(dialect, meta).into_iter().map(|it| it.create));
    statements
}

/// The statement that creates a resource's table where it is missing.
#[must_use]
pub fn table(dialect: Dialect, meta: &ResourceMeta) -> String {
    let mut out = SqlText::new(dialect);
    out.push("CREATE TABLE IF NOT EXISTS ");
    write_definition(&mut out, meta, meta.table, &[]);
    out.text
}

/// Writes a table's name and everything after it, with the definitions of further columns.
pub(crate) fn write_definition(out: &mut SqlText, meta: &ResourceMeta, name: &str, extra: &[String]) {
    out.ident(name);
    out.push(" (");
    for (index, field) in meta.fields.iter().enumerate() {
        if index == meta.id() {
            write_id(out, meta, field);
        } else {
            write_column(out, meta, field);
        }
        out.push(", ");
    }
    for column in extra {
        out.push(column);
        out.push(", ");
    }
    out.ident(VERSION);
    out.push(match out.dialect {
        Dialect::Sqlite => " INTEGER NOT NULL DEFAULT 1) STRICT",
        Dialect::Postgres => " bigint NOT NULL DEFAULT 1)",
    });
}

/// The type of a field's column, with its collation.
///
/// PostgreSQL sorts and compares text by the database's locale unless told otherwise; with the
/// collation on the column every condition, order and index agrees on code points.
pub(crate) fn column_type(dialect: Dialect, kind: &Kind) -> String {
    match dialect {
        Dialect::Sqlite => sqlite_type(kind).to_owned(),
        Dialect::Postgres if matches!(kind, Kind::Text | Kind::Enum(_)) => "text COLLATE \"C\"".to_owned(),
        Dialect::Postgres => postgres_type(kind),
    }
}

fn write_id(out: &mut SqlText, meta: &ResourceMeta, field: &FieldMeta) {
    let chosen_here = matches!((meta.id_source(), field.kind), (IdSource::Store, Kind::Int(_)));
    out.ident(field.column);
    out.push(" ");
    out.push(&column_type(out.dialect, &field.kind));
    match out.dialect {
        // Without AUTOINCREMENT the identifier of a deleted row could be given to another.
        Dialect::Sqlite if chosen_here => out.push(" PRIMARY KEY AUTOINCREMENT"),
        Dialect::Sqlite => out.push(" PRIMARY KEY NOT NULL"),
        Dialect::Postgres => {
            if chosen_here {
                out.push(" GENERATED BY DEFAULT AS IDENTITY");
            }
            out.push(" CONSTRAINT ");
            out.ident(&name(meta.table, &[field.column], "pkey"));
            out.push(" PRIMARY KEY");
        }
    }
    write_check(out, meta, field);
}

/// Writes a column that is not the identifier's, as in `CREATE TABLE`.
pub(crate) fn write_column(out: &mut SqlText, meta: &ResourceMeta, field: &FieldMeta) {
    out.ident(field.column);
    out.push(" ");
    out.push(&column_type(out.dialect, &field.kind));
    if !field.nullable {
        out.push(" NOT NULL");
    }
    write_check(out, meta, field);
}

/// The name of the constraint that holds a column to the values of its enum.
pub(crate) fn check_name(meta: &ResourceMeta, field: &FieldMeta) -> String {
    name(meta.table, &[field.column], "check")
}

/// The condition that holds a column to the values of its kind, where the type does not.
pub(crate) fn check(dialect: Dialect, field: &FieldMeta) -> Option<String> {
    let values = match (field.kind, dialect) {
        (Kind::Enum(it), _) => it.names().map(literal_text).collect::<Vec<_>>().join(", "),
        (Kind::Bool, Dialect::Sqlite) => "0, 1".to_owned(),
        _ => return None,
    };
    let mut out = SqlText::new(dialect);
    out.push("CHECK (");
    out.ident(field.column);
    out.push(" IN (");
    out.push(&values);
    out.push("))");
    Some(out.text)
}

fn write_check(out: &mut SqlText, meta: &ResourceMeta, field: &FieldMeta) {
    let Some(check) = check(out.dialect, field) else { return };
    out.push(" CONSTRAINT ");
    out.ident(&check_name(meta, field));
    out.push(" ");
    out.push(&check);
}

/// The indexes of a resource's table: for `unique`, for every order and filter that is declared,
/// and those that the resource asks for.
///
/// A field's order is indexed together with the identifier, which ends every order. What no plain
/// index helps (`ne`, `contains`, search) has none.
#[must_use]
pub fn indexes(dialect: Dialect, meta: &ResourceMeta) -> Vec<Index> {
    let mut plan = Plan { dialect, meta, indexes: Vec::new() };
    for field in meta.fields.iter().filter(|it| it.unique) {
        plan.unique(&[field.name]);
    }
    for set in meta.unique {
        plan.unique(set);
    }
    let id = meta.id();
    for (_, field) in meta.fields.iter().enumerate().filter(|(index, it)| it.index && *index != id) {
        plan.field(field);
    }
    plan.default_order();
    for set in meta.indexes {
        let fields = plan.fields(set);
        plan.add("idx", false, &fields, &plan.columns(&fields));
    }
    plan.indexes
}

struct Plan<'a> {
    dialect: Dialect,
    meta: &'a ResourceMeta,
    indexes: Vec<Index>,
}

impl Plan<'_> {
    fn fields(&self, names: &[&str]) -> Vec<&'static FieldMeta> {
        names.iter().filter_map(|name| self.meta.field(name)).map(|(_, field)| field).collect()
    }

    fn unique(&mut self, names: &[&str]) {
        let fields = self.fields(names);
        let parts: Vec<_> = fields.iter().map(|it| self.unique_part(it)).collect();
        self.add("key", true, &fields, &format!("({})", parts.join(", ")));
    }

    /// A B-tree of PostgreSQL refuses rows with a text of more than some 2,700 bytes. Texts that may be
    /// that long are compared by their digest, of which two texts have the same by intent only.
    fn unique_part(&self, field: &FieldMeta) -> String {
        let column = self.column(field);
        if self.fits(field) { column } else { format!("md5({column})") }
    }

    fn field(&mut self, field: &'static FieldMeta) {
        let any = |operators: &[Operator]| field.filters.iter().any(|it| operators.contains(&it.operator));
        let equality = any(&[Operator::Eq, Operator::In, Operator::IsNull]);
        let range = any(&[Operator::Gt, Operator::Gte, Operator::Lt, Operator::Lte, Operator::StartsWith]);
        let fits = self.fits(field);
        if field.kind.is_ordered() {
            if field.sort && fits {
                self.sort(field);
            } else if (equality || range) && !field.unique && fits {
                self.add("idx", false, &[field], &self.columns(&[field]));
            } else if equality && !(field.unique && fits) {
                self.add("hash", false, &[field], &format!("USING hash ({})", self.column(field)));
            }
        }
        // What is null is found in any index in order; where there is none it gets one.
        if any(&[Operator::IsNull]) && field.nullable && !(field.kind.is_ordered() && fits) {
            let id = self.column(self.meta.id_field());
            self.add("null", false, &[field], &format!("({id}) WHERE {} IS NULL", self.column(field)));
        }
        if any(&[Operator::Ieq]) {
            self.fold(field, fits);
        }
        if any(&[Operator::HasAll, Operator::HasAny]) && self.is_array(field) {
            let column = self.column(field);
            let (suffix, items) = match field.kind {
                Kind::List(Kind::Text) => ("items", items(&column)),
                _ => ("gin", column),
            };
            self.add(suffix, false, &[field], &format!("USING gin ({items})"));
        }
    }

    /// Both directions: the identifier, which ends every order, ascends in either.
    fn sort(&mut self, field: &'static FieldMeta) {
        let columns = self.with_id(&[(field, "")]);
        self.add("sort", false, &[field], &columns);
        // The rows of one value are one row, or in the other direction read backwards.
        if field.unique && !field.nullable {
            return;
        }
        let nulls_last = field.nullable && self.dialect == Dialect::Postgres;
        let columns = self.with_id(&[(field, if nulls_last { " DESC NULLS LAST" } else { " DESC" })]);
        self.add("desc", false, &[field], &columns);
    }

    fn fold(&mut self, field: &'static FieldMeta, fits: bool) {
        let folded = fold(self.dialect, &self.column(field));
        let method = if fits { "" } else { "USING hash " };
        self.add("fold", false, &[field], &format!("{method}({folded})"));
    }

    /// An index for the order of lists that ask for none, where it has several keys.
    fn default_order(&mut self) {
        let keys: Vec<_> = self.meta.sort.iter().filter_map(|key| Some((key, self.meta.field(key.field)?.1))).collect();
        if keys.len() < 2 || !keys.iter().all(|(_, field)| field.index && self.fits(field)) {
            return;
        }
        let direction = |descending: bool, nulls_first: bool, nullable: bool| match (self.dialect, descending) {
            (Dialect::Postgres, true) if nullable && !nulls_first => " DESC NULLS LAST",
            (Dialect::Postgres, false) if nullable && nulls_first => " NULLS FIRST",
            (_, true) => " DESC",
            (_, false) => "",
        };
        let parts: Vec<_> = keys
            .iter()
            .map(|(key, field)| (*field, direction(key.descending, key.nulls_first, field.nullable)))
            .collect();
        let fields: Vec<_> = keys.iter().map(|(_, field)| *field).collect();
        self.add("order", false, &fields, &self.with_id(&parts));
    }

    fn add(&mut self, suffix: &str, unique: bool, fields: &[&'static FieldMeta], on: &str) {
        let columns: Vec<_> = fields.iter().map(|it| it.column).collect();
        let name = name(self.meta.table, &columns, suffix);
        if fields.is_empty() || self.indexes.iter().any(|it| it.name == name) {
            return;
        }
        let index = index(self.dialect, self.meta, suffix, fields, on);
        let create =
            if unique { index.create.replacen("CREATE INDEX", "CREATE UNIQUE INDEX", 1) } else { index.create };
        self.indexes.push(Index { unique, create, ..index });
    }

    fn column(&self, field: &FieldMeta) -> String {
        column(self.dialect, field)
    }

    fn columns(&self, fields: &[&'static FieldMeta]) -> String {
        let columns: Vec<_> = fields.iter().map(|it| self.column(it)).collect();
        format!("({})", columns.join(", "))
    }

    fn with_id(&self, parts: &[(&'static FieldMeta, &'static str)]) -> String {
        let id = self.meta.id_field();
        let mut columns: Vec<_> =
            parts.iter().map(|(field, direction)| format!("{}{direction}", self.column(field))).collect();
        // An integer key of SQLite is the row's number, which ends each of its indexes anyway.
        let implied = self.dialect == Dialect::Sqlite && matches!(id.kind, Kind::Int(_));
        if parts.iter().all(|(field, _)| field.name != id.name) && !implied {
            columns.push(self.column(id));
        }
        format!("({})", columns.join(", "))
    }

    fn is_array(&self, field: &FieldMeta) -> bool {
        self.dialect == Dialect::Postgres && postgres_type(&field.kind).ends_with("[]")
    }

    /// Whether an ordered index takes every value of a field. PostgreSQL refuses rows whose indexed
    /// values have more than some 2,700 bytes, so that text of any length gets a hash index, which
    /// only equality can use.
    fn fits(&self, field: &FieldMeta) -> bool {
        if self.dialect == Dialect::Sqlite || !field.kind.is_text() {
            return true;
        }
        field.rules.iter().any(|it| match it.rule {
            Rule::Length { max, equal, .. } => equal.or(max).is_some_and(|most| most <= 500),
            _ => false,
        })
    }
}

/// The name of SQLite's index that has the order of a selection, or at least its first key's, so that
/// only rows that are equal there are sorted.
pub(super) fn order_index(select: &Select) -> Option<String> {
    let (meta, dialect) = (select.meta, Dialect::Sqlite);
    let (first, last) = (select.sort.first()?, select.sort.last()?);
    let columns = [meta.fields.get(first.field)?.column];
    let wanted = ["sort", "desc"].map(|suffix| name(meta.table, &columns, suffix));
    let mut found: Vec<_> = indexes(dialect, meta).into_iter().filter(|it| wanted.contains(&it.name)).collect();
    // The rows of one value are in the identifier's order, in one of them as they are, in the other
    // the other way round.
    let mixed = first.descending != last.descending;
    let index = found.iter().position(|it| it.name == wanted[usize::from(mixed)]).unwrap_or(0);
    (index < found.len()).then(|| found.swap_remove(index).name)
}

/// An index that is not unique, on what the text says.
pub(super) fn index(
    dialect: Dialect,
    meta: &ResourceMeta,
    suffix: &str,
    fields: &[&'static FieldMeta],
    on: &str,
) -> Index {
    let columns: Vec<_> = fields.iter().map(|it| it.column).collect();
    let name = name(meta.table, &columns, suffix);
    let mut out = SqlText::new(dialect);
    out.push("CREATE INDEX IF NOT EXISTS ");
    out.ident(&name);
    out.push(" ON ");
    out.ident(meta.table);
    out.push(" ");
    out.push(on);
    Index { name, unique: false, fields: fields.iter().map(|it| it.name).collect(), create: out.text }
}

/// A column, quoted. Its collation is the column's, or, where PostgreSQL's table was made by
/// somebody else, the one that orders ask for.
pub(super) fn column(dialect: Dialect, field: &FieldMeta) -> String {
    let mut out = SqlText::new(dialect);
    out.ident(field.column);
    if dialect == Dialect::Postgres && matches!(field.kind, Kind::Text | Kind::Enum(_)) {
        out.push(" COLLATE \"C\"");
    }
    out.text
}

/// The expression that folds the case of a text.
#[must_use]
pub fn fold(dialect: Dialect, text: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("resource_fold({text})"),
        Dialect::Postgres => {
            let text = text.strip_suffix(" COLLATE \"C\"").unwrap_or(text);
            format!("translate(lower({text} COLLATE \"und-x-icu\"), 'ς', 'σ')")
        }
    }
}

/// The items of a list of text in PostgreSQL, as the keys of an object: a GIN index takes keys of
/// any length, and items of arrays only up to some 2,700 bytes.
pub(crate) fn items(text_array: &str) -> String {
    format!("jsonb_object({text_array}, {text_array})")
}

/// The fields that a constraint or index of a resource's table is on; none where the name is not
/// one of ours.
#[must_use]
pub fn fields_of(dialect: Dialect, meta: &ResourceMeta, constraint: &str) -> Option<Vec<&'static str>> {
    let id = meta.id_field();
    if constraint == name(meta.table, &[id.column], "pkey") || constraint == format!("{}_pkey", meta.table) {
        return Some(vec![id.name]);
    }
    indexes(dialect, meta).into_iter().find(|it| it.name == constraint).map(|it| it.fields)
}

/// The name of an index or constraint: `books__author_name__sort`.
///
/// Names that would be too long for PostgreSQL, or could be read in two ways, are cut and end in
/// a hash.
#[must_use]
pub fn name(table: &str, columns: &[&str], suffix: &str) -> String {
    const MOST: usize = 63;
    let parts: Vec<&str> = std::iter::once(table).chain(columns.iter().copied()).chain([suffix]).collect();
    let plain = parts.join("__");
    let ambiguous = parts.iter().any(|it| it.contains("__") || it.starts_with('_') || it.ends_with('_'));
    if plain.len() <= MOST && !ambiguous {
        return plain;
    }
    // Lengths in front, so that no two lists of parts give the same text to hash.
    let mut hash = Sha256::new();
    for part in &parts {
        hash.update(part.len().to_string());
        hash.update(":");
        hash.update(part);
    }
    let hash: String = hash.finalize().iter().take(5).map(|it| format!("{it:02x}")).collect();
    let tail = format!("__{hash}__{suffix}");
    let mut head = table.to_owned();
    for column in columns {
        head.push_str("__");
        head.push_str(column);
    }
    let mut end = head.len().min(MOST.saturating_sub(tail.len()));
    while !head.is_char_boundary(end) {
        end -= 1;
    }
    head.truncate(end);
    head + &tail
}
