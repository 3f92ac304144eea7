use std::time::{Duration, Instant};

use super::{MAX_LENGTH, parse};
use crate::error::{ErrorCode, Problems};
use crate::query::testing::{Random, ZOO, show_error, show_filter};
use crate::resource::ResourceMeta;
use crate::testing::BOOK;

fn read(meta: &'static ResourceMeta, text: &str) -> String {
    match parse(meta, text) {
        Ok(filter) => show_filter(meta, &filter),
        Err(problems) => {
            let shown = show_error(&Problems::from(problems).into_error(ErrorCode::INVALID_QUERY));
            shown.replace("422\n", "").replace("filter: ", "")
        }
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(read(ZOO, text), expected, "{text}");
}

#[test]
fn the_example_of_the_contract_is_read() {
    assert_eq!(
        read(BOOK, r#"price >= 10 and (status = "available" or tags has "classic")"#),
        r#"(price gte 10 and (status eq "available" or tags has_all ["classic"]))"#
    );
}

#[test]
fn signs_and_words_are_operators() {
    check(
        "small = 1 and small != 2 and small > 3 and small >= 4 and small < 5 and small <= 6",
        "(small eq 1 and small ne 2 and small gt 3 and small gte 4 and small lt 5 and small lte 6)",
    );
    check(
        "small eq 1 and small ne 2 and small gt 3 and small gte 4 and small lt 5 and small lte 6",
        "(small eq 1 and small ne 2 and small gt 3 and small gte 4 and small lt 5 and small lte 6)",
    );
    check(
        r#"text contains "a" or text starts_with "b" or text ends_with "c" or text ieq "d" or text icontains "e""#,
        r#"(text contains "a" or text starts_with "b" or text ends_with "c" or text ieq "d" or text icontains "e")"#,
    );
}

#[test]
fn lists_stand_in_parentheses() {
    check("small in (1, 2,3)", "small in [1, 2, 3]");
    check(r#"text not in ("a") and text nin ("b")"#, r#"(text nin ["a"] and text nin ["b"])"#);
    check("numbers has_all (1,2) or numbers has_any (3)", "(numbers has_all [1, 2] or numbers has_any [3])");
    check("small in ()", "syntax column 11: expected a value, found `)` column=11");
    check("small in 1", "syntax column 10: expected `(` and a list of values, found `1` column=10");
    check("small in (1,)", "syntax column 13: expected a value, found `)` column=13");
    check("small in (1 2)", "syntax column 13: expected `,` or `)`, found `2` column=13");
}

#[test]
fn has_asks_for_one_item() {
    check(r#"tags has "a" and numbers has 1"#, r#"(tags has_all ["a"] and numbers has_all [1])"#);
    check(
        "small has 1",
        "unknown_operator column 7: `small` cannot be filtered with `has` \
         allowed=[\"=\",\"!=\",\"in\",\"nin\",\"is null\",\">\",\">=\",\"<\",\"<=\"] column=7 field=\"small\"",
    );
}

#[test]
fn null_is_asked_for_with_is() {
    check(
        "big is null or big is not null or big is_null false",
        "(big is_null true or big is_null false or big is_null false)",
    );
    check("big is 1", "syntax column 8: expected `null` or `not null`, found `1` column=8");
    check("big is not 1", "syntax column 12: expected `null`, found `1` column=12");
    check(
        "big = null",
        "invalid_type column 7: `big` is compared with null by `is null` and `is not null` column=7 expected=\"integer\" field=\"big\"",
    );
    check(
        "flag is null",
        "unknown_operator column 6: `flag` cannot be filtered with `is null` allowed=[\"=\",\"!=\",\"in\"] column=6 field=\"flag\"",
    );
}

#[test]
fn not_binds_closest() {
    check("not small = 1 and small = 2", "(not small eq 1 and small eq 2)");
    check("not (small = 1 and small = 2)", "not (small eq 1 and small eq 2)");
    check("not not flag = true", "not not flag eq true");
}

#[test]
fn parentheses_group() {
    check("((small = 1))", "small eq 1");
    check("(small = 1 or small = 2) and (small = 3)", "((small eq 1 or small eq 2) and small eq 3)");
}

#[test]
fn and_beside_or_needs_parentheses() {
    check(
        "small = 1 and small = 2 or small = 3",
        "mixed_and_or column 25: `or` after `and` needs parentheses that say what belongs together column=25",
    );
    check(
        "(small = 1 or small = 2 and small = 3)",
        "mixed_and_or column 25: `and` after `or` needs parentheses that say what belongs together column=25",
    );
}

#[test]
fn texts_have_quotes_and_the_escapes_of_json() {
    check("text = 'it''", "syntax column 12: expected `and`, `or` or the end, found `'` column=12");
    check(r#"text = 'it\'s "so"'"#, r#"text eq "it's \"so\"""#);
    check(r#"text = "a\\b\/\n\u00e9\ud83d\ude00""#, r#"text eq "a\\b/\né😀""#);
    check(r#"text = "\b\f\r\t""#, r#"text eq "\b\f\r\t""#);
    check(r#"text = "and or ) ( %_""#, r#"text eq "and or ) ( %_""#);
    check(r#"text = "" or text in ("")"#, r#"(text eq "" or text in [""])"#);
    check(r#"text = "é" and text = "x"#, "syntax column 23: the text that starts here has no closing quote column=23");
}

#[test]
fn bad_escapes_are_reported_where_they_are() {
    let detail = "a backslash is followed by one of \" ' \\ / b f n r t u; to be itself, it is doubled";
    check(r#"text = "a\x""#, &format!("syntax column 10: {detail} column=10"));
    check(r#"text = "a\"#, &format!("syntax column 10: {detail} column=10"));
    for escape in [r"\u12", r"\u12g4", r"\ud83d", r"\ud83d\u0041", r"\ude00", r"\ud83dx", r"\u+123", r"\u"] {
        check(
            &format!("text = \"{escape}\""),
            "syntax column 9: `\\u` is followed by four hexadecimal digits of a character column=9",
        );
    }
    check(
        r#"text = "a\u0000""#,
        "invalid_character column 8: `text` must not contain the character U+0000 character=\"U+0000\" column=8 field=\"text\"",
    );
}

#[test]
fn words_are_values_of_everything_but_text() {
    check(
        "uuid = 01890a5d-ac96-774b-bcce-b302099a8057 and moment >= 2024-01-01T00:00:00+02:00 and date = 2024-02-29",
        "(uuid eq \"01890a5d-ac96-774b-bcce-b302099a8057\" and moment gte \"2023-12-31T22:00:00Z\" and date eq \"2024-02-29\")",
    );
    check(
        "time < '12:30:00' and status in (available, \"checked_out\") and flag = true and decimal = -1.50",
        "(time lt \"12:30:00\" and status in [\"available\", \"checked_out\"] and flag eq true and decimal eq -1.50)",
    );
    check(
        "text = fiction",
        "invalid_type column 8: `text` must be compared with a text in quotes column=8 expected=\"string\" field=\"text\"",
    );
}

#[test]
fn numbers_and_booleans_have_no_quotes() {
    check(
        r#"small = "1" and flag = 'true'"#,
        "invalid_type column 9: `small` must be an integer, without quotes column=9 expected=\"integer\" field=\"small\"\n\
         invalid_type column 24: `flag` must be a boolean, without quotes column=24 expected=\"boolean\" field=\"flag\"",
    );
}

#[test]
fn everything_that_is_well_formed_and_wrong_is_reported() {
    check(
        "smal = 1 and small contains 2 and big in (1, x, 99999999999999999999) and status = sold",
        "unknown_field column 1: cannot filter by `smal`; did you mean `small`? column=1 did_you_mean=\"small\" field=\"smal\"\n\
         unknown_operator column 20: `small` cannot be filtered with `contains` allowed=[\"=\",\"!=\",\"in\",\"nin\",\"is null\",\">\",\">=\",\"<\",\"<=\"] column=20 field=\"small\"\n\
         invalid_type column 46: `big` must be an integer column=46 expected=\"integer\" field=\"big\"\n\
         range column 49: `big` must be from -9223372036854775808 to 9223372036854775807 column=49 field=\"big\" max=9223372036854775807 min=-9223372036854775808\n\
         invalid_choice column 84: `status` must be one of: available, checked_out allowed=[\"available\",\"checked_out\"] column=84 field=\"status\"",
    );
}

#[test]
fn operators_are_the_fields_own_whatever_their_parameters_are_called() {
    assert_eq!(read(BOOK, r#"genre ieq "Fiction" and price >= 1"#), r#"(genre ieq "Fiction" and price gte 1)"#);
    assert_eq!(
        read(BOOK, r#"genre = "Fiction""#),
        "unknown_operator column 7: `genre` cannot be filtered with `=` allowed=[\"ieq\",\"in\"] column=7 field=\"genre\""
    );
    assert!(read(BOOK, "min_price >= 1").starts_with("unknown_field"));
    assert!(read(BOOK, "isbn = '1'").starts_with("unknown_field"));
}

#[test]
fn errors_of_syntax_say_where_and_what() {
    check("", "syntax column 1: expected a field, `not` or `(`, found the end column=1");
    check("  ", "syntax column 3: expected a field, `not` or `(`, found the end column=3");
    check("small", "syntax column 6: expected an operator, found the end column=6");
    check("small 3", "syntax column 7: expected an operator, found `3` column=7");
    check(
        "text contain 'a'",
        "syntax column 6: expected an operator, found `contain` column=6 did_you_mean=\"contains\"",
    );
    check("small ==  1", "syntax column 7: there is no operator `==`; write `=` column=7 did_you_mean=\"=\"");
    check("small <> 1", "syntax column 7: there is no operator `<>`; write `!=` column=7 did_you_mean=\"!=\"");
    check("small ~ 1", "syntax column 7: expected an operator, found `~` column=7");
    check("small !", "syntax column 7: expected an operator, found `!` column=7");
    check("small =", "syntax column 8: expected a value, found the end column=8");
    check("small = 1 and", "syntax column 14: expected a field, `not` or `(`, found the end column=14");
    check("small = 1 small = 2", "syntax column 11: expected `and`, `or` or the end, found `small` column=11");
    check(
        "small = 1 AND small = 2",
        "syntax column 11: expected `and`, `or` or the end, found `AND` column=11 did_you_mean=\"and\"",
    );
    check(
        "small = 1 && small = 2",
        "syntax column 11: expected `and`, `or` or the end, found `&` column=11 did_you_mean=\"and\"",
    );
    check("(small = 1", "syntax column 11: expected `and`, `or` or `)`, found the end column=11");
    check("small = 1)", "syntax column 10: expected `and`, `or` or the end, found `)` column=10");
    check("and small = 1", "syntax column 1: expected a field, `not` or `(`, found `and` column=1");
    check("1 = small", "syntax column 1: expected a field, `not` or `(`, found `1` column=1");
    check("text = \"é😀\" ~", "syntax column 13: expected `and`, `or` or the end, found `~` column=13");
    check("small not 1", "syntax column 11: expected `in`, found `1` column=11");
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| format!("{}small = 1{}", "(".repeat(depth), ")".repeat(depth));
    check(&nested(8), "small eq 1");
    check(&nested(9), "too_deep column 9: parentheses and `not` can be nested 8 deep column=9 max=8");
    check(
        &format!("{}small = 1", "not ".repeat(9)),
        "too_deep column 33: parentheses and `not` can be nested 8 deep column=33 max=8",
    );
    check(&"(".repeat(4000), "too_deep column 9: parentheses and `not` can be nested 8 deep column=9 max=8");
    check("(small = 1) and ((small = 2))", "(small eq 1 and small eq 2)");
}

#[test]
fn nodes_are_bounded() {
    let chain = |count: usize| vec!["small=1"; count].join(" or ");
    assert!(parse(ZOO, &chain(64)).is_ok());
    check(
        &chain(65),
        "too_many_nodes column 705: a filter can have 64 comparisons, `not`s and groups column=705 max=64",
    );
    let groups = |count: usize| vec!["(small=1 and small=2)"; count].join(" or ");
    assert!(parse(ZOO, &groups(21)).is_ok());
    assert!(parse(ZOO, &groups(22)).is_err());
}

#[test]
fn length_is_bounded_in_characters() {
    let padded = |length: usize| format!("small=1{}", "\u{2003}".repeat(length - 7));
    assert!(parse(ZOO, &padded(MAX_LENGTH)).is_ok());
    check(&padded(MAX_LENGTH + 1), "length must have at most 4096 characters, found 4097 max=4096");
}

#[test]
fn lists_of_values_are_bounded() {
    let list = |count: usize| format!("small in ({})", vec!["1"; count].join(","));
    assert!(parse(ZOO, &list(100)).is_ok());
    check(
        &list(101),
        "length column 10: `small` must be compared with at most 100 values column=10 field=\"small\" max=100",
    );
}

#[test]
fn random_conditions_are_read_or_refused_quickly() {
    const PIECES: [&str; 48] = [
        "small",
        "text",
        "flag",
        "big",
        "tags",
        "status",
        "moment",
        "uuid",
        "nope",
        " ",
        " ",
        " ",
        " ",
        "=",
        "!=",
        ">=",
        "<",
        "<>",
        "in",
        "not",
        "and",
        "or",
        "is",
        "null",
        "has",
        "has_all",
        "contains",
        "(",
        ")",
        "(",
        ")",
        ",",
        "\"",
        "'",
        "\\",
        "\\u",
        "d83d",
        "1",
        "-1.5e3",
        "true",
        "\"a\"",
        "'b'",
        "available",
        "\u{0}",
        "é",
        "😀",
        "2024-01-01",
        "\u{2003}",
    ];
    let mut random = Random(2);
    for _ in 0..20_000 {
        let text = random.sentence(&PIECES, 40);
        if let Err(problems) = parse(ZOO, &text) {
            assert!(!problems.is_empty(), "{text}");
        }
    }
}

#[test]
fn conditions_made_at_random_by_the_grammar_are_all_read() {
    fn comparison(random: &mut Random) -> String {
        let pieces = [
            "small >= 1",
            "text = \"a\"",
            "flag = false",
            "big is null",
            "big is not null",
            "tags has \"x\"",
            "numbers has_any (1, 2)",
            "status not in (available)",
            "date<2024-01-01",
            "decimal = 1.50",
            "text icontains '\\u00e9'",
        ];
        (*random.pick(&pieces)).to_owned()
    }
    fn condition(random: &mut Random, depth: usize) -> String {
        let joint = *random.pick(&[" and ", " or "]);
        let count = 1 + random.below(3);
        let items: Vec<_> = (0..count)
            .map(|_| match random.below(4) {
                0 if depth > 0 => format!("({})", condition(random, depth - 1)),
                1 if depth > 0 => format!("not ({})", condition(random, depth - 2.min(depth))),
                _ => comparison(random),
            })
            .collect();
        items.join(joint)
    }
    let mut random = Random(3);
    let mut read = 0;
    for _ in 0..5_000 {
        let text = condition(&mut random, 4);
        match parse(ZOO, &text) {
            Ok(_) => read += 1,
            Err(problems) => assert_eq!(problems[0].code, "too_many_nodes", "{text}"),
        }
    }
    assert!(read > 4_900, "{read}");
}

#[test]
fn the_longest_inputs_are_read_in_no_time() {
    let longest = |piece: &str| piece.repeat(MAX_LENGTH / piece.chars().count());
    for piece in [
        "(",
        "not ",
        "a",
        "\"",
        "\\",
        "text=\"\\",
        "small=1 or ",
        "nope=1 or ",
        "small in (1,",
        "1,",
        "'\\u00e9",
        " ",
        "😀",
    ] {
        for start in ["", "text = \"", "text in (", "small in (1,"] {
            let text: String = format!("{start}{}", longest(piece)).chars().take(MAX_LENGTH).collect();
            let began = Instant::now();
            let _ = parse(ZOO, &text);
            assert!(began.elapsed() < Duration::from_secs(1), "{start}{piece}: {:?}", began.elapsed());
        }
    }
}
