//! The models of a resource: what clients send to create and update it, what they get back, and
//! the views.
//!
//! # Design
//!
//! Models are plain structs for Rust code: hooks, tests, clients. The HTTP layer never builds them;
//! it works on [`Values`], under the direction of the resource's description. Their serde
//! implementations delegate to this module, so that a model costs the user's crate a few lines,
//! and so that a body is judged the same way wherever it is read.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};

use crate::field::{FieldType, Value, ValueError};
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

/// Values of a resource's fields, by the field's position; after the fields come the computed
/// ones. A field that nothing is said of has none, which is not the same as null.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Values(Vec<Option<Value>>);

impl Values {
    /// No values, for a resource of so many fields and computed fields.
    #[must_use]
    pub fn new(len: usize) -> Self {
        Self(vec![None; len])
    }

    /// No values, for this resource.
    #[must_use]
    pub fn of(meta: &ResourceMeta) -> Self {
        Self::new(meta.fields.len() + meta.computed.len())
    }

    /// The value at a position.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Value> {
        self.0.get(index).and_then(Option::as_ref)
    }

    /// Sets the value at a position; positions that the resource does not have are ignored.
    pub fn set(&mut self, index: usize, value: impl Into<Option<Value>>) {
        if let Some(slot) = self.0.get_mut(index) {
            *slot = value.into();
        }
    }

    /// Takes the value at a position out.
    pub fn remove(&mut self, index: usize) -> Option<Value> {
        self.0.get_mut(index).and_then(Option::take)
    }

    /// The values that there are, with their positions.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Value)> {
        self.0.iter().enumerate().filter_map(|(index, it)| Some((index, it.as_ref()?)))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// Every position's value, in order.
    pub fn into_slots(self) -> impl Iterator<Item = Option<Value>> {
        self.0.into_iter()
    }

    /// With a field of type `T` set; what generated code builds values with.
    #[must_use]
    pub fn with<T: FieldType>(mut self, index: usize, value: &T) -> Self {
        self.set(index, value.clone().into_value());
        self
    }

    /// With what an update says of a field of type `T`.
    #[must_use]
    pub fn with_update<T: FieldType>(mut self, index: usize, update: &T::Update) -> Self {
        self.set(index, T::update_into_value(update.clone()));
        self
    }

    /// Takes a field of type `T` out; absent reads as null.
    ///
    /// # Errors
    ///
    /// When the value is not of `T`'s kind.
    pub fn take<T: FieldType>(&mut self, index: usize) -> Result<T, ValueError> {
        T::from_value(self.remove(index).unwrap_or(Value::Null))
    }

    /// Takes what an update says of a field of type `T` out.
    ///
    /// # Errors
    ///
    /// When the value is not of `T`'s kind.
    pub fn take_update<T: FieldType>(&mut self, index: usize) -> Result<T::Update, ValueError> {
        T::update_from_value(self.remove(index))
    }
}

/// What a model's `Serialize` implementation calls.
///
/// # Errors
///
/// Those of the serializer.
pub fn serialize<M: Model, S: Serializer>(model: &M, serializer: S) -> Result<S::Ok, S::Error> {
    let values = model.to_values();
    let mut map = serializer.serialize_map(None)?;
    for (index, value) in values.iter() {
        let Some((name, kind)) = M::RESOURCE.slot(index) else { continue };
        let mut json = Vec::new();
        crate::json::write_value(&mut json, value, kind);
        let json = String::from_utf8(json).map_err(S::Error::custom)?;
        let raw = serde_json::value::RawValue::from_string(json).map_err(S::Error::custom)?;
        map.serialize_entry(name, &Raw(&raw))?;
    }
    map.end()
}

struct Raw<'a>(&'a serde_json::value::RawValue);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// What a model's `Debug` implementation calls: the fields that are there, and of those that never
/// leave the server only that they are there.
///
/// # Errors
///
/// Those of the formatter.
pub fn debug<M: Model>(model: &M, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut out = f.debug_struct(&M::USAGE.struct_name(M::RESOURCE));
    for (index, value) in model.to_values().iter() {
        let Some((name, kind)) = M::RESOURCE.slot(index) else { continue };
        if M::RESOURCE.fields.get(index).is_some_and(|it| !it.access.response) {
            out.field(name, &format_args!("[hidden]"));
            continue;
        }
        let mut json = Vec::new();
        crate::json::write_value(&mut json, value, kind);
        out.field(name, &format_args!("{}", String::from_utf8_lossy(&json)));
    }
    out.finish()
}

/// What a model's `Deserialize` implementation calls: the same reading, with the same problems, as
/// for a request's body. The deserializer must be serde_json's.
///
/// # Errors
///
/// All problems of the body in one message.
pub fn deserialize<'de, M: Model, D: Deserializer<'de>>(deserializer: D) -> Result<M, D::Error> {
    Seed::<M>(PhantomData).deserialize(deserializer)
}

struct Seed<M>(PhantomData<M>);

impl<'de, M: Model> DeserializeSeed<'de> for Seed<M> {
    type Value = M;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<M, D::Error> {
        let raw = <Box<serde_json::value::RawValue> as serde::Deserialize>::deserialize(deserializer)?;
        let mut values = crate::input::parse(M::RESOURCE, M::USAGE, raw.get().as_bytes()).map_err(D::Error::custom)?;
        M::from_values(&mut values).map_err(D::Error::custom)
    }
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
