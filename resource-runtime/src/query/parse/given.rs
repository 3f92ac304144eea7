//! The parameters of a query string by their names: looked up, brought together, or reported.

use super::is_full;
use crate::error::{Problem, Problems};
use crate::field::suggest;
use crate::query::parameters::{ParameterMeta, ParameterRole, Table};
use crate::query::params::Param;

/// The parameters of these names, each once.
pub(super) fn named(params: &[Param<'_>], allowed: &[&str], problems: &mut Problems) -> Vec<(String, String)> {
    let mut values: Vec<(String, String)> = Vec::new();
    let mut repeated: Vec<&str> = Vec::new();
    let mut unknown: Vec<&str> = Vec::new();
    for Param { name, value } in params {
        if is_full(problems) {
            break;
        }
        if !allowed.contains(&name.as_ref()) {
            if !unknown.contains(&name.as_ref()) {
                unknown.push(name);
                problems.push(unknown_parameter(name, None, allowed));
            }
        } else if !values.iter().any(|(it, _)| it == name) {
            values.push((name.clone().into_owned(), value.clone().into_owned()));
        } else if !repeated.contains(&name.as_ref()) {
            repeated.push(name);
            problems.push(duplicate_parameter(name));
        }
    }
    values.retain(|(name, _)| !repeated.contains(&name.as_str()));
    values
}

/// A parameter that is none of those allowed. `meant` is what it is another name of.
fn unknown_parameter(name: &str, meant: Option<&str>, allowed: &[&str]) -> Problem {
    let near = meant.or_else(|| suggest(name, allowed.iter().copied()));
    let detail = if allowed.is_empty() { "unknown parameter: there is none here" } else { "unknown parameter" };
    Problem::parameter(name, "unknown_parameter", detail).did_you_mean(near).param("allowed", allowed.to_vec())
}

fn duplicate_parameter(name: &str) -> Problem {
    Problem::parameter(name, "duplicate_parameter", "is given more than once and takes one value")
}

/// A parameter as a client gave it.
pub(super) struct Given<'a> {
    /// The name that the client used.
    pub(super) name: &'a str,
    pub(super) index: usize,
    pub(super) meta: &'static ParameterMeta,
    pub(super) value: &'a str,
    /// The values where it was given again.
    pub(super) more: Vec<&'a str>,
}

/// Looks parameters up, and brings repetitions together. What comes out takes several values or was
/// given once.
pub(super) fn collect<'a>(table: &'static Table, params: &'a [Param<'_>], problems: &mut Problems) -> Vec<Given<'a>> {
    let mut all: Vec<Given<'a>> = Vec::with_capacity(params.len());
    let mut unknown: Vec<&str> = Vec::new();
    for Param { name, value } in params {
        if is_full(problems) {
            break;
        }
        let found = table.find(name).and_then(|index| Some((index, table.parameters.get(index)?)));
        let Some((index, meta)) = found else {
            if !unknown.contains(&name.as_ref()) {
                unknown.push(name);
                problems.push(unknown_parameter(name, table.in_brackets(name), &alternatives(table, name)));
            }
            continue;
        };
        match all.iter_mut().find(|it| it.index == index) {
            Some(given) => given.more.push(value),
            None => all.push(Given { name, index, meta, value, more: Vec::new() }),
        }
    }
    all.retain(|given| {
        let is_filter = matches!(given.meta.role, ParameterRole::Filter { .. });
        let is_sound = given.more.is_empty() || (is_filter && given.meta.many);
        if !is_sound {
            problems.push(duplicate_parameter(given.name));
        }
        is_sound
    });
    all
}

/// What could stand in place of an unknown parameter: for `field` and `field[…]` the filters of
/// that field, if it has any; else everything.
fn alternatives<'a>(table: &'a Table, name: &str) -> Vec<&'a str> {
    let field = name.split_once('[').map_or(name, |(field, _)| field);
    let of_field: Vec<_> = table.names_of(field).collect();
    if of_field.is_empty() { table.names().collect() } else { of_field }
}
