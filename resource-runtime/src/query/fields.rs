//! `fields`: which fields a client wants to be answered with.

use crate::error::{Problem, Problems};
use crate::field::suggest;
use crate::model::Usage;
use crate::resource::ResourceMeta;

/// The names that can be chosen: the whole response model's, also where lists answer with a view,
/// so that a client can ask for more than the view as well as for less.
pub(super) fn names(meta: &'static ResourceMeta) -> impl Iterator<Item = &'static str> {
    Usage::Response.slots(meta).into_iter().filter_map(|it| meta.slot(it)).map(|(name, _)| name)
}

/// The positions of the chosen fields, in the response model's order whatever the client's.
pub(super) fn parse(meta: &'static ResourceMeta, text: &str, problems: &mut Problems) -> Option<Vec<usize>> {
    const NAME: &str = "fields";
    let allowed: Vec<&str> = names(meta).collect();
    if text.is_empty() {
        let problem = Problem::parameter(NAME, "length", "must name at least one field").param("min", 1);
        problems.push(problem.param("allowed", allowed));
        return None;
    }
    let mut chosen: Vec<&str> = Vec::new();
    let mut unknown: Vec<&str> = Vec::new();
    let mut repeated: Vec<&str> = Vec::new();
    for name in text.split(',') {
        // All lists are short: none has repetitions, and the unknown names are bounded.
        if let Some(&name) = allowed.iter().find(|it| **it == name) {
            if !chosen.contains(&name) {
                chosen.push(name);
            } else if !repeated.contains(&name) {
                repeated.push(name);
                let problem = Problem::parameter(NAME, "duplicate_field", format!("`{name}` is named twice"));
                problems.push(problem.param("field", name));
            }
        } else if unknown.len() < MAX_UNKNOWN && !unknown.contains(&name) {
            unknown.push(name);
            problems.push(unknown_field(NAME, name, "there is no field", &allowed));
        }
    }
    let slots = Usage::Response.slots(meta).into_iter();
    let slots = slots.filter(|&it| meta.slot(it).is_some_and(|(name, _)| chosen.contains(&name))).collect();
    (repeated.is_empty() && unknown.is_empty()).then_some(slots)
}

/// How many unknown names of one parameter are reported.
const MAX_UNKNOWN: usize = 20;

/// A name that is none of those allowed.
pub(super) fn unknown_field(parameter: &str, name: &str, what: &str, allowed: &[&str]) -> Problem {
    let near = suggest(name, allowed.iter().copied());
    let problem = Problem::parameter(parameter, "unknown_field", format!("{what} `{name}`")).param("field", name);
    problem.did_you_mean(near).param("allowed", allowed.to_vec())
}
