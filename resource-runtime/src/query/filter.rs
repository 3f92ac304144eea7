use super::Operator;
use crate::field::Value;

/// A condition on rows, built from comparisons with `and`, `or` and `not`.
///
/// # Design
///
/// The logic has two values, not SQL's three: a comparison with a field that is null is false,
/// except that null is not equal to any value (`ne`, `nin`). So `not` turns every row that did not
/// match into one that does, and `ne` and `nin` are the exact complements of `eq` and `in`. Stores
/// have to see to that.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Filter {
    /// Every row.
    #[default]
    All,
    /// The rows that one comparison holds for.
    Condition(Condition),
    /// The rows that all of these hold for; every row where there are none.
    And(Vec<Filter>),
    /// The rows that at least one of these holds for; no row where there are none.
    Or(Vec<Filter>),
    /// The rows that this does not hold for.
    Not(Box<Filter>),
}

/// One comparison of a [`Filter`].
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The position of the field.
    pub field: usize,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    pub operand: Operand,
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// One value of the field's kind; for text operators a text; for `is_null` a boolean.
    One(Value),
    /// Several values of the field's kind (of the item's, for lists); may be empty.
    Many(Vec<Value>),
}

impl Filter {
    /// The rows that this and the other hold for.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, it) | (it, Self::All) => it,
            (Self::And(mut all), Self::And(more)) => {
                all.extend(more);
                Self::And(all)
            }
            (Self::And(mut all), it) => {
                all.push(it);
                Self::And(all)
            }
            (it, Self::And(mut all)) => {
                all.insert(0, it);
                Self::And(all)
            }
            (a, b) => Self::And(vec![a, b]),
        }
    }

    /// The rows that this or the other holds for.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::Or(mut any), it) => {
                any.push(it);
                Self::Or(any)
            }
            (a, b) => Self::Or(vec![a, b]),
        }
    }

    /// One comparison with one value.
    #[must_use]
    pub const fn one(field: usize, operator: Operator, value: Value) -> Self {
        Self::Condition(Condition { field, operator, operand: Operand::One(value) })
    }

    /// One comparison with several values.
    #[must_use]
    pub const fn many(field: usize, operator: Operator, values: Vec<Value>) -> Self {
        Self::Condition(Condition { field, operator, operand: Operand::Many(values) })
    }
}

impl std::ops::Not for Filter {
    type Output = Self;

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}
