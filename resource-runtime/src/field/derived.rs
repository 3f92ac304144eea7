use super::{Element, FieldType, Kind, NotNull, Value, ValueError};

/// What the derives of enums and value objects implement, and the rest follows from.
///
/// It is a trait of its own, so that a derive implements little: what is missing of the user's type is
/// then reported once.
// Where a type is no field, the compiler speaks of this trait in some places and of `FieldType` in others. They say
// the same, so that it is shown once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a resource field",
    label = "not a field type",
    note = "field types are bool, the integers up to i64 and u32, f32, f64, Decimal, String, Uuid, Timestamp, Date, Time, \
            and `Vec` and `Option` of them",
    note = "an `Option` stands outermost, and a `Vec` holds neither lists nor `Option`s",
    note = "for an enum add `#[derive(ResourceEnum)]`, for a nested struct `#[derive(ResourceObject)]`"
)]
#[doc(hidden)]
pub trait Derived: Sized + Send + Sync + 'static {
    /// What its values are.
    const KIND: Kind;

    /// The same value once more. Not `Clone`, which the user's type need not have.
    fn copied(&self) -> Self;

    /// This value as stores keep it.
    fn into_value(self) -> Value;

    /// The inverse of [`Derived::into_value`].
    ///
    /// # Errors
    ///
    /// When the value is not of this type's kind.
    fn from_value(value: Value) -> Result<Self, ValueError>;
}

#[diagnostic::do_not_recommend]
impl<T: Derived> FieldType for T {
    const KIND: Kind = T::KIND;
    crate::__not_null!(Derived::copied);

    fn into_value(self) -> Value {
        Derived::into_value(self)
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        Derived::from_value(value)
    }
}
#[diagnostic::do_not_recommend]
impl<T: Derived> NotNull for T {}
#[diagnostic::do_not_recommend]
impl<T: Derived> Element for T {}
