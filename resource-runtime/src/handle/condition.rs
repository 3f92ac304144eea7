use std::marker::PhantomData;

use crate::query::Filter;

/// A condition on rows of the resource `R`. `U` says what it is made of: [`Uses`], or pairs of that.
///
/// ```ignore
/// let cheap = Book::PRICE.lt(10).or(Book::TAGS.has_any(["sale"]));
/// let rows = !cheap.and(Book::GENRE.is_null(false));
/// ```
pub struct Where<R, U = ()> {
    filter: Filter,
    marker: PhantomData<fn() -> (R, U)>,
}

impl<R> Where<R> {
    /// All rows.
    #[must_use]
    pub const fn all() -> Self {
        Self::new(Filter::All)
    }
}

impl<R, U> Where<R, U> {
    pub(super) const fn new(filter: Filter) -> Self {
        Self { filter, marker: PhantomData }
    }

    /// The rows that this and the other hold for.
    #[must_use]
    pub fn and<V>(self, other: Where<R, V>) -> Where<R, (U, V)> {
        Where::new(self.filter.and(other.filter))
    }

    /// The rows that this or the other holds for.
    #[must_use]
    pub fn or<V>(self, other: Where<R, V>) -> Where<R, (U, V)> {
        Where::new(self.filter.or(other.filter))
    }

    /// The condition without its type, as stores take it.
    #[must_use]
    pub fn into_filter(self) -> Filter {
        self.filter
    }
}

impl<R, U> std::ops::Not for Where<R, U> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(!self.filter)
    }
}

impl<R, U> Clone for Where<R, U> {
    fn clone(&self) -> Self {
        Self::new(self.filter.clone())
    }
}

impl<R, U> PartialEq for Where<R, U> {
    fn eq(&self, other: &Self) -> bool {
        self.filter == other.filter
    }
}

impl<R, U> std::fmt::Debug for Where<R, U> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.filter.fmt(f)
    }
}

impl<R, U> From<Where<R, U>> for Filter {
    fn from(condition: Where<R, U>) -> Self {
        condition.filter
    }
}

/// Stands for one comparison: of the field at a position, by an operator ([`op`]).
pub struct Uses<const INDEX: usize, O>(PhantomData<fn() -> O>);

impl<const INDEX: usize, O: op::Marker> std::fmt::Debug for Uses<INDEX, O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}[{}]", INDEX, O::OPERATOR.name())
    }
}

/// Says that clients can filter the field at a position by an operator. Implemented by the derive.
#[diagnostic::on_unimplemented(
    message = "the server does not filter this field by `{O}`",
    label = "not declared as a filter",
    note = "add the operator to the field's `#[resource(filter(...))]`"
)]
pub trait Filters<const INDEX: usize, O> {}

/// What conditions are made of that the server declares as filters of `R`.
#[diagnostic::on_unimplemented(
    message = "this condition is none that the server declares",
    note = "conditions of clients are made of the filters that the resource declares: `Book::PRICE.gte(10)`"
)]
pub trait Declared<R> {}

impl<R: Filters<INDEX, O>, const INDEX: usize, O> Declared<R> for Uses<INDEX, O> {}

impl<R> Declared<R> for () {}

impl<R, U: Declared<R>, V: Declared<R>> Declared<R> for (U, V) {}

/// Each operator as a type, with the operator's name: the compiler's messages have that in them.
#[allow(non_camel_case_types, reason = "messages about filters name operators as attributes do")]
pub mod op {
    use crate::query::Operator;

    /// An operator as a type.
    pub trait Marker {
        /// The operator.
        const OPERATOR: Operator;
    }

    macro_rules! markers {
        ($($name:ident $operator:ident)*) => {$(
            #[doc = concat!("[`Operator::", stringify!($operator), "`].")]
            #[derive(Debug, Clone, Copy)]
            pub enum $name {}

            impl Marker for $name {
                const OPERATOR: Operator = Operator::$operator;
            }
        )*};
    }

    markers! {
        eq Eq
        ne Ne
        gt Gt
        gte Gte
        lt Lt
        lte Lte
        is_in In
        nin Nin
        contains Contains
        starts_with StartsWith
        ends_with EndsWith
        ieq Ieq
        icontains Icontains
        is_null IsNull
        has_all HasAll
        has_any HasAny
    }
}
