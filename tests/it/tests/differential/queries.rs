//! Random query strings, most of them sound.

use it::Rng;
use it::zoo::{Sample, TYPES, Type, samples};

use crate::encode;

const NONSENSE: &[&str] =
    &["", "x", "-1", "1e400", "null", "%00", "%FF", "%", "'", "2026-13-01", "99999999999999999999", "1.5", "true", ","];

/// What a list is asked for, without what asks for a page of it.
pub(crate) struct Wanted {
    pub(crate) parameters: Vec<String>,
}

impl Wanted {
    /// The query string with further parameters.
    pub(crate) fn with(&self, more: &[String]) -> String {
        self.parameters.iter().chain(more).map(String::as_str).collect::<Vec<_>>().join("&")
    }
}

/// Filters and search.
pub(crate) fn conditions(rng: &mut Rng) -> Vec<String> {
    let mut parameters = Vec::new();
    for _ in 0..*rng.pick(&[0, 0, 1, 1, 2, 3]) {
        parameters.push(flat(rng));
    }
    if rng.one_in(3) {
        let depth = rng.below(4);
        parameters.push(format!("filter={}", encode(&tree(rng, depth))));
    }
    if rng.one_in(8) {
        let text = rng.pick(&samples(text_type())).text();
        if text.chars().count() >= 2 && !text.trim().is_empty() {
            parameters.push(format!("search={}", encode(&text)));
        }
    }
    once_each(&mut parameters);
    parameters
}

/// One of a name, as far as a repetition would be a mistake.
fn once_each(parameters: &mut Vec<String>) {
    let mut seen = std::collections::HashSet::new();
    parameters.retain(|it| seen.insert(it.split('=').next().unwrap_or_default().to_owned()));
}

/// Filters, search and sort, of which the last may be sound or not.
pub(crate) fn wanted(rng: &mut Rng, mistakes: bool) -> Wanted {
    let mut parameters = conditions(rng);
    match rng.below(10) {
        0..=5 => parameters.push(format!("sort={}", sort(rng))),
        6 => {
            parameters.push(format!(
                "sort_by=plain_{}&sort_order={}",
                rng.pick(TYPES).name,
                rng.pick(&["asc", "desc"])
            ));
        }
        _ => {}
    }
    if mistakes {
        parameters.push(mistake(rng));
    }
    Wanted { parameters }
}

/// The fields to answer with, if not all.
pub(crate) fn fields(rng: &mut Rng) -> Vec<String> {
    if rng.one_in(3) {
        return Vec::new();
    }
    let mut names: Vec<_> = (0..=rng.below(4))
        .map(|_| format!("{}_{}", rng.pick(&["plain", "maybe", "list"]), rng.pick(TYPES).name))
        .collect();
    names.push("id".to_owned());
    names.sort_unstable();
    names.dedup();
    vec![format!("fields={}", names.join(","))]
}

/// A page, by number or by cursor.
pub(crate) fn page(rng: &mut Rng) -> Vec<String> {
    let size = *rng.pick(&[1, 2, 7, 20, 100]);
    let mut page = match rng.below(5) {
        0 => Vec::new(),
        1 | 2 => vec![format!("page={}", 1 + rng.below(8)), format!("per_page={size}")],
        3 => vec![format!("limit={size}")],
        _ => vec![format!("per_page={size}")],
    };
    if rng.one_in(4) {
        page.push(format!("count={}", rng.pick(&["exact", "none", "capped"])));
    }
    page
}

fn text_type() -> &'static Type {
    TYPES.iter().find(|it| it.name == "text").unwrap()
}

fn field(rng: &mut Rng) -> (String, &'static Type, bool) {
    let ty = if rng.one_in(4) { text_type() } else { rng.pick(TYPES) };
    let nullable = rng.one_in(2);
    (format!("{}_{}", if nullable { "maybe" } else { "plain" }, ty.name), ty, nullable)
}

/// A name of an operator that takes one value.
fn operator(rng: &mut Rng, ty: &Type) -> &'static str {
    let text = ["contains", "starts_with", "ends_with", "ieq", "icontains"];
    let order = ["gt", "gte", "lt", "lte"];
    match rng.below(3) {
        0 if ty.name == "text" => rng.pick::<&str>(&text),
        1 if ty.ordered => rng.pick::<&str>(&order),
        _ => rng.pick::<&str>(&["eq", "ne"]),
    }
}

fn values(rng: &mut Rng, ty: &Type, most: usize) -> Vec<Sample> {
    let samples = samples(ty);
    (0..=rng.below(most)).map(|_| rng.pick(&samples).clone()).collect()
}

fn flat(rng: &mut Rng) -> String {
    let (name, ty, nullable) = field(rng);
    let listed = |values: &[Sample]| {
        let all: Vec<_> =
            values.iter().map(|it| encode(&it.text().replace('\\', "\\\\").replace(',', "\\,"))).collect();
        all.join(",")
    };
    match rng.below(8) {
        0 if nullable => format!("{name}[is_null]={}", rng.pick(&["true", "false"])),
        1 => format!("{name}[in]={}", listed(&values(rng, ty, 9))),
        2 => format!("{name}[nin]={}", listed(&values(rng, ty, 9))),
        3 => format!("list_{}[{}]={}", ty.name, rng.pick(&["has_all", "has_any"]), listed(&values(rng, ty, 3))),
        4 => format!("maybe_list_text[has_any]={}", rng.pick(&["a", "", "b"])),
        _ => format!("{name}[{}]={}", operator(rng, ty), encode(&rng.pick(&samples(ty)).text())),
    }
}

fn tree(rng: &mut Rng, depth: usize) -> String {
    if depth == 0 {
        return comparison(rng);
    }
    match rng.below(4) {
        0 => format!("not ({})", tree(rng, depth - 1)),
        1 => format!("not {}", comparison(rng)),
        _ => {
            let word = if rng.one_in(2) { " and " } else { " or " };
            let parts: Vec<_> = (0..2 + rng.below(2)).map(|_| format!("({})", tree(rng, depth - 1))).collect();
            parts.join(word)
        }
    }
}

fn comparison(rng: &mut Rng) -> String {
    let (name, ty, nullable) = field(rng);
    let list = |values: &[Sample]| values.iter().map(|it| it.sent.clone()).collect::<Vec<_>>().join(", ");
    match rng.below(7) {
        0 if nullable => format!("{name} is {}null", rng.pick(&["", "not "])),
        1 => format!("{name} {} ({})", rng.pick(&["in", "not in"]), list(&values(rng, ty, 5))),
        2 => format!("list_{} has {}", ty.name, rng.pick(&samples(ty)).sent),
        3 => format!("list_{} {} ({})", ty.name, rng.pick(&["has_all", "has_any"]), list(&values(rng, ty, 3))),
        _ => format!("{name} {} {}", operator(rng, ty), rng.pick(&samples(ty)).sent),
    }
}

pub(crate) fn sort(rng: &mut Rng) -> String {
    let mut names: Vec<String> =
        (0..=rng.below(4)).map(|_| if rng.one_in(12) { "id".to_owned() } else { field(rng).0 }).collect();
    let mut seen = std::collections::HashSet::new();
    names.retain(|it| seen.insert(it.clone()));
    let keys: Vec<_> = names
        .into_iter()
        .map(|it| format!("{}{it}{}", rng.pick(&["", "-"]), rng.pick(&["", "", ":nulls_first"])))
        .collect();
    keys.join(",")
}

fn mistake(rng: &mut Rng) -> String {
    let (name, ty, _) = field(rng);
    let nonsense = *rng.pick(NONSENSE);
    match rng.below(9) {
        0 => format!("{name}[like]={nonsense}"),
        1 => format!("{name}={nonsense}"),
        2 => format!("list_{}[has_any]={nonsense}", ty.name),
        3 => format!("sort={nonsense}"),
        4 => format!("fields={nonsense}"),
        5 => format!("page={nonsense}"),
        6 => format!("cursor={nonsense}"),
        7 => format!("{nonsense}={nonsense}"),
        _ => {
            let mut text: Vec<char> = tree(rng, 2).chars().collect();
            text.remove(rng.below(text.len()));
            format!("filter={}", encode(&text.into_iter().collect::<String>()))
        }
    }
}
