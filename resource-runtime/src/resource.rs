//! What a resource is: the [`Resource`] trait, which the derive implements, and its description,
//! [`ResourceMeta`].

use crate::field::{FieldMeta, FieldType, IdSource, Kind, Role, RuleMeta, Value, ValueError};
use crate::model::{Model, Values};

/// A struct that is a REST resource. Implemented by `#[derive(Resource)]`.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a resource", note = "add `#[derive(Resource)]` to it")]
pub trait Resource: Sized + Send + Sync + 'static {
    /// The description that everything at run time follows from.
    const META: &'static ResourceMeta;
    /// The type of the identifier.
    type Id: FieldType;
    /// What a client sends to create one.
    type Create: Model;
    /// What a client sends to change one.
    type Update: Model;
    /// What leaves the server.
    type Response: Model;

    /// Builds the struct from a row.
    ///
    /// # Errors
    ///
    /// When a value is not of its field's kind.
    fn from_record(record: Record) -> Result<Self, ValueError>;

    /// The values of its fields, in declaration order.
    fn into_values(self) -> Vec<Value>;

    /// This as one of its models: what leaves the server of it, or a view.
    ///
    /// # Errors
    ///
    /// When the model is not one of this resource's, or a computed field fails.
    fn into_model<M: Model>(self) -> Result<M, ValueError> {
        let record = Record { values: self.into_values(), version: 1 };
        let computed = Self::META.compute.map_or_else(|| Ok(Vec::new()), |it| it(&record))?;
        let mut values = Values::of(Self::META);
        for (index, value) in record.values.into_iter().chain(computed).enumerate() {
            values.set(index, value);
        }
        M::from_values(&mut values)
    }
}

/// One resource, or a tuple of up to eight (and of such tuples): what a database is migrated to.
pub trait Resources {
    /// Their descriptions.
    fn metas() -> Vec<&'static ResourceMeta>;
}

impl<R: Resource> Resources for R {
    fn metas() -> Vec<&'static ResourceMeta> {
        vec![R::META]
    }
}

macro_rules! tuple_of_resources {
    ($($name:ident)*) => {
        impl<$($name: Resources),*> Resources for ($($name,)*) {
            fn metas() -> Vec<&'static ResourceMeta> {
                let mut metas = Vec::new();
                $(metas.extend($name::metas());)*
                metas
            }
        }
    };
}

tuple_of_resources!(A);
tuple_of_resources!(A B);
tuple_of_resources!(A B C);
tuple_of_resources!(A B C D);
tuple_of_resources!(A B C D E);
tuple_of_resources!(A B C D E F);
tuple_of_resources!(A B C D E F G);
tuple_of_resources!(A B C D E F G H);

/// A row of a resource, as stores keep it: one value per field, in declaration order.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The fields' values.
    pub values: Vec<Value>,
    /// How many times the row was written; the source of its `ETag`. Always positive.
    pub version: i64,
}

impl Record {
    /// The value of the field at a position; null where there is no such field.
    #[must_use]
    pub fn get(&self, index: usize) -> &Value {
        self.values.get(index).unwrap_or(&Value::Null)
    }
}

/// Evaluates all computed fields of a row.
pub type Compute = fn(&Record) -> Result<Vec<Value>, ValueError>;

/// The description of a resource, made by the derive as a constant.
#[derive(Debug)]
pub struct ResourceMeta {
    /// The Rust type's name, which is the response schema's name too.
    pub name: &'static str,
    /// The path under the API's prefix, without slashes at its ends.
    pub path: &'static str,
    /// The table's name.
    pub table: &'static str,
    /// The type's doc comment.
    pub doc: &'static str,
    /// The fields, in declaration order.
    pub fields: &'static [FieldMeta],
    /// Fields that are computed from a row, returned and never taken.
    pub computed: &'static [ComputedMeta],
    /// Evaluates all computed fields of a row, in the order of `computed`.
    pub compute: Option<Compute>,
    /// Named parts of the response.
    pub views: &'static [ViewMeta],
    /// The view that lists answer with; the response model where there is none.
    pub list: Option<&'static str>,
    /// The order of lists for which the client chooses none.
    pub sort: &'static [SortMeta],
    /// The sizes of pages.
    pub page: PageMeta,
    /// What clients can do.
    pub operations: Operations,
    /// Whether a write without `If-Match` is refused with 428.
    pub require_if_match: bool,
    /// Sets of fields of which no two rows may have the same values.
    pub unique: &'static [&'static [&'static str]],
    /// Further indexes.
    pub indexes: &'static [&'static [&'static str]],
    /// Rules over the whole record (`#[validate(schema(...))]`): [`Rule::Custom`] over
    /// [`Value::Object`] of all fields.
    ///
    /// [`Rule::Custom`]: crate::field::Rule::Custom
    pub rules: &'static [RuleMeta],
}

impl ResourceMeta {
    /// A resource with every operation, and nothing else but its fields.
    #[must_use]
    pub const fn new(
        name: &'static str,
        path: &'static str,
        table: &'static str,
        fields: &'static [FieldMeta],
    ) -> Self {
        Self {
            name,
            path,
            table,
            doc: "",
            fields,
            computed: &[],
            compute: None,
            views: &[],
            list: None,
            sort: &[],
            page: PageMeta { size: 20, max: 100 },
            operations: Operations::ALL,
            require_if_match: false,
            unique: &[],
            indexes: &[],
            rules: &[],
        }
    }

    /// With a description.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// With computed fields.
    #[must_use]
    pub const fn computed(mut self, computed: &'static [ComputedMeta], compute: Compute) -> Self {
        self.computed = computed;
        self.compute = Some(compute);
        self
    }

    /// With views.
    #[must_use]
    pub const fn views(mut self, views: &'static [ViewMeta]) -> Self {
        self.views = views;
        self
    }

    /// With lists that answer with a view.
    #[must_use]
    pub const fn list(mut self, view: &'static str) -> Self {
        self.list = Some(view);
        self
    }

    /// With an order for lists.
    #[must_use]
    pub const fn sort(mut self, sort: &'static [SortMeta]) -> Self {
        self.sort = sort;
        self
    }

    /// With page sizes.
    #[must_use]
    pub const fn page(mut self, size: u32, max: u32) -> Self {
        self.page = PageMeta { size, max };
        self
    }

    /// With these operations only.
    #[must_use]
    pub const fn operations(mut self, operations: Operations) -> Self {
        self.operations = operations;
        self
    }

    /// With `If-Match` demanded of every write to an existing row.
    #[must_use]
    pub const fn require_if_match(mut self) -> Self {
        self.require_if_match = true;
        self
    }

    /// With sets of fields that are unique together.
    #[must_use]
    pub const fn unique(mut self, unique: &'static [&'static [&'static str]]) -> Self {
        self.unique = unique;
        self
    }

    /// With further indexes.
    #[must_use]
    pub const fn indexes(mut self, indexes: &'static [&'static [&'static str]]) -> Self {
        self.indexes = indexes;
        self
    }

    /// With rules over the whole record.
    #[must_use]
    pub const fn rules(mut self, rules: &'static [RuleMeta]) -> Self {
        self.rules = rules;
        self
    }

    /// The position of the identifier. The derive refuses a struct without one.
    #[must_use]
    pub const fn id(&self) -> usize {
        let mut index = 0;
        while index < self.fields.len() {
            #[expect(
                clippy::indexing_slicing,
                reason = "the loop's condition bounds the index; iterators are not const"
            )]
            if let Role::Id(_) = self.fields[index].role {
                return index;
            }
            index += 1;
        }
        0
    }

    /// The identifier's description.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "`id` is a position of `fields`, which the derive never makes empty")]
    pub const fn id_field(&self) -> &'static FieldMeta {
        &self.fields[self.id()]
    }

    /// Who chooses the identifier.
    #[must_use]
    pub const fn id_source(&self) -> IdSource {
        match self.id_field().role {
            Role::Id(source) => source,
            _ => IdSource::Store,
        }
    }

    /// The field of this name, with its position.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<(usize, &'static FieldMeta)> {
        self.fields.iter().enumerate().find(|(_, it)| it.name == name)
    }

    /// The name and kind at a position of [`Values`]: a field's, or, after
    /// the fields, a computed one's.
    #[must_use]
    pub fn slot(&self, index: usize) -> Option<(&'static str, &'static Kind)> {
        match self.fields.get(index) {
            Some(field) => Some((field.name, &field.kind)),
            None => self.computed.get(index - self.fields.len()).map(|it| (it.name, &it.kind)),
        }
    }

    /// The view of this name (without the resource's name in front), with its position.
    #[must_use]
    pub fn view(&self, name: &str) -> Option<(usize, &'static ViewMeta)> {
        self.views.iter().enumerate().find(|(_, it)| it.name == name)
    }

    /// What lists answer with.
    #[must_use]
    pub fn list_usage(&self) -> crate::model::Usage {
        use crate::model::Usage;
        self.list.and_then(|it| self.view(it)).map_or(Usage::Response, |(index, _)| Usage::View(index))
    }
}

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

/// A set of operations that clients can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operations(u16);

/// One operation of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Operation {
    /// `GET /books`
    List = 1,
    /// `GET /books/{id}`
    Get = 1 << 1,
    /// `POST /books`
    Create = 1 << 2,
    /// `PUT /books/{id}`
    Replace = 1 << 3,
    /// `PATCH /books/{id}`
    Update = 1 << 4,
    /// `DELETE /books/{id}`
    Delete = 1 << 5,
    /// `POST /books/bulk`
    BulkCreate = 1 << 6,
    /// `PATCH /books/bulk`
    BulkUpdate = 1 << 7,
    /// `POST /books/bulk-delete`
    BulkDelete = 1 << 8,
}

impl Operations {
    /// None.
    pub const NONE: Self = Self(0);
    /// List, get, create, replace, update and delete.
    pub const CRUD: Self = Self(0b11_1111);
    /// The three on many rows at once.
    pub const BULK: Self = Self(0b1_1100_0000);
    /// List and get.
    pub const READ: Self = Self(0b11);
    /// All of them.
    pub const ALL: Self = Self(0b1_1111_1111);

    /// With one more.
    #[must_use]
    pub const fn with(self, operation: Operation) -> Self {
        Self(self.0 | operation as u16)
    }

    /// With those of another set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it has this one.
    #[must_use]
    pub const fn has(self, operation: Operation) -> bool {
        self.0 & operation as u16 != 0
    }
}
