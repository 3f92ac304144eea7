//! What a resource is: the [`Resource`] trait, which the derive implements, and its description,
//! [`ResourceMeta`].

mod meta;
mod operations;
mod parts;

pub use meta::{Compute, ResourceMeta};
pub use operations::{Operation, Operations};
pub use parts::{ComputedMeta, PageMeta, SortMeta, ViewMeta};

use crate::field::text::to_text;
use crate::field::{FieldType, Value, ValueError};
use crate::model::{Model, Values};

/// A struct that is a REST resource. Implemented by `#[derive(Resource)]`.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a resource", note = "add `#[derive(Resource)]` to it")]
pub trait Resource: Sized + Send + Sync + 'static {
    /// The description that everything at run time follows from.
    const META: &'static ResourceMeta;
    /// The type of the identifier.
    type Id: FieldType + Clone;
    /// What a client sends to create one.
    type Create: Model;
    /// What a client sends to change one.
    type Update: Model;
    /// What leaves the server.
    type Response: Model;
    /// What lists answer with: the response, or the view that the resource names for them.
    type List: Model;

    /// The identifier.
    fn id(&self) -> Self::Id;

    /// The identifier as text, as URLs have it (before escapes): for whoever names rows of any
    /// resource.
    fn id_text(&self) -> String {
        to_text(&self.id().into_value(), &Self::META.id_field().kind)
    }

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
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource",
    note = "add `#[derive(Resource)]` to it; several at once are a tuple: `(Book, Author)`"
)]
pub trait Resources {
    /// Their descriptions.
    fn metas() -> Vec<&'static ResourceMeta>;
}

#[diagnostic::do_not_recommend]
impl<R: Resource> Resources for R {
    fn metas() -> Vec<&'static ResourceMeta> {
        vec![R::META]
    }
}

macro_rules! tuple_of_resources {
    ($($name:ident)*) => {
        #[diagnostic::do_not_recommend]
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
