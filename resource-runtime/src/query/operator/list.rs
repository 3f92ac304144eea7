//! Operators on lists of plain values.
//!
//! PostgreSQL keeps lists as arrays, which a GIN index serves. Such an index refuses rows with an
//! item of more than some 2,700 bytes, so that lists of text are looked into as the keys of a JSON
//! object, of which it keeps long ones as hashes ([`schema::items`]). SQLite keeps them as JSON text, in
//! exactly the form of [`json::write_value`](crate::json::write_value), and the items of fields that
//! declare these operators in a table of their own ([`items`]).

use super::membership::write_list;
use super::operand::{distinct, fits, many, padded, same};
use super::{Column, Fields, OperandShape, OperatorMeta};
use crate::field::{IntKind, Kind, Value};
use crate::store::sql::{Dialect, SqlText, items, schema};

pub(super) const HAS_ALL: OperatorMeta = OperatorMeta {
    name: "has_all",
    doc: "has all of these values",
    fields: Fields::Lists,
    operand: OperandShape::Items,
    matches: |value, operand, kind| {
        let (Value::List(items), Kind::List(kind)) = (value, kind) else { return false };
        many(operand, kind).all(|it| it.is_some_and(|it| items.iter().any(|item| same(item, &it))))
    },
    write_sql: |out, column, operand| {
        let Kind::List(item) = column.kind() else { return out.push("FALSE") };
        let values: Option<Vec<_>> =
            many(operand, item).map(|it| it.filter(|it| fits(it, item)).map(std::borrow::Cow::into_owned)).collect();
        let Some(mut values) = values else { return out.push("FALSE") };
        distinct(&mut values);
        if values.is_empty() {
            column.write(out);
            return out.push(" IS NOT NULL");
        }
        match out.dialect {
            Dialect::Sqlite if !out.by_row && items::is_indexed(column.field()) => {
                let len = i64::try_from(values.len()).unwrap_or(i64::MAX);
                write_rows(out, column, item, values);
                out.push(" GROUP BY \"row\" HAVING count(*) = ");
                out.bind(Value::Int(len), Kind::Int(IntKind::I64));
                out.push(")");
            }
            Dialect::Sqlite => {
                let len = i64::try_from(values.len()).unwrap_or(i64::MAX);
                out.push("(SELECT count(DISTINCT ");
                write_item(out, item);
                out.push(") FROM ");
                write_items(out, column, item, values);
                out.push(") = ");
                out.bind(Value::Int(len), Kind::Int(IntKind::I64));
            }
            Dialect::Postgres => write_arrays(out, column, (" @> ", " ?& "), values),
        }
    },
};

pub(super) const HAS_ANY: OperatorMeta = OperatorMeta {
    name: "has_any",
    doc: "has at least one of these values",
    fields: Fields::Lists,
    operand: OperandShape::Items,
    matches: |value, operand, kind| {
        let (Value::List(items), Kind::List(kind)) = (value, kind) else { return false };
        many(operand, kind).flatten().any(|it| items.iter().any(|item| same(item, &it)))
    },
    write_sql: |out, column, operand| {
        let Kind::List(item) = column.kind() else { return out.push("FALSE") };
        let mut values: Vec<_> =
            many(operand, item).flatten().filter(|it| fits(it, item)).map(std::borrow::Cow::into_owned).collect();
        distinct(&mut values);
        if values.is_empty() {
            return out.push("FALSE");
        }
        match out.dialect {
            Dialect::Sqlite if !out.by_row && items::is_indexed(column.field()) => {
                write_rows(out, column, item, values);
                out.push(")");
            }
            Dialect::Sqlite => {
                out.push("EXISTS (SELECT 1 FROM ");
                write_items(out, column, item, values);
                out.push(")");
            }
            Dialect::Postgres => write_arrays(out, column, (" && ", " ?| "), values),
        }
    },
};

/// The signs are those between arrays, and between the keys of an object and an array.
fn write_arrays(
    out: &mut SqlText,
    column: Column,
    (of_arrays, of_keys): (&'static str, &'static str),
    values: Vec<Value>,
) {
    if matches!(column.kind(), Kind::List(Kind::Text)) {
        let mut name = SqlText::new(out.dialect);
        column.write(&mut name);
        out.push_made(&schema::items(&name.text));
        out.push(of_keys);
    } else {
        column.write(out);
        out.push(of_arrays);
    }
    out.bind(Value::List(values), *column.kind());
}

/// Writes a condition on rows that are in the table of items, which stays open.
fn write_rows(out: &mut SqlText, column: Column, item: &Kind, values: Vec<Value>) {
    out.ident(column.meta().table);
    out.push(".");
    out.ident(column.meta().id_field().column);
    out.push(" IN (SELECT \"row\" FROM ");
    out.ident_made(&items::name(column.meta(), column.field()));
    out.push(" WHERE \"value\" IN ");
    write_values(out, item, values);
}

/// Writes the list's items that are among the values: the source and the condition of a subquery.
fn write_items(out: &mut SqlText, column: Column, item: &Kind, values: Vec<Value>) {
    let mut list = SqlText::new(out.dialect);
    column.write_qualified(&mut list);
    items::write_source(out, &list.text, item);
    out.push(" AS _items WHERE ");
    write_item(out, item);
    out.push(" IN ");
    write_values(out, item, values);
}

fn write_values(out: &mut SqlText, item: &Kind, values: Vec<Value>) {
    let values = padded(values);
    match item {
        Kind::Bool | Kind::Int(_) => write_list(out, values, *item),
        _ => write_list(out, values.iter().map(|it| Value::Text(json_text(it, item))).collect(), Kind::Text),
    }
}

fn write_item(out: &mut SqlText, item: &Kind) {
    out.push("_items.value");
    if matches!(item, Kind::Decimal) {
        out.push(" COLLATE DECIMAL");
    }
}

/// What `json_each` makes of the value: for a string the text, for a number in quotes its digits.
fn json_text(value: &Value, item: &Kind) -> String {
    if let Value::Text(text) = value {
        return text.clone();
    }
    let mut json = Vec::new();
    crate::json::write_value(&mut json, value, item);
    String::from_utf8_lossy(&json).trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use crate::field::{FieldType, Value};
    use crate::query::Operator;
    use crate::query::operator::testing::{check_sql_many, holds_many};

    fn texts(items: &[&str]) -> Vec<Value> {
        items.iter().map(|&it| Value::Text(it.to_owned())).collect()
    }

    fn check(operator: Operator, list: &[&str], operand: &[&str]) -> bool {
        holds_many(operator, Vec::<String>::KIND, &Value::List(texts(list)), texts(operand))
    }

    #[test]
    fn all_and_any_are_what_they_say() {
        assert!(check(Operator::HasAll, &["a", "b", "c"], &["c", "a", "a"]));
        assert!(!check(Operator::HasAll, &["a", "b"], &["a", "c"]));
        assert!(check(Operator::HasAny, &["a", "b"], &["c", "b"]));
        assert!(!check(Operator::HasAny, &["a", "b"], &["A", "ab"]));
    }

    #[test]
    fn every_list_has_all_of_nothing_and_none_has_any() {
        assert!(check(Operator::HasAll, &[], &[]));
        assert!(!check(Operator::HasAny, &["a"], &[]));
        assert!(!holds_many(Operator::HasAll, Vec::<String>::KIND, &Value::Null, vec![]));
        check_sql_many(Operator::HasAll, "tags", vec![], r#""tags" IS NOT NULL"#, r#""tags" IS NOT NULL"#);
        check_sql_many(Operator::HasAny, "tags", vec![], "FALSE", "FALSE");
    }

    #[test]
    fn items_are_equal_by_value() {
        let list = Value::List(vec![Value::Decimal(Decimal::new(150, 2))]);
        let operand = vec![Value::Decimal(Decimal::new(15, 1))];
        assert!(holds_many(Operator::HasAll, Vec::<Decimal>::KIND, &list, operand));
    }

    #[test]
    fn an_item_of_another_kind_is_in_no_list() {
        let list = Value::List(vec![Value::Int(1)]);
        let operand = vec![Value::Int(1), Value::Null];
        assert!(!holds_many(Operator::HasAll, Vec::<i64>::KIND, &list, operand.clone()));
        assert!(holds_many(Operator::HasAny, Vec::<i64>::KIND, &list, operand));
    }

    #[test]
    fn rows_are_looked_up_by_their_items() {
        check_sql_many(
            Operator::HasAll,
            "tags",
            texts(&["b", "a", "a"]),
            r#""books"."id" IN (SELECT "row" FROM "books__tags__items" WHERE "value" IN (?1, ?2) GROUP BY "row" HAVING count(*) = ?3) [a] [b]"#,
            r#"jsonb_object("tags", "tags") ?& $1::text[]"#,
        );
        check_sql_many(
            Operator::HasAny,
            "tags",
            texts(&["a"]),
            r#""books"."id" IN (SELECT "row" FROM "books__tags__items" WHERE "value" IN (?1)) [a]"#,
            r#"jsonb_object("tags", "tags") ?| $1::text[]"#,
        );
    }
}
