use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, Row};

use super::bind::{self, Failure};
use super::error;
use super::readers::Meter;
use super::row::{Layout, record};
use crate::field::Value;
use crate::json::Projection;
use crate::query::{CountMode, SortKey};
use crate::resource::{Record, ResourceMeta};
use crate::store::sql::{self, Dialect, Statement, Statements};
use crate::store::{
    JsonRow, JsonSelection, Key, Select, Selection, StoreError, StoreErrorKind, StoreResult, Total, Window,
};

const DIALECT: Dialect = Dialect::Sqlite;

/// A failure of a resource's statement, or of the reading of its rows.
pub(super) fn failed(meta: &ResourceMeta, failure: Failure) -> StoreError {
    match failure {
        Failure::Sql(error) => error::of(meta, error),
        Failure::Duplicate { fields, error } => StoreError::new(StoreErrorKind::Duplicate { fields }).caused_by(error),
        Failure::Value(why) => StoreError::new(StoreErrorKind::Internal)
            .caused_by(format!("the table `{}` was changed behind the framework: {why}", meta.table)),
    }
}

/// A [`Select`] with its statements, ready to be run, more than once if need be.
pub(super) struct SelectPlan {
    select: Select,
    statements: Arc<Statements>,
    columns: Vec<usize>,
    /// The rows of one after those of another.
    rows: Vec<Statement>,
    count: Option<Statement>,
}

/// How long rows are looked for by the filter's indexes, before it is tried along the order: those of a
/// few thousand matches are found by then.
const BY_FILTER: Duration = Duration::from_millis(4);

/// How long rows are looked for along the order, where the other way takes long. By then it has looked
/// at so many that a page would be full if one in some hundred matched.
const ALONG: Duration = Duration::from_millis(10);

/// What the rows of a [`SelectPlan`] were, apart from themselves.
struct Found {
    rows: usize,
    has_more: bool,
    total: Option<Total>,
}

/// Where rows go.
trait Rows {
    fn add(&mut self, row: &Row<'_>) -> Result<(), Failure>;
    /// Forgets all of them: they are read anew, by another way.
    fn clear(&mut self);
}

impl SelectPlan {
    /// For reading whole records.
    pub(super) fn of_records(statements: Arc<Statements>, select: Select) -> Self {
        let columns = sql::all(select.meta);
        Self::new(statements, select, columns)
    }

    /// For writing what a projection asks for.
    pub(super) fn of_json(statements: Arc<Statements>, select: Select, projection: &Projection) -> Self {
        let mut columns: Vec<usize> = Vec::with_capacity(select.meta.fields.len());
        let keys = is_keyset(&select).then(|| select.sort.iter().map(|key| key.field));
        for field in projection.stored().chain(keys.into_iter().flatten()) {
            if !columns.contains(&field) {
                columns.push(field);
            }
        }
        Self::new(statements, select, columns)
    }

    fn new(statements: Arc<Statements>, select: Select, columns: Vec<usize>) -> Self {
        let rows = statements.select_parts(&select, &columns);
        let count = statements.count(&select);
        Self { select, statements, columns, rows, count }
    }

    /// What tells its cost from that of others.
    pub(super) fn shape(&self) -> u64 {
        self.rows.last().map_or(0, |it| it.shape)
    }

    /// The rows as records. With a meter it may take as long as it takes.
    pub(super) fn records(&self, connection: &Connection, meter: Option<&Meter>) -> StoreResult<Selection> {
        let mut records = Records { meta: self.select.meta, records: Vec::new() };
        let found = self.run(connection, meter, &mut records)?;
        let mut records = records.records;
        if self.is_backward() {
            records.reverse();
        }
        Ok(Selection { records, total: found.total, has_more: found.has_more })
    }

    /// Writes the rows as they come; where a computed field is among the fields, by way of records.
    /// With a meter it may take as long as it takes.
    pub(super) fn json(
        &self,
        connection: &Connection,
        meter: Option<&Meter>,
        projection: &Projection,
    ) -> StoreResult<JsonSelection> {
        let mut objects = Objects {
            layout: Layout::new(self.select.meta, &self.columns),
            projection,
            keys: if is_keyset(&self.select) { &self.select.sort } else { &[] },
            items: Vec::with_capacity(4_096),
            ends: Vec::new(),
            edges: None,
        };
        let found = self.run(connection, meter, &mut objects)?;
        let Objects { mut items, ends, mut edges, .. } = objects;
        if self.is_backward() {
            items = reversed(&items, &ends, projection.separator());
            edges = edges.map(|(first, last)| (last, first));
        }
        Ok(JsonSelection { items, len: found.rows, edges, total: found.total, has_more: found.has_more })
    }

    const fn is_backward(&self) -> bool {
        match &self.select.window {
            Window::Keyset { keyset: Some(place), .. } => place.backward,
            Window::Keyset { keyset: None, .. } | Window::Offset { .. } => false,
        }
    }

    fn run(&self, connection: &Connection, meter: Option<&Meter>, out: &mut impl Rows) -> StoreResult<Found> {
        let fail = |failure| failed(self.select.meta, failure);
        if self.count.is_none() && self.rows.len() < 2 {
            let (rows, has_more) = self.find_rows(connection, meter, out).map_err(fail)?;
            return Ok(Found { rows, has_more, total: None });
        }
        // All statements see the same rows: those of a transaction that is open anyway, or else of
        // one of their own. Where one fails the connection's keeper rolls back.
        let alone = connection.is_autocommit();
        let command = |sql| match alone {
            true => bind::command(connection, sql).map_err(|it| fail(Failure::Sql(it))),
            false => Ok(()),
        };
        command("BEGIN")?;
        let (rows, has_more) = self.find_rows(connection, meter, out).map_err(fail)?;
        let total = match self.known_total(rows, has_more) {
            Some(total) => Some(total),
            None => self.read_total(connection).map_err(fail)?,
        };
        command("COMMIT")?;
        Ok(Found { rows, has_more, total })
    }

    /// Reads the rows by the shorter of two ways, which nothing but trying can tell, as SQLite has
    /// no statistics: by the filter's indexes, or along the order's. Both give the same.
    fn find_rows(
        &self,
        connection: &Connection,
        meter: Option<&Meter>,
        out: &mut impl Rows,
    ) -> Result<(usize, bool), Failure> {
        let along = |meter| Some((meter, self.statements.select_along(&self.select, &self.columns)?));
        let Some((meter, along)) = meter.and_then(along) else {
            return read_rows(connection, &self.rows, out, self.limit());
        };
        if let Some(found) = meter.within(BY_FILTER, || read_rows(connection, &self.rows, out, self.limit())) {
            return found;
        }
        out.clear();
        match meter.within(ALONG, || read_rows(connection, &along, out, self.limit())) {
            Some(Ok(found)) => return Ok(found),
            Some(Err(error)) => tracing::debug!(?error, table = self.select.meta.table, "no way along the order"),
            None => {}
        }
        out.clear();
        read_rows(connection, &self.rows, out, self.limit())
    }

    const fn limit(&self) -> usize {
        self.select.limit() as usize
    }

    /// The number of all rows, where the last of them is among those that were read.
    fn known_total(&self, rows: usize, has_more: bool) -> Option<Total> {
        let read = rows as u64;
        let rows = match &self.select.window {
            Window::Offset { offset, limit } if rows < *limit as usize && (rows > 0 || *offset == 0) => offset + read,
            Window::Keyset { keyset: None, .. } if !has_more => read,
            _ => return None,
        };
        Some(Total { rows, kind: CountMode::Exact })
    }

    fn read_total(&self, connection: &Connection) -> Result<Option<Total>, Failure> {
        let Some(count) = &self.count else { return Ok(None) };
        let counted = bind::one(connection, count, |row| Ok(row.get(0)?))?;
        Ok(counted.and_then(|it| sql::total(DIALECT, &self.select, it)))
    }
}

const fn is_keyset(select: &Select) -> bool {
    matches!(select.window, Window::Keyset { .. })
}

/// Reads the rows of statements, one after another, up to a limit. How many there were, and whether
/// there are more.
fn read_rows(
    connection: &Connection,
    statements: &[Statement],
    out: &mut impl Rows,
    limit: usize,
) -> Result<(usize, bool), Failure> {
    let mut seen = 0;
    for sql in statements {
        let mut statement = bind::prepare(connection, sql)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            // A keyset reads one row too many, to see that it is there.
            if seen == limit {
                return Ok((seen, true));
            }
            out.add(row)?;
            seen += 1;
        }
    }
    Ok((seen, false))
}

/// Rows as records.
struct Records {
    meta: &'static ResourceMeta,
    records: Vec<Record>,
}

impl Rows for Records {
    fn add(&mut self, row: &Row<'_>) -> Result<(), Failure> {
        self.records.push(record(row, self.meta)?);
        Ok(())
    }

    fn clear(&mut self) {
        self.records.clear();
    }
}

/// Rows as a projection writes them.
struct Objects<'a> {
    layout: Layout,
    projection: &'a Projection,
    /// The order of a page that cursors lead from.
    keys: &'a [SortKey],
    items: Vec<u8>,
    /// Where each object ends.
    ends: Vec<usize>,
    /// The keys of the first row, and of the last.
    edges: Option<(Vec<Value>, Vec<Value>)>,
}

impl Rows for Objects<'_> {
    fn add(&mut self, row: &Row<'_>) -> Result<(), Failure> {
        if !self.ends.is_empty() {
            self.items.extend_from_slice(self.projection.separator());
        }
        self.layout.write_json(&mut self.items, row, self.projection)?;
        self.ends.push(self.items.len());
        if self.keys.is_empty() {
            return Ok(());
        }
        let keys: Vec<_> = self.keys.iter().map(|key| self.layout.value(row, key.field)).collect::<Result<_, _>>()?;
        match &mut self.edges {
            None => self.edges = Some((keys.clone(), keys)),
            Some((_, last)) => *last = keys,
        }
        Ok(())
    }

    fn clear(&mut self) {
        self.items.clear();
        self.ends.clear();
        self.edges = None;
    }
}

/// Rows with separators between them, in the opposite order. `ends` has where each of them ends.
fn reversed(items: &[u8], ends: &[usize], separator: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(items.len());
    for (index, &end) in ends.iter().enumerate().rev() {
        let start = index.checked_sub(1).and_then(|it| ends.get(it)).map_or(0, |it| it + separator.len());
        if index + 1 < ends.len() {
            out.extend_from_slice(separator);
        }
        out.extend_from_slice(items.get(start..end).unwrap_or_default());
    }
    out
}

pub(super) fn get(connection: &Connection, statements: &Statements, key: &Key) -> StoreResult<Option<Record>> {
    let sql = statements.get(key, &sql::all(key.meta));
    bind::one(connection, &sql, |row| record(row, key.meta)).map_err(|it| failed(key.meta, it))
}

pub(super) fn get_json(
    connection: &Connection,
    statements: &Statements,
    key: &Key,
    projection: &Projection,
) -> StoreResult<Option<JsonRow>> {
    let mut columns: Vec<usize> = Vec::with_capacity(key.meta.fields.len());
    columns.extend(projection.stored());
    let sql = statements.get(key, &columns);
    let layout = Layout::new(key.meta, &columns);
    let read = |row: &Row<'_>| {
        let mut json = Vec::with_capacity(512);
        layout.write_json(&mut json, row, projection)?;
        // The version follows the columns, and a projection may name a field twice.
        Ok(JsonRow { json, version: row.get(columns.len())? })
    };
    bind::one(connection, &sql, read).map_err(|it| failed(key.meta, it))
}
