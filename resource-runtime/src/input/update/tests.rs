use serde_json::json;

use super::*;
use crate::field::now;
use crate::input::zoo::{ZOO, at, problem, problems, row};
use crate::testing::{BOOK, book};

const STORED: &str = r#"{"slug":"a","species":"cat","pin":"1234","exact":1.50,"json":{"a":1,"b":{"c":[1,2]}},
    "numbers":[1,2,3],"password":"x","password_again":"x",
    "contact":{"email":"a@b.org","email_again":"a@b.org",
        "address":{"street":"Long Street","zip_code":"12345","note":"back door"}}}"#;

/// The changes, as handlers get them: the row is shown only where it is asked for.
fn changes_of(meta: &'static ResourceMeta, body: &str, current: &Record) -> Result<Vec<(usize, Value)>, ApiError> {
    let update = update(meta, body.as_bytes())?;
    let current = update.needs_record().then_some(current);
    update.changes(current)
}

fn zoo(body: &str) -> Result<Vec<(usize, Value)>, ApiError> {
    changes_of(ZOO, body, &row(STORED))
}

fn update_book(body: &str) -> Result<Vec<(usize, Value)>, ApiError> {
    changes_of(BOOK, body, &book(1, "Old", "1234567890"))
}

/// The new value of a field, as JSON.
fn new_value(body: &str, field: &str) -> serde_json::Value {
    let changes = zoo(body).unwrap();
    let (_, value) = changes.iter().find(|(index, _)| *index == at(field)).unwrap();
    let mut out = Vec::new();
    crate::json::write_value(&mut out, value, &ZOO.fields[at(field)].kind);
    serde_json::from_slice(&out).unwrap()
}

#[track_caller]
fn check(body: &str, expected: &[&str]) {
    assert_eq!(problems(&zoo(body).unwrap_err()), expected, "{body}");
}

#[test]
fn absent_fields_stay_and_named_ones_change() {
    let changes = update_book(r#"{"title":"Dune II","genre":null,"status":"checked_out"}"#).unwrap();
    let [title, genre, status, updated_at] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!(title, &(1, Value::Text("Dune II".to_owned())));
    assert_eq!(genre, &(4, Value::Null));
    assert_eq!(status, &(9, Value::Text("checked_out".to_owned())));
    assert!(matches!(updated_at, (11, Value::Timestamp(_))));
}

#[test]
fn a_plain_update_needs_no_row() {
    for body in [r#"{"title":"A"}"#, r#"{"tags":["a"],"genre":null}"#, r#"{"is_recent":true,"price":1}"#] {
        assert!(!update(BOOK, body.as_bytes()).unwrap().needs_record(), "{body}");
    }
    for body in [r#"{"id":1}"#, r#"{"title":"A","created_at":"2020-01-01T00:00:00Z"}"#] {
        assert!(update(BOOK, body.as_bytes()).unwrap().needs_record(), "{body}");
    }
    assert!(update(ZOO, br#"{"flag":true}"#).unwrap().needs_record(), "for the rule over the whole record");
}

#[test]
fn an_update_without_its_row_is_a_defect_and_no_panic() {
    let error = update(BOOK, br#"{"id":1}"#).unwrap().changes(None).unwrap_err();
    assert_eq!(error.code, ErrorCode::INTERNAL);
}

#[test]
fn an_update_of_nothing_is_refused() {
    let error = update_book("{}").unwrap_err();
    assert_eq!(error.code, ErrorCode::EMPTY_UPDATE);
    assert_eq!(problems(&update_book(r#"{"nope":1}"#).unwrap_err()), ["/nope unknown_field"]);
}

#[test]
fn a_patch_that_is_no_object_is_refused() {
    for body in ["[]", "5", "null", "\"x\"", "true"] {
        assert_eq!(update_book(body).unwrap_err().code, ErrorCode::VALIDATION_FAILED, "{body}");
    }
    assert_eq!(update_book("{\"title\":").unwrap_err().code, ErrorCode::MALFORMED_JSON);
}

#[test]
fn an_echo_changes_nothing_at_all() {
    assert_eq!(update_book(r#"{"id":1,"updated_at":null,"is_recent":false}"#).unwrap(), []);
    assert_eq!(update_book(r#"{"is_recent":false}"#).unwrap(), []);
    assert_eq!(zoo(r#"{"slug":"a","species":"cat","rating":5.000}"#).unwrap(), []);
}

#[test]
fn fields_that_cannot_be_set_are_refused_with_another_value() {
    let error = update_book(r#"{"id":2,"created_at":"2020-01-01T00:00:00Z","is_recent":"x","title":""}"#).unwrap_err();
    assert_eq!(
        problems(&error),
        ["/is_recent invalid_type", "/title length", "/id read_only_field", "/created_at read_only_field"]
    );
    check(r#"{"species":"dog","slug":"b"}"#, &["/species immutable_field", "/slug immutable_field"]);
    check(r#"{"pin":"1234"}"#, &["/pin immutable_field"]);
    check(r#"{"secret":"x"}"#, &["/secret unknown_field"]);
}

#[test]
fn null_is_refused_where_there_is_none() {
    assert_eq!(
        problems(&update_book(r#"{"title":null,"tags":null}"#).unwrap_err()),
        ["/title null_not_allowed", "/tags null_not_allowed"]
    );
}

#[test]
fn rules_and_normalizers_hold_in_updates() {
    assert_eq!(problems(&update_book(r#"{"title":"half","price":-5}"#).unwrap_err()), ["/price range"]);
    let changes = update_book(r#"{"tags":[" X ",""]}"#).unwrap();
    assert_eq!(changes[0], (8, Value::List(vec![Value::Text("x".to_owned())])));
}

#[test]
fn lists_are_replaced_whole() {
    assert_eq!(new_value(r#"{"numbers":[9]}"#, "numbers"), json!([9]));
    assert_eq!(new_value(r#"{"parts":[{"name":"a"}]}"#, "parts"), json!([{"name": "a", "count": 1}]));
}

#[test]
fn nested_objects_merge_at_any_depth() {
    let contact = new_value(r#"{"contact":{"address":{"street":"Short Street","note":null}}}"#, "contact");
    assert_eq!(
        contact,
        json!({"email": "a@b.org", "email_again": "a@b.org", "second_address": null,
            "address": {"street": "Short Street", "zip_code": "12345", "note": null, "country": "NL"}})
    );
    assert_eq!(new_value(r#"{"contact":null}"#, "contact"), json!(null));
}

#[test]
fn an_object_that_is_not_there_yet_is_made_of_the_patch() {
    let contact = new_value(r#"{"contact":{"second_address":{"street":"B","zip_code":"54321"}}}"#, "contact");
    assert_eq!(contact["second_address"], json!({"street": "B", "zip_code": "54321", "note": null, "country": "NL"}));
    check(r#"{"contact":{"second_address":{"street":"B"}}}"#, &["/contact/second_address/zip_code required"]);
}

#[test]
fn problems_in_nested_objects_come_with_all_others() {
    check(
        r#"{"contact":{"email":"x","address":{"street":null,"zip_code":"1","city":"B"}},"flag":1,"species":"dog"}"#,
        &[
            "/contact/email email",
            "/contact/address/street null_not_allowed",
            "/contact/address/zip_code length",
            "/contact/address/city unknown_field",
            "/flag invalid_type",
            "/species immutable_field",
        ],
    );
}

#[test]
fn rules_over_a_nested_object_see_it_merged() {
    check(r#"{"contact":{"address":{"street":"12345"}}}"#, &["/contact/address street_is_zip_code"]);
    check(r#"{"contact":{"email":"b@b.org"}}"#, &["/contact/email_again must_match"]);
    assert!(zoo(r#"{"contact":{"email":"b@b.org","email_again":"b@b.org"}}"#).is_ok());
}

#[test]
fn rules_over_the_record_see_it_as_it_would_be_stored() {
    check(r#"{"low":101}"#, &[" low_over_high"]);
    check(r#"{"high":-1}"#, &[" low_over_high"]);
    assert!(zoo(r#"{"low":101,"high":102}"#).is_ok());
    check(r#"{"low":101,"flag":1}"#, &["/flag invalid_type"]);
}

#[test]
fn a_field_must_match_another_that_is_stored() {
    check(r#"{"password":"y"}"#, &["/password_again passwords_differ"]);
    check(r#"{"password_again":"y"}"#, &["/password_again passwords_differ"]);
    check(r#"{"password_again":"y","password":5}"#, &["/password invalid_type"]);
    assert!(zoo(r#"{"password":"y","password_again":"y"}"#).is_ok());
    let before = row(r#"{"slug":"a"}"#);
    let mut differs = before.clone();
    differs.values[at("password")] = Value::Text("p".to_owned());
    assert!(
        changes_of(ZOO, r#"{"flag":true}"#, &differs).is_ok(),
        "a pair that the update does not touch is left alone"
    );
}

#[test]
fn json_values_merge_as_the_body_does() {
    assert_eq!(
        new_value(r#"{"json":{"b":{"d":null,"e":{"f":null}},"a":null}}"#, "json"),
        json!({"b": {"c": [1, 2], "e": {}}})
    );
    assert_eq!(new_value(r#"{"json":[1]}"#, "json"), json!([1]));
    assert_eq!(new_value(r#"{"json":null}"#, "json"), json!(null));
    check(r#"{"json":{"a":"\u0000"}}"#, &["/json invalid_character"]);
}

#[test]
fn a_time_of_the_update_comes_with_every_change() {
    let before = now();
    let changes = zoo(r#"{"flag":true}"#).unwrap();
    let [(_, Value::Bool(true)), (index, Value::Timestamp(time))] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!(*index, at("updated_at"));
    assert!(*time >= before);
}

#[test]
fn problems_say_the_way_out() {
    let error = zoo(r#"{"species":"dog","status":"availble"}"#).unwrap_err();
    assert_eq!(
        problem(&error, "/species").detail,
        "cannot be changed once it is set; leave it out, or send its value as it is"
    );
    assert_eq!(problem(&error, "/status").detail, "must be one of: available, checked_out; did you mean `available`?");
}
