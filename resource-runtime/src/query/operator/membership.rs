use super::operand::{bind_kind, distinct, many, padded, same};
use super::{Fields, OperandShape, OperatorMeta};
use crate::field::{IntKind, Kind, Value};
use crate::query::Operand;
use crate::store::sql::{Dialect, SqlText};

pub(super) const IN: OperatorMeta = OperatorMeta {
    name: "in",
    doc: "is equal to one of these values",
    fields: Fields::Scalars,
    operand: OperandShape::Many,
    matches: is_in,
    write_sql: |out, column, operand| {
        let values = values(operand, column.kind());
        if values.is_empty() {
            return out.push("FALSE");
        }
        column.write(out);
        match out.dialect {
            Dialect::Sqlite => {
                out.push(" IN ");
                write_list(out, padded(values), bind_kind(*column.kind()));
            }
            Dialect::Postgres => {
                out.push(" = ANY(");
                write_array(out, values, column.kind());
                out.push(")");
            }
        }
    },
};

pub(super) const NIN: OperatorMeta = OperatorMeta {
    name: "nin",
    doc: "is equal to none of these values, or is null",
    fields: Fields::Scalars,
    operand: OperandShape::Many,
    matches: |value, operand, kind| !is_in(value, operand, kind),
    write_sql: |out, column, operand| {
        let values = values(operand, column.kind());
        if values.is_empty() {
            return out.push("TRUE");
        }
        out.push("(");
        column.write(out);
        out.push(" IS NULL OR ");
        column.write(out);
        match out.dialect {
            Dialect::Sqlite => {
                out.push(" NOT IN ");
                write_list(out, padded(values), bind_kind(*column.kind()));
            }
            Dialect::Postgres => {
                out.push(" <> ALL(");
                write_array(out, values, column.kind());
                out.push(")");
            }
        }
        out.push(")");
    },
};

fn is_in(value: &Value, operand: &Operand, kind: &Kind) -> bool {
    many(operand, kind).flatten().any(|it| same(value, &it))
}

fn values(operand: &Operand, kind: &Kind) -> Vec<Value> {
    let mut values = many(operand, kind).flatten().map(std::borrow::Cow::into_owned).collect();
    distinct(&mut values);
    values
}

/// Writes `(?1, ?2, …)`.
pub(super) fn write_list(out: &mut SqlText, values: Vec<Value>, kind: Kind) {
    for (index, value) in values.into_iter().enumerate() {
        out.push(if index == 0 { "(" } else { ", " });
        out.bind(value, kind);
    }
    out.push(")");
}

/// Writes one placeholder for an array, so that the statement does not depend on its length.
fn write_array(out: &mut SqlText, values: Vec<Value>, kind: &'static Kind) {
    let item = match kind {
        Kind::Int(_) => &Kind::Int(IntKind::I64),
        Kind::F32 => &Kind::F64,
        other => other,
    };
    out.bind(Value::List(values), Kind::List(item));
}

#[cfg(test)]
mod tests {
    use crate::field::{FieldType, Value};
    use crate::query::Operator;
    use crate::query::operator::testing::{check_sql_many, holds_many};

    fn ints(values: &[i64]) -> Vec<Value> {
        values.iter().copied().map(Value::Int).collect()
    }

    #[test]
    fn an_empty_list_matches_nothing_and_its_complement_everything() {
        for value in [Value::Int(1), Value::Null] {
            assert!(!holds_many(Operator::In, i32::KIND, &value, vec![]));
            assert!(holds_many(Operator::Nin, i32::KIND, &value, vec![]));
        }
        check_sql_many(Operator::In, "published_year", vec![], "FALSE", "FALSE");
        check_sql_many(Operator::Nin, "published_year", vec![], "TRUE", "TRUE");
    }

    #[test]
    fn a_null_is_in_no_list() {
        assert!(!holds_many(Operator::In, i32::KIND, &Value::Null, ints(&[1])));
        assert!(holds_many(Operator::Nin, i32::KIND, &Value::Null, ints(&[1])));
        assert!(!holds_many(Operator::In, i32::KIND, &Value::Null, vec![Value::Null]));
    }

    #[test]
    fn members_are_equal_as_eq_has_it() {
        assert!(holds_many(Operator::In, i32::KIND, &Value::Int(2), ints(&[1, 2])));
        assert!(!holds_many(Operator::Nin, i32::KIND, &Value::Int(2), ints(&[1, 2])));
        let texts = vec![Value::Text("Al".into())];
        assert!(!holds_many(Operator::In, String::KIND, &Value::Text("al".into()), texts));
    }

    #[test]
    fn sql_is_the_same_for_lists_of_similar_lengths() {
        check_sql_many(
            Operator::In,
            "published_year",
            ints(&[3, 1, 2, 1]),
            r#""published_year" IN (?1, ?2, ?3, ?4)"#,
            r#""published_year" = ANY($1::bigint[])"#,
        );
        check_sql_many(
            Operator::Nin,
            "published_year",
            ints(&[3]),
            r#"("published_year" IS NULL OR "published_year" NOT IN (?1))"#,
            r#"("published_year" IS NULL OR "published_year" <> ALL($1::bigint[]))"#,
        );
    }
}
