//! The statements that read rows. Every one of them does so under the scope of its [`Select`] or [`Key`].

use super::clauses::{Clauses, write_key, write_where};
use super::{Dialect, SqlText, keyset, postgres_type, schema};
use crate::field::{IntKind, Kind, Value};
use crate::query::{CountMode, Filter, Keyset};
use crate::store::{COUNT_CAP, Key, Select, Total, Window};

/// Reads rows: these columns in this order, then the version, and where they are `counted` one column
/// more.
pub(super) fn write_select(out: &mut SqlText, select: &Select, columns: &[usize], counted: bool) {
    let is_narrow = schema::pages::is_narrow(select);
    out.for_values = select.filter != Filter::All && !is_narrow;
    let (place, limit, offset) = window(select);
    let order = Order::new(out.dialect, select, place);
    let head = |out: &mut SqlText| {
        out.push("SELECT ");
        out.columns(select.meta, columns);
        if counted {
            out.push(", (");
            write_total(out, select);
            out.push(")");
        }
        out.push(" FROM ");
    };
    let part = |out: &mut SqlText, part: keyset::Part| {
        out.push("(SELECT ");
        out.columns(select.meta, columns);
        out.push(" FROM ");
        order.write_rows(out, select, Some(part));
        write_window(out, limit.saturating_add(offset), 0);
        out.push(") AS _part");
    };
    match order.parts.as_slice() {
        [] | [_] => {
            head(out);
            order.write_rows(out, select, order.parts.first().copied());
        }
        // Without an order of the whole, which would be a merge that begins all parts and sorts the
        // first: so one is read after the other, until there are enough rows. PostgreSQL reads parts
        // that have limits in no other order, and never in parallel.
        parts => {
            head(out);
            for (index, it) in parts.iter().enumerate() {
                out.push(if index == 0 { "(SELECT * FROM " } else { " UNION ALL SELECT * FROM " });
                part(out, *it);
            }
            out.push(") AS _parts");
        }
    }
    // Where the planner takes all rows for a handful, it would rather sort them than read them in order,
    // unless it has to reckon with less than all.
    write_limit(out, limit, is_narrow);
    write_offset(out, offset);
}

/// Whether PostgreSQL's plan for any values would be a bad one.
pub(super) fn is_for_values(select: &Select) -> bool {
    select.filter != Filter::All && !schema::pages::is_narrow(select)
}

/// What makes a statement, or finds it, from what it is written by.
pub(super) type Make<'a, T> = &'a dyn Fn(&mut dyn FnMut(&mut SqlText)) -> T;

/// One statement for each part of a selection's order.
pub(super) fn parts<T>(dialect: Dialect, select: &Select, columns: &[usize], make: Make<'_, T>) -> Vec<T> {
    let (place, limit, offset) = window(select);
    Order::new(dialect, select, place).statements(select, columns, (limit, offset), make)
}

/// Those of [`parts`] by another way, along the index of the order.
pub(super) fn parts_along<T>(select: &Select, columns: &[usize], make: Make<'_, T>) -> Option<Vec<T>> {
    if matches!((&select.scope, &select.filter), (Filter::All, Filter::All)) {
        return None;
    }
    let (place, limit, offset) = window(select);
    let order = Order { along: Some(schema::order_index(select)?), ..Order::new(Dialect::Sqlite, select, place) };
    Some(order.statements(select, columns, (limit, offset), make))
}

/// The place after which rows are read, how many at most, and how many are left out before them.
fn window(select: &Select) -> (Option<&Keyset>, u64, u64) {
    match &select.window {
        Window::Offset { offset, limit } => (None, u64::from(*limit), *offset),
        Window::Keyset { keyset, limit } => (keyset.as_ref(), u64::from(*limit) + 1, 0),
    }
}

/// The order of a selection, and the parts in which it is asked for.
struct Order<'a> {
    keys: Vec<keyset::OrderKey>,
    values: &'a [Value],
    backward: bool,
    parts: Vec<keyset::Part>,
    /// SQLite's index to read along.
    along: Option<String>,
}

impl<'a> Order<'a> {
    fn new(dialect: Dialect, select: &Select, place: Option<&'a Keyset>) -> Self {
        let backward = place.is_some_and(|it| it.backward);
        let keys = keyset::keys(select, backward);
        let values = place.map(|it| it.values.as_slice());
        let parts = keyset::parts(dialect, &keys, values, backward);
        Self { keys, values: values.unwrap_or_default(), backward, parts, along: None }
    }

    /// A statement for each part.
    fn statements<T>(
        &self,
        select: &Select,
        columns: &[usize],
        (limit, offset): (u64, u64),
        make: Make<'_, T>,
    ) -> Vec<T> {
        let statement = |part| {
            make(&mut |out| {
                out.by_row = self.along.is_some();
                out.push("SELECT ");
                out.columns(select.meta, columns);
                out.push(" FROM ");
                self.write_rows(out, select, part);
                write_window(out, limit, offset);
            })
        };
        match self.parts.as_slice() {
            [] => vec![statement(None)],
            parts => parts.iter().map(|it| statement(Some(*it))).collect(),
        }
    }

    /// Writes the table, the conditions and the order of one part, or of all.
    fn write_rows(&self, out: &mut SqlText, select: &Select, part: Option<keyset::Part>) {
        out.ident(select.meta.table);
        if let Some(index) = &self.along {
            out.push(" INDEXED BY ");
            out.ident_made(index);
        }
        let mut clauses = Clauses::new();
        clauses.filter(out, select.meta, &select.scope);
        clauses.filter(out, select.meta, &select.filter);
        match part {
            Some(part) => {
                clauses.next(out);
                part.write(out, &self.keys, self.values);
                part.write_order(out, &self.keys, self.backward);
            }
            None => keyset::write_order(out, &self.keys),
        }
    }
}

/// Writes a query of one number: how many rows match.
pub(super) fn write_total(out: &mut SqlText, select: &Select) {
    match how_to_count(out.dialect, select) {
        None | Some(CountMode::None) => out.push("SELECT NULL::bigint"),
        Some(CountMode::Exact) => write_count(out, select),
        Some(CountMode::Capped) => {
            out.push("SELECT count(*) FROM (SELECT 1 FROM ");
            out.ident(select.meta.table);
            write_where(out, select);
            write_window(out, COUNT_CAP + 1, 0);
            out.push(") AS capped");
        }
        Some(CountMode::Estimated) => {
            // A table that was never analyzed has no estimate, and a small one is counted at once. An
            // estimate is told from a count by its sign.
            out.push("SELECT CASE WHEN reltuples < ");
            out.number(COUNT_CAP);
            out.push(" THEN (");
            write_count(out, select);
            out.push(") ELSE -reltuples::bigint END FROM pg_class WHERE oid = to_regclass(");
            let mut table = SqlText::new(out.dialect);
            table.ident(select.meta.table);
            out.bind(Value::Text(table.text), Kind::Text);
            out.push(")");
        }
    }
}

/// What the answer of [`count`](super::count) says.
#[must_use]
pub fn total(dialect: Dialect, select: &Select, counted: i64) -> Option<Total> {
    let rows = counted.unsigned_abs();
    Some(match how_to_count(dialect, select)? {
        CountMode::None => return None,
        CountMode::Estimated if counted < 0 => Total { rows, kind: CountMode::Estimated },
        CountMode::Exact | CountMode::Estimated => Total { rows, kind: CountMode::Exact },
        CountMode::Capped if rows > COUNT_CAP => Total { rows: COUNT_CAP, kind: CountMode::Capped },
        CountMode::Capped => Total { rows, kind: CountMode::Exact },
    })
}

/// How a selection's rows are counted, if they are.
pub(super) fn how_to_count(dialect: Dialect, select: &Select) -> Option<CountMode> {
    let everything = matches!((&select.scope, &select.filter), (Filter::All, Filter::All));
    match select.count {
        CountMode::None => None,
        CountMode::Estimated if !(dialect == Dialect::Postgres && everything) => Some(CountMode::Capped),
        mode @ (CountMode::Exact | CountMode::Capped | CountMode::Estimated) => Some(mode),
    }
}

fn write_count(out: &mut SqlText, select: &Select) {
    out.push("SELECT count(*) FROM ");
    out.ident(select.meta.table);
    write_where(out, select);
}

/// Reads one row: these columns in this order, then the version.
pub(super) fn write_get(out: &mut SqlText, key: &Key, columns: &[usize]) {
    out.push("SELECT ");
    out.columns(key.meta, columns);
    out.push(" FROM ");
    out.ident(key.meta.table);
    write_key(out, key, None);
}

/// Reads the rows of several identifiers: these columns in this order, then the version and the
/// identifier, in no order. PostgreSQL's alone.
pub(super) fn write_get_many(out: &mut SqlText, of: &Key, ids: &mut Vec<Value>, columns: &[usize]) {
    let id = of.meta.id_field();
    out.push("SELECT ");
    out.columns(of.meta, columns);
    out.push(", ");
    out.ident(id.column);
    out.push(" FROM ");
    out.ident(of.meta.table);
    out.push(" WHERE ");
    out.ident(id.column);
    // How many there are is hidden from the planner, which else would plan anew for fewer than usual.
    out.push(" = ANY((SELECT ");
    out.bind(Value::List(std::mem::take(ids)), Kind::List(&id.kind));
    out.push(")::");
    out.push(postgres_type(&Kind::List(&id.kind)));
    out.push(")");
    let mut clauses = Clauses::more();
    clauses.filter(out, of.meta, &of.scope);
}

fn write_window(out: &mut SqlText, limit: u64, offset: u64) {
    write_limit(out, limit, false);
    write_offset(out, offset);
}

/// The limit stands in PostgreSQL's text as a number unless it is to be `hidden`: a plan for an unknown
/// limit reckons with a tenth of the rows, and of a table loses to sorting it. SQLite plans alike for all
/// of them.
fn write_limit(out: &mut SqlText, limit: u64, hidden: bool) {
    out.push(" LIMIT ");
    if hidden || out.dialect == Dialect::Sqlite {
        bind_number(out, limit);
    } else {
        out.number(limit);
    }
}

fn write_offset(out: &mut SqlText, offset: u64) {
    if offset > 0 {
        out.push(" OFFSET ");
        bind_number(out, offset);
    }
}

fn bind_number(out: &mut SqlText, number: u64) {
    out.bind(Value::Int(i64::try_from(number).unwrap_or(i64::MAX)), Kind::Int(IntKind::I64));
}
