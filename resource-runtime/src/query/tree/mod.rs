//! `filter`: conditions in words, such as `price >= 10 and (status = "available" or tags has "classic")`.
//!
//! # Grammar
//!
//! ```text
//! condition  = unary ( { "and" unary } | { "or" unary } )       never both without parentheses
//! unary      = "not" unary | "(" condition ")" | comparison
//! comparison = field ( "=" | "!=" | ">" | ">=" | "<" | "<=" ) value
//!            | field ( "contains" | "starts_with" | "ends_with" | "ieq" | "icontains" ) value
//!            | field "has" value                                 one item of a list
//!            | field ( "in" | "not" "in" | "nin" | "has_all" | "has_any" ) "(" value { "," value } ")"
//!            | field "is" [ "not" ] "null"
//!            | field ( "eq" | "ne" | "gt" | "gte" | "lt" | "lte" ) value
//!            | field "is_null" ( "true" | "false" )
//! value      = text in quotes | word
//! ```
//!
//! `not` binds closer than `and` and `or`. Key words and names are written in lower case, as they
//! are here.
//!
//! A text in quotes stands between `"` or `'`, with the escapes of JSON (and `\'`). A word is made
//! of letters, digits and `_ . : + -`. Texts need quotes; numbers, `true` and `false` must not
//! have them; enums, UUIDs, timestamps, dates and times can be written either way, because none of
//! their values can be mistaken for anything else in the place where a value stands.
//!
//! # Design
//!
//! The reader stops at the first error of syntax, since what follows could mean anything. What is
//! well-formed but unknown, undeclared or of the wrong type is collected, and all of it reported.
//! Recursion is bounded by [`MAX_DEPTH`], so no input can use up the stack.

mod operator;
mod parser;
#[cfg(feature = "client-core")]
mod print;
mod scan;

#[cfg(feature = "client-core")]
pub(crate) use print::print;

use super::Filter;
use crate::error::Problem;
use crate::resource::ResourceMeta;

/// The longest condition, in Unicode scalar values.
pub(super) const MAX_LENGTH: usize = 4096;
/// The most nodes: comparisons, `not`s, and groups in parentheses that hold more than one of them.
const MAX_NODES: usize = 64;
/// The deepest nesting of parentheses and `not`s.
const MAX_DEPTH: usize = 8;

/// The parameter's name.
const NAME: &str = "filter";

/// Reads a condition on the fields of a resource.
pub(super) fn parse(meta: &'static ResourceMeta, text: &str) -> Result<Filter, Vec<Problem>> {
    let length = text.chars().count();
    if length > MAX_LENGTH {
        let detail = format!("must have at most {MAX_LENGTH} characters, found {length}");
        return Err(vec![Problem::parameter(NAME, "length", detail).param("max", MAX_LENGTH)]);
    }
    parser::Parser::new(meta, text).parse()
}

#[cfg(test)]
mod tests;
