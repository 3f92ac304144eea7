//! Indexes for parts of texts: which fields have them, and how a search in them is written.
//!
//! # Design
//!
//! Both databases index trigrams, all three characters in a row that a text has. A text that
//! contains `asimov` has the trigrams `asi` and `mov`; the converse does not hold, so that every
//! row that an index finds is compared with the text itself. Parts of fewer than three characters
//! have no trigram, and are looked for in all rows.
//!
//! PostgreSQL has the module `pg_trgm`: GIN indexes on the column (for `contains` and `ends_with`)
//! and on its folded text (for `icontains` and search), which the operators' `LIKE` uses as it is.
//!
//! SQLite has FTS5's tokenizer `trigram`: one virtual table per resource ([`table`]) with a column
//! for each of its fields, kept in step by triggers. It has folded text only. Folding goes by single
//! characters, so that a text which contains a part, folded contains the folded part, and one table
//! serves the operators that regard case too.

use super::companion::{Companion, row_number};
use super::schema::{self, Index};
use super::{Dialect, SqlText};
use crate::field::{FieldMeta, Kind, Value, fold};
use crate::query::Operator;
use crate::resource::ResourceMeta;

/// The characters of a trigram.
const LENGTH: usize = 3;
/// Trigrams of a part that are looked up at most: many more find hardly less rows.
const MOST: usize = 24;

/// Whether a field declares one of these operators.
fn declares(field: &FieldMeta, operators: &[Operator]) -> bool {
    field.filters.iter().any(|it| operators.contains(&it.operator))
}

/// Whether parts of a field's text are looked for as they are.
fn is_exact(field: &FieldMeta) -> bool {
    field.index && matches!(field.kind, Kind::Text) && declares(field, &[Operator::Contains, Operator::EndsWith])
}

/// Whether parts of a field's text are looked for whatever the case of the letters.
fn is_folded(field: &FieldMeta) -> bool {
    let asked = field.search || declares(field, &[Operator::Icontains]);
    field.index && matches!(field.kind, Kind::Text) && asked
}

fn is_indexed(field: &FieldMeta) -> bool {
    is_exact(field) || is_folded(field)
}

/// PostgreSQL's indexes for parts of texts, where the schema that `pg_trgm` is in is known.
#[must_use]
pub(crate) fn indexes(meta: &ResourceMeta, module: &str) -> Vec<Index> {
    let mut operators = SqlText::new(Dialect::Postgres);
    operators.ident_made(module);
    operators.push(".gin_trgm_ops");
    let index = |field: &'static FieldMeta, suffix: &str, on: &str| {
        let on = format!("USING gin ({on} {})", operators.text);
        schema::index(Dialect::Postgres, meta, suffix, &[field], &on)
    };
    let mut found = Vec::new();
    for field in meta.fields {
        let column = schema::column(Dialect::Postgres, field);
        if is_exact(field) {
            found.push(index(field, "trigram", &column));
        }
        if is_folded(field) {
            found.push(index(field, "fold_trigram", &format!("({})", schema::folded_column(Dialect::Postgres, field))));
        }
    }
    found
}

/// Whether a resource has fields whose parts of texts are looked for.
pub(crate) fn is_wanted(meta: &ResourceMeta) -> bool {
    meta.fields.iter().any(is_indexed)
}

/// The name of SQLite's table of trigrams.
fn name(meta: &ResourceMeta) -> String {
    schema::name(meta.table, &[], "trigram")
}

/// The name of a field's column in it. FTS5 has names of its own, such as `rank`.
fn column(field: &FieldMeta) -> String {
    format!("_{}", field.column)
}

/// SQLite's table of the trigrams of a resource's texts; none where nothing asks for it.
///
/// It keeps no text (`content=''`), and of each trigram in which rows it is, but not where.
pub(crate) fn table(meta: &ResourceMeta) -> Option<Companion> {
    let fields: Vec<_> = meta.fields.iter().filter(|it| is_indexed(it)).collect();
    if fields.is_empty() {
        return None;
    }
    let name = name(meta);
    let mut create = SqlText::new(Dialect::Sqlite);
    create.push("CREATE VIRTUAL TABLE ");
    create.ident_made(&name);
    create.push(" USING fts5(");
    let mut into = SqlText::new(Dialect::Sqlite);
    into.push("INSERT OR REPLACE INTO ");
    into.ident_made(&name);
    into.push(" (rowid");
    for field in &fields {
        create.ident_made(&column(field));
        create.push(", ");
        into.push(", ");
        into.ident_made(&column(field));
    }
    create.push("content='', contentless_delete=1, detail=column, tokenize='trigram case_sensitive 1')");
    into.push(")");
    let values = |row: &str| {
        let mut out = SqlText::new(Dialect::Sqlite);
        out.push_made(&row_number(meta, row));
        for field in &fields {
            out.push(", resource_fold(");
            out.push_made(row);
            out.push(".");
            out.ident(field.column);
            out.push(")");
        }
        out.text
    };
    let mut delete = SqlText::new(Dialect::Sqlite);
    delete.push("DELETE FROM ");
    delete.ident_made(&name);
    delete.push_made(&format!(" WHERE rowid = {}", row_number(meta, "old")));
    let mut whole = SqlText::new(Dialect::Sqlite);
    whole.ident(meta.table);
    let mut rows = SqlText::new(Dialect::Sqlite);
    rows.ident_made(&format!("{name}_docsize"));
    Some(Companion {
        fill: format!("{} SELECT {} FROM {}", into.text, values(&whole.text), whole.text),
        // SQLite may number the rows of a table anew when it is dumped and read again, unless its
        // identifiers are these numbers. Then the last number differs, unless none did.
        fits: Some(format!(
            "SELECT (SELECT max({}) FROM {}) IS (SELECT max(id) FROM {})",
            row_number(meta, &whole.text),
            whole.text,
            rows.text
        )),
        create: create.text,
        mark: "USING fts5(".to_owned(),
        insert: format!("{} VALUES ({})", into.text, values("new")),
        delete: delete.text,
        fields,
        name,
    })
}

/// Whether SQLite's table of trigrams can find the rows that have a part in a field's text.
pub(crate) fn serves(field: &FieldMeta, part: &str) -> bool {
    is_indexed(field) && fold(part).chars().nth(LENGTH - 1).is_some()
}

/// Writes SQLite's condition that a row may have a part in a field's text, where the index
/// [`serves`] that.
pub(crate) fn write_candidates(out: &mut SqlText, meta: &ResourceMeta, field: &FieldMeta, part: &str) {
    let name = name(meta);
    let mut table = SqlText::new(Dialect::Sqlite);
    table.ident(meta.table);
    out.push_made(&row_number(meta, &table.text));
    out.push(" IN (SELECT rowid FROM ");
    out.ident_made(&name);
    out.push(" WHERE ");
    out.ident_made(&name);
    out.push(" MATCH ");
    out.bind(Value::Text(query(field, part)), Kind::Text);
    out.push(")");
}

/// What FTS5 is asked for: `"_title" : ("asi" AND "mov")`. Every text in it is quoted, so that
/// nothing a client sends is read as syntax.
fn query(field: &FieldMeta, part: &str) -> String {
    let chars: Vec<char> = fold(part).chars().collect();
    let last = chars.len().saturating_sub(LENGTH);
    let step = LENGTH.max(last.div_ceil(MOST));
    let starts = (0..last).step_by(step).chain([last]);
    let terms: Vec<_> = starts
        .map(|at| chars.iter().skip(at).take(LENGTH).collect::<String>())
        .map(|it| format!("\"{}\"", it.replace('"', "\"\"")))
        .collect();
    format!("\"{}\" : ({})", column(field).replace('"', "\"\""), terms.join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::BOOK;

    fn title() -> &'static FieldMeta {
        BOOK.field("title").unwrap().1
    }

    #[test]
    fn a_part_is_covered_by_few_trigrams() {
        let terms = |part: &str| query(title(), part);
        assert_eq!(terms("ABC"), r#""_title" : ("abc")"#);
        assert_eq!(terms("abcd"), r#""_title" : ("abc" AND "bcd")"#);
        assert_eq!(terms("abcdefg"), r#""_title" : ("abc" AND "def" AND "efg")"#);
        assert!(terms(&"abc".repeat(3_000)).matches(" AND ").count() <= MOST);
        assert!(serves(title(), "abc") && !serves(title(), "ab"));
    }

    #[test]
    fn syntax_of_the_query_language_is_plain_text() {
        assert_eq!(query(title(), "\"* OR"), r#""_title" : ("""* " AND " or")"#);
    }

    #[test]
    fn what_is_not_declared_or_not_to_be_indexed_has_no_table() {
        static QUIET: &ResourceMeta = &ResourceMeta::new(
            "Quiet",
            "quiets",
            "quiets",
            &[
                FieldMeta::of::<i64>("id").id(crate::field::IdSource::Store),
                FieldMeta::of::<String>("a"),
                FieldMeta::of::<String>("b").searchable().without_index(),
            ],
        );
        assert!(table(QUIET).is_none());
        assert!(indexes(QUIET, "public").is_empty());
        let columns: Vec<_> = table(BOOK).unwrap().fields.iter().map(|it| it.name).collect();
        assert_eq!(columns, ["title", "author_name"]);
    }
}
