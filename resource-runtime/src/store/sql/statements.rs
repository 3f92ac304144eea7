//! The statements that read and write rows. Every one of them that meets rows that exist does so
//! under the scope of its [`Select`] or [`Key`].

use super::{Dialect, SqlText, VERSION, keyset, schema};
use crate::field::{IntKind, Kind, Value};
use crate::query::{CountMode, Filter, Keyset};
use crate::resource::ResourceMeta;
use crate::store::{COUNT_CAP, Key, Select, Total, Window};

const I64: Kind = Kind::Int(IntKind::I64);

/// The positions of all fields of a resource: the columns of a whole record.
#[must_use]
pub fn all(meta: &ResourceMeta) -> Vec<usize> {
    (0..meta.fields.len()).collect()
}

/// Reads rows: these columns in this order, then the version.
///
/// A keyset window reads one row more than its limit, so that the store knows whether there are
/// more. A backward one reads away from its place, so that the store has to turn the rows round.
#[must_use]
pub fn select(dialect: Dialect, select: &Select, columns: &[usize]) -> SqlText {
    write_select(dialect, select, columns, false)
}

/// Reads rows as [`select`] does, each with one column more: what [`count`] gives, in the same
/// statement, and so of the same moment. Where no row is found, nothing is counted.
#[must_use]
pub fn select_counted(dialect: Dialect, select: &Select, columns: &[usize]) -> SqlText {
    write_select(dialect, select, columns, true)
}

fn write_select(dialect: Dialect, select: &Select, columns: &[usize], counted: bool) -> SqlText {
    let mut out = SqlText { for_values: select.filter != Filter::All, ..SqlText::new(dialect) };
    let meta = select.meta;
    let (place, limit, offset) = window(select);
    let order = Order::new(dialect, select, place);
    let head = |out: &mut SqlText| {
        out.push("SELECT ");
        write_columns(out, meta, columns);
        if counted {
            out.push(", (");
            write_total(out, select);
            out.push(")");
        }
        out.push(" FROM ");
    };
    let part = |out: &mut SqlText, part: keyset::Part| {
        out.push("(SELECT ");
        write_columns(out, meta, columns);
        out.push(" FROM ");
        order.write_rows(out, select, Some(part));
        write_window(out, limit.saturating_add(offset), 0);
        out.push(") AS _part");
    };
    match order.parts.as_slice() {
        [] | [_] => {
            head(&mut out);
            order.write_rows(&mut out, select, order.parts.first().copied());
        }
        // Without an order of the whole, which would be a merge that begins all parts and sorts the
        // first: so one is read after the other, until there are enough rows. PostgreSQL reads parts
        // that have limits in no other order, and never in parallel.
        parts => {
            head(&mut out);
            for (index, it) in parts.iter().enumerate() {
                out.push(if index == 0 { "(SELECT * FROM " } else { " UNION ALL SELECT * FROM " });
                part(&mut out, *it);
            }
            out.push(") AS _parts");
        }
    }
    write_window(&mut out, limit, offset);
    out
}

/// Reads rows as [`select`] does, by one statement or several, the rows of each before those of the
/// next. Who has enough rows for the page leaves the rest aside; each gives as many as a page may
/// have. In SQLite that costs less than one statement, which would copy the rows of all parts.
#[must_use]
pub fn select_parts(dialect: Dialect, select: &Select, columns: &[usize]) -> Vec<SqlText> {
    let (place, limit, offset) = window(select);
    write_parts(&SqlText::new(dialect), select, columns, &Order::new(dialect, select, place), (limit, offset))
}

/// Reads the rows of [`select_parts`] in SQLite by another way: along the index of the order, with a
/// look at each row, whatever other indexes there are. That is the shorter way to a page where many
/// rows match. `None` where it is no other way, or no index has the order.
#[must_use]
pub(crate) fn select_along(select: &Select, columns: &[usize]) -> Option<Vec<SqlText>> {
    if matches!((&select.scope, &select.filter), (Filter::All, Filter::All)) {
        return None;
    }
    let (place, limit, offset) = window(select);
    let order = Order { along: Some(schema::order_index(select)?), ..Order::new(Dialect::Sqlite, select, place) };
    let empty = SqlText { by_row: true, ..SqlText::new(Dialect::Sqlite) };
    Some(write_parts(&empty, select, columns, &order, (limit, offset)))
}

/// The place after which rows are read, how many at most, and how many are left out before them.
fn window(select: &Select) -> (Option<&Keyset>, u64, u64) {
    match &select.window {
        Window::Offset { offset, limit } => (None, u64::from(*limit), *offset),
        Window::Keyset { keyset, limit } => (keyset.as_ref(), u64::from(*limit) + 1, 0),
    }
}

/// A statement for each part, beginning from an empty one.
fn write_parts(
    empty: &SqlText,
    select: &Select,
    columns: &[usize],
    order: &Order<'_>,
    (limit, offset): (u64, u64),
) -> Vec<SqlText> {
    let parts = order.parts.iter().copied().map(Some);
    let parts: Vec<_> = if order.parts.is_empty() { vec![None] } else { parts.collect() };
    let statement = |part| {
        let mut out = empty.clone();
        out.push("SELECT ");
        write_columns(&mut out, select.meta, columns);
        out.push(" FROM ");
        order.write_rows(&mut out, select, part);
        write_window(&mut out, limit, offset);
        out
    };
    parts.into_iter().map(statement).collect()
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

    /// Writes the table, the conditions and the order of one part, or of all.
    fn write_rows(&self, out: &mut SqlText, select: &Select, part: Option<keyset::Part>) {
        out.ident(select.meta.table);
        if let Some(index) = &self.along {
            out.push(" INDEXED BY ");
            out.ident(index);
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

/// Counts the rows that match, as [`Select::count`] says: one row of one 64-bit integer, which
/// [`total`] makes sense of. `None` where no count is asked for.
///
/// An estimate comes from PostgreSQL's statistics where all rows are meant, and else is a capped
/// count; SQLite keeps no statistics that are fit for it.
#[must_use]
pub fn count(dialect: Dialect, select: &Select) -> Option<SqlText> {
    how_to_count(dialect, select)?;
    let mut out = SqlText { for_values: select.filter != Filter::All, ..SqlText::new(dialect) };
    write_total(&mut out, select);
    Some(out)
}

/// Writes a query of one number.
fn write_total(out: &mut SqlText, select: &Select) {
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
            out.push(&COUNT_CAP.to_string());
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

/// What a [`count`]'s answer says.
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

fn how_to_count(dialect: Dialect, select: &Select) -> Option<CountMode> {
    let everything = matches!((&select.scope, &select.filter), (Filter::All, Filter::All));
    match select.count {
        CountMode::None => None,
        CountMode::Estimated if !(dialect == Dialect::Postgres && everything) => Some(CountMode::Capped),
        mode @ (CountMode::Exact | CountMode::Capped | CountMode::Estimated) => Some(mode),
    }
}

/// Reads one row: these columns in this order, then the version.
#[must_use]
pub fn get(dialect: Dialect, key: &Key, columns: &[usize]) -> SqlText {
    let mut out = SqlText::new(dialect);
    out.push("SELECT ");
    write_columns(&mut out, key.meta, columns);
    out.push(" FROM ");
    out.ident(key.meta.table);
    write_key(&mut out, key, None);
    out
}

/// Reads the version of one row. A write that met no row is told by it whether the row is missing
/// or has another version.
#[must_use]
pub fn version_of(dialect: Dialect, key: &Key) -> SqlText {
    get(dialect, key, &[])
}

/// Adds a row of one value per field, and gives these columns back, then the version. An
/// identifier that is null is left to the table.
#[must_use]
pub fn insert(
    dialect: Dialect,
    meta: &ResourceMeta,
    values: impl IntoIterator<Item = Value>,
    version: i64,
    returning: &[usize],
) -> SqlText {
    let mut out = SqlText::new(dialect);
    let id = meta.id();
    let given: Vec<_> = meta
        .fields
        .iter()
        .zip(values)
        .enumerate()
        .filter(|(index, (_, value))| *index != id || !value.is_null())
        .map(|(_, it)| it)
        .collect();
    out.push("INSERT INTO ");
    out.ident(meta.table);
    out.push(" (");
    for (field, _) in &given {
        out.ident(field.column);
        out.push(", ");
    }
    out.ident(VERSION);
    out.push(") VALUES (");
    for (field, value) in given {
        out.bind(value, field.kind);
        out.push(", ");
    }
    out.bind(Value::Int(version), I64);
    out.push(")");
    write_returning(&mut out, meta, returning);
    out
}

/// Gives some fields of one row other values, and gives these columns back as they are then, and
/// the version. Without a row in its answer nothing was changed; see [`version_of`].
#[must_use]
pub fn update(
    dialect: Dialect,
    key: &Key,
    changes: impl IntoIterator<Item = (usize, Value)>,
    version: Option<i64>,
    returning: &[usize],
) -> SqlText {
    let mut out = SqlText::new(dialect);
    out.push("UPDATE ");
    out.ident(key.meta.table);
    out.push(" SET ");
    for (index, value) in changes {
        let Some(field) = key.meta.fields.get(index) else { continue };
        out.ident(field.column);
        out.push(" = ");
        out.bind(value, field.kind);
        out.push(", ");
    }
    out.ident(VERSION);
    out.push(" = ");
    out.ident(VERSION);
    out.push(" + 1");
    write_key(&mut out, key, version);
    write_returning(&mut out, key.meta, returning);
    out
}

/// Removes one row, and gives these columns back as they were, and the version. Without a row in
/// its answer nothing was removed; see [`version_of`].
#[must_use]
pub fn delete(dialect: Dialect, key: &Key, version: Option<i64>, returning: &[usize]) -> SqlText {
    let mut out = SqlText::new(dialect);
    out.push("DELETE FROM ");
    out.ident(key.meta.table);
    write_key(&mut out, key, version);
    write_returning(&mut out, key.meta, returning);
    out
}

fn write_columns(out: &mut SqlText, meta: &ResourceMeta, columns: &[usize]) {
    for field in columns.iter().filter_map(|&it| meta.fields.get(it)) {
        out.ident(field.column);
        out.push(", ");
    }
    out.ident(VERSION);
}

fn write_returning(out: &mut SqlText, meta: &ResourceMeta, columns: &[usize]) {
    out.push(" RETURNING ");
    write_columns(out, meta, columns);
}

fn write_count(out: &mut SqlText, select: &Select) {
    out.push("SELECT count(*) FROM ");
    out.ident(select.meta.table);
    write_where(out, select);
}

fn write_where(out: &mut SqlText, select: &Select) {
    let mut clauses = Clauses::new();
    clauses.filter(out, select.meta, &select.scope);
    clauses.filter(out, select.meta, &select.filter);
}

fn write_key(out: &mut SqlText, key: &Key, version: Option<i64>) {
    let id = key.meta.id_field();
    let mut clauses = Clauses::new();
    clauses.next(out);
    out.ident(id.column);
    out.push(" = ");
    out.bind(key.id.clone(), id.kind);
    clauses.filter(out, key.meta, &key.scope);
    if let Some(version) = version {
        clauses.next(out);
        out.ident(VERSION);
        out.push(" = ");
        out.bind(Value::Int(version), I64);
    }
}

/// The limit stands in PostgreSQL's text as a number: a plan for an unknown limit reckons with a
/// tenth of the table, and loses to sorting it. SQLite plans alike for all of them.
fn write_window(out: &mut SqlText, limit: u64, offset: u64) {
    let number = |it: u64| Value::Int(i64::try_from(it).unwrap_or(i64::MAX));
    out.push(" LIMIT ");
    match out.dialect {
        Dialect::Sqlite => out.bind(number(limit), I64),
        Dialect::Postgres => out.push(&limit.to_string()),
    }
    if offset > 0 {
        out.push(" OFFSET ");
        out.bind(number(offset), I64);
    }
}

/// The conditions of a `WHERE` clause, which is not there before the first of them.
struct Clauses {
    word: &'static str,
}

impl Clauses {
    const fn new() -> Self {
        Self { word: " WHERE " }
    }

    fn next(&mut self, out: &mut SqlText) {
        out.push(self.word);
        self.word = " AND ";
    }

    fn filter(&mut self, out: &mut SqlText, meta: &'static ResourceMeta, filter: &Filter) {
        if *filter == Filter::All {
            return;
        }
        self.next(out);
        // What one comparison writes may bind less tightly than `AND`.
        out.push("(");
        filter.write_sql(meta, out);
        out.push(")");
    }
}
