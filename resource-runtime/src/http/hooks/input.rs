use std::fmt;
use std::marker::PhantomData;

use crate::field::FieldType;
use crate::handle::Field;
use crate::input::Draft;
use crate::resource::Resource;

/// What a client sent to create, replace or update a row, field by field.
///
/// Fields are named by their handles: `input.get(Book::TITLE)`. One that a hook sets may be any but
/// the identifier of a row that is there: also one that clients cannot set.
pub struct Input<R> {
    pub(super) draft: Draft,
    pub(super) marker: PhantomData<fn() -> R>,
}

impl<R: Resource> Input<R> {
    /// The value of a field; `None` where nothing is said of it, or something is wrong with it. In an
    /// update, a nested object is already what it would be with the changes.
    #[must_use]
    pub fn get<T: FieldType, const INDEX: usize>(&self, field: Field<R, T, INDEX>) -> Option<T> {
        T::from_value(self.draft.get(field.index())?.clone()).ok()
    }

    /// Whether anything is said of a field, be it right or wrong.
    #[must_use]
    pub fn contains<T, const INDEX: usize>(&self, field: Field<R, T, INDEX>) -> bool {
        self.draft.contains(field.index())
    }

    /// Sets a field, in the client's place.
    pub fn set<T: FieldType, const INDEX: usize>(&mut self, field: Field<R, T, INDEX>, value: impl Into<T>) {
        self.draft.set(field.index(), &value.into().into_value());
    }

    /// Makes a field one that nothing is said of: at creation and in a replacement it gets its default,
    /// in an update it stays as it is.
    pub fn remove<T, const INDEX: usize>(&mut self, field: Field<R, T, INDEX>) {
        self.draft.remove(field.index());
    }
}

impl<R: Resource> fmt::Debug for Input<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the values: one of them may be a secret.
        let named = R::META.fields.iter().enumerate().filter(|(index, _)| self.draft.contains(*index));
        f.debug_tuple("Input").field(&named.map(|(_, it)| it.name).collect::<Vec<_>>()).finish()
    }
}
