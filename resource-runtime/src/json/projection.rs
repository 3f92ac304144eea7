use super::{write_as, write_string, write_value};
use crate::field::{Cell, Kind, Value};
use crate::model::Usage;
use crate::resource::ResourceMeta;

/// A row that lends its cells, whatever store it comes from.
pub trait Cells {
    /// The cell of the field at a position.
    fn cell(&self, field: usize) -> Cell<'_>;
}

impl<T: Cells + ?Sized> Cells for &T {
    fn cell(&self, field: usize) -> Cell<'_> {
        (**self).cell(field)
    }
}

/// Which fields of a resource are written, with their keys ready.
#[derive(Debug, Clone)]
pub struct Projection {
    meta: &'static ResourceMeta,
    items: Vec<Item>,
    computed: bool,
}

#[derive(Debug, Clone)]
struct Item {
    /// `{"title":` or `,"title":`.
    key: Box<[u8]>,
    slot: usize,
    kind: &'static Kind,
    as_string: bool,
}

impl Projection {
    /// The fields of one of a resource's models, in its order.
    #[must_use]
    pub fn of(meta: &'static ResourceMeta, usage: Usage) -> Self {
        Self::new(meta, &usage.slots(meta))
    }

    /// These fields, by their positions (as in [`Values`](crate::model::Values)), in this order.
    #[must_use]
    pub fn new(meta: &'static ResourceMeta, slots: &[usize]) -> Self {
        let mut items = Vec::with_capacity(slots.len());
        for &slot in slots {
            let Some((name, kind)) = meta.slot(slot) else { continue };
            let mut key = vec![if items.is_empty() { b'{' } else { b',' }];
            write_string(&mut key, name);
            key.push(b':');
            items.push(Item { key: key.into(), slot, kind, as_string: meta.is_string(slot) });
        }
        let computed = slots.iter().any(|&slot| slot >= meta.fields.len());
        Self { meta, items, computed }
    }

    /// The resource.
    #[must_use]
    pub const fn meta(&self) -> &'static ResourceMeta {
        self.meta
    }

    /// Whether a computed field is among them, so that rows have to be read as records.
    #[must_use]
    pub const fn needs_record(&self) -> bool {
        self.computed
    }

    /// The positions of the fields that are stored, in order.
    pub fn stored(&self) -> impl Iterator<Item = usize> {
        let len = self.meta.fields.len();
        self.items.iter().map(|it| it.slot).filter(move |&it| it < len)
    }
}

/// Writes one row as an object. `computed` has the values of the computed fields, in their order;
/// it may be empty where the projection needs none.
pub fn write_row(out: &mut Vec<u8>, projection: &Projection, row: &impl Cells, computed: &[Value]) {
    let stored = projection.meta.fields.len();
    for item in &projection.items {
        out.extend_from_slice(&item.key);
        if item.slot < stored {
            write_as(item.as_string, out, row.cell(item.slot), item.kind);
        } else {
            write_value(out, computed.get(item.slot - stored).unwrap_or(&Value::Null), item.kind);
        }
    }
    if projection.items.is_empty() {
        out.push(b'{');
    }
    out.push(b'}');
}
