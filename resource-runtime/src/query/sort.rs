//! `sort`, and its other form `sort_by` with `sort_order`.

use super::SortKey;
use super::fields::unknown_field;
use crate::error::{Problem, Problems};
use crate::field::{FieldMeta, Role, suggest};
use crate::resource::ResourceMeta;

/// The most keys that a client can name. An order by more of them tells no more rows apart, and
/// cursors have to carry every key's value.
pub(super) const MAX_KEYS: usize = 8;
/// What follows a name whose nulls come first.
pub(super) const NULLS_FIRST: &str = ":nulls_first";

/// The fields that clients can sort by, with their positions: those declared for it, and the
/// identifier, which ends every order anyway and always has an index.
pub(super) fn fields(meta: &'static ResourceMeta) -> impl Iterator<Item = (usize, &'static FieldMeta)> {
    let is_declared = |it: &FieldMeta| it.sort || matches!(it.role, Role::Id(_));
    let all = meta.fields.iter().enumerate();
    all.filter(move |(_, it)| is_declared(it) && it.access.response && it.kind.is_ordered())
}

/// The order of a list for which the client chooses none.
pub(super) fn default(meta: &'static ResourceMeta) -> Vec<SortKey> {
    let keys = meta.sort.iter().filter_map(|it| {
        let (field, _) = meta.field(it.field)?;
        Some(SortKey { field, descending: it.descending, nulls_first: it.nulls_first })
    });
    total(meta, keys.collect())
}

/// Reads `sort=-price,title:nulls_first`.
pub(super) fn parse(meta: &'static ResourceMeta, text: &str, problems: &mut Problems) -> Option<Vec<SortKey>> {
    const NAME: &str = "sort";
    let allowed: Vec<&str> = fields(meta).map(|(_, it)| it.name).collect();
    if text.is_empty() {
        let problem = Problem::parameter(NAME, "length", "must name at least one field").param("min", 1);
        problems.push(problem.param("allowed", allowed));
        return None;
    }
    let count = text.split(',').count();
    if count > MAX_KEYS {
        let detail = format!("must name at most {MAX_KEYS} fields, found {count}");
        problems.push(Problem::parameter(NAME, "length", detail).param("max", MAX_KEYS));
        return None;
    }
    let mut keys: Vec<SortKey> = Vec::new();
    let mut sound = true;
    for item in text.split(',') {
        match key(meta, item, &allowed) {
            Ok(key) if keys.iter().any(|it| it.field == key.field) => {
                sound = false;
                let name = meta.slot(key.field).map_or("", |(name, _)| name);
                let problem = Problem::parameter(NAME, "duplicate_field", format!("`{name}` is named twice"));
                problems.push(problem.param("field", name));
            }
            Ok(key) => keys.push(key),
            Err(problem) => {
                sound = false;
                problems.push(problem);
            }
        }
    }
    sound.then(|| total(meta, keys))
}

fn key(meta: &'static ResourceMeta, item: &str, allowed: &[&str]) -> Result<SortKey, Problem> {
    let (descending, rest) = item.strip_prefix('-').map_or((false, item), |it| (true, it));
    let (name, suffix) = rest.find(':').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
    if name.is_empty() {
        let detail = "must name a field before and after every comma, and after `-`";
        let problem = Problem::parameter("sort", "unknown_field", detail).param("field", name);
        return Err(problem.param("allowed", allowed.to_vec()));
    }
    let Some((field, _)) = fields(meta).find(|(_, it)| it.name == name) else {
        return Err(unknown_field("sort", name, "cannot sort by", allowed));
    };
    match suffix {
        "" | NULLS_FIRST => Ok(SortKey { field, descending, nulls_first: !suffix.is_empty() }),
        _ => {
            let detail = format!("`{name}` can be followed by `{NULLS_FIRST}` and by nothing else");
            let problem = Problem::parameter("sort", "invalid_choice", detail).param("field", name);
            let problem = match suggest(suffix, [NULLS_FIRST].into_iter()) {
                Some(near) => problem.param("did_you_mean", near),
                None => problem,
            };
            Err(problem.param("allowed", vec![NULLS_FIRST]))
        }
    }
}

/// Reads `sort_by=price` and `sort_order=desc`, which say the same as `sort=-price`.
pub(super) fn parse_two(
    meta: &'static ResourceMeta,
    by: &str,
    order: Option<&str>,
    problems: &mut Problems,
) -> Option<Vec<SortKey>> {
    let allowed: Vec<&str> = fields(meta).map(|(_, it)| it.name).collect();
    let found = fields(meta).find(|(_, it)| it.name == by);
    if found.is_none() {
        problems.push(unknown_field("sort_by", by, "cannot sort by", &allowed));
    }
    let descending = direction(order.unwrap_or("asc"), problems);
    let (field, _) = found?;
    Some(total(meta, vec![SortKey { field, descending: descending?, nulls_first: false }]))
}

/// Reads a direction; true for `desc`.
pub(super) fn direction(order: &str, problems: &mut Problems) -> Option<bool> {
    const ALLOWED: [&str; 2] = ["asc", "desc"];
    match order {
        "asc" => Some(false),
        "desc" => Some(true),
        _ => {
            problems.push(super::parse::choice("sort_order", order, &ALLOWED));
            None
        }
    }
}

/// With the identifier as the last key, so that no two rows are equal in the order. It ascends
/// unless the client named it: then its direction is the client's, and what would follow it is left
/// out, because nothing is left to decide.
pub(crate) fn total(meta: &'static ResourceMeta, mut keys: Vec<SortKey>) -> Vec<SortKey> {
    let id = meta.id();
    match keys.iter().position(|it| it.field == id) {
        Some(at) => {
            keys.truncate(at + 1);
            // An identifier is never null; one form of the order is enough for stores.
            if let Some(last) = keys.last_mut() {
                last.nulls_first = false;
            }
        }
        None => keys.push(SortKey { field: id, descending: false, nulls_first: false }),
    }
    keys
}
