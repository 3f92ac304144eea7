//! Questions about the user's types that the compiler answers by accepting a call or not.

use crate::field::{
    ClientId, Comparable, CreationTime, DeletionTime, EmptyInNewRow, FieldType, IdSource, Kind, NestedValue, StoreId,
    Textual, UpdateTime,
};

/// A field that clients do not send at creation, and that has no default, can be null.
pub const fn empty_in_new_row<T: EmptyInNewRow>() {}

/// A field that the framework sets to the time of the insert.
pub const fn created_at<T: CreationTime>() {}

/// A field that the framework sets to the time of an update.
pub const fn updated_at<T: UpdateTime>() {}

/// A field that the framework sets to the time of the delete.
pub const fn soft_delete<T: DeletionTime>() {}

/// A field that lists can be sorted by, that can be unique, or in an index.
pub const fn comparable<T: FieldType<Inner: Comparable>>() {}

/// A field that `search` looks into.
pub const fn text<T: FieldType<Inner: Textual>>() {}

/// A field with `#[validate(nested)]`.
pub const fn nested<T: FieldType<Inner: NestedValue>>() {}

/// An id that the framework chooses.
#[must_use]
pub const fn store_id<T: StoreId>() -> IdSource {
    IdSource::Store
}

/// An id that the client chooses.
#[must_use]
pub const fn client_id<T: ClientId>() -> IdSource {
    IdSource::Client
}

/// A number in an attribute is one that the field's type can hold.
///
/// # Panics
///
/// While the user's crate is compiled, when it is not.
pub const fn number<T: FieldType>(mut mantissa: i64, mut scale: u32) {
    if let Kind::Int(kind) = T::KIND {
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        assert!(scale == 0, "the field holds whole numbers; remove the digits after the point");
        assert!(
            mantissa >= kind.min() && mantissa <= kind.max(),
            "the number does not fit the field's type; take another number or a wider type"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_fit_integers_however_they_are_written() {
        number::<i32>(20, 1);
        number::<Option<u8>>(255, 0);
    }

    #[test]
    #[should_panic(expected = "does not fit")]
    fn too_great_a_number_does_not_fit() {
        number::<u8>(256, 0);
    }

    #[test]
    #[should_panic(expected = "whole numbers")]
    fn a_fraction_does_not_fit_an_integer() {
        number::<i64>(5, 1);
    }
}
