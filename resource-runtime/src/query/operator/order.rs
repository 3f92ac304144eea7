use std::cmp::Ordering;

use super::operand::{bind_kind, one};
use super::{Column, Fields, OperandShape, OperatorMeta};
use crate::field::{Kind, Value};
use crate::query::Operand;
use crate::store::sql::SqlText;

pub(super) const GT: OperatorMeta = OperatorMeta {
    name: "gt",
    doc: "is greater than this value",
    fields: Fields::Ordered,
    operand: OperandShape::One,
    matches: |value, operand, kind| compare(value, operand, kind).is_some_and(Ordering::is_gt),
    write_sql: |out, column, operand| write_sql(out, column, operand, " > "),
};

pub(super) const GTE: OperatorMeta = OperatorMeta {
    name: "gte",
    doc: "is greater than or equal to this value",
    fields: Fields::Ordered,
    operand: OperandShape::One,
    matches: |value, operand, kind| compare(value, operand, kind).is_some_and(Ordering::is_ge),
    write_sql: |out, column, operand| write_sql(out, column, operand, " >= "),
};

pub(super) const LT: OperatorMeta = OperatorMeta {
    name: "lt",
    doc: "is less than this value",
    fields: Fields::Ordered,
    operand: OperandShape::One,
    matches: |value, operand, kind| compare(value, operand, kind).is_some_and(Ordering::is_lt),
    write_sql: |out, column, operand| write_sql(out, column, operand, " < "),
};

pub(super) const LTE: OperatorMeta = OperatorMeta {
    name: "lte",
    doc: "is less than or equal to this value",
    fields: Fields::Ordered,
    operand: OperandShape::One,
    matches: |value, operand, kind| compare(value, operand, kind).is_some_and(Ordering::is_le),
    write_sql: |out, column, operand| write_sql(out, column, operand, " <= "),
};

/// The order of a value and an operand that can be compared.
fn compare(value: &Value, operand: &Operand, kind: &Kind) -> Option<Ordering> {
    let operand = one(operand, kind)?;
    let comparable = std::mem::discriminant(value) == std::mem::discriminant(&*operand);
    comparable.then(|| value.compare(&operand))
}

fn write_sql(out: &mut SqlText, column: Column, operand: &Operand, sign: &'static str) {
    let Some(value) = one(operand, column.kind()) else { return out.push("FALSE") };
    column.write(out);
    out.push(sign);
    out.bind(value.into_owned(), bind_kind(*column.kind()));
}

#[cfg(test)]
mod tests {
    use crate::field::{FieldType, Kind, Value};
    use crate::query::Operator;
    use crate::query::operator::testing::{check_sql, holds};

    #[test]
    fn bounds_are_in_or_out_as_the_name_says() {
        let of = |value| {
            let all = [Operator::Gt, Operator::Gte, Operator::Lt, Operator::Lte];
            all.map(|it| holds(it, i32::KIND, &Value::Int(value), Value::Int(10)))
        };
        assert_eq!(of(9), [false, false, true, true]);
        assert_eq!(of(10), [false, true, false, true]);
        assert_eq!(of(11), [true, true, false, false]);
    }

    #[test]
    fn text_goes_by_code_point() {
        let gt = |a: &str, b: &str| holds(Operator::Gt, Kind::Text, &Value::Text(a.into()), Value::Text(b.into()));
        assert!(gt("a", "Z"));
        assert!(gt("é", "z"));
        // UTF-16 would have it the other way round.
        assert!(gt("😀", "\u{ff5e}"));
    }

    #[test]
    fn null_is_neither_less_nor_greater() {
        for it in [Operator::Gt, Operator::Gte, Operator::Lt, Operator::Lte] {
            assert!(!holds(it, i32::KIND, &Value::Null, Value::Int(0)));
            assert!(!holds(it, i32::KIND, &Value::Int(0), Value::Null));
            assert!(!holds(it, f64::KIND, &Value::Float(0.0), Value::Float(f64::NAN)));
        }
    }

    #[test]
    fn sql_orders_text_by_code_point() {
        check_sql(
            Operator::Gte,
            "title",
            Value::Text("a".into()),
            r#""title" >= ?1"#,
            r#""title" COLLATE "C" >= $1::text"#,
        );
        check_sql(Operator::Lt, "price", Value::Int(1), "FALSE", "FALSE");
    }
}
