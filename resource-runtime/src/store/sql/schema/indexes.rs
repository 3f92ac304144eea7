//! The indexes of a resource's table.
//!
//! What a resource declares, its table serves from indexes, unless a field says `index = false`:
//!
//! | declared | index |
//! |---|---|
//! | `sort` | the column with the identifier, in both directions: `…__sort`, `…__desc` |
//! | `eq`, `in`, `is_null` | that, or else the column and the default order's: `…__page`, in PostgreSQL with those of other filters |
//! | `gt` … `lte`, `starts_with` | one of those, or else the column: `…__idx` |
//! | `ieq` | the folded column: `…__fold` |
//! | `contains`, `icontains`, `ends_with`, `search` | trigrams: `…__trigram`, `…__fold_trigram` |
//! | `has_all`, `has_any` | the items: `…__gin` in PostgreSQL, the table `…__items` in SQLite |
//! | `is_null` of what has no order | the identifiers of the nulls: `…__null` |
//! | a default order of several fields | all of them and the identifier: `…__order` |
//! | `index(a, b)` | these columns: `…__idx` |
//!
//! The rows of one value lie in `…__page` in the order in which lists show them, so that a page is read
//! from its beginning, and not sorted out of all that match. Orders that cannot be there (of texts, of
//! what each update changes, of the identifier alone) leave the column by itself: `…__idx`. In PostgreSQL
//! the columns of up to six other filters follow, unless they are texts: rows that those leave out are
//! never looked up in the table, and to count, none is.
//!
//! Where deletes are soft, all of these are of the rows that are not deleted (`WHERE deleted_at IS NULL`),
//! which every request asks for: values of deleted rows are free, and deleted rows cost their place in
//! the table alone. `…__deleted` has those that are, in the order in which they are purged. Trigrams,
//! and items in SQLite, are of all rows.
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

use super::{column, folded_column, items, name, pages};
use crate::field::{FieldMeta, Kind, Rule};
use crate::query::Operator;
use crate::resource::ResourceMeta;
use crate::store::Select;
use crate::store::sql::{Dialect, SqlText, postgres_type};

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

/// The indexes of a resource's table: for `unique`, for every order and filter that is declared,
/// and those that the resource asks for.
///
/// A field's order is indexed together with the identifier, which ends every order. What no plain
/// index helps (`ne`, `contains`, search) has none.
#[must_use]
pub fn indexes(dialect: Dialect, meta: &ResourceMeta) -> Vec<Index> {
    let mut plan = Plan { dialect, meta, live: live(dialect, meta), indexes: Vec::new() };
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
    plan.deleted();
    plan.indexes
}

struct Plan<'a> {
    dialect: Dialect,
    meta: &'a ResourceMeta,
    /// The condition that rows are not deleted, where deletes are soft.
    live: Option<String>,
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
        let (equality, range) = (is_equality(field), is_range(field));
        let fits = self.fits(field);
        if field.kind.is_ordered() {
            if field.sort && fits {
                self.sort(field);
            } else if (equality || range) && !field.unique && fits {
                self.filter(field);
            } else if equality && !(field.unique && fits) {
                self.add("hash", false, &[field], &format!("USING hash ({})", self.column(field)));
            }
        }
        // What is null is found in any index in order; where there is none it gets one.
        if any(&[Operator::IsNull]) && field.nullable && !(field.kind.is_ordered() && fits) {
            let column = self.column(field);
            // SQLite takes one index of live rows for as good as another, but for one that a condition is on.
            let on_itself = self.dialect == Dialect::Sqlite && self.live.is_some();
            let key = if on_itself { column.clone() } else { self.column(self.meta.id_field()) };
            self.add("null", false, &[field], &format!("({key}) WHERE {column} IS NULL"));
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

    /// An index for a filter by a field that has no order of its own.
    fn filter(&mut self, field: &'static FieldMeta) {
        if !pages::is_paged(self.dialect, self.meta, field) {
            return self.add("idx", false, &[field], &self.columns(&[field]));
        }
        let parts: Vec<_> = std::iter::once((field, "")).chain(self.order()).collect();
        let covered: Vec<_> = match self.dialect {
            Dialect::Sqlite => Vec::new(),
            Dialect::Postgres => pages::covered(self.meta, field).collect(),
        };
        let fields: Vec<_> = parts.iter().map(|(field, _)| *field).chain(covered.iter().copied()).collect();
        self.add("page", false, &fields, &self.with_id_and(&parts, &covered));
    }

    fn fold(&mut self, field: &'static FieldMeta, fits: bool) {
        let folded = folded_column(self.dialect, field);
        let method = if fits { "" } else { "USING hash " };
        self.add("fold", false, &[field], &format!("{method}({folded})"));
    }

    /// An index for the order of lists that ask for none, where it has several keys.
    fn default_order(&mut self) {
        let parts = self.order();
        if parts.len() < 2 || !parts.iter().all(|(field, _)| field.index && self.fits(field)) {
            return;
        }
        let fields: Vec<_> = parts.iter().map(|(field, _)| *field).collect();
        self.add("order", false, &fields, &self.with_id(&parts));
    }

    /// The order of lists that ask for none, as its index has it.
    fn order(&self) -> Vec<(&'static FieldMeta, &'static str)> {
        let direction = |descending: bool, nulls_first: bool, nullable: bool| match (self.dialect, descending) {
            (Dialect::Postgres, true) if nullable && !nulls_first => " DESC NULLS LAST",
            (Dialect::Postgres, false) if nullable && nulls_first => " NULLS FIRST",
            (_, true) => " DESC",
            (_, false) => "",
        };
        let keys = self.meta.sort.iter().filter_map(|key| Some((key, self.meta.field(key.field)?.1)));
        keys.map(|(key, field)| (field, direction(key.descending, key.nulls_first, field.nullable))).collect()
    }

    /// The deleted rows, in the order in which they are purged.
    fn deleted(&mut self) {
        let Some(mark) = self.meta.soft_delete().and_then(|it| self.meta.fields.get(it)) else { return };
        let on = format!("{} WHERE {} IS NOT NULL", self.with_id(&[(mark, "")]), self.column(mark));
        self.indexes.push(index(self.dialect, self.meta, "deleted", &[mark], &on));
    }

    fn add(&mut self, suffix: &str, unique: bool, fields: &[&'static FieldMeta], on: &str) {
        let index = match &self.live {
            // Under another name than an index of all rows, so that one that is there is not taken for it.
            Some(live) => {
                let word = if on.contains(" WHERE ") { "AND" } else { "WHERE" };
                index(self.dialect, self.meta, &format!("live_{suffix}"), fields, &format!("{on} {word} {live}"))
            }
            None => index(self.dialect, self.meta, suffix, fields, on),
        };
        if fields.is_empty() || self.indexes.iter().any(|it| it.name == index.name) {
            return;
        }
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
        self.with_id_and(parts, &[])
    }

    fn with_id_and(&self, parts: &[(&'static FieldMeta, &'static str)], after: &[&'static FieldMeta]) -> String {
        let id = self.meta.id_field();
        let mut columns: Vec<_> =
            parts.iter().map(|(field, direction)| format!("{}{direction}", self.column(field))).collect();
        // An integer key of SQLite is the row's number, which ends each of its indexes anyway.
        let implied = self.dialect == Dialect::Sqlite && matches!(id.kind, Kind::Int(_));
        if parts.iter().all(|(field, _)| field.name != id.name) && !implied {
            columns.push(self.column(id));
        }
        columns.extend(after.iter().map(|it| self.column(it)));
        format!("({})", columns.join(", "))
    }

    fn is_array(&self, field: &FieldMeta) -> bool {
        self.dialect == Dialect::Postgres && postgres_type(&field.kind).ends_with("[]")
    }

    fn fits(&self, field: &FieldMeta) -> bool {
        fits(self.dialect, field)
    }
}

/// Whether an ordered index takes every value of a field. PostgreSQL refuses rows whose indexed
/// values have more than some 2,700 bytes, so that text of any length gets a hash index, which
/// only equality can use.
pub(super) fn fits(dialect: Dialect, field: &FieldMeta) -> bool {
    if dialect == Dialect::Sqlite || !field.kind.is_text() {
        return true;
    }
    field.rules.iter().any(|it| match it.rule {
        Rule::Length { max, equal, .. } => equal.or(max).is_some_and(|most| most <= 500),
        _ => false,
    })
}

/// Whether a field has filters by which values it has.
pub(super) fn is_equality(field: &FieldMeta) -> bool {
    let operators = [Operator::Eq, Operator::In, Operator::IsNull];
    field.filters.iter().any(|it| operators.contains(&it.operator))
}

/// Whether a field has filters by ranges of its values.
pub(super) fn is_range(field: &FieldMeta) -> bool {
    let operators = [Operator::Gt, Operator::Gte, Operator::Lt, Operator::Lte, Operator::StartsWith];
    field.filters.iter().any(|it| operators.contains(&it.operator))
}

/// The name of SQLite's index that has the order of a selection, or at least its first key's, so that
/// only rows that are equal there are sorted.
pub(in crate::store::sql) fn order_index(select: &Select) -> Option<String> {
    let (meta, dialect) = (select.meta, Dialect::Sqlite);
    let (first, last) = (select.sort.first()?, select.sort.last()?);
    let columns = [meta.fields.get(first.field)?.column];
    let suffixes = if meta.soft_delete().is_some() { ["live_sort", "live_desc"] } else { ["sort", "desc"] };
    let wanted = suffixes.map(|suffix| name(meta.table, &columns, suffix));
    let mut found: Vec<_> = indexes(dialect, meta).into_iter().filter(|it| wanted.contains(&it.name)).collect();
    // The rows of one value are in the identifier's order, in one of them as they are, in the other
    // the other way round.
    let mixed = first.descending != last.descending;
    let index = found.iter().position(|it| Some(&it.name) == wanted.get(usize::from(mixed))).unwrap_or(0);
    (index < found.len()).then(|| found.swap_remove(index).name)
}

/// An index that is not unique, on what the text says.
pub(in crate::store::sql) fn index(
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
    out.ident_made(&name);
    out.push(" ON ");
    out.ident(meta.table);
    out.push(" ");
    out.push_made(on);
    Index { name, unique: false, fields: fields.iter().map(|it| it.name).collect(), create: out.text }
}

/// The condition that a row is not deleted, where deletes are soft.
pub(super) fn live(dialect: Dialect, meta: &ResourceMeta) -> Option<String> {
    let mark = meta.fields.get(meta.soft_delete()?)?;
    Some(format!("{} IS NULL", column(dialect, mark)))
}
