//! The query language of lists: what a query string asks for, as data.
//!
//! `GET /books?genre=fiction&price[gte]=10&search=dune&sort=-price,title&page=2&per_page=20`
//!
//! One rule goes through all of it: nothing is ever ignored or widened. A parameter, field,
//! operator or value that is not understood is an error that names it and lists what there is, and
//! one answer has all mistakes of a request. [`parameters`] lists what a resource's list takes; the
//! parser looks names up in the same table.
//!
//! # Filters
//!
//! | written | meaning |
//! |---|---|
//! | `title=Dune`, `title[eq]=Dune` | equal; case counts |
//! | `price[gte]=10` | an operator: `ne`, `gt`, `gte`, `lt`, `lte`, `contains`, `starts_with`, `ends_with`, `ieq`, `icontains` |
//! | `genre[in]=a,b`, `genre[in]=a&genre[in]=b` | one of several; so `nin`, and `has_all` and `has_any` for lists |
//! | `bio[is_null]=true` | null, or (`false`) not |
//! | `min_price=10` | an operator under a name of its own, which takes the bracket form's place |
//!
//! All conditions hold together. A field takes the operators that it declares, and no other.
//!
//! - In a comma list `\,` is a comma within a value and `\\` a backslash. A list has at most 100
//!   values.
//! - An empty value is the empty text: `title=` finds rows whose title is empty, and `genre[in]=`
//!   those whose genre is. For fields that hold no text an empty value is an error.
//! - Texts are compared as they are: `%`, `_`, `*` and `\` are themselves, and nothing is trimmed.
//! - Numbers have the syntax of JSON; timestamps, dates and times that of RFC 3339, with an offset
//!   where they are moments (`%2B` for its `+`, since `+` is a space in a query string).
//! - A comparison with a field that is null is false, but for `ne` and `nin`, which are the exact
//!   opposites of `eq` and `in`.
//!
//! `filter` takes a condition in words, in addition:
//!
//! `filter=price >= 10 and (status = "available" or tags has "classic")`
//!
//! It is made of comparisons, `and`, `or`, `not` and parentheses; `and` and `or` do not stand side
//! by side without parentheses. Comparisons are `=`, `!=`, `>`, `>=`, `<`, `<=`, `in (…)`,
//! `not in (…)`, `is null`, `is not null`, `has`, `has_all (…)`, `has_any (…)` and every operator by
//! its name (`title icontains "dune"`), on the same fields and operators as the parameters, whatever
//! the parameters are called. Texts stand in quotes, single or double, with the escapes of JSON;
//! numbers, `true` and `false` do not; enums, UUIDs, timestamps, dates and times may. At most 64
//! comparisons, `not`s and inner groups, nested at most 8 deep, in at most 4096 characters. An error
//! says in which column it is.
//!
//! `search` looks for a text of 2 to 200 characters, whatever their case, in every field declared
//! for it. It is taken as it is, blanks included.
//!
//! # Order
//!
//! `sort=-price,title` sorts by price, greatest first, then by title; `sort_by=price&sort_order=desc`
//! is another way to say `sort=-price`. Nulls come last in either direction, or first where
//! `:nulls_first` follows the name. Text sorts by code point. At most 8 fields can be named. The
//! identifier can always be sorted by; where it is not named, it ends the order, ascending, so that
//! no two rows are equal in it.
//!
//! # Fields
//!
//! `fields=id,title` keeps only those, in the order of the response model. Any field of the response
//! model can be named, also those that the list's own view leaves out.
//!
//! # Pages
//!
//! `page` and `per_page` ask for a page by number; `cursor` and `limit` for the rows after (or
//! before) a place. The two do not go together. A list begins with an empty `cursor`, or `limit`
//! alone; later ones are opaque, and good for the same filter and order only.
//!
//! `count` says how the rows that match are counted: `exact` (for pages, unless asked otherwise),
//! `none` (for cursors), `estimated`, or `capped`, which ends where there are more than a thousand
//! ([`COUNT_CAP`](crate::store::COUNT_CAP)).
//!
//! # Errors
//!
//! | code | when |
//! |---|---|
//! | `unknown_parameter` | the list has no such parameter, or the field no such operator |
//! | `duplicate_parameter` | a parameter that takes one value is given twice |
//! | `conflicting_parameters` | `page` with `cursor`, `sort` with `sort_by`, `sort_order` without `sort_by` |
//! | `too_many_parameters` | more than 256 |
//! | `invalid_type`, `invalid_format`, `invalid_choice`, `invalid_character`, `range`, `precision` | the value is none of its kind |
//! | `length` | too many or too few values, fields or characters |
//! | `unknown_field`, `duplicate_field` | in `sort`, `sort_by`, `fields`, `filter` |
//! | `unknown_operator` | in `filter`: the field does not declare it |
//! | `syntax`, `mixed_and_or`, `too_deep`, `too_many_nodes` | in `filter`: it cannot be read |
//! | `condition_required` | for `PATCH /books` and `DELETE /books`: there is no condition |
//! | `invalid_cursor` (400) | the cursor was changed, or belongs to another list |

mod cursor;
mod fields;
mod filter;
mod list;
mod operator;
mod page;
mod parameters;
mod params;
mod parse;
mod plan;
mod search;
mod sort;
#[cfg(test)]
mod testing;
mod tree;

pub(crate) use cursor::invalid as invalid_cursor;
pub use cursor::{Abridged, CursorKeys, InvalidKeys, encode_cursor};
pub use filter::{Condition, Filter, Operand};
pub use operator::{OperandShape, Operator};
#[cfg(feature = "client-core")]
pub(crate) use page::count_name;
pub use parameters::{ParameterMeta, ParameterRole, parameters};
#[cfg(feature = "server")]
pub(crate) use params::names;
pub use params::with_parameters;
pub use parse::{ItemQuery, parse, parse_conditions, parse_item, parse_none};
pub use plan::{CountMode, Keyset, ListQuery, Paging, SortKey};
pub(crate) use sort::total;
#[cfg(feature = "client-core")]
pub(crate) use tree::print as print_filter;
