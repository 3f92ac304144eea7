//! The typed path from records to JSON, which the stores' direct paths must agree with.

use super::{JsonSelection, Select, Selection, Total};
use crate::field::{Cell, Kind, ValueError};
use crate::json::{Cells, Projection, write_row, write_value};
use crate::resource::{Record, ResourceMeta};

struct Row<'a> {
    meta: &'static ResourceMeta,
    record: &'a Record,
}

impl Cells for Row<'_> {
    fn cell(&self, field: usize) -> Cell<'_> {
        match self.meta.fields.get(field) {
            Some(meta) => self.record.get(field).as_cell(&meta.kind),
            None => Cell::Null,
        }
    }

    fn write(&self, out: &mut Vec<u8>, field: usize, kind: &Kind) {
        write_value(out, self.record.get(field), kind);
    }
}

impl Record {
    /// Writes the record as an object.
    ///
    /// # Errors
    ///
    /// When a value is not of its field's kind, so that a computed field cannot be computed.
    pub fn write_json(&self, out: &mut Vec<u8>, projection: &Projection) -> Result<(), ValueError> {
        let meta = projection.meta();
        let computed = match meta.compute {
            Some(compute) if projection.needs_record() => compute(self)?,
            _ => Vec::new(),
        };
        write_row(out, projection, &Row { meta, record: self }, &computed);
        Ok(())
    }

    /// The record as an object.
    ///
    /// # Errors
    ///
    /// As for [`Record::write_json`].
    pub fn to_json(&self, projection: &Projection) -> Result<Vec<u8>, ValueError> {
        let mut out = Vec::with_capacity(256);
        self.write_json(&mut out, projection)?;
        Ok(out)
    }
}

/// Rows as JSON, with what a selection tells of them besides.
pub(super) fn selection<'r>(
    rows: impl ExactSizeIterator<Item = &'r Record>,
    select: &Select,
    projection: &Projection,
    (total, has_more): (Option<Total>, bool),
) -> Result<JsonSelection, ValueError> {
    let len = rows.len();
    let mut items = Vec::with_capacity(len * 256);
    let (mut first, mut last) = (None, None);
    for record in rows {
        if first.is_some() {
            items.extend_from_slice(projection.separator());
        }
        record.write_json(&mut items, projection)?;
        first = first.or(Some(record));
        last = Some(record);
    }
    let keys = |record: &Record| select.sort.iter().map(|key| record.get(key.field).clone()).collect::<Vec<_>>();
    let edges = first.zip(last).map(|(first, last)| (keys(first), keys(last)));
    Ok(JsonSelection { items, len, edges, total, has_more })
}

impl Selection {
    /// The selection as JSON; what a store that has nothing faster answers with.
    ///
    /// # Errors
    ///
    /// As for [`Record::write_json`].
    pub fn to_json(&self, select: &Select, projection: &Projection) -> Result<JsonSelection, ValueError> {
        selection(self.records.iter(), select, projection, (self.total, self.has_more))
    }
}
