use crate::field::{FieldMeta, Kind};
use crate::resource::ResourceMeta;
use crate::store::sql::SqlText;

/// A field's column, as SQL names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    meta: &'static ResourceMeta,
    field: &'static FieldMeta,
}

impl Column {
    /// The column of the field at a position.
    pub(crate) fn of(meta: &'static ResourceMeta, field: usize) -> Option<Self> {
        meta.fields.get(field).map(|field| Self { meta, field })
    }

    /// The resource.
    pub(crate) const fn meta(self) -> &'static ResourceMeta {
        self.meta
    }

    /// The field.
    pub(crate) const fn field(self) -> &'static FieldMeta {
        self.field
    }

    /// What the column holds.
    pub(crate) const fn kind(self) -> &'static Kind {
        &self.field.kind
    }

    /// The column as it is compared and sorted.
    pub(crate) fn write(self, out: &mut SqlText) {
        out.sorted(self.field);
    }

    /// The column without its order, where a subquery's columns could hide it.
    pub(crate) fn write_qualified(self, out: &mut SqlText) {
        out.ident(self.meta.table);
        out.push(".");
        out.ident(self.field.column);
    }

    /// The column with its case folded.
    pub(crate) fn write_folded(self, out: &mut SqlText) {
        out.folded(self.field);
    }
}
