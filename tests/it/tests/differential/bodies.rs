//! Random bodies.

use it::Rng;
use it::zoo::{TYPES, samples};

/// Values that are wrong nearly everywhere.
const WRONG: &[&str] = &[
    "null",
    "\"x\"",
    "\"\"",
    "1e400",
    "-1",
    "0.5",
    "[]",
    "{}",
    "[null]",
    "true",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "[[]]",
    "{\"a\":1}",
];

const PLACES: &[&str] = &[
    r#"{"name":"a"}"#,
    r#"{"name":"é😀","latitude":-90,"longitude":1e-7,"note":"n","moods":["calm","ANGRY!"]}"#,
    r#"{"name":"b","latitude":1.50,"note":null,"moods":[]}"#,
    r#"{"name":"c","longitude":-0.0}"#,
];
const JSON: &[&str] =
    &["{}", "[]", "1.50", "\"\"", r#"{"b":{"c":null},"a":[1E+5]}"#, "12345678901234567890123", r#""\u00e9""#, "false"];

/// A sound body of an animal, with some fields left out.
pub(crate) fn animal(rng: &mut Rng) -> String {
    body(rng, 2, 0)
}

/// A body of an animal with one field in `one_in`, and about so many mistakes.
pub(crate) fn body(rng: &mut Rng, one_in: usize, mistakes: usize) -> String {
    let mut members = Vec::new();
    for ty in TYPES {
        let samples = samples(ty);
        let name = ty.name;
        if rng.one_in(one_in) {
            members.push(format!(r#""plain_{name}":{}"#, rng.pick(&samples).sent));
        }
        if rng.one_in(one_in) {
            let value = if rng.one_in(4) { "null" } else { &rng.pick(&samples).sent };
            members.push(format!(r#""maybe_{name}":{value}"#));
        }
        if rng.one_in(one_in) {
            let items: Vec<_> = (0..rng.below(4)).map(|_| rng.pick(&samples).sent.clone()).collect();
            members.push(format!(r#""list_{name}":[{}]"#, items.join(",")));
        }
    }
    for (name, values) in [("plain_json", JSON), ("maybe_json", JSON)] {
        if rng.one_in(one_in) {
            members.push(format!(r#""{name}":{}"#, rng.pick(values)));
        }
    }
    for (name, value) in [
        ("maybe_list_text", &r#"["a","","a"]"#),
        ("maybe_list_f64", &"[0.1,-0.0,5e-324]"),
        ("seen", &"[]"),
        ("lost", &"null"),
        ("home", &"null"),
        ("maybe_json", &"null"),
    ] {
        if rng.one_in(one_in * 4) {
            members.push(format!(r#""{name}":{value}"#));
        }
    }
    if rng.one_in(one_in) {
        members.push(format!(
            r#""home":{{"door":{},"rooms":[{},{}],"since":"2000-02-29"}}"#,
            rng.pick(PLACES),
            rng.pick(PLACES),
            rng.pick(PLACES)
        ));
    }
    if rng.one_in(one_in) {
        members.push(format!(r#""seen":[{}]"#, rng.pick(PLACES)));
        members.push(format!(r#""lost":[{},{}]"#, rng.pick(PLACES), rng.pick(PLACES)));
    }
    for _ in 0..mistakes {
        let ty = rng.pick(TYPES).name;
        let wrong = *rng.pick(WRONG);
        members.push(match rng.below(9) {
            0 => format!(r#""plain_{ty}":{wrong}"#),
            1 => format!(r#""maybe_{ty}":{wrong}"#),
            2 => format!(r#""list_{ty}":[{wrong}]"#),
            3 => format!(r#""list_{ty}":{wrong}"#),
            4 => format!(r#""plane_{ty}":{wrong}"#),
            5 => format!(r#""home":{{"door":{wrong},"rooms":[{wrong}]}}"#),
            6 => format!(r#""seen":[{{"name":{wrong}}}]"#),
            7 => format!(r#""id":{wrong}"#),
            _ => format!(r#""created_at":{wrong}"#),
        });
    }
    without_repetition(members)
}

/// A body of a keeper, mostly sound.
pub(crate) fn keeper(rng: &mut Rng, slug: Option<&str>) -> String {
    let mut members: Vec<_> = slug.map(|it| format!(r#""slug":{}"#, it::zoo::quoted(it))).into_iter().collect();
    for (name, values) in [
        ("team", &[r#""day""#, r#""night""#, r#""é""#, "\"\""][..]),
        ("badge", &["1", "2", "3", "null", "1.0", "99999999999"]),
        ("start", &[r#""08:00""#, r#""16:00:00.5""#, r#""24:00""#]),
        ("end", &[r#""17:00""#, r#""15:00""#, r#""23:59:59.999999""#]),
        ("shoes", &["0", "2", "4", "98", "3", "100"]),
        ("contact", &["null", r#""a@example.org""#, r#""nobody""#]),
        ("born", &[r#""2000-01-01""#, "null"]),
        ("first_wage", &["1.50", "null", "79228162514264337593543950335"]),
        ("passphrase", &[r#""abcd""#, r#""abc""#, "null"]),
        ("passphrase_again", &[r#""abcd""#, "null"]),
        ("office", &[r#"{"name":"x"}"#, r#"{"note":"y"}"#, "null", r#"{"name":"Atlantis"}"#]),
        ("level", &["1", "2"]),
        ("rating", &[r#""x""#]),
    ] {
        let rare = matches!(name, "level" | "rating" | "born" | "first_wage" | "passphrase" | "passphrase_again");
        if rng.one_in(if rare { 12 } else { 3 }) {
            // Mostly the first ones, which are sound.
            let value = if rng.one_in(4) { *rng.pick(values) } else { values[rng.below(values.len().div_ceil(2))] };
            members.push(format!(r#""{name}":{value}"#));
        }
    }
    without_repetition(members)
}

/// The object of these members; of those of one name the last stays.
fn without_repetition(members: Vec<String>) -> String {
    let mut seen = std::collections::HashSet::new();
    let mut kept: Vec<_> = members
        .into_iter()
        .rev()
        .filter(|it| seen.insert(it.split(':').next().unwrap_or_default().to_owned()))
        .collect();
    kept.reverse();
    format!("{{{}}}", kept.join(","))
}
