//! Rows, as records and as cells.

use std::cell::Cell as StdCell;

use tokio_postgres::Row;

use super::decode::{Malformed, Raw, read_cell, read_value};
use crate::field::{Cell, FieldMeta, Value};
use crate::json::{Cells, Projection, write_row};
use crate::resource::{Record, ResourceMeta};
use crate::store::{StoreError, StoreErrorKind, StoreResult};

/// The record of a row that has all fields, in order, then the version.
pub(super) fn record(row: &Row, meta: &ResourceMeta) -> StoreResult<Record> {
    let mut values = Vec::with_capacity(meta.fields.len());
    for (column, field) in meta.fields.iter().enumerate() {
        values.push(read_value(raw(row, column)?, &field.kind).map_err(malformed)?);
    }
    Ok(Record { values, version: number(row, meta.fields.len())? })
}

/// The number in a column: a version, which comes after the fields, or a count.
pub(super) fn number(row: &Row, column: usize) -> StoreResult<i64> {
    row.try_get(column).map_err(internal)
}

/// The value in a column of a field's.
pub(super) fn value(row: &Row, column: usize, field: &FieldMeta) -> StoreResult<Value> {
    read_value(raw(row, column)?, &field.kind).map_err(malformed)
}

/// Which columns of a statement the fields of a resource are in.
pub(super) struct Columns {
    meta: &'static ResourceMeta,
    /// The positions of the fields, by column.
    pub(super) fields: Vec<usize>,
    /// The column, by field.
    columns: Vec<Option<usize>>,
}

impl Columns {
    /// For these fields, in this order; twice named is once read.
    pub(super) fn new(meta: &'static ResourceMeta, wanted: impl IntoIterator<Item = usize>) -> Self {
        let mut fields = Vec::with_capacity(meta.fields.len());
        let mut columns = vec![None; meta.fields.len()];
        for field in wanted {
            let Some(column @ None) = columns.get_mut(field) else { continue };
            *column = Some(fields.len());
            fields.push(field);
        }
        Self { meta, fields, columns }
    }

    /// Writes a row as an object.
    pub(super) fn write_json(&self, row: &Row, projection: &Projection, out: &mut Vec<u8>) -> StoreResult<()> {
        let cells = RowCells { row, columns: self, malformed: StdCell::new(None) };
        write_row(out, projection, &cells, &[]);
        cells.malformed.get().map_or(Ok(()), |error| Err(malformed(error)))
    }

    /// The value of a field.
    pub(super) fn value(&self, row: &Row, field: usize) -> StoreResult<Value> {
        let column = self.columns.get(field).copied().flatten();
        match (column, self.meta.fields.get(field)) {
            (Some(column), Some(meta)) => self::value(row, column, meta),
            _ => Err(StoreError::new(StoreErrorKind::Internal)),
        }
    }
}

struct RowCells<'a> {
    row: &'a Row,
    columns: &'a Columns,
    /// What is wrong with a cell, which lending it has no way to say.
    malformed: StdCell<Option<Malformed>>,
}

impl Cells for RowCells<'_> {
    fn cell(&self, field: usize) -> Cell<'_> {
        let column = self.columns.columns.get(field).copied().flatten();
        let (Some(column), Some(meta)) = (column, self.columns.meta.fields.get(field)) else { return Cell::Null };
        let cell = match self.row.try_get::<_, Raw<'_>>(column) {
            Ok(Raw(None)) => Ok(Cell::Null),
            Ok(Raw(Some(bytes))) => read_cell(bytes, &meta.kind),
            Err(_) => Err(Malformed("no such column")),
        };
        cell.unwrap_or_else(|error| {
            self.malformed.set(Some(error));
            Cell::Null
        })
    }
}

fn raw(row: &Row, column: usize) -> StoreResult<Option<&[u8]>> {
    row.try_get::<_, Raw<'_>>(column).map(|it| it.0).map_err(internal)
}

fn malformed(error: Malformed) -> StoreError {
    StoreError::new(StoreErrorKind::Internal).caused_by(error)
}

fn internal(error: tokio_postgres::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Internal).caused_by(error)
}
