//! Orders, and the rows after a place in one.
//!
//! # Design
//!
//! The rows after a place are `k1 > v1 OR (k1 = v1 AND (k2 > v2 OR …))`. Neither database starts in
//! the middle of an index for an `OR`: it would read, and leave out, every row before the place that
//! is equal in the first key, or every row there is where nulls may follow. So the rows are asked
//! for in [`parts`] that follow each other in the order, each a range of an index: those that are
//! equal in the first key, those beyond it, the nulls. Where all keys go one way, a comparison of rows
//! makes a single range of the first two in PostgreSQL.
//!
//! PostgreSQL plans a prepared statement anew for each execution as long as it reckons that plans for
//! its values are cheaper than one for any values. Planning takes several times as long as reading a
//! page, and whatever the place, the plan is the same: so places are hidden from the planner, as
//! subqueries, and it settles on one.

use super::{Dialect, SqlText};
use crate::field::{FieldMeta, Value};
use crate::store::Select;

/// One key of an order, as the database is asked for it.
#[derive(Clone, Copy)]
pub(super) struct OrderKey {
    field: &'static FieldMeta,
    descending: bool,
    nulls_first: bool,
}

/// Some of the rows after a place, or of all, by the first key of their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All that come after it.
    After,
    /// Those that are equal in the first key, and come after it.
    Equal,
    /// Those whose first key comes after the place's, nulls aside.
    Beyond,
    /// Those whose first key is null.
    Null,
    /// Those whose first key is not null.
    NotNull,
}

/// The parts in which the rows of an order are asked for, after a place if there is one; none
/// where all rows are one part without a condition.
pub(super) fn parts(dialect: Dialect, keys: &[OrderKey], values: Option<&[Value]>, backward: bool) -> Vec<Part> {
    let Some(first) = keys.first() else { return Vec::new() };
    let Some(value) = values.and_then(<[Value]>::first) else {
        // PostgreSQL's indexes have nulls last, as orders have them unless asked otherwise; SQLite
        // finds nulls at either end by itself.
        let foreign = dialect == Dialect::Postgres && first.field.nullable && first.nulls_first != backward;
        return match (foreign, first.nulls_first) {
            (false, _) => Vec::new(),
            (true, true) => vec![Part::Null, Part::NotNull],
            (true, false) => vec![Part::NotNull, Part::Null],
        };
    };
    if keys.len() == 1 && !first.field.nullable {
        return vec![Part::After];
    }
    match (value.is_null(), first.nulls_first) {
        (true, false) => vec![Part::Equal],
        (true, true) => vec![Part::Equal, Part::NotNull],
        (false, _) => {
            // SQLite begins at the first row of the first key's value all the same.
            let rows = dialect == Dialect::Postgres && goes_one_way(keys, values.unwrap_or_default());
            let mut parts = if rows { vec![Part::After] } else { vec![Part::Equal, Part::Beyond] };
            parts.extend(first.nulls_follow().then_some(Part::Null));
            parts
        }
    }
}

/// Whether the rows after a place are those that are greater, or those that are less, as rows. A
/// first key that is null compares with nothing, so that it may be.
fn goes_one_way(keys: &[OrderKey], values: &[Value]) -> bool {
    let Some((first, rest)) = keys.split_first() else { return true };
    rest.iter().all(|it| !it.field.nullable && it.descending == first.descending) && !values.iter().any(Value::is_null)
}

impl Part {
    /// Writes the condition.
    pub(super) fn write(self, out: &mut SqlText, keys: &[OrderKey], values: &[Value]) {
        let Some((first, rest)) = keys.split_first() else { return out.push("TRUE") };
        let pairs: Vec<_> = keys.iter().copied().zip(values).collect();
        match self {
            Self::After => write_rows(out, &pairs, first.descending),
            Self::Null | Self::NotNull => {
                first.write(out);
                out.push(if self == Self::Null { " IS NULL" } else { " IS NOT NULL" });
            }
            Self::Equal | Self::Beyond => {
                let Some(((_, value), after)) = pairs.split_first() else { return out.push("TRUE") };
                if self == Self::Beyond {
                    return first.compare(out, value);
                }
                first.equal(out, value);
                if rest.is_empty() {
                    out.push(" AND 1 = 0");
                } else {
                    out.push(" AND ");
                    write_after(out, after);
                }
            }
        }
    }

    /// Writes the `ORDER BY` clause of the part.
    pub(super) fn write_order(self, out: &mut SqlText, keys: &[OrderKey], backward: bool) {
        let mut keys = keys.to_vec();
        // All its rows have nulls there, or none has: the place of nulls is the index's.
        if let Some(first) = keys.first_mut() {
            first.nulls_first = if out.dialect == Dialect::Postgres { backward } else { !first.descending };
        }
        write_order(out, &keys);
    }
}

/// The keys of a selection's order; the other way round where `backward`.
pub(super) fn keys(select: &Select, backward: bool) -> Vec<OrderKey> {
    let key = |it: &crate::query::SortKey| {
        Some(OrderKey {
            field: select.meta.fields.get(it.field)?,
            descending: it.descending != backward,
            nulls_first: it.nulls_first != backward,
        })
    };
    select.sort.iter().filter_map(key).collect()
}

impl OrderKey {
    fn write(self, out: &mut SqlText) {
        out.sorted(self.field);
    }

    /// `column > value`, in the direction of the order.
    fn compare(self, out: &mut SqlText, value: &Value) {
        self.write(out);
        out.push(if self.descending { " < " } else { " > " });
        self.bind(out, value);
    }

    fn equal(self, out: &mut SqlText, value: &Value) {
        self.write(out);
        if value.is_null() {
            out.push(" IS NULL");
        } else {
            out.push(" = ");
            self.bind(out, value);
        }
    }

    fn bind(self, out: &mut SqlText, value: &Value) {
        let is_hidden = out.dialect == Dialect::Postgres && !out.for_values;
        out.push(if is_hidden { "(SELECT " } else { "" });
        out.bind(value.clone(), self.field.kind);
        out.push(if is_hidden { ")" } else { "" });
    }

    /// Whether nulls come after every value.
    const fn nulls_follow(self) -> bool {
        self.field.nullable && !self.nulls_first
    }
}

/// Writes the `ORDER BY` clause.
pub(super) fn write_order(out: &mut SqlText, keys: &[OrderKey]) {
    for (index, key) in keys.iter().enumerate() {
        out.push(if index == 0 { " ORDER BY " } else { ", " });
        key.write(out);
        if key.descending {
            out.push(" DESC");
        }
        if key.field.nullable {
            out.push(if key.nulls_first { " NULLS FIRST" } else { " NULLS LAST" });
        }
    }
}

/// Writes a condition that holds for the rows that come after a place in an order, in one piece.
fn write_after(out: &mut SqlText, pairs: &[(OrderKey, &Value)]) {
    let Some(&(first, _)) = pairs.first() else { return out.push("TRUE") };
    let (keys, values): (Vec<_>, Vec<_>) = pairs.iter().map(|(key, value)| (*key, (*value).clone())).unzip();
    if !first.field.nullable && goes_one_way(&keys, &values) {
        return write_rows(out, pairs, first.descending);
    }
    write_nested(out, pairs);
}

fn write_rows(out: &mut SqlText, pairs: &[(OrderKey, &Value)], descending: bool) {
    if let [(key, value)] = pairs {
        return key.compare(out, value);
    }
    out.push("(");
    for (index, (key, _)) in pairs.iter().enumerate() {
        out.push(if index == 0 { "" } else { ", " });
        key.write(out);
    }
    out.push(if descending { ") < (" } else { ") > (" });
    for (index, (key, value)) in pairs.iter().enumerate() {
        out.push(if index == 0 { "" } else { ", " });
        key.bind(out, value);
    }
    out.push(")");
}

fn write_nested(out: &mut SqlText, pairs: &[(OrderKey, &Value)]) {
    let Some(((key, value), rest)) = pairs.split_first() else { return };
    out.push("(");
    let mut any = true;
    match (value.is_null(), key.nulls_first) {
        (true, true) => {
            key.write(out);
            out.push(" IS NOT NULL");
        }
        // No value comes after the nulls.
        (true, false) => any = false,
        (false, _) => {
            key.compare(out, value);
            if key.nulls_follow() {
                out.push(" OR ");
                key.write(out);
                out.push(" IS NULL");
            }
        }
    }
    match (any, rest.is_empty()) {
        (true, true) => {}
        (false, true) => out.push("1 = 0"),
        (_, false) => {
            out.push(if any { " OR (" } else { "(" });
            key.equal(out, value);
            out.push(" AND ");
            write_nested(out, rest);
            out.push(")");
        }
    }
    out.push(")");
}
