//! Operators on text. Every character of an operand stands for itself.
//!
//! Their forms are those that an index can serve: a range for the beginning (B-tree), and for the
//! rest in PostgreSQL `LIKE` with escaped text (`pg_trgm`), in SQLite the rows that an index of
//! trigrams finds, compared with the text ([`substring`]).

use super::operand::{text, texts};
use super::{Column, Fields, OperandShape, OperatorMeta};
use crate::field::{Kind, Value, fold, folded_contains};
use crate::query::Operand;
use crate::store::sql::{Dialect, SqlText, substring};

pub(super) const CONTAINS: OperatorMeta = OperatorMeta {
    name: "contains",
    doc: "contains this text",
    fields: Fields::Text,
    operand: OperandShape::Text,
    matches: |value, operand, _| holds_one_of(value, operand, |value, part| value.contains(part)),
    write_sql: |out, column, operand| match out.dialect {
        Dialect::Sqlite => each(out, operand, |out, part| {
            among_candidates(out, column, part, |out| {
                out.push("instr(");
                column.write(out);
                out.push(", ");
                bind(out, part.to_owned());
                out.push(") > 0");
            });
        }),
        Dialect::Postgres => like(out, |out| column.write(out), texts(operand).map(|it| pattern("%", it, "%"))),
    },
};

pub(super) const STARTS_WITH: OperatorMeta = OperatorMeta {
    name: "starts_with",
    doc: "starts with this text",
    fields: Fields::Text,
    operand: OperandShape::Text,
    matches: |value, operand, _| holds(value, operand, |value, part| value.starts_with(part)),
    // By code point, the texts that start with `ab` are those from `ab` up to, and without, `ac`.
    write_sql: |out, column, operand| {
        let Some(start) = text(operand) else { return out.push("FALSE") };
        out.push("(");
        column.write(out);
        out.push(" >= ");
        bind(out, start.to_owned());
        if let Some(end) = successor(start) {
            out.push(" AND ");
            column.write(out);
            out.push(" < ");
            bind(out, end);
        }
        out.push(")");
    },
};

pub(super) const ENDS_WITH: OperatorMeta = OperatorMeta {
    name: "ends_with",
    doc: "ends with this text",
    fields: Fields::Text,
    operand: OperandShape::Text,
    matches: |value, operand, _| holds_one_of(value, operand, |value, part| value.ends_with(part)),
    write_sql: |out, column, operand| match out.dialect {
        Dialect::Sqlite => each(out, operand, |out, end| {
            // From the end, `substr` counts characters; from minus zero it would take all of them.
            if end.is_empty() {
                column.write(out);
                return out.push(" IS NOT NULL");
            }
            among_candidates(out, column, end, |out| {
                out.push("substr(");
                column.write(out);
                out.push(", -length(");
                bind(out, end.to_owned());
                out.push(")) = ");
                bind(out, end.to_owned());
            });
        }),
        Dialect::Postgres => like(out, |out| column.write(out), texts(operand).map(|it| pattern("%", it, ""))),
    },
};

pub(super) const IEQ: OperatorMeta = OperatorMeta {
    name: "ieq",
    doc: "is equal to this text, whatever the case of the letters",
    fields: Fields::Text,
    operand: OperandShape::Text,
    matches: |value, operand, _| holds(value, operand, |value, other| fold(value) == fold(other)),
    write_sql: |out, column, operand| {
        let Some(other) = text(operand) else { return out.push("FALSE") };
        column.write_folded(out);
        out.push(" = ");
        bind(out, fold(other));
    },
};

pub(super) const ICONTAINS: OperatorMeta = OperatorMeta {
    name: "icontains",
    doc: "contains this text, whatever the case of the letters",
    fields: Fields::Text,
    operand: OperandShape::Text,
    matches: |value, operand, _| holds_one_of(value, operand, |value, part| folded_contains(value, &fold(part))),
    write_sql: |out, column, operand| match out.dialect {
        Dialect::Sqlite => each(out, operand, |out, part| {
            among_candidates(out, column, part, |out| {
                out.push("resource_icontains(");
                column.write(out);
                out.push(", ");
                bind(out, fold(part));
                out.push(")");
            });
        }),
        Dialect::Postgres => {
            like(out, |out| column.write_folded(out), texts(operand).map(|it| pattern("%", &fold(it), "%")));
        }
    },
};

fn holds(value: &Value, operand: &Operand, compare: fn(&str, &str) -> bool) -> bool {
    match (value, text(operand)) {
        (Value::Text(value), Some(operand)) => compare(value, operand),
        _ => false,
    }
}

fn holds_one_of(value: &Value, operand: &Operand, compare: fn(&str, &str) -> bool) -> bool {
    let Value::Text(value) = value else { return false };
    texts(operand).any(|it| compare(value, it))
}

/// Writes a comparison with one text, or with each of several, one of which has to hold.
fn each(out: &mut SqlText, operand: &Operand, write: impl Fn(&mut SqlText, &str)) {
    let texts: Vec<_> = texts(operand).collect();
    match texts.as_slice() {
        [] => out.push("FALSE"),
        [only] => write(out, only),
        several => {
            for (index, text) in several.iter().enumerate() {
                out.push(if index == 0 { "(" } else { " OR " });
                write(out, text);
            }
            out.push(")");
        }
    }
}

/// Writes a comparison, behind SQLite's index of trigrams where that serves it.
fn among_candidates(out: &mut SqlText, column: Column, part: &str, compare: impl FnOnce(&mut SqlText)) {
    if out.by_row || !substring::serves(column.field(), part) {
        return compare(out);
    }
    out.push("(");
    substring::write_candidates(out, column.meta(), column.field(), part);
    out.push(" AND ");
    compare(out);
    out.push(")");
}

fn bind(out: &mut SqlText, text: String) {
    out.bind(Value::Text(text), Kind::Text);
}

/// Writes a `LIKE` of one pattern, or of several, one of which has to fit.
fn like(out: &mut SqlText, column: impl Fn(&mut SqlText), patterns: impl Iterator<Item = String>) {
    let mut patterns: Vec<_> = patterns.map(Value::Text).collect();
    let Some(last) = patterns.pop() else { return out.push("FALSE") };
    column(out);
    if patterns.is_empty() {
        out.push(" LIKE ");
        return out.bind(last, Kind::Text);
    }
    patterns.push(last);
    out.push(" LIKE ANY(");
    out.bind(Value::List(patterns), Kind::List(&Kind::Text));
    out.push(")");
}

/// A pattern in which the text stands for itself. The escape character is the backslash, which is what
/// PostgreSQL takes without an `ESCAPE` clause; such a clause would hide the pattern from its planner.
fn pattern(before: &str, text: &str, after: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 8);
    pattern.push_str(before);
    for char in text.chars() {
        if matches!(char, '\\' | '%' | '_') {
            pattern.push('\\');
        }
        pattern.push(char);
    }
    pattern.push_str(after);
    pattern
}

/// The least text that is greater than every text with this start; none where there is no such.
fn successor(start: &str) -> Option<String> {
    let mut end = start.to_owned();
    while let Some(last) = end.pop() {
        // A range of characters leaves the surrogates out.
        if let Some(next) = (last..=char::MAX).nth(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::successor;
    use crate::field::{FieldType, Value};
    use crate::query::Operator;
    use crate::query::operator::testing::{check_sql, check_sql_many, holds, holds_many};

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn check(operator: Operator, value: &str, operand: &str) -> bool {
        holds(operator, String::KIND, &text(value), text(operand))
    }

    #[test]
    fn parts_are_found_where_the_name_says() {
        assert!(check(Operator::Contains, "Dune", "un"));
        assert!(!check(Operator::Contains, "Dune", "UN"));
        assert!(check(Operator::StartsWith, "Dune", "Du"));
        assert!(!check(Operator::StartsWith, "Dune", "un"));
        assert!(check(Operator::EndsWith, "Dune", "ne"));
        assert!(!check(Operator::EndsWith, "Dune", "Dun"));
        assert!(!check(Operator::EndsWith, "ne", "Dune"));
    }

    #[test]
    fn the_empty_text_is_part_of_every_text_but_not_of_null() {
        for it in [Operator::Contains, Operator::StartsWith, Operator::EndsWith, Operator::Icontains] {
            assert!(check(it, "", ""));
            assert!(check(it, "a", ""));
            assert!(!holds(it, String::KIND, &Value::Null, text("")));
        }
    }

    #[test]
    fn one_of_several_texts_has_to_be_there() {
        let several = || vec![text("xx"), text("NE"), text("\0")];
        let holds = |operator| holds_many(operator, String::KIND, &text("Dune"), several());
        assert!(holds(Operator::Icontains) && !holds(Operator::Contains) && !holds(Operator::EndsWith));
        check_sql_many(
            Operator::Icontains,
            "title",
            several(),
            r#"(resource_icontains("title", ?1) OR resource_icontains("title", ?2))"#,
            r#"translate(lower("title" COLLATE "und-x-icu"), 'ς', 'σ') LIKE ANY($1::text[])"#,
        );
        check_sql_many(Operator::Contains, "title", vec![text("\0")], "FALSE", "FALSE");
    }

    #[test]
    fn case_is_folded_beyond_ascii() {
        assert!(check(Operator::Ieq, "ΟΔΥΣΣΕΥΣ", "οδυσσευς"));
        assert!(check(Operator::Icontains, "École", "éCOL"));
        assert!(!check(Operator::Ieq, "ß", "ss"));
    }

    #[test]
    fn wildcards_of_sql_are_plain_characters() {
        assert!(!check(Operator::Contains, "Dune", "%"));
        assert!(check(Operator::Contains, "100%", "%"));
        check_sql(
            Operator::Contains,
            "description",
            text(r"50%_\"),
            r#"instr("description", ?1) > 0 [50%_\]"#,
            r#""description" COLLATE "C" LIKE $1::text [%50\%\_\\%]"#,
        );
        check_sql(
            Operator::EndsWith,
            "description",
            text("%"),
            r#"substr("description", -length(?1)) = ?2 [%] [%]"#,
            r#""description" COLLATE "C" LIKE $1::text [%\%]"#,
        );
    }

    #[test]
    fn the_beginning_is_a_range() {
        check_sql(
            Operator::StartsWith,
            "title",
            text("ab%"),
            r#"("title" >= ?1 AND "title" < ?2) [ab%] [ab&]"#,
            r#"("title" COLLATE "C" >= $1::text AND "title" COLLATE "C" < $2::text) [ab%] [ab&]"#,
        );
    }

    #[test]
    fn the_end_of_the_range_is_the_next_text_by_code_point() {
        assert_eq!(successor("a").as_deref(), Some("b"));
        assert_eq!(successor("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
        assert_eq!(successor("a\u{10ffff}\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(successor("\u{10ffff}"), None);
        assert_eq!(successor(""), None);
    }

    #[test]
    fn sql_folds_both_sides() {
        check_sql(
            Operator::Ieq,
            "title",
            text("ΑΣ"),
            r#"resource_fold("title") = ?1 [ασ]"#,
            r#"translate(lower("title" COLLATE "und-x-icu"), 'ς', 'σ') = $1::text [ασ]"#,
        );
        check_sql(
            Operator::Icontains,
            "title",
            text("A_"),
            r#"resource_icontains("title", ?1) [a_]"#,
            r#"translate(lower("title" COLLATE "und-x-icu"), 'ς', 'σ') LIKE $1::text [%a\_%]"#,
        );
    }

    #[test]
    fn a_part_is_looked_for_in_what_an_index_of_trigrams_finds() {
        check_sql(
            Operator::Icontains,
            "title",
            text("Dune"),
            r#"("books"."id" IN (SELECT rowid FROM "books__trigram" WHERE "books__trigram" MATCH ?1) AND resource_icontains("title", ?2)) ["_title" : ("dun" AND "une")] [dune]"#,
            r#"translate(lower("title" COLLATE "und-x-icu"), 'ς', 'σ') LIKE $1::text [%dune%]"#,
        );
    }

    #[test]
    fn text_that_no_row_can_hold_is_found_in_none() {
        assert!(!check(Operator::Contains, "a", "\0"));
        check_sql(Operator::Contains, "title", text("\0"), "FALSE", "FALSE");
    }
}
