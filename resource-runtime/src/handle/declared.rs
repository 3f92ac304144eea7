//! What the derive says of the queries that a resource declares.

/// Says that clients can search lists. Implemented by the derive.
#[diagnostic::on_unimplemented(
    message = "the server does not search `{Self}`",
    label = "no field is declared for search",
    note = "add `search` to a field's `#[resource(...)]`"
)]
pub trait Searches {}

/// Prints the implementations that clients are checked against.
#[cfg(feature = "client-core")]
#[doc(hidden)]
#[macro_export]
macro_rules! __declared {
    ($resource:ident
     filters($($filtered:literal $operator:ident),*) sorts($($sorted:literal),*) $($search:ident)?) => {
        $(impl $crate::handle::Filters<$filtered, $crate::handle::op::$operator> for $resource {})*
        $(impl $crate::handle::Sorts<$sorted> for $resource {})*
        $($crate::__declared!(@$search $resource);)?
    };
    // A derive that failed: whatever is asked, its own message is the one that counts.
    ($resource:ident any) => {
        impl<const INDEX: usize, O> $crate::handle::Filters<INDEX, O> for $resource {}
        impl<const INDEX: usize> $crate::handle::Sorts<INDEX> for $resource {}
        impl $crate::handle::Searches for $resource {}
    };
    (@search $resource:ident) => {
        impl $crate::handle::Searches for $resource {}
    };
}

/// Without clients there is nothing to check.
#[cfg(not(feature = "client-core"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __declared {
    ($($declared:tt)*) => {};
}
