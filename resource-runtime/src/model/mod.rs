//! The models of a resource: what clients send to create and update it, what they get back, and
//! the views.
//!
//! # Design
//!
//! Models are plain structs for Rust code: hooks, tests, clients. The HTTP layer never builds them;
//! it works on [`Values`], under the direction of the resource's description. Their serde
//! implementations delegate to this module, so that a model costs the user's crate a few lines,
//! and so that a body is judged the same way wherever it is read.

mod debug;
mod serde;
mod values;

pub use debug::debug;
pub use serde::{deserialize, serialize, to_json};
pub use values::Values;

use crate::field::ValueError;
use crate::resource::ResourceMeta;

/// Which model of a resource it is, and so which fields it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// What a client sends to create a row, or to replace one.
    Create,
    /// What a client sends to change a row: every field may be absent.
    Update,
    /// What leaves the server: every readable field, then the computed ones.
    Response,
    /// A part of the response, by its position in [`ResourceMeta::views`].
    View(usize),
}

impl Usage {
    /// The positions (as in [`Values`]) of the model's fields, in its order.
    #[must_use]
    pub fn slots(self, meta: &ResourceMeta) -> Vec<usize> {
        let fields = |has: fn(&crate::field::Access) -> bool| {
            meta.fields.iter().enumerate().filter(move |(_, it)| has(&it.access)).map(|(index, _)| index)
        };
        match self {
            Self::Create => fields(|it| it.create).collect(),
            Self::Update => fields(|it| it.update).collect(),
            Self::Response => {
                fields(|it| it.response).chain(meta.fields.len()..meta.fields.len() + meta.computed.len()).collect()
            }
            Self::View(view) => {
                let names = meta.views.get(view).map_or(&[][..], |it| it.fields);
                let all = 0..meta.fields.len() + meta.computed.len();
                names
                    .iter()
                    .filter_map(|name| all.clone().find(|&slot| meta.slot(slot).is_some_and(|(it, _)| it == *name)))
                    .collect()
            }
        }
    }

    /// The generated struct's name: as [`Usage::model_name`], but `BookResponse`.
    #[must_use]
    pub fn struct_name(self, meta: &ResourceMeta) -> String {
        let suffix = if self == Self::Response { "Response" } else { "" };
        self.model_name(meta) + suffix
    }

    /// The model's name: `BookCreate`, `BookUpdate`, `Book`, `BookSummary`.
    #[must_use]
    pub fn model_name(self, meta: &ResourceMeta) -> String {
        match self {
            Self::Create => format!("{}Create", meta.name),
            Self::Update => format!("{}Update", meta.name),
            Self::Response => meta.name.to_owned(),
            Self::View(view) => format!("{}{}", meta.name, meta.views.get(view).map_or("", |it| it.name)),
        }
    }
}

/// A generated struct of a resource, such as `BookCreate`.
pub trait Model: Sized {
    /// The resource that it is a model of.
    const RESOURCE: &'static ResourceMeta;
    /// Which of its models it is.
    const USAGE: Usage;

    /// Builds the model from the values of its fields.
    ///
    /// # Errors
    ///
    /// When a value is not of its field's kind.
    fn from_values(values: &mut Values) -> Result<Self, ValueError>;

    /// The values of its fields; absent ones are left out.
    fn to_values(&self) -> Values;
}
