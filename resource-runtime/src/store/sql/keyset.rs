//! Orders, and the rows after a place in one.

use super::{Dialect, SqlText};
use crate::field::{FieldMeta, Kind, Value};
use crate::store::Select;

/// One key of an order, as the database is asked for it.
#[derive(Clone, Copy)]
pub(super) struct OrderKey {
    field: &'static FieldMeta,
    descending: bool,
    nulls_first: bool,
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
    /// Text sorts by code point, whatever collation a PostgreSQL column has. (Columns of our own
    /// making have this one, so that their indexes fit.)
    fn write(self, out: &mut SqlText) {
        out.ident(self.field.column);
        if out.dialect == Dialect::Postgres && matches!(self.field.kind, Kind::Text | Kind::Enum(_)) {
            out.push(" COLLATE \"C\"");
        }
    }

    /// `column > value`, in the direction of the order.
    fn compare(self, out: &mut SqlText, or_equal: bool, value: &Value) {
        self.write(out);
        out.push(if self.descending { " <" } else { " >" });
        out.push(if or_equal { "= " } else { " " });
        out.bind(value.clone(), self.field.kind);
    }

    fn equal(self, out: &mut SqlText, value: &Value) {
        self.write(out);
        if value.is_null() {
            out.push(" IS NULL");
        } else {
            out.push(" = ");
            out.bind(value.clone(), self.field.kind);
        }
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

/// Writes a condition that holds for the rows that come after a place in an order.
///
/// Where all keys go one way and none can be null it is a comparison of rows, which both databases
/// answer from an index. Else it is `k1 > v1 OR (k1 = v1 AND (k2 > v2 OR …))`, with a bound for
/// the first key in front of it where there is one, from which an index scan can start.
pub(super) fn write_after(out: &mut SqlText, keys: &[OrderKey], values: &[Value]) {
    let pairs: Vec<_> = keys.iter().copied().zip(values).collect();
    let Some(&(first, value)) = pairs.first() else { return out.push("TRUE") };
    let one_way =
        pairs.iter().all(|(key, value)| !key.field.nullable && !value.is_null() && key.descending == first.descending);
    if one_way {
        return write_rows(out, &pairs, first.descending);
    }
    if value.is_null() {
        if !first.nulls_first {
            first.equal(out, value);
            out.push(" AND ");
        }
    } else if !first.nulls_follow() {
        first.compare(out, true, value);
        out.push(" AND ");
    }
    write_nested(out, &pairs);
}

fn write_rows(out: &mut SqlText, pairs: &[(OrderKey, &Value)], descending: bool) {
    out.push("(");
    for (index, (key, _)) in pairs.iter().enumerate() {
        out.push(if index == 0 { "" } else { ", " });
        key.write(out);
    }
    out.push(if descending { ") < (" } else { ") > (" });
    for (index, (key, value)) in pairs.iter().enumerate() {
        out.push(if index == 0 { "" } else { ", " });
        out.bind((*value).clone(), key.field.kind);
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
            key.compare(out, false, value);
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
