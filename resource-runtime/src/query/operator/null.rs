use super::{Fields, OperandShape, OperatorMeta};
use crate::field::Value;
use crate::query::Operand;

pub(super) const IS_NULL: OperatorMeta = OperatorMeta {
    name: "is_null",
    doc: "is null (true), or is not (false)",
    fields: Fields::All,
    operand: OperandShape::Bool,
    matches: |value, operand, _| flag(operand).is_some_and(|it| it == value.is_null()),
    write_sql: |out, column, operand| match flag(operand) {
        Some(is) => {
            column.write(out);
            out.push(if is { " IS NULL" } else { " IS NOT NULL" });
        }
        None => out.push("FALSE"),
    },
};

const fn flag(operand: &Operand) -> Option<bool> {
    match operand {
        Operand::One(Value::Bool(it)) => Some(*it),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::field::{Kind, Value};
    use crate::query::Operator;
    use crate::query::operator::testing::{check_sql, holds};

    #[test]
    fn it_holds_for_null_or_for_everything_else() {
        let is_null = |value: Value, flag| holds(Operator::IsNull, Kind::Text, &value, Value::Bool(flag));
        assert!(is_null(Value::Null, true));
        assert!(!is_null(Value::Null, false));
        assert!(is_null(Value::Text(String::new()), false));
        assert!(!is_null(Value::Text(String::new()), true));
    }

    #[test]
    fn sql_asks_for_null() {
        check_sql(Operator::IsNull, "tags", Value::Bool(true), r#""tags" IS NULL"#, r#""tags" IS NULL"#);
        check_sql(
            Operator::IsNull,
            "published_year",
            Value::Bool(false),
            r#""published_year" IS NOT NULL"#,
            r#""published_year" IS NOT NULL"#,
        );
    }
}
