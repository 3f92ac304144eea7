use super::{FieldMeta, FieldType, Value, ValueError};

/// The description of an enum that can be a field, made by `#[derive(ResourceEnum)]`.
#[derive(Debug)]
pub struct EnumMeta {
    /// The Rust type's name, which is the schema's name too.
    pub name: &'static str,
    /// The type's doc comment.
    pub doc: &'static str,
    /// The variants, in declaration order.
    pub variants: &'static [Variant],
}

impl EnumMeta {
    /// The names on the wire, in declaration order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.variants.iter().map(|it| it.name)
    }
}

/// One variant of an [`EnumMeta`].
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// The name on the wire and in stores.
    pub name: &'static str,
    /// The variant's doc comment.
    pub doc: &'static str,
}

/// An enum without data that can be a field. Implemented by `#[derive(ResourceEnum)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an enum that a resource field can hold",
    note = "add `#[derive(ResourceEnum)]` to it"
)]
pub trait EnumType: Sized + 'static {
    /// The variants.
    const ENUM: &'static EnumMeta;

    /// The variant's position in [`EnumMeta::variants`].
    fn index(&self) -> usize;

    /// The variant at a position of [`EnumMeta::variants`].
    fn from_index(index: usize) -> Option<Self>;
}

/// The description of a nested value object, made by `#[derive(ResourceObject)]`.
#[derive(Debug)]
pub struct ObjectMeta {
    /// The Rust type's name, which is the schema's name too.
    pub name: &'static str,
    /// The type's doc comment.
    pub doc: &'static str,
    /// The fields, in declaration order.
    pub fields: &'static [FieldMeta],
    /// Rules over the whole object (`#[validate(schema(...))]`).
    pub rules: &'static [super::RuleMeta],
}

/// A struct that can be a nested value of a field. Implemented by `#[derive(ResourceObject)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value object that a resource field can hold",
    note = "add `#[derive(ResourceObject)]` to it"
)]
pub trait ObjectType: Sized + 'static {
    /// The fields.
    const OBJECT: &'static ObjectMeta;

    /// The fields' values, in the order of [`ObjectMeta::fields`].
    fn into_values(self) -> Vec<Value>;

    /// The inverse of [`ObjectType::into_values`].
    ///
    /// # Errors
    ///
    /// When a value is not of its field's kind.
    fn from_values(values: Vec<Value>) -> Result<Self, ValueError>;
}

/// Takes the values of an object one after the other; what generated code reads them with.
#[derive(Debug)]
pub struct Fields(std::vec::IntoIter<Value>);

impl Fields {
    /// Starts at the first value.
    #[must_use]
    pub fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// The next value as a `T`.
    ///
    /// # Errors
    ///
    /// When it is not of `T`'s kind.
    pub fn take<T: FieldType>(&mut self) -> Result<T, ValueError> {
        T::from_value(self.0.next().unwrap_or(Value::Null))
    }
}
