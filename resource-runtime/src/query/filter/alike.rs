//! Comparisons that stand side by side, and can be made at once.
//!
//! # Design
//!
//! PostgreSQL works out what stands on the left of each comparison anew: the folded text of `icontains`
//! and the items of a list cost more than the comparison itself, and a tree can have 64 of them. So
//! those of one field become one, with several operands of which one has to hold (`LIKE ANY`); indexes
//! serve that as well.

use super::{Condition, Filter, Operand};
use crate::field::Value;
use crate::query::Operator;

/// A part of a group.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'a> {
    /// As it is.
    Node(&'a Filter),
    /// Several comparisons, as one.
    Joined(Condition),
    /// Several comparisons behind `not`, as one behind `not`.
    NotJoined(Condition),
}

/// The parts of a group, each as it is.
pub(super) fn apart(nodes: &[Filter]) -> Vec<Part<'_>> {
    nodes.iter().map(Part::Node).collect()
}

/// The parts of an `or`.
pub(super) fn of_any(nodes: &[Filter]) -> Vec<Part<'_>> {
    join(nodes, OneOf::new, Part::Joined)
}

/// The parts of an `and`. None of several holds where it does not hold that one of them does.
pub(super) fn of_all(nodes: &[Filter]) -> Vec<Part<'_>> {
    join(nodes, |it| if let Filter::Not(inner) = it { OneOf::new(inner) } else { None }, Part::NotJoined)
}

/// A comparison that holds where it does with one of its values.
struct OneOf<'a> {
    field: usize,
    operator: Operator,
    values: &'a [Value],
}

impl<'a> OneOf<'a> {
    /// None where it is something else, or there is nothing to gain.
    fn new(node: &'a Filter) -> Option<Self> {
        let Filter::Condition(it) = node else { return None };
        let values = match &it.operand {
            Operand::One(value) => std::slice::from_ref(value),
            Operand::Many(values) => values.as_slice(),
        };
        let operator = match (it.operator, values) {
            (Operator::HasAll, [_]) => Operator::HasAny,
            (it @ (Operator::Contains | Operator::EndsWith | Operator::Icontains | Operator::HasAny), [_, ..]) => it,
            _ => return None,
        };
        Some(Self { field: it.field, operator, values })
    }
}

/// The nodes, with those that are alike in the place of the first of them.
fn join<'a>(
    nodes: &'a [Filter],
    one_of: impl Fn(&'a Filter) -> Option<OneOf<'a>>,
    joined: fn(Condition) -> Part<'a>,
) -> Vec<Part<'a>> {
    let mut found: Vec<(&Filter, Option<OneOf<'a>>, Vec<Value>)> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let Some(new) = one_of(node) else {
            // What is there twice is once.
            if !found.iter().any(|(it, ..)| *it == node) {
                found.push((node, None, Vec::new()));
            }
            continue;
        };
        let is_alike = |it: &OneOf<'_>| it.field == new.field && it.operator == new.operator;
        match found.iter_mut().find(|(_, it, _)| it.as_ref().is_some_and(is_alike)) {
            Some((_, _, more)) => more.extend_from_slice(new.values),
            None => found.push((node, Some(new), Vec::new())),
        }
    }
    let part = |(node, first, more): (&'a Filter, Option<OneOf<'a>>, Vec<Value>)| match first {
        Some(OneOf { field, operator, values }) if !more.is_empty() => {
            let operand = Operand::Many([values, &more].concat());
            joined(Condition { field, operator, operand })
        }
        _ => Part::Node(node),
    };
    found.into_iter().map(part).collect()
}
