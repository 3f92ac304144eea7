use super::{csv, digits, write_as, write_cell, write_string};
use crate::field::{Cell, Kind, Value};
use crate::model::Usage;
use crate::resource::ResourceMeta;

/// A row that lends its cells, whatever store it comes from.
pub trait Cells {
    /// The cell of the field at a position.
    fn cell(&self, field: usize) -> Cell<'_>;

    /// Writes the cell of the field at a position, which is of this kind, as JSON.
    #[inline]
    fn write(&self, out: &mut Vec<u8>, field: usize, kind: &Kind) {
        write_cell(out, self.cell(field), kind);
    }
}

impl<T: Cells + ?Sized> Cells for &T {
    fn cell(&self, field: usize) -> Cell<'_> {
        (**self).cell(field)
    }

    fn write(&self, out: &mut Vec<u8>, field: usize, kind: &Kind) {
        (**self).write(out, field, kind);
    }
}

/// Which fields of a resource are written, with their keys ready, and in which form.
#[derive(Debug, Clone)]
pub struct Projection {
    meta: &'static ResourceMeta,
    items: Vec<Item>,
    computed: bool,
    form: Form,
}

/// The form in which rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// JSON objects, separated by commas.
    #[default]
    Json,
    /// JSON objects, one per line.
    Lines,
    /// Records of comma-separated values (RFC 4180).
    Csv,
}

#[derive(Debug, Clone)]
struct Item {
    key: Key,
    slot: usize,
    kind: &'static Kind,
    as_string: bool,
    /// Whether it is like most: stored, written as its kind is, and with a short key.
    is_plain: bool,
}

/// `{"title":` or `,"title":`.
#[derive(Debug, Clone)]
struct Key {
    /// Its first bytes, as many as it has.
    start: [u8; Key::START],
    len: usize,
    rest: Option<Box<[u8]>>,
}

impl Key {
    /// As long as few keys are.
    const START: usize = 32;

    fn new(key: &[u8]) -> Self {
        let (first, rest) = key.split_at(key.len().min(Self::START));
        let mut start = [0; Self::START];
        start.iter_mut().zip(first).for_each(|(to, from)| *to = *from);
        Self { start, len: first.len(), rest: (!rest.is_empty()).then(|| rest.into()) }
    }

    #[inline]
    fn write_start(&self, out: &mut Vec<u8>) {
        digits::push(out, &self.start, self.len);
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.write_start(out);
        if let Some(rest) = &self.rest {
            out.extend_from_slice(rest);
        }
    }
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
            let (key, as_string) = (Key::new(&key), meta.is_string(slot));
            let is_plain = key.rest.is_none() && !as_string && slot < meta.fields.len();
            items.push(Item { key, slot, kind, as_string, is_plain });
        }
        let computed = slots.iter().any(|&slot| slot >= meta.fields.len());
        Self { meta, items, computed, form: Form::Json }
    }

    /// The same fields in another form.
    #[must_use]
    pub const fn form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// What stands between two rows.
    #[must_use]
    pub const fn separator(&self) -> &'static [u8] {
        match self.form {
            Form::Json => b",",
            Form::Lines => b"\n",
            Form::Csv => csv::RECORD_END,
        }
    }

    /// The names of the fields, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.items.iter().filter_map(|it| self.meta.slot(it.slot).map(|(name, _)| name))
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

/// Writes one row, in the projection's form. `computed` has the values of the computed fields, in their order;
/// it may be empty where the projection needs none.
pub fn write_row(out: &mut Vec<u8>, projection: &Projection, row: &impl Cells, computed: &[Value]) {
    if projection.form == Form::Csv {
        return write_record(out, projection, row, computed);
    }
    for item in &projection.items {
        if item.is_plain {
            item.key.write_start(out);
            row.write(out, item.slot, item.kind);
        } else {
            write_member(out, projection, item, row, computed);
        }
    }
    if projection.items.is_empty() {
        out.push(b'{');
    }
    out.push(b'}');
}

#[inline(never)]
fn write_member(out: &mut Vec<u8>, projection: &Projection, item: &Item, row: &impl Cells, computed: &[Value]) {
    item.key.write(out);
    write_as(item.as_string, out, cell(projection, item, row, computed), item.kind);
}

fn cell<'a>(projection: &Projection, item: &Item, row: &'a impl Cells, computed: &'a [Value]) -> Cell<'a> {
    match item.slot.checked_sub(projection.meta.fields.len()) {
        None => row.cell(item.slot),
        Some(index) => computed.get(index).unwrap_or(&Value::Null).as_cell(item.kind),
    }
}

#[inline(never)]
fn write_record(out: &mut Vec<u8>, projection: &Projection, row: &impl Cells, computed: &[Value]) {
    for (index, item) in projection.items.iter().enumerate() {
        if index > 0 {
            out.push(csv::SEPARATOR);
        }
        csv::write_cell(out, cell(projection, item, row, computed), item.kind);
    }
}
