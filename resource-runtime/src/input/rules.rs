//! Whether values obey their rules; the meaning of each is validator's, whose traits are asked.

use std::borrow::Cow;
use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};
use validator::{
    ValidateContains as _, ValidateDoesNotContain as _, ValidateEmail as _, ValidateLength as _, ValidateUrl as _,
};

use super::path::At;
use crate::error::{Location, Problem};
use crate::field::{Bound, FieldMeta, Kind, Rule, RuleMeta, Value, number};

/// What a value does not obey: the rule's own code, a sentence for people, and figures.
struct Breach {
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    params: Map<String, Json>,
}

impl Breach {
    fn new(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code: Cow::Borrowed(code), detail: detail.into(), params: Map::new() }
    }

    fn param(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// As a problem, with the code and message that the rule was given in place of its own.
    fn report(self, rule: &RuleMeta, at: At<'_>) -> Problem {
        Problem {
            location: Location::Pointer(at.pointer()),
            code: rule.code.map_or(self.code, Cow::Borrowed),
            detail: rule.message.map_or_else(|| self.detail.into_owned(), ToOwned::to_owned),
            params: self.params,
        }
    }
}

/// Checks one value against the rules of its field. Null is a matter of the field's type, and no
/// rule is asked about it; those over several fields come later.
pub(super) fn check(field: &FieldMeta, value: &Value, at: At<'_>, report: &mut dyn FnMut(Problem)) {
    if value.is_null() {
        return;
    }
    for rule in field.rules {
        if let Some(breach) = breach(&rule.rule, &field.kind, value) {
            report(breach.report(rule, at));
        }
    }
}

/// Checks a whole object or record against the rules over all of it.
pub(super) fn check_whole(rules: &[RuleMeta], whole: &Value, at: At<'_>, report: &mut dyn FnMut(Problem)) {
    for rule in rules {
        if let Rule::Custom(check) = rule.rule
            && let Err(error) = check(whole)
        {
            report(custom(error).report(rule, at));
        }
    }
}

/// Checks which fields match the others that they must match. `value` gives the value of the field
/// at a position, or `None` where it has a problem already, or where nothing can have changed.
pub(super) fn check_matches<'a>(
    fields: &'static [FieldMeta],
    value: impl Fn(usize) -> Option<&'a Value>,
    at: At<'_>,
    report: &mut dyn FnMut(Problem),
) {
    for (index, field) in fields.iter().enumerate() {
        for rule in field.rules {
            let Rule::MustMatch(name) = rule.rule else { continue };
            let Some(other) = fields.iter().position(|it| it.name == name) else { continue };
            if let (Some(one), Some(two)) = (value(index), value(other))
                && one != two
            {
                let breach = Breach::new("must_match", format!("must match `{name}`")).param("other", name);
                report(breach.report(rule, At::Key(&at, field.name)));
            }
        }
    }
}

/// Whether there is a rule over two fields at all.
pub(super) fn has_matches(fields: &[FieldMeta]) -> bool {
    fields.iter().any(|it| it.rules.iter().any(|it| matches!(it.rule, Rule::MustMatch(_))))
}

/// The positions that rules over two fields read, for the field at a position: the others of its
/// own, and the fields that have to match it.
pub(super) fn matched_with(fields: &'static [FieldMeta], index: usize) -> impl Iterator<Item = usize> {
    let name = fields.get(index).map_or("", |it| it.name);
    let others = move |field: &'static FieldMeta| {
        field.rules.iter().filter_map(|it| match it.rule {
            Rule::MustMatch(other) => Some(other),
            _ => None,
        })
    };
    fields.iter().enumerate().filter_map(move |(at, field)| {
        let reads = others(field).any(|it| it == name)
            || fields.get(index).is_some_and(|it| others(it).any(|it| it == field.name));
        (reads && at != index).then_some(at)
    })
}

fn breach(rule: &Rule, kind: &Kind, value: &Value) -> Option<Breach> {
    match (rule, value) {
        (Rule::Length { min, max, equal: None }, Value::Text(it)) if is_surely_within(it, *min, *max) => None,
        (Rule::Length { min, max, equal }, Value::Text(it)) => {
            (!it.validate_length(*min, *max, *equal)).then(|| length(*min, *max, *equal, "character"))
        }
        (Rule::Length { min, max, equal }, Value::List(it)) => {
            (!it.validate_length(*min, *max, *equal)).then(|| length(*min, *max, *equal, "item"))
        }
        (Rule::Range { min, max, exclusive_min, exclusive_max }, _) => {
            let order = |bound: &Option<Bound>| {
                let bound = bound.as_ref()?;
                compare_plain(value, bound).or_else(|| compare(kind, value, bound.value()))
            };
            let broken = |bound: &Option<Bound>, name, words, exclusive| {
                let bound = bound.as_ref().map(Bound::value).unwrap_or_default();
                let breach = Breach::new("range", format!("must be {words} {}", bound.normalize()));
                let breach = breach.param(name, number::to_json(bound));
                if exclusive { breach.param("exclusive", true) } else { breach }
            };
            if order(max).is_some_and(Ordering::is_gt) {
                Some(broken(max, "max", "at most", false))
            } else if order(min).is_some_and(Ordering::is_lt) {
                Some(broken(min, "min", "at least", false))
            } else if order(exclusive_max).is_some_and(Ordering::is_ge) {
                Some(broken(exclusive_max, "max", "less than", true))
            } else if order(exclusive_min).is_some_and(Ordering::is_le) {
                Some(broken(exclusive_min, "min", "greater than", true))
            } else {
                None
            }
        }
        (Rule::Email, Value::Text(it)) => {
            (!it.validate_email()).then(|| Breach::new("email", "must be an e-mail address, such as `ada@example.org`"))
        }
        (Rule::Url, Value::Text(it)) => (!it.validate_url())
            .then(|| Breach::new("url", "must be a URL with its scheme, such as `https://example.org/`")),
        (Rule::Regex(pattern), Value::Text(it)) => {
            let pattern = pattern();
            (!pattern.is_match(it)).then(|| {
                Breach::new("regex", format!("must match the pattern `{}`", pattern.as_str()))
                    .param("pattern", pattern.as_str())
            })
        }
        (Rule::Contains(needle), Value::Text(it)) => {
            (!it.validate_contains(needle)).then(|| contains(needle, "must contain"))
        }
        (Rule::Contains(needle), Value::List(it)) => (!has(it, needle)).then(|| contains(needle, "must contain")),
        (Rule::DoesNotContain(needle), Value::Text(it)) => {
            (!it.validate_does_not_contain(needle)).then(|| does_not_contain(needle))
        }
        (Rule::DoesNotContain(needle), Value::List(it)) => has(it, needle).then(|| does_not_contain(needle)),
        (Rule::Custom(check), _) => check(value).err().map(custom),
        // Over two fields, or on a kind that the rule says nothing of.
        _ => None,
    }
}

/// Whether a text has at least `min` and at most `max` characters, as far as its bytes tell: none of them has more
/// than four.
fn is_surely_within(text: &str, min: Option<u64>, max: Option<u64>) -> bool {
    let len = text.len() as u64;
    len.div_ceil(4) >= min.unwrap_or(0) && len <= max.unwrap_or(u64::MAX)
}

fn has(items: &[Value], needle: &str) -> bool {
    items.iter().any(|it| matches!(it, Value::Text(it) if it == needle))
}

fn contains(needle: &'static str, words: &str) -> Breach {
    Breach::new("contains", format!("{words} `{needle}`")).param("needle", needle)
}

fn does_not_contain(needle: &'static str) -> Breach {
    Breach { code: Cow::Borrowed("does_not_contain"), ..contains(needle, "must not contain") }
}

fn custom(error: crate::field::RuleError) -> Breach {
    Breach {
        code: error.code,
        detail: error.message.unwrap_or(Cow::Borrowed("is not valid")),
        params: error.params.into_iter().map(|(name, value)| (name.into_owned(), value)).collect(),
    }
}

/// The order of an integer or a decimal and a bound, where both have few digits; exact, as that of [`compare`].
fn compare_plain(value: &Value, bound: &Bound) -> Option<Ordering> {
    const SCALE_MAX: u32 = 9;
    let Bound::Literal { mantissa: bound, scale: bound_scale @ 0..=SCALE_MAX } = bound else { return None };
    let (value, scale) = match value {
        Value::Int(it) => (*it, 0),
        Value::Decimal(it) => (i64::try_from(it.mantissa()).ok()?, it.scale()),
        _ => return None,
    };
    if scale == *bound_scale {
        return Some(value.cmp(bound));
    }
    if scale > SCALE_MAX {
        return None;
    }
    let digits = |number: i64, places: u32| i128::from(number) * i128::from(10_i64.pow(places));
    Some(digits(value, *bound_scale).cmp(&digits(*bound, scale)))
}

/// The order of a number and a bound; exact for integers and decimals. A float is compared with
/// the float that the bound is, so that `0.1` is not greater than `0.1`.
fn compare(kind: &Kind, value: &Value, bound: Decimal) -> Option<Ordering> {
    match value {
        Value::Int(it) => Some(Decimal::from(*it).cmp(&bound)),
        Value::Decimal(it) => Some(it.cmp(&bound)),
        Value::Float(it) => {
            let text = bound.to_string();
            let bound = match kind {
                Kind::F32 => text.parse::<f32>().ok()?.into(),
                _ => text.parse::<f64>().ok()?,
            };
            it.partial_cmp(&bound)
        }
        _ => None,
    }
}

fn length(min: Option<u64>, max: Option<u64>, equal: Option<u64>, noun: &str) -> Breach {
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    // As in validator, an exact length makes the bounds moot.
    let detail = match (equal, min, max) {
        (Some(equal), ..) => format!("must have exactly {equal} {noun}{}", plural(equal)),
        (None, Some(min), Some(max)) => format!("must have {min} to {max} {noun}{}", plural(max)),
        (None, Some(min), None) => format!("must have at least {min} {noun}{}", plural(min)),
        (None, None, max) => {
            let max = max.unwrap_or(u64::MAX);
            format!("must have at most {max} {noun}{}", plural(max))
        }
    };
    let mut breach = Breach::new("length", detail);
    for (name, bound) in [("equal", equal), ("min", min), ("max", max)] {
        if let Some(bound) = bound {
            breach = breach.param(name, bound);
        }
    }
    breach
}

#[cfg(test)]
mod tests;
