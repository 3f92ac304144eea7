use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::input::zoo::{ZOO, at, book, book_with, check_zoo, problem, problems, zoo, zoo_value};
use crate::testing::BOOK;

const GOOD: &str = r#"{"title":"Dune","author_name":"Frank Herbert","isbn":"9780441013593","price":17.90}"#;

#[test]
fn every_field_gets_its_value_for_the_insert() {
    let before = now();
    let values = book(GOOD).unwrap();
    assert_eq!(values.len(), BOOK.fields.len());
    assert_eq!(values[0], Value::Null, "the store counts ids");
    assert_eq!(values[1], Value::Text("Dune".to_owned()));
    assert_eq!(values[4], Value::Null);
    assert_eq!(values[6], Value::Decimal("17.90".parse().unwrap()));
    assert_eq!(values[8], Value::List(Vec::new()));
    assert_eq!(values[9], Value::Text("available".to_owned()));
    let Value::Timestamp(created) = values[10] else { panic!() };
    assert!(created >= before && created.duration_since(before) < SignedDuration::from_secs(5));
    assert_eq!(created.subsec_nanosecond() % 1_000, 0);
    assert_eq!(values[11], Value::Null, "a nullable time of the update is null until then");
}

#[test]
fn a_time_of_the_update_that_cannot_be_null_is_that_of_the_insert() {
    let values = zoo(r#"{"slug":"a"}"#).unwrap();
    assert!(matches!(values[at("updated_at")], Value::Timestamp(_)));
    assert_eq!(values[at("updated_at")], values[at("created_at")]);
}

#[test]
fn decimals_are_exact() {
    let price = &book_with(r#""price":1234.5678901234567890"#).unwrap()[6];
    assert_eq!(price, &Value::Decimal("1234.5678901234567890".parse().unwrap()));
    assert_eq!(book_with(r#""price":1e3"#).unwrap()[6], Value::Decimal(1000.into()));
}

#[test]
fn all_problems_come_back_at_once() {
    let error = book(
        r#"{"title":"","author_name":5,"isbn":"12","price":0,"genre":[],"published_year":999,"tags":["a",7,null],
            "colour":"red","status":"archived","id":3,"created_at":null,"is_recent":true}"#,
    )
    .unwrap_err();
    assert_eq!(error.code, ErrorCode::VALIDATION_FAILED);
    assert_eq!(
        problems(&error),
        [
            "/title length",
            "/author_name invalid_type",
            "/isbn regex",
            "/price range",
            "/genre invalid_type",
            "/published_year range",
            "/tags/1 invalid_type",
            "/tags/2 null_not_allowed",
            "/colour unknown_field",
            "/status read_only_field",
            "/id read_only_field",
            "/created_at read_only_field",
            "/is_recent read_only_field",
        ]
    );
    assert_eq!(error.detail.as_deref(), Some("13 fields are invalid"));
    let price = problem(&error, "/price");
    assert_eq!(price.detail, "must be greater than 0");
    assert_eq!(serde_json::Value::from(price.params.clone()), json!({"min": 0, "exclusive": true}));
    let author = problem(&error, "/author_name");
    assert_eq!(author.detail, "must be a string, not a number");
    assert_eq!(serde_json::Value::from(author.params.clone()), json!({"expected": "string", "found": "number"}));
    assert_eq!(problem(&error, "/title").detail, "must have 1 to 300 characters");
}

#[test]
fn required_fields_are_reported_after_the_rest() {
    let error = book(r#"{"titel":"Dune"}"#).unwrap_err();
    assert_eq!(
        problems(&error),
        ["/titel unknown_field", "/title required", "/author_name required", "/isbn required", "/price required"]
    );
    let unknown = problem(&error, "/titel");
    assert_eq!(unknown.detail, "unknown field; did you mean `title`?");
    assert_eq!(unknown.params["did_you_mean"], "title");
    assert!(!unknown.params["allowed"].as_array().unwrap().contains(&json!("status")), "not part of creation");
}

#[test]
fn a_hidden_field_is_unknown_and_never_suggested() {
    let error = zoo(r#"{"slug":"a","secret":"x","secre":"x"}"#).unwrap_err();
    assert_eq!(problems(&error), ["/secret unknown_field", "/secre unknown_field"]);
    for problem in &error.problems {
        assert!(!format!("{} {:?}", problem.detail, problem.params).contains("secret"));
    }
}

#[test]
fn a_field_given_twice_is_reported_once_more() {
    let error = book_with(r#""title":"A","title":"B""#).unwrap_err();
    assert_eq!(problems(&error), ["/title duplicate_field"]);
    let error = zoo(r#"{"slug":"a","parts":[{"name":"x","n\u0061me":"y"}]}"#).unwrap_err();
    assert_eq!(problems(&error), ["/parts/0/name duplicate_field"]);
}

#[test]
fn null_is_a_value_of_nullable_fields_only() {
    assert_eq!(book_with(r#""genre":null"#).unwrap()[4], Value::Null);
    for member in [r#""title":null"#, r#""tags":null"#, r#""price": null "#] {
        assert_eq!(book_with(member).unwrap_err().problems[0].code, "null_not_allowed", "{member}");
    }
}

#[test]
fn a_body_that_is_no_object_is_invalid() {
    for (body, found) in [("[]", "array"), ("5", "number"), (" null", "null"), ("\"x\"", "string"), ("true", "boolean")]
    {
        let error = book(body).unwrap_err();
        assert_eq!(error.code, ErrorCode::VALIDATION_FAILED);
        assert_eq!(problems(&error), [" invalid_type"]);
        assert_eq!(error.problems[0].params["found"], found);
        assert_eq!(error.detail.as_deref(), Some("the body must be an object"));
    }
}

#[test]
fn lengths_count_characters() {
    assert!(book_with(&format!(r#""title":"{}""#, "é日😀".repeat(100))).is_ok());
    let error = book_with(&format!(r#""title":"{}""#, "é".repeat(301))).unwrap_err();
    assert_eq!(problems(&error), ["/title length"]);
}

#[test]
fn values_are_normalized_before_their_rules_are_asked() {
    let tags = r#""tags":["  A ","", " ","b","C","d","e","f","g","h","i","j","k","l"]"#;
    let Value::List(tags) = &book_with(tags).unwrap()[8] else { panic!() };
    assert_eq!(tags.len(), 10);
    assert_eq!(tags[0], Value::Text("a".to_owned()));
    assert_eq!(zoo_value(r#""nick":" x ""#), Ok(Value::Text("x".to_owned())));
    check_zoo(r#""nick":"  ""#, "/nick length");
}

#[test]
fn every_kind_is_read() {
    for (member, expected) in [
        (r#""flag":true"#, Value::Bool(true)),
        (r#""flag":false"#, Value::Bool(false)),
        (r#""low":2e1"#, Value::Int(20)),
        (r#""low":-9223372036854775808"#, Value::Int(i64::MIN)),
        (r#""small":0.1"#, Value::Float(f64::from(0.1_f32))),
        (r#""large":-0.0"#, Value::Float(0.0)),
        (r#""exact":39.90"#, Value::Decimal("39.90".parse().unwrap())),
        (
            r#""uuid":"01890A5D-AC96-774B-BCCE-B302099A8057""#,
            Value::Uuid(uuid::uuid!("01890a5d-ac96-774b-bcce-b302099a8057")),
        ),
        (r#""at":"2026-11-20T14:00:00+02:00""#, Value::Timestamp("2026-11-20T12:00:00Z".parse().unwrap())),
        (r#""day":"2024-02-29""#, Value::Date("2024-02-29".parse().unwrap())),
        (r#""time":"12:30""#, Value::Time("12:30:00".parse().unwrap())),
        (r#""status":"checked\u005fout""#, Value::Text("checked_out".to_owned())),
        (r#""json": { "a" : [ 1.50, null ] }"#, Value::Json(r#"{"a":[1.50,null]}"#.to_owned())),
        (r#""json":null"#, Value::Null),
        (r#""numbers":[1, 2.0]"#, Value::List(vec![Value::Int(1), Value::Int(2)])),
    ] {
        assert_eq!(zoo_value(member), Ok(expected), "{member}");
    }
}

#[test]
fn no_type_stands_for_another() {
    for (member, code) in [
        (r#""flag":1"#, "/flag invalid_type"),
        (r#""flag":"true""#, "/flag invalid_type"),
        (r#""low":"1""#, "/low invalid_type"),
        (r#""low":1.5"#, "/low invalid_type"),
        (r#""low":true"#, "/low invalid_type"),
        (r#""high":128"#, "/high range"),
        (r#""low":1e400"#, "/low range"),
        (r#""large":1e400"#, "/large range"),
        (r#""large":"1.5""#, "/large invalid_type"),
        (r#""exact":"1.5""#, "/exact invalid_type"),
        (r#""exact":0.00000000000000000000000000001"#, "/exact precision"),
        (r#""uuid":"x""#, "/uuid invalid_format"),
        (r#""uuid":5"#, "/uuid invalid_type"),
        (r#""at":"2026-11-20T12:00:00""#, "/at invalid_format"),
        (r#""at":1763640000"#, "/at invalid_type"),
        (r#""at":"2026-11-20T12:00:00.1234567Z""#, "/at precision"),
        (r#""day":"2023-02-29""#, "/day invalid_format"),
        (r#""time":"25:00""#, "/time invalid_format"),
        (r#""status":"Available""#, "/status invalid_choice"),
        (r#""numbers":{}"#, "/numbers invalid_type"),
        (r#""numbers":[1,"2",3.5,2147483648]"#, "/numbers/1 invalid_type, /numbers/2 invalid_type, /numbers/3 range"),
        (r#""contact":[]"#, "/contact invalid_type"),
    ] {
        check_zoo(member, code);
    }
}

#[test]
fn nested_objects_have_their_problems_at_any_depth() {
    check_zoo(
        r#""contact":{"email":"x","address":{"street":"","zip_code":"123","city":"A"},"second_address":{"street":5}}"#,
        "/contact/email email, /contact/address/street length, /contact/address/zip_code length, \
         /contact/address/city unknown_field, /contact/second_address/street invalid_type, \
         /contact/second_address/zip_code required",
    );
    check_zoo(r#""parts":[{"name":"a"},{"count":"x"},5,null]"#, {
        "/parts/1/count invalid_type, /parts/1/name required, /parts/2 invalid_type, /parts/3 null_not_allowed"
    });
}

#[test]
fn pointers_escape_keys() {
    check_zoo(r#""contact":{"a/b~c":1}"#, {
        "/contact/a~1b~0c unknown_field, /contact/email required, /contact/address required"
    });
}

#[test]
fn nested_objects_get_their_defaults() {
    let text = |it: &str| Value::Text(it.to_owned());
    let contact =
        r#""contact":{"address":{"zip_code":"12345","street":"A"},"email_again":"a@b.org","email":"a@b.org"}"#;
    let address = Value::Object(vec![text("A"), text("12345"), Value::Null, text("NL")]);
    let expected = Value::Object(vec![text("a@b.org"), text("a@b.org"), address, Value::Null]);
    assert_eq!(zoo_value(contact), Ok(expected));
    let part = Value::Object(vec![text("a"), Value::Int(1)]);
    assert_eq!(zoo_value(r#""parts":[{"name":"a"}]"#), Ok(Value::List(vec![part])));
}

#[test]
fn rules_over_an_object_wait_until_its_fields_are_good() {
    let contact = |street: &str, zip: &str| {
        format!(
            r#""contact":{{"email":"a@b.org","email_again":"a@b.org","address":{{"street":"{street}","zip_code":"{zip}"}}}}"#
        )
    };
    check_zoo(&contact("12345", "12345"), "/contact/address street_is_zip_code");
    check_zoo(&contact("1234", "1234"), "/contact/address/zip_code length");
}

#[test]
fn rules_over_the_record_see_it_as_it_would_be_stored() {
    check_zoo(r#""low":101"#, " low_over_high");
    check_zoo(r#""high":-1"#, " low_over_high");
    check_zoo(r#""high":-1,"flag":5"#, "/flag invalid_type");
    let error = zoo(r#"{"slug":"a","low":101}"#).unwrap_err();
    assert_eq!(error.problems[0].detail, "`low` must not be greater than `high`");
    assert_eq!(error.problems[0].params["fields"], json!(["low", "high"]));
}

#[test]
fn a_field_must_match_another_where_both_are_good() {
    check_zoo(r#""password":"a","password_again":"b""#, "/password_again passwords_differ");
    check_zoo(r#""password":"a""#, "/password_again passwords_differ");
    check_zoo(r#""password":5,"password_again":"b""#, "/password invalid_type");
    assert!(zoo_value(r#""password":"a","password_again":"a""#).is_ok());
    let error = zoo(r#"{"slug":"a","password":"a","flag":5}"#).unwrap_err();
    assert_eq!(
        problems(&error),
        ["/flag invalid_type", "/password_again passwords_differ"],
        "other fields do not matter"
    );
    assert_eq!(problem(&error, "/password_again").detail, "must be the password");
    assert_eq!(problem(&error, "/password_again").params["other"], "password");
}

#[test]
fn ranges_of_floats_hold_at_their_bounds() {
    assert!(zoo_value(r#""small":0.1"#).is_ok());
    assert!(zoo_value(r#""small":-0.1"#).is_ok());
    check_zoo(r#""small":0.10000001"#, "/small range");
    let error = zoo(r#"{"slug":"a","small":-0.2}"#).unwrap_err();
    assert_eq!(error.problems[0].detail, "must be at least -0.1");
    assert_eq!(error.problems[0].params["min"], json!(-0.1));
}

#[test]
fn lengths_of_lists_count_items() {
    let error = zoo(r#"{"slug":"a","parts":[{"name":"a"},{"name":"b"},{"name":"c"},{"name":"d"}]}"#).unwrap_err();
    assert_eq!(error.problems[0].detail, "must have at most 3 items");
}

#[test]
fn custom_rules_have_codes_of_their_own() {
    check_zoo(r#""low":10"#, "/low ten");
}

#[test]
fn an_id_that_a_client_chooses_is_usable_in_a_path() {
    for slug in ["a", "é 日", "a/b", "..."] {
        assert!(zoo(&format!(r#"{{"slug":"{slug}"}}"#)).is_ok(), "{slug}");
    }
    let long = "a".repeat(256);
    for slug in ["", ".", "..", "bulk", "bulk-delete", "a\\nb", "\\u007f", &long] {
        let error = zoo(&format!(r#"{{"slug":"{slug}"}}"#)).unwrap_err();
        assert_eq!(problems(&error), ["/slug invalid_format"], "{slug}");
    }
    assert_eq!(problems(&zoo("{}").unwrap_err()), ["/slug required"]);
}

#[test]
fn immutable_and_write_only_fields_are_taken_at_creation() {
    assert_eq!(zoo_value(r#""species":"cat""#), Ok(Value::Text("cat".to_owned())));
    assert_eq!(zoo_value(r#""pin":"1""#), Ok(Value::Text("1".to_owned())));
    check_zoo(r#""rating":5.0"#, "/rating read_only_field");
}

#[test]
fn ids_that_are_uuids_are_new_ones_of_version_7() {
    static BY_UUID: &ResourceMeta =
        &ResourceMeta::new("It", "its", "its", &[FieldMeta::of::<Uuid>("id").id(IdSource::Store)]);
    let (one, two) = (create(BY_UUID, b"{}").unwrap(), create(BY_UUID, b"{}").unwrap());
    let [Value::Uuid(one), Value::Uuid(two)] = [&one[0], &two[0]] else { panic!() };
    assert_eq!(one.get_version_num(), 7);
    assert_ne!(one, two);
}

#[test]
fn ids_in_paths_have_one_spelling() {
    assert_eq!(path_id(BOOK, "1").unwrap(), Value::Int(1));
    assert_eq!(path_id(BOOK, "0").unwrap(), Value::Int(0));
    assert_eq!(path_id(BOOK, "-7").unwrap(), Value::Int(-7));
    assert_eq!(path_id(ZOO, "a/b").unwrap(), Value::Text("a/b".to_owned()));
    for id in
        ["abc", "", "-", "1.5", "1.0", "1e3", "01", "-0", "+1", " 1", "0x1", "99999999999999999999", "1\0", "1\u{661}"]
    {
        let error = path_id(BOOK, id).unwrap_err();
        assert_eq!(error.status(), 422, "{id}");
        assert_eq!(error.problems[0].location, Location::Parameter("id".to_owned()));
    }
}
