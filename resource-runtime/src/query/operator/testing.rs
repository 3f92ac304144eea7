//! What the tests of the entries have in common.

use crate::field::{Kind, Value};
use crate::query::{Condition, Operand, Operator};
use crate::store::sql::{Dialect, SqlText};
use crate::testing::BOOK;

pub(super) fn holds(operator: Operator, kind: Kind, value: &Value, operand: Value) -> bool {
    operator.matches(value, &Operand::One(operand), &kind)
}

pub(super) fn holds_many(operator: Operator, kind: Kind, value: &Value, operand: Vec<Value>) -> bool {
    operator.matches(value, &Operand::Many(operand), &kind)
}

/// Checks the SQL of a comparison of a book's field. Where the expectation has brackets, they hold
/// the texts that are bound.
#[track_caller]
pub(super) fn check_sql(operator: Operator, field: &str, operand: Value, sqlite: &str, postgres: &str) {
    check(operator, field, &Operand::One(operand), sqlite, postgres);
}

#[track_caller]
pub(super) fn check_sql_many(operator: Operator, field: &str, operand: Vec<Value>, sqlite: &str, postgres: &str) {
    check(operator, field, &Operand::Many(operand), sqlite, postgres);
}

#[track_caller]
fn check(operator: Operator, field: &str, operand: &Operand, sqlite: &str, postgres: &str) {
    let (field, _) = BOOK.field(field).unwrap();
    for (dialect, expected) in [(Dialect::Sqlite, sqlite), (Dialect::Postgres, postgres)] {
        let mut out = SqlText::new(dialect);
        Condition { field, operator, operand: operand.clone() }.write_sql(BOOK, &mut out);
        let mut found = out.text;
        if expected.contains(" [") {
            for (value, _) in &out.binds {
                if let Value::Text(text) = value {
                    found.push_str(&format!(" [{text}]"));
                }
            }
        }
        assert_eq!(found, expected, "{dialect:?}");
    }
}
