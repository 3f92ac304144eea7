use super::*;
use crate::error::ErrorCode;
use crate::input::zoo::{ZOO, at, problem, problems, row};
use crate::testing::{BOOK, book};

const GOOD: &str = r#""title":"Dune","author_name":"Frank Herbert","isbn":"9780441013593","price":17.90"#;

fn replace_book(members: &str) -> Result<Vec<(usize, Value)>, ApiError> {
    replace(BOOK, format!("{{{members}}}").as_bytes(), &book(1, "Old", "1234567890"))
}

fn replace_zoo(body: &str) -> Result<Vec<(usize, Value)>, ApiError> {
    replace(
        ZOO,
        body.as_bytes(),
        &row(r#"{"slug":"a","species":"cat","pin":"1234","password":"x","password_again":"x"}"#),
    )
}

#[track_caller]
fn check_zoo(body: &str, expected: &[&str]) {
    assert_eq!(problems(&replace_zoo(body).unwrap_err()), expected, "{body}");
}

/// The value that a field is set to; `None` where it stays.
fn change(changes: &[(usize, Value)], field: usize) -> Option<&Value> {
    changes.iter().find(|(index, _)| *index == field).map(|(_, value)| value)
}

#[test]
fn every_writable_field_is_set_and_absent_ones_go_back() {
    let changes = replace_book(GOOD).unwrap();
    assert_eq!(changes.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8, 11]);
    assert_eq!(change(&changes, 1), Some(&Value::Text("Dune".to_owned())));
    assert_eq!(change(&changes, 4), Some(&Value::Null), "genre");
    assert_eq!(change(&changes, 8), Some(&Value::List(Vec::new())), "tags");
    assert!(matches!(change(&changes, 11), Some(Value::Timestamp(_))), "updated_at");
}

#[test]
fn what_creation_requires_is_required() {
    let error = replace_book(r#""title":"Only this""#).unwrap_err();
    assert_eq!(problems(&error), ["/author_name required", "/isbn required", "/price required"]);
}

#[test]
fn the_representation_that_was_read_is_accepted() {
    let stored = book(1, "Old", "1234567890");
    let all = crate::json::Projection::of(BOOK, crate::model::Usage::Response);
    let read = String::from_utf8(stored.to_json(&all).unwrap()).unwrap();
    let changes = replace(BOOK, read.as_bytes(), &stored).unwrap();
    for (index, value) in changes.iter().filter(|(index, _)| *index != 11) {
        assert_eq!(value, stored.get(*index), "{index}");
    }
}

#[test]
fn read_only_fields_are_accepted_with_their_stored_value_in_any_spelling() {
    let at = book(1, "Old", "1234567890").values[10].clone();
    let Value::Timestamp(at) = at else { panic!() };
    let zoned = at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(2)));
    let member = format!(
        r#"{GOOD},"id":1.0,"updated_at":null,"status":"available","created_at":"{}""#,
        zoned.strftime("%Y-%m-%dT%H:%M:%S%.f%:z")
    );
    assert!(replace_book(&member).is_ok(), "{member}");
    for body in [r#"{"slug":"a","rating":5}"#, r#"{"slug":"a","rating":5.00,"species":"cat"}"#] {
        assert!(replace_zoo(body).is_ok(), "{body}");
    }
}

#[test]
fn read_only_fields_are_refused_with_another_value() {
    let error = replace_book(&format!(
        r#"{GOOD},"id":2,"status":"checked_out","created_at":"2020-01-01T00:00:00Z","updated_at":5,"is_recent":"x""#
    ))
    .unwrap_err();
    assert_eq!(
        problems(&error),
        [
            "/id read_only_field",
            "/status read_only_field",
            "/created_at read_only_field",
            "/updated_at invalid_type",
            "/is_recent invalid_type"
        ]
    );
    assert_eq!(problem(&error, "/id").detail, "is set by the server; leave it out, or send its value as it is");
    assert_eq!(
        problem(&error, "/status").detail,
        "cannot be replaced, only updated with PATCH; leave it out, or send its value as it is"
    );
}

#[test]
fn computed_fields_are_accepted_with_any_value_of_their_type() {
    assert!(replace_book(&format!(r#"{GOOD},"is_recent":true"#)).is_ok());
    assert!(replace_book(&format!(r#"{GOOD},"is_recent":false"#)).is_ok());
    assert_eq!(
        problems(&replace_book(&format!(r#"{GOOD},"is_recent":null"#)).unwrap_err()),
        ["/is_recent null_not_allowed"]
    );
}

#[test]
fn immutable_fields_stay_and_may_be_left_out() {
    let changes = replace_zoo("{}").unwrap();
    assert_eq!(change(&changes, at("slug")), None);
    assert_eq!(change(&changes, at("species")), None);
    assert!(replace_zoo(r#"{"slug":"a","species":"cat"}"#).is_ok());
    check_zoo(r#"{"slug":"b","species":"dog"}"#, &["/slug immutable_field", "/species immutable_field"]);
    check_zoo(r#"{"species":null}"#, &["/species immutable_field"]);
}

#[test]
fn a_value_that_never_leaves_the_server_cannot_be_guessed() {
    check_zoo(r#"{"pin":"1234"}"#, &["/pin immutable_field"]);
    check_zoo(r#"{"pin":"9999"}"#, &["/pin immutable_field"]);
    let detail = replace_zoo(r#"{"pin":"1234"}"#).unwrap_err().problems[0].detail.clone();
    assert_eq!(detail, "cannot be changed once it is set; leave it out");
}

#[test]
fn write_only_fields_are_set_as_others_are() {
    let changes = replace_zoo(r#"{"password":"y","password_again":"y"}"#).unwrap();
    assert_eq!(change(&changes, at("password")), Some(&Value::Text("y".to_owned())));
    let changes = replace_zoo("{}").unwrap();
    assert_eq!(change(&changes, at("password")), Some(&Value::Null));
}

#[test]
fn hidden_fields_are_unknown_and_stay() {
    check_zoo(r#"{"secret":"x"}"#, &["/secret unknown_field"]);
    assert_eq!(change(&replace_zoo("{}").unwrap(), at("secret")), None);
}

#[test]
fn rules_over_the_record_see_the_new_values() {
    check_zoo(r#"{"low":101}"#, &[" low_over_high"]);
    check_zoo(r#"{"password":"y"}"#, &["/password_again passwords_differ"]);
    check_zoo(r#"{"low":101,"flag":1}"#, &["/flag invalid_type"]);
}

#[test]
fn nested_objects_are_replaced_whole() {
    check_zoo(r#"{"contact":{"email":"a@b.org","email_again":"a@b.org"}}"#, &["/contact/address required"]);
}

#[test]
fn bodies_that_are_no_objects_are_refused() {
    assert_eq!(replace(BOOK, b"[]", &book(1, "A", "1")).unwrap_err().code, ErrorCode::VALIDATION_FAILED);
    assert_eq!(replace(BOOK, b"{", &book(1, "A", "1")).unwrap_err().code, ErrorCode::MALFORMED_JSON);
}
