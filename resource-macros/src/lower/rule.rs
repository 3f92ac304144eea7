//! The rules of `#[validate(…)]`.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, Path, Type};

use super::foreign;
use super::literal::{bound, count};
use crate::attrs::{
    ContainsAttrs, CustomAttrs, Expression, Keyed, LengthAttrs, MustMatchAttrs, Once, PlainRuleAttrs, RangeAttrs,
    RegexAttrs, SchemaAttrs, Text, Unknown, ValidateAttrs, ValidateStructAttrs,
};
use crate::error::{Errors, error, instead};
use crate::model::{Bound, Check, CheckKind, Number, Rule, RuleKind};

/// A field that rules are lowered for.
pub(super) struct Place<'a> {
    pub(super) field: &'a str,
    pub(super) ty: &'a Type,
    /// All fields of the struct.
    pub(super) fields: &'a [(String, &'a Type)],
}

/// The rules of one field, in the order that they are checked in.
pub(super) fn rules(
    attrs: ValidateAttrs,
    place: &Place<'_>,
    checks: &mut Vec<Check>,
    errors: &mut Errors,
) -> Vec<Rule> {
    let ValidateAttrs {
        length,
        range,
        email,
        url,
        regex,
        contains,
        does_not_contain,
        must_match,
        nested,
        custom,
        unknown,
    } = attrs;
    report_unknown(unknown, errors);
    if let Some(nested) = nested.take(errors) {
        checks.push(Check {
            kind: CheckKind::Nested,
            field: place.field.to_owned(),
            ty: place.ty.clone(),
            span: nested.key.span(),
        });
    }
    let mut rules: Vec<Option<Rule>> = vec![
        length.take(errors).and_then(|it| lower_length(it, errors)),
        range.take(errors).and_then(|it| lower_range(it, errors)),
        email.take(errors).and_then(|it| plain(it, RuleKind::Email, errors)),
        url.take(errors).and_then(|it| plain(it, RuleKind::Url, errors)),
        regex.take(errors).and_then(|it| lower_regex(it, errors)),
        contains.take(errors).and_then(|it| lower_contains(it, RuleKind::Contains, errors)),
        does_not_contain.take(errors).and_then(|it| lower_contains(it, RuleKind::DoesNotContain, errors)),
        must_match.take(errors).and_then(|it| lower_must_match(it, place, errors)),
    ];
    rules.extend(custom.take(errors).into_iter().map(|it| lower_custom(it, errors)));
    rules.into_iter().flatten().collect()
}

/// The rules over a whole struct.
pub(super) fn struct_rules(attrs: ValidateStructAttrs, kind: fn(Path) -> RuleKind, errors: &mut Errors) -> Vec<Rule> {
    let ValidateStructAttrs { schema, unknown } = attrs;
    unknown.report(ValidateStructAttrs::KEYS, &[(ValidateAttrs::KEYS, "write it on a field")], errors);
    schema.take(errors).into_iter().filter_map(|it| lower_schema(it, kind, errors)).collect()
}

fn report_unknown(unknown: Unknown, errors: &mut Errors) {
    let not_ours = |name: &str| format!("the rule `{name}` of the validator crate is not supported");
    let unknown = unknown.without(foreign::RULES_OF_VALIDATOR, not_ours, errors).without(
        foreign::RULES,
        |name| format!("there is no rule `{name}`"),
        errors,
    );
    unknown.report(ValidateAttrs::KEYS, &[(ValidateStructAttrs::KEYS, "write it on the struct")], errors);
}

/// The rule with what every rule has.
fn rule(kind: RuleKind, key: &Path, code: Once<Text>, message: Once<Text>, errors: &mut Errors) -> Rule {
    let code = code.value(errors).map(|it| it.0);
    let message = message.value(errors).map(|it| it.0);
    Rule { kind, span: key.span(), code, message }
}

fn lower_length(given: Keyed<LengthAttrs>, errors: &mut Errors) -> Option<Rule> {
    let LengthAttrs { min, max, equal, code, message, unknown } = given.value;
    let before = errors.len();
    unknown.translated(foreign::LENGTHS, errors).report(LengthAttrs::KEYS, &[], errors);
    let mut part = |given: Once<Expression>| -> Option<(Expr, Option<u64>)> {
        let expr = given.value(errors)?.0;
        let count = errors.handle(count(&expr))?;
        Some((expr, count))
    };
    let (min, max, equal) = (part(min), part(max), part(equal));
    if errors.len() > before {
        return None;
    }
    let what = match (&min, &max, &equal) {
        (None, None, None) => Some("`length` says nothing"),
        (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => Some("`equal` goes without `min` and `max`"),
        (Some((_, Some(min))), Some((_, Some(max))), _) if min > max => Some("`min` is greater than `max`"),
        _ => None,
    };
    if let Some(what) = what {
        errors.push(&given.key, what, "write `length(min = 1, max = 100)` or `length(equal = 10)`");
    }
    let expr = |part: Option<(Expr, Option<u64>)>| part.map(|(expr, _)| Box::new(expr));
    let kind = RuleKind::Length { min: expr(min), max: expr(max), equal: expr(equal) };
    Some(rule(kind, &given.key, code, message, errors))
}

fn lower_range(given: Keyed<RangeAttrs>, errors: &mut Errors) -> Option<Rule> {
    let RangeAttrs { min, max, exclusive_min, exclusive_max, code, message, unknown } = given.value;
    let before = errors.len();
    unknown.translated(foreign::BOUNDS, errors).report(RangeAttrs::KEYS, &[], errors);
    let mut part = |given: Once<Expression>| {
        let expr = given.value(errors)?.0;
        errors.handle(bound(expr))
    };
    let (min, max, exclusive_min, exclusive_max) = (part(min), part(max), part(exclusive_min), part(exclusive_max));
    if errors.len() > before {
        return None;
    }
    let what = match (min.as_ref().or(exclusive_min.as_ref()), max.as_ref().or(exclusive_max.as_ref())) {
        (None, None) => Some("`range` says nothing"),
        _ if min.is_some() && exclusive_min.is_some() => Some("`min` and `exclusive_min` are the same bound twice"),
        _ if max.is_some() && exclusive_max.is_some() => Some("`max` and `exclusive_max` are the same bound twice"),
        (Some(Bound::Number(low)), Some(Bound::Number(high))) => {
            let exclusive = exclusive_min.is_some() || exclusive_max.is_some();
            is_empty(*low, *high, exclusive).then_some("no number is in this range")
        }
        _ => None,
    };
    if let Some(what) = what {
        errors.push(&given.key, what, "write `range(min = 1, max = 100)`, or `exclusive_min`, `exclusive_max`");
    }
    let kind = RuleKind::Range { min, max, exclusive_min, exclusive_max };
    Some(rule(kind, &given.key, code, message, errors))
}

/// Whether there is no number between the bounds. Bounds too far apart to compare are not empty.
fn is_empty(low: Number, high: Number, exclusive: bool) -> bool {
    let scaled = |number: Number, other: Number| {
        10_i128.checked_pow(other.scale.saturating_sub(number.scale))?.checked_mul(number.mantissa.into())
    };
    match (scaled(low, high), scaled(high, low)) {
        (Some(low), Some(high)) => low > high || (exclusive && low == high),
        _ => false,
    }
}

fn plain(given: Keyed<PlainRuleAttrs>, kind: RuleKind, errors: &mut Errors) -> Option<Rule> {
    let PlainRuleAttrs { code, message, unknown } = given.value;
    unknown.report(PlainRuleAttrs::KEYS, &[], errors);
    Some(rule(kind, &given.key, code, message, errors))
}

fn lower_regex(given: Keyed<RegexAttrs>, errors: &mut Errors) -> Option<Rule> {
    let RegexAttrs { path, code, message, unknown } = given.value;
    let unread = !unknown.is_empty();
    unknown.report(RegexAttrs::KEYS, &[], errors);
    let help = "write `regex(path = *PATTERN)` with `static PATTERN: LazyLock<Regex> = …`";
    let path = required(path, unread, &given.key, "`regex` needs its pattern", help, errors)?.0;
    if let Expr::Lit(literal) = &path {
        errors.push(literal, "the pattern is not written here", help);
        return None;
    }
    Some(rule(RuleKind::Regex(Box::new(path)), &given.key, code, message, errors))
}

fn lower_contains(given: Keyed<ContainsAttrs>, kind: fn(syn::LitStr) -> RuleKind, errors: &mut Errors) -> Option<Rule> {
    let ContainsAttrs { pattern, code, message, unknown } = given.value;
    let unread = !unknown.is_empty();
    unknown.report(ContainsAttrs::KEYS, &[], errors);
    let help = "write `pattern = \"…\"` in its parentheses";
    let pattern = required(pattern, unread, &given.key, "the text to look for is missing", help, errors)?.0;
    Some(rule(kind(pattern), &given.key, code, message, errors))
}

fn lower_must_match(given: Keyed<MustMatchAttrs>, place: &Place<'_>, errors: &mut Errors) -> Option<Rule> {
    let MustMatchAttrs { other, code, message, unknown } = given.value;
    let unread = !unknown.is_empty();
    unknown.report(MustMatchAttrs::KEYS, &[], errors);
    let help = "write `must_match(other = \"field\")`";
    let other = required(other, unread, &given.key, "`must_match` needs the other field", help, errors)?.0;
    let name = super::plain_name(&other);
    let Some((name, ty)) = place.fields.iter().find(|(it, _)| *it == name) else {
        let known = place.fields.iter().map(|(it, _)| it.as_str());
        errors.push(&other, format!("there is no field `{name}`"), instead(&name, known));
        return None;
    };
    if name == place.field {
        errors.push(&other, "every field matches itself", "name another field");
        return None;
    }
    let kind = RuleKind::MustMatch { other: name.clone(), field: name.clone(), ty: Box::new((*ty).clone()) };
    Some(rule(kind, &given.key, code, message, errors))
}

fn lower_custom(given: Keyed<CustomAttrs>, errors: &mut Errors) -> Option<Rule> {
    let CustomAttrs { function, code, message, unknown } = given.value;
    let unread = !unknown.is_empty();
    unknown.report(CustomAttrs::KEYS, &[], errors);
    let help = "write `custom(function = name_of_a_function)`";
    let function = required(function, unread, &given.key, "`custom` needs its function", help, errors)?.0;
    Some(rule(RuleKind::Custom(function), &given.key, code, message, errors))
}

fn lower_schema(given: Keyed<SchemaAttrs>, kind: fn(Path) -> RuleKind, errors: &mut Errors) -> Option<Rule> {
    let SchemaAttrs { function, code, message, unknown } = given.value;
    let unread = !unknown.is_empty();
    unknown.report(SchemaAttrs::KEYS, &[], errors);
    let help = "write `schema(function = name_of_a_function)`";
    let function = required(function, unread, &given.key, "`schema` needs its function", help, errors)?.0;
    Some(rule(kind(function), &given.key, code, message, errors))
}

/// The value of a key that a rule cannot do without. Where another key was not read, it is that one that was meant.
fn required<T>(
    given: Once<T>,
    unread: bool,
    rule: impl ToTokens,
    what: &str,
    help: &str,
    errors: &mut Errors,
) -> Option<T> {
    if given.len() == 0 && !unread {
        errors.add(error(rule, what, help));
    }
    given.value(errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_without_numbers_is_empty() {
        let number = |mantissa, scale| Number { mantissa, scale, span: proc_macro2::Span::call_site() };
        assert!(is_empty(number(2, 0), number(15, 1), false));
        assert!(is_empty(number(1, 0), number(10, 1), true));
        assert!(!is_empty(number(1, 0), number(10, 1), false));
        assert!(!is_empty(number(-5, 0), number(1, 28), true));
    }
}
