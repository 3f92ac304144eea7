use crate::field::{FieldMeta, Kind};
use crate::resource::ResourceMeta;
use crate::store::sql::{Dialect, SqlText};

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

    /// The column as it is compared and sorted: in PostgreSQL text goes by code point, whatever the
    /// database's own order is (SQLite's text does so by itself).
    pub(crate) fn write(self, out: &mut SqlText) {
        out.ident(self.field.column);
        if matches!((out.dialect, self.kind()), (Dialect::Postgres, Kind::Text | Kind::Enum(_))) {
            out.push(" COLLATE \"C\"");
        }
    }

    /// The column without its order, where a subquery's columns could hide it.
    pub(crate) fn write_qualified(self, out: &mut SqlText) {
        out.ident(self.meta.table);
        out.push(".");
        out.ident(self.field.column);
    }

    /// The column as [`fold`](crate::field::fold) folds its text: the expression that an index for
    /// the operators that disregard case has to be made on.
    pub(crate) fn write_folded(self, out: &mut SqlText) {
        match out.dialect {
            Dialect::Sqlite => {
                out.push("resource_fold(");
                out.ident(self.field.column);
                out.push(")");
            }
            Dialect::Postgres => {
                out.push("translate(lower(");
                out.ident(self.field.column);
                out.push(" COLLATE \"und-x-icu\"), 'ς', 'σ')");
            }
        }
    }
}
