use crate::field::{FieldMeta, FieldType, Kind};

/// A field that is computed from a row.
#[derive(Debug, Clone, Copy)]
pub struct ComputedMeta {
    /// The name on the wire, which is the method's name too.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// Whether null is one of them.
    pub nullable: bool,
    /// The method's description, where the derive knows one.
    pub doc: &'static str,
}

impl ComputedMeta {
    /// A computed field of type `T`.
    #[must_use]
    pub const fn of<T: FieldType>(name: &'static str) -> Self {
        Self { name, kind: T::KIND, nullable: T::NULLABLE, doc: "" }
    }

    /// A computed field of the type that a field is described for.
    #[must_use]
    pub const fn new(name: &'static str, field: FieldMeta) -> Self {
        Self { name, kind: field.kind, nullable: field.nullable, doc: "" }
    }

    /// With a description.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }
}

/// A named part of a resource's response.
#[derive(Debug, Clone, Copy)]
pub struct ViewMeta {
    /// The name as declared (`Summary`); the schema and the Rust type have the resource's name in
    /// front (`BookSummary`).
    pub name: &'static str,
    /// The names of its fields and computed fields.
    pub fields: &'static [&'static str],
}

/// One key of a declared order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortMeta {
    /// The field's name.
    pub field: &'static str,
    /// From the greatest to the least.
    pub descending: bool,
    /// Nulls before everything else, instead of after it.
    pub nulls_first: bool,
}

impl SortMeta {
    /// From the least to the greatest, nulls last.
    #[must_use]
    pub const fn asc(field: &'static str) -> Self {
        Self { field, descending: false, nulls_first: false }
    }

    /// From the greatest to the least, nulls last.
    #[must_use]
    pub const fn desc(field: &'static str) -> Self {
        Self { field, descending: true, nulls_first: false }
    }

    /// With nulls before everything else.
    #[must_use]
    pub const fn nulls_first(mut self) -> Self {
        self.nulls_first = true;
        self
    }
}

/// The sizes of a list's pages, in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageMeta {
    /// Where the client asks for none.
    pub size: u32,
    /// The most that a client can ask for.
    pub max: u32,
}
