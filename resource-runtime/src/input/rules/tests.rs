use super::*;
use crate::field::RuleError;

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn decimal(value: &str) -> Value {
    Value::Decimal(value.parse().unwrap())
}

const fn length(min: Option<u64>, max: Option<u64>, equal: Option<u64>) -> Rule {
    Rule::Length { min, max, equal }
}

const fn range(min: Option<Bound>, max: Option<Bound>) -> Rule {
    Rule::Range { min, max, exclusive_min: None, exclusive_max: None }
}

const fn between(exclusive_min: Option<Bound>, exclusive_max: Option<Bound>) -> Rule {
    Rule::Range { min: None, max: None, exclusive_min, exclusive_max }
}

const fn bound(mantissa: i64, scale: u32) -> Option<Bound> {
    Some(Bound::Literal { mantissa, scale })
}

#[track_caller]
fn holds(rule: &Rule, kind: &Kind, value: &Value) {
    assert!(breach(rule, kind, value).is_none(), "{rule:?} on {value:?}");
}

/// The code, the sentence and the figures of what a value does not obey.
#[track_caller]
fn fails(rule: &Rule, kind: &Kind, value: &Value, code: &str, detail: &str, params: &str) {
    let breach = breach(rule, kind, value).unwrap();
    let found = (breach.code.as_ref(), breach.detail.as_ref(), Json::from(breach.params));
    assert_eq!(found, (code, detail, params.parse().unwrap()), "{rule:?} on {value:?}");
}

#[test]
fn lengths_have_sentences_for_every_form() {
    let kind = &Kind::Text;
    fails(
        &length(Some(1), Some(300), None),
        kind,
        &text(""),
        "length",
        "must have 1 to 300 characters",
        r#"{"min":1,"max":300}"#,
    );
    fails(&length(Some(1), None, None), kind, &text(""), "length", "must have at least 1 character", r#"{"min":1}"#);
    fails(
        &length(None, Some(2), None),
        kind,
        &text("日本語"),
        "length",
        "must have at most 2 characters",
        r#"{"max":2}"#,
    );
    fails(&length(None, None, Some(1)), kind, &text("ab"), "length", "must have exactly 1 character", r#"{"equal":1}"#);
    holds(&length(Some(3), Some(3), None), kind, &text("日本語"));
    let list = Value::List(vec![text("a"), text("b")]);
    fails(
        &length(None, Some(1), None),
        &Kind::List(&Kind::Text),
        &list,
        "length",
        "must have at most 1 item",
        r#"{"max":1}"#,
    );
}

#[test]
fn an_exact_length_makes_the_bounds_moot_as_in_validator() {
    holds(&length(Some(1), Some(2), Some(5)), &Kind::Text, &text("hello"));
}

#[test]
fn a_range_says_which_bound_is_broken() {
    let kind = &Kind::Decimal;
    let price = Rule::Range { min: None, max: bound(10_000, 0), exclusive_min: bound(0, 0), exclusive_max: None };
    fails(&price, kind, &decimal("0"), "range", "must be greater than 0", r#"{"min":0,"exclusive":true}"#);
    fails(&price, kind, &decimal("0.00"), "range", "must be greater than 0", r#"{"min":0,"exclusive":true}"#);
    fails(&price, kind, &decimal("10000.01"), "range", "must be at most 10000", r#"{"max":10000}"#);
    holds(&price, kind, &decimal("0.0000000000000000000000000001"));
    holds(&price, kind, &decimal("10000.00"));
    fails(
        &range(bound(15, 1), None),
        kind,
        &decimal("1.4999999999999999999999999"),
        "range",
        "must be at least 1.5",
        r#"{"min":1.5}"#,
    );
    fails(
        &between(None, bound(1, 0)),
        kind,
        &decimal("1"),
        "range",
        "must be less than 1",
        r#"{"max":1,"exclusive":true}"#,
    );
}

#[test]
fn ranges_of_integers_are_exact_at_the_ends_of_the_type() {
    let kind = &Kind::Int(crate::field::IntKind::I64);
    let max = range(None, bound(i64::MAX - 1, 0));
    holds(&max, kind, &Value::Int(i64::MAX - 1));
    fails(
        &max,
        kind,
        &Value::Int(i64::MAX),
        "range",
        "must be at most 9223372036854775806",
        r#"{"max":9223372036854775806}"#,
    );
    holds(&range(bound(i64::MIN, 0), None), kind, &Value::Int(i64::MIN));
    fails(&range(bound(5, 1), None), kind, &Value::Int(0), "range", "must be at least 0.5", r#"{"min":0.5}"#);
}

#[test]
fn floats_are_compared_with_the_float_that_a_bound_is() {
    let tenth = range(bound(1, 1), bound(1, 1));
    holds(&tenth, &Kind::F64, &Value::Float(0.1));
    holds(&tenth, &Kind::F32, &Value::Float(0.1_f32.into()));
    fails(&tenth, &Kind::F64, &Value::Float(0.2), "range", "must be at most 0.1", r#"{"max":0.1}"#);
    assert!(breach(&between(bound(1, 1), None), &Kind::F64, &Value::Float(0.1)).is_some());
}

#[test]
fn bounds_may_be_expressions() {
    let rule = range(None, Some(Bound::Expr(|| Decimal::new(25, 1))));
    fails(&rule, &Kind::F64, &Value::Float(2.6), "range", "must be at most 2.5", r#"{"max":2.5}"#);
}

#[test]
fn texts_have_the_formats_that_validator_knows() {
    let kind = &Kind::Text;
    holds(&Rule::Email, kind, &text("ada@example.org"));
    fails(&Rule::Email, kind, &text("ada"), "email", "must be an e-mail address, such as `ada@example.org`", "{}");
    holds(&Rule::Url, kind, &text("https://example.org/a?b#c"));
    fails(
        &Rule::Url,
        kind,
        &text("example.org"),
        "url",
        "must be a URL with its scheme, such as `https://example.org/`",
        "{}",
    );
}

#[test]
fn patterns_are_looked_for_anywhere_unless_they_are_anchored() {
    let rule = Rule::Regex(|| Cow::Owned(regex::Regex::new("[0-9]+").unwrap()));
    holds(&rule, &Kind::Text, &text("a1"));
    fails(&rule, &Kind::Text, &text("a"), "regex", "must match the pattern `[0-9]+`", r#"{"pattern":"[0-9]+"}"#);
}

#[test]
fn needles_are_looked_for_in_texts_and_among_items() {
    let list = Value::List(vec![text("ab"), text("c")]);
    let kind = &Kind::List(&Kind::Text);
    holds(&Rule::Contains("b"), &Kind::Text, &text("abc"));
    holds(&Rule::Contains("c"), kind, &list);
    fails(&Rule::Contains("b"), kind, &list, "contains", "must contain `b`", r#"{"needle":"b"}"#);
    holds(&Rule::DoesNotContain("b"), kind, &list);
    fails(
        &Rule::DoesNotContain("b"),
        &Kind::Text,
        &text("abc"),
        "does_not_contain",
        "must not contain `b`",
        r#"{"needle":"b"}"#,
    );
    assert!(breach(&Rule::DoesNotContain("c"), kind, &list).is_some());
}

#[test]
fn a_rule_can_be_given_a_code_and_a_message() {
    static FIELD: FieldMeta = FieldMeta::of::<String>("it")
        .rules(&[RuleMeta::new(Rule::Email).code("no_mail").message("we need your address"), RuleMeta::new(Rule::Url)]);
    let mut problems = Vec::new();
    check(&FIELD, &text("x"), At::Key(&At::Root, "it"), &mut |it| problems.push(it));
    assert_eq!(problems.len(), 2, "every rule that fails is reported");
    assert_eq!((problems[0].code.as_ref(), problems[0].detail.as_str()), ("no_mail", "we need your address"));
    assert_eq!(problems[1].code, "url");
}

#[test]
fn rules_are_not_asked_about_null() {
    static FIELD: FieldMeta = FieldMeta::of::<Option<String>>("it").rules(&[
        RuleMeta::new(Rule::Email),
        RuleMeta::new(Rule::Custom(|_| Err(RuleError { code: "no".into(), message: None, params: Vec::new() }))),
    ]);
    check(&FIELD, &Value::Null, At::Root, &mut |it| panic!("{it:?}"));
}

#[test]
fn the_fields_that_matches_read_are_found_from_both_sides() {
    static FIELDS: &[FieldMeta] = &[
        FieldMeta::of::<String>("a"),
        FieldMeta::of::<String>("b").rules(&[RuleMeta::new(Rule::MustMatch("a"))]),
        FieldMeta::of::<String>("c"),
    ];
    assert_eq!(matched_with(FIELDS, 0).collect::<Vec<_>>(), [1]);
    assert_eq!(matched_with(FIELDS, 1).collect::<Vec<_>>(), [0]);
    assert_eq!(matched_with(FIELDS, 2).count(), 0);
    assert!(has_matches(FIELDS) && !has_matches(&FIELDS[2..]));
}

#[test]
fn few_digits_are_compared_as_decimals_are() {
    let mantissas = [0, 1, -1, 9, 10, -10, 99, 100, 12_345, 1_000_000_000, i64::MAX, i64::MIN + 1];
    for (value, bound) in mantissas.iter().flat_map(|it| mantissas.map(|bound| (*it, bound))) {
        for (scale, bound_scale) in (0..11).flat_map(|it| (0..11).map(move |bound| (it, bound))) {
            let bound = Bound::Literal { mantissa: bound, scale: bound_scale };
            let mut values = vec![Value::Decimal(Decimal::new(value, scale))];
            if scale == 0 {
                values.push(Value::Int(value));
            }
            for value in values {
                let Some(plain) = compare_plain(&value, &bound) else { continue };
                assert_eq!(Some(plain), compare(&Kind::Decimal, &value, bound.value()), "{value:?} {bound:?}");
            }
        }
    }
}

#[test]
fn bytes_tell_of_lengths_what_characters_do() {
    for text in ["", "a", "aé", "日本", "😀", "😀😀😀", "abcdefgh"] {
        for (min, max) in (0..6).flat_map(|min| (0..9).map(move |max| (min, max))) {
            let is_within = (min..=max).contains(&(text.chars().count() as u64));
            assert!(is_within || !is_surely_within(text, Some(min), Some(max)), "{text} {min} {max}");
        }
    }
    assert!(is_surely_within("a", Some(1), Some(300)) && is_surely_within("", None, None));
}
