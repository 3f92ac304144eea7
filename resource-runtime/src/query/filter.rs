mod alike;

use self::alike::Part;
use super::Operator;
use super::operator::Column;
use crate::field::Value;
use crate::resource::{Record, ResourceMeta};
use crate::store::sql::{Dialect, SqlText};

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
    /// Several values of the field's kind (of the item's, for lists); may be empty. For operators
    /// on parts of texts, one of which has to be there.
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

    /// Whether it holds for a row.
    #[must_use]
    pub fn matches(&self, meta: &ResourceMeta, record: &Record) -> bool {
        enum Pending<'a> {
            All(std::slice::Iter<'a, Filter>),
            Any(std::slice::Iter<'a, Filter>),
            Not,
        }

        // A stack of its own instead of recursion: no tree is too deep for it.
        let mut pending: Vec<Pending<'_>> = Vec::new();
        let mut node = self;
        loop {
            let mut holds = match node {
                Self::All => true,
                Self::Condition(it) => it.matches(meta, record),
                Self::And(all) => {
                    pending.push(Pending::All(all.iter()));
                    true
                }
                Self::Or(any) => {
                    pending.push(Pending::Any(any.iter()));
                    false
                }
                Self::Not(inner) => {
                    pending.push(Pending::Not);
                    node = inner;
                    continue;
                }
            };
            node = loop {
                let next = match pending.last_mut() {
                    None => return holds,
                    Some(Pending::All(rest)) if holds => rest.next(),
                    Some(Pending::Any(rest)) if !holds => rest.next(),
                    Some(Pending::All(_) | Pending::Any(_)) => None,
                    Some(Pending::Not) => {
                        holds = !holds;
                        None
                    }
                };
                match next {
                    Some(next) => break next,
                    None => pending.pop(),
                };
            };
        }
    }

    /// The condition on a row as it is now that holds where this one will hold once these fields
    /// have these values.
    ///
    /// A comparison looks at one field only, so that those of changed fields are decided here, and
    /// one statement is enough for a write that has to keep a condition true.
    #[must_use]
    pub fn after(&self, meta: &ResourceMeta, changes: &[(usize, Value)]) -> Self {
        match self {
            Self::All => Self::All,
            Self::Condition(it) => match changes.iter().rev().find(|(field, _)| *field == it.field) {
                Some((_, value)) if it.holds_for(meta, value) => Self::All,
                Some(_) => Self::Or(Vec::new()),
                None => self.clone(),
            },
            Self::And(all) => {
                let all: Vec<_> = all.iter().map(|it| it.after(meta, changes)).filter(|it| *it != Self::All).collect();
                if all.is_empty() { Self::All } else { Self::And(all) }
            }
            Self::Or(any) => {
                let any: Vec<_> = any.iter().map(|it| it.after(meta, changes)).collect();
                if any.contains(&Self::All) { Self::All } else { Self::Or(any) }
            }
            Self::Not(inner) => match inner.after(meta, changes) {
                Self::All => Self::Or(Vec::new()),
                Self::Or(any) if any.is_empty() => Self::All,
                inner => !inner,
            },
        }
    }

    /// Writes a boolean expression that is true for the rows that match, and false or null for the
    /// others. It goes into a `WHERE` clause whose table has no alias.
    ///
    /// # Design
    ///
    /// SQL's third value is kept from making a difference at one place: `IS NOT TRUE`, which stands
    /// for `not`, takes null for false. `AND`, `OR` and `WHERE` do so by themselves.
    pub fn write_sql(&self, meta: &'static ResourceMeta, out: &mut SqlText) {
        enum Step<'a> {
            Part(Part<'a>),
            Text(&'static str),
        }

        let is_joined = out.dialect == Dialect::Postgres;
        let mut steps = vec![Step::Part(Part::Node(self))];
        while let Some(step) = steps.pop() {
            let node = match step {
                Step::Text(text) => {
                    out.push(text);
                    continue;
                }
                Step::Part(Part::Node(node)) => node,
                Step::Part(Part::Joined(it)) => {
                    it.write_sql(meta, out);
                    continue;
                }
                Step::Part(Part::NotJoined(it)) => {
                    out.push("((");
                    it.write_sql(meta, out);
                    out.push(") IS NOT TRUE)");
                    continue;
                }
            };
            let (mut parts, between, none) = match node {
                Self::All => (Vec::new(), "", "TRUE"),
                Self::Condition(it) => {
                    it.write_sql(meta, out);
                    continue;
                }
                Self::And(all) => (if is_joined { alike::of_all(all) } else { alike::apart(all) }, " AND ", "TRUE"),
                Self::Or(any) => (if is_joined { alike::of_any(any) } else { alike::apart(any) }, " OR ", "FALSE"),
                Self::Not(inner) => {
                    out.push("((");
                    steps.extend([Step::Text(") IS NOT TRUE)"), Step::Part(Part::Node(inner))]);
                    continue;
                }
            };
            if parts.len() > 1 {
                out.push("(");
                steps.push(Step::Text(")"));
            }
            match parts.is_empty() {
                true => out.push(none),
                false => {
                    let first = parts.remove(0);
                    for part in parts.into_iter().rev() {
                        steps.extend([Step::Part(part), Step::Text(between)]);
                    }
                    steps.push(Step::Part(first));
                }
            }
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

impl Condition {
    /// Whether it holds for a row.
    #[must_use]
    pub fn matches(&self, meta: &ResourceMeta, record: &Record) -> bool {
        self.holds_for(meta, record.get(self.field))
    }

    /// Whether it holds for a row whose field has this value.
    fn holds_for(&self, meta: &ResourceMeta, value: &Value) -> bool {
        meta.fields.get(self.field).is_some_and(|field| self.operator.matches(value, &self.operand, &field.kind))
    }

    /// Writes a boolean expression as [`Filter::write_sql`] does.
    pub fn write_sql(&self, meta: &'static ResourceMeta, out: &mut SqlText) {
        match Column::of(meta, self.field) {
            Some(column) => self.operator.write_sql(out, column, &self.operand),
            None => out.push("FALSE"),
        }
    }
}

impl std::ops::Not for Filter {
    type Output = Self;

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

#[cfg(test)]
mod tests;
