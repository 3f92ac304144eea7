//! What goes in comes out.

use it::zoo::{TYPES, quoted, samples};
use it::{Answer, Rng, every_store};

use crate::{animal, fill};

/// The part of an animal's JSON that clients decide.
fn written(text: &str) -> &str {
    let start = text.find(r#""plain_bool""#).unwrap();
    &text[start..text.find(r#","maybe_list_text""#).unwrap()]
}

#[track_caller]
fn is_animal(answer: &Answer, number: usize) {
    assert!(answer.status < 300, "{}", answer.text());
    assert_eq!(written(&answer.text()), animal(number, true));
}

/// How many animals it takes to have every value once.
fn longest() -> usize {
    TYPES.iter().map(|it| samples(it).len()).max().unwrap_or_default()
}

every_store! { zoo;
    async fn every_value_comes_back_from_every_operation(api) {
        for number in 0..longest() {
            let id = number + 1;
            let created = api.raw("POST", "animals", format!("{{{}}}", animal(number, false))).await;
            is_animal(&created, number);
            let read = api.get(&format!("animals/{id}")).await;
            assert_eq!(read.text(), created.text());
            let listed = api.get(&format!("animals?id={id}&limit=1")).await;
            assert_eq!(listed.text(), format!(r#"{{"items":[{}],"next_cursor":null,"prev_cursor":null,"has_more":false}}"#, read.text()));
        }
    }

    async fn every_value_can_be_put_and_patched(api) {
        fill(api, 2).await;
        for number in 0..longest() {
            let body = format!("{{{}}}", animal(number, false));
            is_animal(&api.raw("PUT", "animals/1", body.clone()).await, number);
            is_animal(&api.raw("PATCH", "animals/2", body).await, number);
            for id in [1, 2] {
                is_animal(&api.get(&format!("animals/{id}")).await, number);
            }
        }
    }

    async fn what_came_out_can_go_in_again(api) {
        fill(api, longest()).await;
        for number in 0..longest() {
            let path = format!("animals/{}", number + 1);
            for method in ["PUT", "PATCH"] {
                let read = api.get(&path).await;
                let written = api.raw(method, &path, read.body.clone()).await;
                is_animal(&written, number);
            }
        }
    }

    async fn ten_thousand_characters_are_kept(api) {
        // Not to be compressed, so that an index that cannot hold them would fail.
        let mut rng = Rng::new(1);
        let text: String = (0..10_000)
            .map(|_| char::from_u32(0x21 + u32::try_from(rng.below(0x1_0000)).unwrap()).unwrap_or('😀'))
            .collect();
        let text = quoted(&text);
        let members = format!(r#""plain_text":{text},"maybe_text":{text},"list_text":[{text},{text}]"#);
        let created = api.raw("POST", "animals", format!("{{{members}}}")).await;
        assert_eq!(created.status, 201, "{}", created.text());
        let read = api.get("animals/1").await.text();
        assert!(read.contains(&members));
        let sorted = api.get("animals?sort=-plain_text,maybe_text&per_page=1").await;
        assert!(sorted.text().contains(&members), "{}", sorted.text());
        let ascii = "x".repeat(5_000);
        api.raw("PATCH", "animals/1", format!(r#"{{"plain_text":"{ascii}","list_text":["a","{ascii}"]}}"#)).await;
        for operator in ["eq", "gte", "ieq", "icontains", "starts_with", "in"] {
            let found = api.get(&format!("animals?plain_text[{operator}]={ascii}&fields=id")).await;
            assert_eq!(found.value()["total"], 1, "{operator}");
        }
        for (operator, item, total) in [("has_any", &ascii, 1), ("has_all", &ascii, 1), ("has_any", &format!("{ascii}x"), 0)] {
            let found = api.get(&format!("animals?list_text[{operator}]={item}&fields=id")).await;
            assert_eq!(found.value()["total"], total, "{operator}");
        }
    }

    async fn what_a_type_cannot_hold_is_refused(api) {
        for (name, value, code) in [
            ("bool", "1", "invalid_type"), ("bool", "\"true\"", "invalid_type"),
            ("i8", "128", "range"), ("i8", "-129", "range"), ("i8", "1e400", "range"), ("i8", "0.5", "invalid_type"),
            ("i16", "32768", "range"), ("i32", "-2147483649", "range"), ("i32", "\"1\"", "invalid_type"),
            ("i64", "9223372036854775808", "range"), ("i64", "-9223372036854775809", "range"), ("i64", "1e19", "range"),
            ("i64", "9007199254740993.5", "invalid_type"),
            ("u8", "-1", "range"), ("u8", "256", "range"), ("u16", "65536", "range"), ("u32", "4294967296", "range"),
            ("f32", "3.5e38", "range"), ("f32", "1e-50", "precision"), ("f64", "1e309", "range"), ("f64", "1e-400", "precision"),
            ("decimal", "79228162514264337593543950336", "range"), ("decimal", "1e29", "range"),
            ("decimal", "0.00000000000000000000000000001", "precision"), ("decimal", "1.00000000000000000000000000001", "precision"),
            ("decimal", "\"1.5\"", "invalid_type"),
            ("text", "1", "invalid_type"), ("text", r#""a\u0000b""#, "invalid_character"), ("text", r#""\ud800""#, "invalid_character"),
            ("uuid", "\"00000000000000000000000000000000\"", "invalid_format"), ("uuid", "\"\"", "invalid_format"),
            ("timestamp", "\"2026-11-20T12:00:00\"", "invalid_format"), ("timestamp", "\"2026-11-20\"", "invalid_format"),
            ("timestamp", "\"2016-12-31T23:59:60Z\"", "invalid_format"), ("timestamp", "\"2026-02-30T00:00:00Z\"", "invalid_format"),
            ("timestamp", "\"0001-01-01T00:00:00+00:01\"", "range"), ("timestamp", "\"9999-12-31T00:00:00Z\"", "range"),
            ("timestamp", "\"0000-12-31T23:59:59Z\"", "range"), ("timestamp", "\"2026-11-20T12:00:00.1234567Z\"", "precision"),
            ("timestamp", "1763640000", "invalid_type"),
            ("date", "\"0000-01-01\"", "range"), ("date", "\"10000-01-01\"", "invalid_format"), ("date", "\"2023-02-29\"", "invalid_format"),
            ("date", "\"20260101\"", "invalid_format"), ("time", "\"24:00:00\"", "invalid_format"), ("time", "\"23:59:60\"", "invalid_format"),
            ("time", "\"12:00:00Z\"", "invalid_format"), ("time", "\"12:00:00.0000001\"", "precision"),
            ("mood", "\"Calm\"", "invalid_choice"), ("mood", "0", "invalid_type"),
        ] {
            let body = format!(r#"{{"plain_{name}":{value},"maybe_{name}":{value},"list_{name}":[{value}]}}"#);
            let answer = api.raw("POST", "animals", body).await;
            let at = |field: &str| (format!("/{field}"), code.to_owned());
            let expected = [at(&format!("plain_{name}")), at(&format!("maybe_{name}")), at(&format!("list_{name}/0"))];
            assert_eq!(answer.problems(), expected, "{name}: {value}");
            assert_eq!(answer.status, 422);
        }
        assert_eq!(api.get("animals").await.value()["total"], 0);
    }

    async fn json_is_kept_as_it_was_written(api) {
        let depth = 100;
        let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        for json in [
            "{}", "[]", "0", "-0", "1.0", "1.50", "1e5", "123456789012345678901234567890", "0.1234567890123456789012345", "1E+2", "true", "\"\"",
            r#"{"b":1,"a":[null,{"c":"😀"}],"":{}}"#, r#"{"a":1,"a":2}"#, "\"\u{10ffff}\"", r#""\u00e9\n\/""#, &deep,
        ] {
            let body = format!(r#"{{"plain_json":{json},"maybe_json": {json} }}"#);
            let created = api.raw("POST", "animals", body).await;
            assert_eq!(created.status, 201, "{json}: {}", created.text());
            let id = created.value()["id"].clone();
            let read = api.get(&format!("animals/{id}")).await.text();
            assert!(read.contains(&format!(r#""plain_json":{json},"maybe_json":{json},"#)), "{json}: {read}");
            let list = api.get(&format!("animals?id={id}&fields=maybe_json")).await.text();
            assert!(list.contains(&format!(r#"{{"maybe_json":{json}}}"#)), "{json}: {list}");
        }
        let too_deep = format!(r#"{{"maybe_json":{}{}}}"#, "[".repeat(200), "]".repeat(200));
        assert_eq!(api.raw("POST", "animals", too_deep).await.problems()[0].1, "depth");
    }

    async fn null_and_absence_differ_in_every_field_that_can_be_null(api) {
        let mut names: Vec<_> = TYPES.iter().map(|it| format!("maybe_{}", it.name)).collect();
        names.extend(["maybe_list_text", "maybe_list_f64", "maybe_json", "home", "lost"].map(str::to_owned));
        let mut members = vec![
            r#""maybe_list_text":[]"#.to_owned(), r#""maybe_list_f64":[0.5]"#.to_owned(), r#""maybe_json":[]"#.to_owned(),
            r#""home":{"door":{"name":"a"}}"#.to_owned(), r#""lost":[]"#.to_owned(),
        ];
        members.extend(TYPES.iter().map(|it| format!(r#""maybe_{}":{}"#, it.name, samples(it)[1].sent)));
        let body = format!("{{{}}}", members.join(","));
        assert_eq!(api.raw("POST", "animals", body).await.status, 201);
        for name in &names {
            let before = api.get("animals/1").await.value();
            assert!(!before[name].is_null(), "{name}");
            let untouched = api.raw("PATCH", "animals/1", r#"{"plain_bool":true}"#).await.value();
            assert_eq!(untouched[name], before[name], "{name}");
            let nulled = api.raw("PATCH", "animals/1", format!(r#"{{"{name}":null}}"#)).await;
            assert_eq!(nulled.status, 200, "{name}: {}", nulled.text());
            assert!(nulled.value()[name].is_null(), "{name}");
            assert!(api.get("animals/1").await.value()[name].is_null(), "{name}");
            assert_eq!(api.get(&format!("animals?{name}[is_null]=true")).await.value()["total"], 1, "{name}");
        }
        let required: Vec<_> = TYPES.iter().flat_map(|it| [format!("plain_{}", it.name), format!("list_{}", it.name)]).collect();
        for name in required {
            let answer = api.raw("PATCH", "animals/1", format!(r#"{{"{name}":null}}"#)).await;
            assert_eq!(answer.problems(), [(format!("/{name}"), "null_not_allowed".to_owned())]);
        }
    }

    async fn put_without_a_field_gives_it_its_default_back(api) {
        fill(api, 1).await;
        let fresh = api.raw("POST", "animals", "{}").await;
        assert_eq!(fresh.status, 201, "{}", fresh.text());
        let emptied = api.raw("PUT", "animals/1", "{}").await;
        assert_eq!(written(&emptied.text()), written(&fresh.text()));
    }
}
