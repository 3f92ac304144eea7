use super::Model;
use crate::field::{FieldType, Value, ValueError};
use crate::resource::ResourceMeta;

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

    /// No values, for the resource of a model.
    #[must_use]
    pub fn of_model<M: Model>() -> Self {
        Self::of(M::RESOURCE)
    }

    /// A value for every position.
    #[must_use]
    pub fn all(values: Vec<Value>) -> Self {
        Self(values.into_iter().map(Some).collect())
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
        self.set(index, T::__clone(value).into_value());
        self
    }

    /// With what an update says of a field of type `T`.
    #[must_use]
    pub fn with_update<T: FieldType>(mut self, index: usize, update: &T::Update) -> Self {
        self.set(index, T::update_into_value(T::__clone_update(update)));
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
