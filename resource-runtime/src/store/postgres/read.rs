//! Reading rows.

use tokio_postgres::Row;

use super::row::{self, Columns};
use super::run::Runner;
use crate::field::Value;
use crate::json::Projection;
use crate::query::CountMode;
use crate::resource::Record;
use crate::store::sql::{self, Dialect};
use crate::store::{JsonRow, JsonSelection, Key, Select, Selection, StoreResult, Total, Window};

const DIALECT: Dialect = Dialect::Postgres;

/// The rows of a selection, in the order asked for.
struct Found {
    rows: Vec<Row>,
    has_more: bool,
    total: Option<Total>,
}

/// Rows as records.
pub(super) async fn select(on: &mut impl Runner, select: &Select) -> StoreResult<Selection> {
    let found = find(on, select, &sql::all(select.meta)).await?;
    let records = found.rows.iter().map(|it| row::record(it, select.meta)).collect::<StoreResult<_>>()?;
    Ok(Selection { records, total: found.total, has_more: found.has_more })
}

/// Rows as JSON objects separated by commas.
pub(super) async fn select_json(
    on: &mut impl Runner,
    select: &Select,
    projection: &Projection,
) -> StoreResult<JsonSelection> {
    if projection.needs_record() {
        return Ok(self::select(on, select).await?.to_json(select, projection)?);
    }
    let keyset = matches!(select.window, Window::Keyset { .. });
    // The edges of a page, which cursors are made of, need the sort keys too.
    let keys = select.sort.iter().map(|it| it.field).filter(|_| keyset);
    let columns = Columns::new(select.meta, projection.stored().chain(keys));
    let found = find(on, select, &columns.fields).await?;
    let bytes = found.rows.iter().map(Row::raw_size_bytes).sum::<usize>();
    // Keys and punctuation take about as much as the values.
    let mut items = Vec::with_capacity(bytes * 2);
    for (index, row) in found.rows.iter().enumerate() {
        if index > 0 {
            items.extend_from_slice(projection.separator());
        }
        columns.write_json(row, projection, &mut items)?;
    }
    let edge = |row: &Row| -> StoreResult<Vec<Value>> {
        select.sort.iter().map(|key| columns.value(row, key.field)).collect()
    };
    let edges = match (found.rows.first(), found.rows.last()) {
        (Some(first), Some(last)) if keyset => Some((edge(first)?, edge(last)?)),
        _ => None,
    };
    Ok(JsonSelection { items, len: found.rows.len(), edges, total: found.total, has_more: found.has_more })
}

/// One row as a record.
pub(super) async fn get(on: &mut impl Runner, key: &Key) -> StoreResult<Option<Record>> {
    let row = on.row(key, &sql::all(key.meta)).await?;
    row.map(|it| row::record(&it, key.meta)).transpose()
}

/// One row as a JSON object.
pub(super) async fn get_json(on: &mut impl Runner, key: &Key, projection: &Projection) -> StoreResult<Option<JsonRow>> {
    if projection.needs_record() {
        let Some(record) = get(on, key).await? else { return Ok(None) };
        return Ok(Some(JsonRow { json: record.to_json(projection)?, version: record.version }));
    }
    let columns = Columns::new(key.meta, projection.stored());
    let Some(row) = on.row(key, &columns.fields).await? else { return Ok(None) };
    let mut json = Vec::with_capacity(row.raw_size_bytes() * 2);
    columns.write_json(&row, projection, &mut json)?;
    Ok(Some(JsonRow { json, version: row::number(&row, columns.fields.len())? }))
}

async fn find(on: &mut impl Runner, select: &Select, columns: &[usize]) -> StoreResult<Found> {
    let (mut rows, total) = if select.count == CountMode::None {
        let sql = on.statements().select(select, columns);
        (on.read(&sql, Some(select.meta)).await?, None)
    } else {
        let sql = on.statements().select_counted(select, columns);
        let rows = on.read(&sql, Some(select.meta)).await?;
        let counted = match rows.first() {
            // After the columns comes the version.
            Some(row) => row::number(row, columns.len() + 1)?,
            None => count_rows(on, select).await?,
        };
        (rows, sql::total(DIALECT, select, counted))
    };
    let Window::Keyset { keyset, limit } = &select.window else {
        return Ok(Found { rows, has_more: false, total });
    };
    let limit = usize::try_from(*limit).unwrap_or(usize::MAX);
    // One row more than the limit was asked for, away from the place.
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    if keyset.as_ref().is_some_and(|it| it.backward) {
        rows.reverse();
    }
    Ok(Found { rows, has_more, total })
}

/// How many rows match, where the window has none of them.
async fn count_rows(on: &mut impl Runner, select: &Select) -> StoreResult<i64> {
    let from_start = matches!(select.window, Window::Offset { offset: 0, .. } | Window::Keyset { keyset: None, .. });
    if from_start && select.limit() > 0 {
        return Ok(0);
    }
    let Some(count) = on.statements().count(select) else { return Ok(0) };
    let rows = on.read(&count, Some(select.meta)).await?;
    rows.first().map_or(Ok(0), |it| row::number(it, 0))
}
