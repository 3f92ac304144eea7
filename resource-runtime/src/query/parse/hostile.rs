//! Query strings that nobody writes in good faith.

use std::time::{Duration, Instant};

use super::super::testing::{KEYS, Random, ZOO};
use super::parse;
use crate::testing::BOOK;

#[test]
fn one_answer_has_a_bounded_number_of_problems() {
    let raw: String = (0..256).map(|it| format!("a{it}=&")).collect();
    let error = parse(BOOK, &raw, &KEYS).unwrap_err();
    assert_eq!(error.problems.len(), 100);
    assert_eq!(error.detail.as_deref(), Some("100 or more parameters are invalid"));
}

#[test]
fn hostile_values_are_errors_and_not_panics() {
    for value in [
        "NaN",
        "inf",
        "-inf",
        "1e400",
        "1e-400",
        "-0",
        "-0.0",
        "0x10",
        "9223372036854775808",
        "-9223372036854775809",
        "9007199254740993",
        "123456789012345678901234567890",
        "1e1000000000",
        "1e-1000000000",
        "0.1e99999999999999999999",
        "0000-01-01",
        "9999-12-31",
        "10000-01-01",
        "2024-02-30",
        "1969-12-31T23:59:60Z",
        "2024-01-01T00:00:00",
        "2024-01-01T00:00:00.1234567Z",
        "24:00:00",
        "%00",
        "%ED%A0%80",
        "[object Object]",
        "\u{202e}",
        "null",
        "undefined",
    ] {
        for field in ZOO.fields.iter().map(|it| it.name) {
            for form in
                [format!("{field}={value}"), format!("{field}[in]={value},{value}"), format!("{field}[gte]={value}")]
            {
                if let Err(error) = parse(ZOO, &form, &KEYS) {
                    assert_eq!(error.status(), 422, "{form}");
                    assert!(!error.problems.is_empty(), "{form}");
                }
            }
        }
    }
}

#[test]
fn random_query_strings_are_read_or_refused() {
    const PIECES: [&str; 56] = [
        "text",
        "small",
        "big",
        "flag",
        "tags",
        "status",
        "moment",
        "[",
        "]",
        "[eq]",
        "[in]",
        "[has_any]",
        "[is_null]",
        "=",
        "=",
        "=",
        "&",
        "&",
        "&",
        "sort",
        "sort_by",
        "sort_order",
        "fields",
        "page",
        "per_page",
        "cursor",
        "limit",
        "count",
        "search",
        "filter",
        "-",
        ",",
        ":nulls_first",
        "%",
        "%20",
        "%00",
        "%C3",
        "%A9",
        "+",
        "1",
        "-1",
        "true",
        "null",
        "\"",
        "'",
        "\\",
        "(",
        ")",
        " and ",
        " or ",
        " not ",
        "é",
        "😀",
        "id",
        "desc",
        "AAEC",
    ];
    let mut random = Random(1);
    let mut read = 0;
    for _ in 0..20_000 {
        let raw = random.sentence(&PIECES, 24);
        match parse(ZOO, &raw, &KEYS) {
            Ok(query) => {
                read += 1;
                assert_eq!(query.sort.last().unwrap().field, 0, "{raw}");
            }
            Err(error) => assert!(matches!(error.status(), 400 | 422) && !error.problems.is_empty(), "{raw}"),
        }
        let _ = super::super::params::with_parameters(&raw, &[("page", Some("1")), ("cursor", None)]);
    }
    assert!(read > 100, "the pieces make too few sound queries: {read}");
}

#[test]
fn the_longest_query_strings_are_judged_in_no_time() {
    let repeat = |piece: &dyn Fn(usize) -> String| {
        let mut raw = String::new();
        for it in 0.. {
            let next = piece(it);
            if raw.len() + next.len() > 16 * 1024 {
                break;
            }
            raw.push_str(&next);
        }
        raw
    };
    let fields: Vec<&str> = ZOO.fields.iter().map(|it| it.name).collect();
    let field = |it: usize| fields[it % fields.len()];
    for raw in [
        repeat(&|it| format!("statsu{it}[nin]=&")),
        repeat(&|it| format!("{}[xx]=avialable{it}&", field(it))),
        repeat(&|_| "status[in]=avialable,avialable,avialable&".to_owned()),
        repeat(&|it| format!("{}[in]=1e99999,x,-&", field(it))),
        format!("filter={}", repeat(&|_| "status+in+(avialable)+or+".to_owned())),
        format!("sort={}", repeat(&|_| "-smal,".to_owned())),
        format!("fields={}", repeat(&|it| format!("smal{it},"))),
        format!("search={}", repeat(&|_| "%F0%9F%98%80".to_owned())),
        format!("cursor={}", repeat(&|_| "A".to_owned())),
        format!("decimal={}", repeat(&|_| "9".to_owned())),
        format!("float=1e{}", repeat(&|_| "9".to_owned())),
        format!("small=0.{}", repeat(&|_| "0".to_owned())),
        format!("tags[has_all]={}", repeat(&|_| "\\,".to_owned())),
        repeat(&|_| "&".to_owned()),
        repeat(&|_| "%".to_owned()),
    ] {
        // A debug build on a busy machine; what is meant is that nothing grows with the square.
        let raw = &raw[..raw.len().min(16 * 1024)];
        let began = Instant::now();
        let _ = parse(ZOO, raw, &KEYS);
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}: {}", began.elapsed(), &raw[..40.min(raw.len())]);
    }
}
