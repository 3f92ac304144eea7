use rusqlite::{Connection, Row};

use super::bind::{self, Failure};
use super::error;
use super::row::{Layout, record};
use crate::field::Value;
use crate::json::Projection;
use crate::query::CountMode;
use crate::resource::{Record, ResourceMeta};
use crate::store::sql::{self, Dialect, SqlText};
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
    columns: Vec<usize>,
    /// The rows of one after those of another.
    rows: Vec<SqlText>,
    count: Option<SqlText>,
}

/// What the rows of a [`SelectPlan`] were, apart from themselves.
struct Found {
    rows: usize,
    has_more: bool,
    total: Option<Total>,
}

impl SelectPlan {
    /// For reading whole records.
    pub(super) fn of_records(select: Select) -> Self {
        let columns = sql::all(select.meta);
        Self::new(select, columns)
    }

    /// For writing what a projection asks for.
    pub(super) fn of_json(select: Select, projection: &Projection) -> Self {
        let mut columns: Vec<usize> = Vec::with_capacity(select.meta.fields.len());
        let keys = matches!(select.window, Window::Keyset { .. }).then(|| select.sort.iter().map(|key| key.field));
        for field in projection.stored().chain(keys.into_iter().flatten()) {
            if !columns.contains(&field) {
                columns.push(field);
            }
        }
        Self::new(select, columns)
    }

    fn new(select: Select, columns: Vec<usize>) -> Self {
        let rows = sql::select_parts(DIALECT, &select, &columns);
        let count = sql::count(DIALECT, &select);
        Self { select, columns, rows, count }
    }

    /// What tells its cost from that of others.
    pub(super) fn shape(&self) -> &str {
        self.rows.last().map_or("", |it| &it.text)
    }

    pub(super) fn records(&self, connection: &Connection) -> StoreResult<Selection> {
        let meta = self.select.meta;
        let mut records = Vec::new();
        let found = self.run(connection, |row| {
            records.push(record(row, meta)?);
            Ok(())
        })?;
        if self.is_backward() {
            records.reverse();
        }
        Ok(Selection { records, total: found.total, has_more: found.has_more })
    }

    /// Writes the rows as they come; where a computed field is among the fields, by way of records.
    pub(super) fn json(&self, connection: &Connection, projection: &Projection) -> StoreResult<JsonSelection> {
        let layout = Layout::new(self.select.meta, &self.columns);
        let mut items = Vec::with_capacity(4_096);
        let mut ends = Vec::new();
        let mut edges: Option<(Vec<Value>, Vec<Value>)> = None;
        let keyset = matches!(self.select.window, Window::Keyset { .. });
        let found = self.run(connection, |row| {
            if !ends.is_empty() {
                items.extend_from_slice(projection.separator());
            }
            layout.write_json(&mut items, row, projection)?;
            ends.push(items.len());
            if keyset {
                let keys = self.keys(&layout, row)?;
                match &mut edges {
                    None => edges = Some((keys.clone(), keys)),
                    Some((_, last)) => *last = keys,
                }
            }
            Ok(())
        })?;
        if self.is_backward() {
            items = reversed(&items, &ends, projection.separator());
            edges = edges.map(|(first, last)| (last, first));
        }
        Ok(JsonSelection { items, len: found.rows, edges, total: found.total, has_more: found.has_more })
    }

    fn keys(&self, layout: &Layout, row: &Row<'_>) -> Result<Vec<Value>, Failure> {
        self.select.sort.iter().map(|key| layout.value(row, key.field)).collect()
    }

    const fn is_backward(&self) -> bool {
        match &self.select.window {
            Window::Keyset { keyset: Some(place), .. } => place.backward,
            Window::Keyset { keyset: None, .. } | Window::Offset { .. } => false,
        }
    }

    fn run(
        &self,
        connection: &Connection,
        mut each: impl FnMut(&Row<'_>) -> Result<(), Failure>,
    ) -> StoreResult<Found> {
        let fail = |failure| failed(self.select.meta, failure);
        if self.count.is_none() && self.rows.len() < 2 {
            let (rows, has_more) = self.read_rows(connection, &mut each).map_err(fail)?;
            return Ok(Found { rows, has_more, total: None });
        }
        // Both statements see the same rows: those of a transaction that is open anyway, or else of
        // one of their own. Where one fails the connection's keeper rolls back.
        let alone = connection.is_autocommit();
        let command = |sql| match alone {
            true => bind::command(connection, sql).map_err(|it| fail(Failure::Sql(it))),
            false => Ok(()),
        };
        command("BEGIN")?;
        let (rows, has_more) = self.read_rows(connection, &mut each).map_err(fail)?;
        let total = match self.known_total(rows, has_more) {
            Some(total) => Some(total),
            None => self.read_total(connection).map_err(fail)?,
        };
        command("COMMIT")?;
        Ok(Found { rows, has_more, total })
    }

    fn read_rows(
        &self,
        connection: &Connection,
        each: &mut impl FnMut(&Row<'_>) -> Result<(), Failure>,
    ) -> Result<(usize, bool), Failure> {
        let limit = self.select.limit() as usize;
        let mut seen = 0;
        for sql in &self.rows {
            let mut statement = bind::prepare(connection, sql)?;
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                // A keyset reads one row too many, to see that it is there.
                if seen == limit {
                    return Ok((seen, true));
                }
                each(row)?;
                seen += 1;
            }
        }
        Ok((seen, false))
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

pub(super) fn get(connection: &Connection, key: &Key) -> StoreResult<Option<Record>> {
    let sql = sql::get(DIALECT, key, &sql::all(key.meta));
    bind::one(connection, &sql, |row| record(row, key.meta)).map_err(|it| failed(key.meta, it))
}

pub(super) fn get_json(connection: &Connection, key: &Key, projection: &Projection) -> StoreResult<Option<JsonRow>> {
    let columns: Vec<usize> = projection.stored().collect();
    let sql = sql::get(DIALECT, key, &columns);
    let layout = Layout::new(key.meta, &columns);
    let read = |row: &Row<'_>| {
        let mut json = Vec::with_capacity(512);
        layout.write_json(&mut json, row, projection)?;
        // The version follows the columns, and a projection may name a field twice.
        Ok(JsonRow { json, version: row.get(columns.len())? })
    };
    bind::one(connection, &sql, read).map_err(|it| failed(key.meta, it))
}
