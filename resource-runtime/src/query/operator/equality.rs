use super::operand::{bind_kind, one, same};
use super::{Column, Fields, OperandShape, OperatorMeta};
use crate::field::{Kind, Value};
use crate::query::Operand;
use crate::store::sql::{Dialect, SqlText};

pub(super) const EQ: OperatorMeta = OperatorMeta {
    name: "eq",
    doc: "is equal to this value",
    fields: Fields::Scalars,
    operand: OperandShape::One,
    matches: equal,
    write_sql: |out, column, operand| compare(out, column, operand, " = ", "FALSE"),
};

pub(super) const NE: OperatorMeta = OperatorMeta {
    name: "ne",
    doc: "is not equal to this value, or is null",
    fields: Fields::Scalars,
    operand: OperandShape::One,
    matches: |value, operand, kind| !equal(value, operand, kind),
    write_sql: |out, column, operand| {
        let differs = match out.dialect {
            Dialect::Sqlite => " IS NOT ",
            Dialect::Postgres => " IS DISTINCT FROM ",
        };
        compare(out, column, operand, differs, "TRUE");
    },
};

fn equal(value: &Value, operand: &Operand, kind: &Kind) -> bool {
    one(operand, kind).is_some_and(|it| same(value, &it))
}

fn compare(out: &mut SqlText, column: Column, operand: &Operand, sign: &'static str, incomparable: &'static str) {
    let Some(value) = one(operand, column.kind()) else { return out.push(incomparable) };
    column.write(out);
    out.push(sign);
    out.bind(value.into_owned(), bind_kind(*column.kind()));
}

#[cfg(test)]
mod tests {
    use crate::field::{FieldType, Kind, Value};
    use crate::query::Operator;
    use crate::query::operator::testing::{check_sql, holds};
    use rust_decimal::Decimal;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn equality_of_text_is_exact() {
        let eq = |value, operand| holds(Operator::Eq, Kind::Text, &text(value), text(operand));
        assert!(eq("Al", "Al"));
        assert!(!eq("Alice", "Al"));
        assert!(!eq("al", "Al"));
        assert!(!eq("Al ", "Al"));
    }

    #[test]
    fn decimals_are_equal_by_value() {
        let decimal = |mantissa, scale| Value::Decimal(Decimal::new(mantissa, scale));
        assert!(holds(Operator::Eq, Kind::Decimal, &decimal(15, 1), decimal(1500, 3)));
        assert!(!holds(Operator::Eq, Kind::Decimal, &decimal(15, 1), decimal(1501, 3)));
    }

    #[test]
    fn null_is_equal_to_nothing() {
        assert!(!holds(Operator::Eq, Kind::Text, &Value::Null, text("")));
        assert!(holds(Operator::Ne, Kind::Text, &Value::Null, text("")));
        assert!(!holds(Operator::Eq, Kind::Text, &Value::Null, Value::Null));
        assert!(holds(Operator::Ne, Kind::Text, &Value::Null, Value::Null));
        assert!(holds(Operator::Ne, Kind::Text, &text("a"), Value::Null));
    }

    #[test]
    fn an_operand_of_another_kind_is_equal_to_nothing() {
        assert!(!holds(Operator::Eq, i64::KIND, &Value::Int(1), text("1")));
        assert!(holds(Operator::Ne, i64::KIND, &Value::Int(1), text("1")));
        check_sql(Operator::Eq, "published_year", text("1"), "FALSE", "FALSE");
        check_sql(Operator::Ne, "published_year", text("1"), "TRUE", "TRUE");
    }

    #[test]
    fn timestamps_are_compared_by_whole_microseconds() {
        let at = |nanos| Value::Timestamp(jiff::Timestamp::from_nanosecond(nanos).unwrap());
        assert!(holds(Operator::Eq, Kind::Timestamp, &at(5_000), at(5_999)));
        assert!(!holds(Operator::Eq, Kind::Timestamp, &at(5_000), at(6_000)));
    }

    #[test]
    fn sql_distinguishes_null_from_every_value() {
        check_sql(Operator::Eq, "title", text("a"), r#""title" = ?1"#, r#""title" COLLATE "C" = $1::text"#);
        check_sql(
            Operator::Ne,
            "genre",
            text("a"),
            r#""genre" IS NOT ?1"#,
            r#""genre" COLLATE "C" IS DISTINCT FROM $1::text"#,
        );
    }

    #[test]
    fn integers_out_of_the_columns_range_can_be_compared() {
        check_sql(
            Operator::Eq,
            "published_year",
            Value::Int(i64::MAX),
            r#""published_year" = ?1"#,
            r#""published_year" = $1::bigint"#,
        );
    }
}
