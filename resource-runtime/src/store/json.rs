//! The typed path from records to JSON, which the stores' direct paths must agree with.

use super::{JsonSelection, Select, Selection};
use crate::field::{Cell, Kind, Value, ValueError};
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

impl Selection {
    /// The selection as JSON; what a store that has nothing faster answers with.
    ///
    /// # Errors
    ///
    /// As for [`Record::write_json`].
    pub fn to_json(&self, select: &Select, projection: &Projection) -> Result<JsonSelection, ValueError> {
        let mut items = Vec::with_capacity(self.records.len() * 256);
        for (index, record) in self.records.iter().enumerate() {
            if index > 0 {
                items.extend_from_slice(projection.separator());
            }
            record.write_json(&mut items, projection)?;
        }
        let keys =
            |record: &Record| select.sort.iter().map(|key| record.get(key.field).clone()).collect::<Vec<Value>>();
        let edges = self.records.first().zip(self.records.last()).map(|(first, last)| (keys(first), keys(last)));
        Ok(JsonSelection { items, len: self.records.len(), edges, total: self.total, has_more: self.has_more })
    }
}
