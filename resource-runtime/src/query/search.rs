//! `search`: one text, looked for in every field that is declared for it.

use super::{Filter, Operator};
use crate::error::Problem;
use crate::field::{Kind, Value};
use crate::resource::ResourceMeta;

/// The shortest text to look for, in Unicode scalar values: one letter is in nearly every row.
pub(super) const MIN_LENGTH: usize = 2;
/// The longest.
pub(super) const MAX_LENGTH: usize = 200;

/// The positions of the fields that are looked into.
pub(super) fn fields(meta: &'static ResourceMeta) -> impl Iterator<Item = usize> {
    let searched = meta.fields.iter().enumerate();
    searched.filter(|(_, it)| it.search && it.access.response && matches!(it.kind, Kind::Text)).map(|(at, _)| at)
}

/// The rows in which the text occurs. It is taken as it is, blanks at its ends included, but a text
/// of nothing but blanks is refused: it is a slip, and finds nearly everything.
pub(super) fn parse(meta: &'static ResourceMeta, text: &str) -> Result<Filter, Problem> {
    let length = text.chars().count();
    let refuse = |detail: String| {
        Err(Problem::parameter("search", "length", detail).param("min", MIN_LENGTH).param("max", MAX_LENGTH))
    };
    if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
        return refuse(format!("must have {MIN_LENGTH} to {MAX_LENGTH} characters, found {length}"));
    }
    if text.chars().all(char::is_whitespace) {
        return refuse("must have a character that is not blank".to_owned());
    }
    let mut any: Vec<_> =
        fields(meta).map(|field| Filter::one(field, Operator::Icontains, Value::Text(text.to_owned()))).collect();
    Ok(if any.len() == 1 { any.swap_remove(0) } else { Filter::Or(any) })
}
