//! Cursors: those that clients make up, and those of rows with any values.
#![no_main]

use libfuzzer_sys::fuzz_target;
use resource_fuzz::{KEYS, ZOO, parse};
use resource_runtime::field::Value;
use resource_runtime::query::{Paging, encode_cursor, with_parameters};

fuzz_target!(|input: (&str, Option<i64>, Option<f64>, bool)| {
    let (text, small, float, backward) = input;
    if !text.is_empty() {
        let made_up = with_parameters("sort=text", &[("cursor", Some(text))]);
        assert!(parse(&made_up).is_err(), "a cursor that was not signed is taken: {text}");
    }

    let small = small.map_or(Value::Null, |it| Value::Int(it));
    let float = float.filter(|it| it.is_finite()).map_or(Value::Null, |it| Value::Float(it + 0.0));
    let edge = [Value::Text(text.to_owned()), small, float, Value::Int(1)];
    let raw = "sort=text,-small:nulls_first,float";
    let query = parse(raw).expect("the order is a declared one");
    let cursor = encode_cursor(ZOO, &query, &edge, backward, &KEYS);
    assert!(cursor.len() <= 1024);
    let back = parse(&format!("{raw}&cursor={cursor}")).expect("a cursor of the list is good");
    let Paging::Cursor { keyset: Some(keyset), .. } = back.paging else { panic!("the cursor has a place") };
    assert_eq!(keyset.backward, backward);
    match back.abridged {
        None => assert_eq!(keyset.values, edge),
        Some(abridged) => {
            assert!(abridged.is_of(&edge));
            assert_eq!(keyset.values[1..], edge[1..]);
            let [Value::Text(cut), ..] = keyset.values.as_slice() else { panic!("a text stays one") };
            assert!(text.starts_with(cut.as_str()) && cut.len() < text.len());
        }
    }
});
