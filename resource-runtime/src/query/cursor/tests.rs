use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{CursorKeys, MAX_LENGTH, encode_cursor};
use crate::field::Value;
use crate::query::testing::{KEYS, Random, ZOO};
use crate::query::{ListQuery, Paging, parse};
use crate::resource::ResourceMeta;
use crate::testing::BOOK;

fn text(it: &str) -> Value {
    Value::Text(it.to_owned())
}

fn query(meta: &'static ResourceMeta, raw: &str) -> ListQuery {
    parse(meta, raw, &KEYS).unwrap()
}

/// The cursor of a row in a list.
fn cursor(meta: &'static ResourceMeta, raw: &str, edge: &[Value]) -> String {
    encode_cursor(meta, &query(meta, raw), edge, false, &KEYS)
}

/// What a list makes of a cursor: the keyset's values, or the status of the refusal.
fn values(meta: &'static ResourceMeta, raw: &str, cursor: &str) -> Result<Vec<Value>, u16> {
    let query = parse(meta, &format!("{raw}&cursor={cursor}"), &KEYS).map_err(|it| it.status())?;
    match query.paging {
        Paging::Cursor { keyset: Some(keyset), .. } => Ok(keyset.values),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn round_trip(sort: &str, value: Value) {
    let raw = format!("sort={sort}");
    let edge = [value, Value::Uuid(Uuid::from_u128(u128::MAX / 3))];
    let cursor = cursor(ZOO, &raw, &edge);
    assert!(cursor.len() <= MAX_LENGTH);
    assert!(cursor.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_')));
    assert_eq!(values(ZOO, &raw, &cursor).unwrap(), edge);
}

#[test]
fn values_of_every_kind_come_back_as_they_were() {
    for it in [true, false] {
        round_trip("flag", Value::Bool(it));
    }
    for it in [0, 1, -1, i64::MIN, i64::MAX, (1 << 53) + 1] {
        round_trip("big", Value::Int(it));
    }
    for it in [0.0, 0.1, -1.5, f64::MIN, f64::MAX, f64::MIN_POSITIVE, 5e-324] {
        round_trip("float", Value::Float(it));
    }
    for it in ["0", "-0.1", "39.90", "1.000", "79228162514264337593543950335", "-0.0000000000000000000000000001"] {
        let decimal: Decimal = it.parse().unwrap();
        round_trip("decimal", Value::Decimal(decimal));
    }
    for it in ["", "a", "é\u{10FFFF}\u{1}", "日本語テキスト", "Война и мир, том 1", "😀🎉👩‍👩‍👧", "a,b\"\\%"]
    {
        round_trip("text", text(it));
    }
    for it in ["0001-01-01T00:00:00Z", "9999-12-30T21:59:59.999999Z", "1969-12-31T23:59:59.999999Z"] {
        round_trip("moment", Value::Timestamp(it.parse::<Timestamp>().unwrap()));
    }
    for it in ["0001-01-01", "9999-12-31", "2024-02-29"] {
        round_trip("date", Value::Date(it.parse::<Date>().unwrap()));
    }
    for it in ["00:00:00", "23:59:59.999999", "12:30:00.000001"] {
        round_trip("time", Value::Time(it.parse::<Time>().unwrap()));
    }
    round_trip("uuid", Value::Uuid(Uuid::nil()));
    round_trip("status", text("checked_out"));
    for nullable in ["big", "text", "moment"] {
        round_trip(nullable, Value::Null);
    }
}

#[test]
fn decimals_keep_their_trailing_zeros() {
    let edge = [Value::Decimal("39.90".parse().unwrap()), Value::Uuid(Uuid::nil())];
    let cursor = cursor(ZOO, "sort=decimal", &edge);
    let Value::Decimal(back) = values(ZOO, "sort=decimal", &cursor).unwrap()[0] else { panic!() };
    assert_eq!(back.to_string(), "39.90");
}

#[test]
fn a_cursor_knows_its_direction() {
    let query = query(BOOK, "sort=title");
    for backward in [true, false] {
        let cursor = encode_cursor(BOOK, &query, &[text("Dune"), Value::Int(4)], backward, &KEYS);
        let back = parse(BOOK, &format!("sort=title&limit=3&cursor={cursor}"), &KEYS).unwrap();
        let Paging::Cursor { limit: 3, keyset: Some(keyset) } = back.paging else { panic!("{back:?}") };
        assert_eq!(keyset.backward, backward);
    }
}

const EDGE: [Value; 1] = [Value::Int(7)];

#[test]
fn no_changed_cursor_is_taken() {
    let cursor = cursor(BOOK, "sort=-id", &EDGE);
    assert_eq!(values(BOOK, "sort=-id", &cursor).unwrap(), EDGE);
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for at in 0..cursor.len() {
        for &other in ALPHABET {
            let mut changed = cursor.clone().into_bytes();
            if std::mem::replace(&mut changed[at], other) != other {
                let changed = String::from_utf8(changed).unwrap();
                assert_eq!(values(BOOK, "sort=-id", &changed), Err(400), "{changed}");
            }
        }
    }
    for end in 1..cursor.len() {
        assert_eq!(values(BOOK, "sort=-id", &cursor[..end]), Err(400));
        assert_eq!(values(BOOK, "sort=-id", &cursor[end..]), Err(400));
    }
    for changed in [format!("{cursor}A"), format!("{cursor}="), format!("A{cursor}"), format!("{cursor}{cursor}")] {
        assert_eq!(values(BOOK, "sort=-id", &changed), Err(400), "{changed}");
    }
}

#[test]
fn a_cursor_belongs_to_its_resource_order_and_filter() {
    static OTHER: &ResourceMeta = &ResourceMeta::new("Copy", "books", "books", BOOK.fields);
    let home = "sort=title&author=a&search=du&filter=price%20%3E%3D%201";
    let edge = [text("Dune"), Value::Int(4)];
    let cursor = cursor(BOOK, home, &edge);
    assert!(values(BOOK, home, &cursor).is_ok());
    assert_eq!(values(OTHER, home, &cursor), Err(400));
    for foreign in [
        "sort=-title&author=a&search=du&filter=price%20%3E%3D%201",
        "sort=title:nulls_first&author=a&search=du&filter=price%20%3E%3D%201",
        "sort=author_name&author=a&search=du&filter=price%20%3E%3D%201",
        "sort=title,price&author=a&search=du&filter=price%20%3E%3D%201",
        "sort=title&author=b&search=du&filter=price%20%3E%3D%201",
        "sort=title&search=du&filter=price%20%3E%3D%201",
        "sort=title&author=a&search=dv&filter=price%20%3E%3D%201",
        "sort=title&author=a&search=du&filter=price%20%3C%3D%201",
        "sort=title&author=a&search=du&filter=not%20price%20%3E%3D%201",
        "sort=title&author=a&search=du",
    ] {
        assert_eq!(values(BOOK, foreign, &cursor), Err(400), "{foreign}");
    }
}

#[test]
fn what_does_not_matter_to_the_rows_does_not_matter_to_the_cursor() {
    let cursor = cursor(BOOK, "sort=title&author=a&genres=x,y&limit=5", &[text("Dune"), Value::Int(4)]);
    for same in [
        "genres=y&genres=x&author=a&sort_by=title",
        "limit=50&fields=id&count=exact&author=a&sort=title&genres=x,y",
        "sort=title,id&genres=x,y&author=a",
    ] {
        assert!(values(BOOK, same, &cursor).is_ok(), "{same}");
    }
}

#[test]
fn mistakes_are_reported_before_the_cursor() {
    let error = parse(BOOK, "sort=nope&cursor=nonsense", &KEYS).unwrap_err();
    assert_eq!((error.status(), error.problems.len()), (422, 1));
    let error = parse(BOOK, "cursor=nonsense", &KEYS).unwrap_err();
    assert_eq!((error.status(), error.code.code), (400, "invalid_cursor"));
}

#[test]
fn keys_are_rotated_by_putting_the_new_one_first() {
    let [old, new] = [vec![1; 16], vec![2; 32]];
    let keys = |keys: &[&Vec<u8>]| CursorKeys::new(&keys.iter().copied().cloned().collect::<Vec<_>>()).unwrap();
    let cursor = encode_cursor(BOOK, &query(BOOK, "sort=id"), &EDGE, false, &keys(&[&old]));
    let status = |keys: &CursorKeys| match parse(BOOK, &format!("sort=id&cursor={cursor}"), keys) {
        Ok(_) => 200,
        Err(error) => error.status(),
    };
    assert_eq!(status(&keys(&[&old])), 200);
    assert_eq!(status(&keys(&[&new, &old])), 200);
    assert_eq!(status(&keys(&[&new])), 400);
    assert_eq!(status(&CursorKeys::random()), 400);
}

#[test]
fn keys_are_long_enough_and_never_shown() {
    assert!(CursorKeys::new(&[]).is_err());
    assert!(CursorKeys::new(&[vec![1; 16], vec![2; 15]]).is_err());
    assert_eq!(format!("{:?}", CursorKeys::new(&[b"a very secret key".to_vec()]).unwrap()), "CursorKeys(1)");
}

#[test]
fn a_schema_that_changed_makes_cursors_invalid() {
    static BEFORE: &ResourceMeta = &ResourceMeta::new(
        "Thing",
        "things",
        "things",
        &[crate::field::FieldMeta::of::<i64>("id").id(crate::field::IdSource::Store)],
    );
    static AFTER: &ResourceMeta = &ResourceMeta::new(
        "Thing",
        "things",
        "things",
        &[crate::field::FieldMeta::of::<Uuid>("id").id(crate::field::IdSource::Store)],
    );
    let cursor = cursor(BEFORE, "", &EDGE);
    assert!(values(BEFORE, "", &cursor).is_ok());
    assert_eq!(values(AFTER, "", &cursor), Err(400));
}

#[test]
fn long_texts_of_any_script_fit_whole() {
    for letter in ["a", "é", "я", "日", "ก", "😀", "𝒳"] {
        let letters: String = (0..300u32)
            .map(|it| char::from_u32(u32::from(letter.chars().next().unwrap()) + it % 20).unwrap())
            .collect();
        round_trip("text", text(&letters));
    }
}

#[test]
fn texts_that_do_not_fit_are_cut_to_a_beginning_with_a_digest_of_the_whole() {
    let long = |letter: &str| text(&format!("{letter}{}", "0123456789é".repeat(10_000)));
    let query = query(ZOO, "sort=text,-big");
    let edge = [long("a"), Value::Int(5), Value::Uuid(Uuid::nil())];
    let cursor = encode_cursor(ZOO, &query, &edge, true, &KEYS);
    assert!(cursor.len() <= MAX_LENGTH && cursor.len() > MAX_LENGTH - 16, "{}", cursor.len());
    let back = parse(ZOO, &format!("sort=text,-big&cursor={cursor}"), &KEYS).unwrap();
    let abridged = back.abridged.unwrap();
    assert_eq!(abridged.cut, [true, false, false]);
    assert!(abridged.is_of(&edge));
    assert!(!abridged.is_of(&[long("b"), Value::Int(5), Value::Uuid(Uuid::nil())]));
    let Paging::Cursor { keyset: Some(keyset), .. } = back.paging else { panic!() };
    assert!(keyset.backward);
    let (Value::Text(cut), Value::Text(whole)) = (&keyset.values[0], &edge[0]) else { panic!() };
    assert!(cut.len() > 600 && whole.starts_with(cut.as_str()));
    assert_eq!(keyset.values[1..], edge[1..]);
}

#[test]
fn random_texts_come_back_whole_or_cut() {
    let mut random = Random(4);
    for _ in 0..500 {
        let length = random.below(900);
        let start = *random.pick(&[0x20, 0x41, 0xE0, 0x430, 0x4E00, 0xAC00, 0x1_F600, 0x10_FF00]);
        let spread = *random.pick(&[1, 26, 200, 5_000]);
        let it: String = (0..length)
            .filter_map(|_| char::from_u32(start + u32::try_from(random.below(spread)).unwrap()))
            .filter(|it| *it != '\0')
            .collect();
        let edge = [text(&it), Value::Uuid(Uuid::nil())];
        let cursor = cursor(ZOO, "sort=text", &edge);
        assert!(cursor.len() <= MAX_LENGTH, "{}", cursor.len());
        let back = parse(ZOO, &format!("sort=text&cursor={cursor}"), &KEYS).unwrap();
        let Paging::Cursor { keyset: Some(keyset), .. } = back.paging else { panic!() };
        match back.abridged {
            None => assert_eq!(keyset.values, edge),
            Some(abridged) => {
                assert!(abridged.is_of(&edge));
                let Value::Text(cut) = &keyset.values[0] else { panic!() };
                assert!(it.starts_with(cut.as_str()) && cut.len() > 200, "{}", cut.len());
            }
        }
    }
}

#[test]
fn garbage_is_refused_even_under_a_good_signature() {
    let query = query(ZOO, "sort=text");
    let context = super::binding::of(ZOO, &query.filter, &query.sort);
    let mut random = Random(5);
    for round in 0..20_000 {
        let mut bytes: Vec<u8> = (0..random.below(40)).map(|_| (random.next() & 0x1f) as u8).collect();
        if round % 2 == 0 && bytes.len() > 1 {
            bytes[0] = 1;
            bytes[1] &= 3;
        }
        let tag = KEYS.sign(&context, &bytes);
        bytes.extend_from_slice(&tag);
        let cursor = URL_SAFE_NO_PAD.encode(&bytes);
        // Nothing that is signed is taken unless it is of the order's kinds; nothing panics.
        if let Ok(values) = values(ZOO, "sort=text", &cursor) {
            assert!(matches!(values[0], Value::Text(_) | Value::Null) && matches!(values[1], Value::Uuid(_)));
        }
    }
}

#[test]
fn random_cursors_are_refused() {
    let mut random = Random(6);
    for _ in 0..5_000 {
        let length = random.below(200);
        let bytes: Vec<u8> = (0..length).map(|_| (random.next() & 0xff) as u8).collect();
        let cursor = URL_SAFE_NO_PAD.encode(&bytes);
        if !cursor.is_empty() {
            assert_eq!(values(ZOO, "sort=text", &cursor), Err(400));
        }
    }
    assert_eq!(values(ZOO, "", &"A".repeat(1025)), Err(400));
    assert_eq!(values(ZOO, "", "%F0%9F%98%80"), Err(400));
}
