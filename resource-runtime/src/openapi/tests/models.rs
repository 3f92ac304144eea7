//! The schemas of models and of their fields.

use super::{ID, at, books, described, names, texts, zoo};
use crate::field::{Access, Bound, FieldMeta, IntKind, Kind, Rule, RuleMeta, Value};
use crate::openapi::Mounted;
use crate::resource::ResourceMeta;
use crate::testing::BOOK;

#[test]
fn models_have_the_fields_of_their_usage() {
    let document = books();
    let create = at(&document, "/components/schemas/BookCreate");
    assert_eq!(
        names(at(create, "/properties")),
        ["title", "author_name", "isbn", "genre", "published_year", "price", "description", "tags"]
    );
    assert_eq!(texts(at(create, "/required")), ["title", "author_name", "isbn", "price"]);
    assert_eq!(at(create, "/additionalProperties"), &false.into());
    let update = at(&document, "/components/schemas/BookUpdate");
    assert!(names(at(update, "/properties")).contains(&"status"));
    assert!(update.pointer("/required").is_none());
    assert_eq!(at(update, "/minProperties"), &1.into());
    let book = at(&document, "/components/schemas/Book");
    assert_eq!(names(at(book, "/properties")), texts(at(book, "/required")));
    assert_eq!(at(book, "/properties/is_recent/readOnly"), &true.into());
    let summary = at(&document, "/components/schemas/BookSummary");
    assert_eq!(texts(at(summary, "/required")), ["id", "title", "author_name", "price", "genre"]);
}

#[test]
fn rules_are_part_of_what_is_sent_and_not_of_what_is_answered() {
    let document = books();
    let create = at(&document, "/components/schemas/BookCreate/properties");
    assert_eq!(at(create, "/title/minLength"), &1.into());
    assert_eq!(at(create, "/title/maxLength"), &300.into());
    assert_eq!(at(create, "/isbn/pattern"), &"^([0-9]{10}|[0-9]{13})$".into());
    assert_eq!(at(create, "/price/exclusiveMinimum"), &0.into());
    assert_eq!(at(create, "/price/maximum"), &10_000.into());
    assert_eq!(at(create, "/published_year/minimum"), &1000.into());
    assert_eq!(texts(at(create, "/genre/type")), ["string", "null"]);
    assert_eq!(at(create, "/tags/default").to_json(), b"[]");
    assert!(document.pointer("/components/schemas/Book/properties/title/maxLength").is_none());
}

#[test]
fn a_replacement_needs_what_it_sets_alone() {
    static PARCEL: &ResourceMeta = &ResourceMeta::new(
        "Parcel",
        "parcels",
        "parcels",
        &[ID, FieldMeta::of::<String>("sender").access(Access::IMMUTABLE), FieldMeta::of::<String>("address")],
    );
    let document = described(&[Mounted::new(PARCEL, ""), Mounted::new(zoo::ANIMAL, ""), Mounted::new(BOOK, "")]);
    let body =
        |path: &str| at(&document, &format!("/paths/{path}/put/requestBody/content/application~1json/schema/$ref"));
    assert_eq!(body("~1parcels~1{id}"), &"#/components/schemas/ParcelReplace".into());
    assert_eq!(texts(at(&document, "/components/schemas/ParcelReplace/required")), ["address"]);
    assert_eq!(texts(at(&document, "/components/schemas/ParcelCreate/required")), ["sender", "address"]);
    // The identifier is in the path.
    assert!(!texts(at(&document, "/components/schemas/AnimalReplace/required")).contains(&"code"));
    assert_eq!(
        body("~1books~1{id}"),
        &"#/components/schemas/BookCreate".into(),
        "without a difference it is one model"
    );
}

#[track_caller]
fn check_schema(pointer: &str, expected: &str) {
    let document = described(&[Mounted::new(zoo::ANIMAL, "")]);
    let schema = String::from_utf8(at(&document, &format!("/components/schemas/{pointer}")).to_json()).unwrap();
    assert_eq!(schema, expected, "{pointer}");
}

#[test]
fn every_kind_has_its_schema() {
    for (field, expected) in [
        ("tame", r#"{"type":"boolean"}"#),
        ("legs", r#"{"type":"integer","format":"int32","minimum":0,"maximum":255}"#),
        ("weight", r#"{"type":"number","format":"float"}"#),
        ("mass", r#"{"type":"number","format":"double"}"#),
        ("worth", r#"{"type":"number","format":"decimal","minimum":0.01,"maximum":79228162514264337593543950335}"#),
        ("chip", r#"{"type":["string","null"],"format":"uuid"}"#),
        ("seen_at", r#"{"type":["string","null"],"format":"date-time"}"#),
        ("born", r#"{"type":["string","null"],"format":"date"}"#),
        ("diet", r##"{"$ref":"#/components/schemas/Diet","default":"plants"}"##),
        ("moods", r##"{"type":"array","items":{"$ref":"#/components/schemas/Diet"},"maxItems":3}"##),
        ("home", r##"{"$ref":"#/components/schemas/HomeCreate"}"##),
        ("former", r##"{"anyOf":[{"$ref":"#/components/schemas/HomeCreate"},{"type":"null"}]}"##),
        ("homes", r##"{"type":"array","items":{"$ref":"#/components/schemas/HomeCreate"},"default":[]}"##),
        ("notes", r#"{"not":{"type":"null"}}"#),
        ("mail", r#"{"type":"string","format":"email","writeOnly":true}"#),
        ("site", r#"{"type":["string","null"],"format":"uri"}"#),
    ] {
        check_schema(&format!("AnimalCreate/properties/{field}"), expected);
    }
}

#[test]
fn an_update_merges_nested_objects_and_replaces_lists() {
    check_schema("AnimalUpdate/properties/home", r##"{"$ref":"#/components/schemas/HomeUpdate"}"##);
    check_schema(
        "AnimalUpdate/properties/homes",
        r##"{"type":"array","items":{"$ref":"#/components/schemas/HomeCreate"}}"##,
    );
    check_schema("HomeCreate/required", r#"["place"]"#);
    let document = described(&[Mounted::new(zoo::ANIMAL, "")]);
    let update = at(&document, "/components/schemas/HomeUpdate");
    assert!(update.pointer("/required").is_none() && update.pointer("/additionalProperties").is_some());
}

#[test]
fn the_narrower_of_two_bounds_holds() {
    static FIGURES: &ResourceMeta = &ResourceMeta::new(
        "Figure",
        "figures",
        "figures",
        &[
            ID,
            FieldMeta { kind: Kind::Int(IntKind::U8), ..FieldMeta::of::<i64>("small") }.rules(&[RuleMeta::new(
                Rule::Range {
                    min: Some(Bound::Literal { mantissa: -5, scale: 0 }),
                    max: None,
                    exclusive_min: None,
                    exclusive_max: Some(Bound::Literal { mantissa: 1000, scale: 1 }),
                },
            )]),
            FieldMeta { kind: Kind::Decimal, ..FieldMeta::of::<i64>("exact") }.rules(&[RuleMeta::new(Rule::Range {
                min: None,
                max: None,
                exclusive_min: Some(Bound::Literal { mantissa: 0, scale: 0 }),
                exclusive_max: None,
            })]),
        ],
    );
    let document = described(&[Mounted::new(FIGURES, "")]);
    let schema = |name: &str| at(&document, &format!("/components/schemas/FigureCreate/properties/{name}")).to_json();
    let small = r#"{"type":"integer","format":"int32","minimum":0,"maximum":99}"#;
    assert_eq!(String::from_utf8(schema("small")).unwrap(), small);
    let exact = r#"{"type":"number","format":"decimal","maximum":79228162514264337593543950335,"exclusiveMinimum":0}"#;
    assert_eq!(String::from_utf8(schema("exact")).unwrap(), exact);
}

#[test]
fn texts_without_an_example_get_one_that_keeps_their_rules() {
    static WORDS: &ResourceMeta = &ResourceMeta::new(
        "Word",
        "words",
        "words",
        &[
            ID,
            FieldMeta::of::<String>("free"),
            FieldMeta::of::<String>("short").rules(&[RuleMeta::new(Rule::Length {
                min: None,
                max: Some(2),
                equal: None,
            })]),
            FieldMeta::of::<String>("exact").rules(&[RuleMeta::new(Rule::Length {
                min: None,
                max: None,
                equal: Some(6),
            })]),
            FieldMeta::of::<String>("odd").rules(&[RuleMeta::new(Rule::Custom(|_| Ok(())))]),
        ],
    );
    let document = described(&[Mounted::new(WORDS, "")]);
    let example =
        |name: &str| document.pointer(&format!("/components/schemas/WordCreate/properties/{name}/examples/0"));
    assert_eq!(example("free"), Some(&"text".into()));
    assert_eq!(example("short"), Some(&"te".into()));
    assert_eq!(example("exact"), Some(&"textte".into()));
    assert_eq!(example("odd"), None, "it might break the rule");
}

#[test]
fn rules_that_meet_in_one_field_all_hold() {
    check_schema(
        "AnimalCreate/properties/name",
        r#"{"type":"string","minLength":2,"maxLength":2,"pattern":"^[A-Z]","allOf":[{"pattern":"a\\.b"}],"not":{"pattern":"x"}}"#,
    );
    check_schema(
        "AnimalCreate/properties/repeated",
        r#"{"type":"string","pattern":"^[^\\x00]*$","description":"The name again.\n\nMust be the same as `name`.\n\nNot on Sundays."}"#,
    );
}

#[test]
fn what_clients_never_see_is_in_no_answer() {
    let document = described(&[Mounted::new(zoo::ANIMAL, "")]);
    let text = String::from_utf8(document.to_json()).unwrap();
    assert!(!text.contains("keeper_note"), "a hidden field is described");
    for model in ["Animal", "AnimalFields"] {
        assert!(document.pointer(&format!("/components/schemas/{model}/properties/mail")).is_none(), "{model}");
    }
}

#[test]
fn enum_values_are_described() {
    let document = described(&[Mounted::new(zoo::ANIMAL, "")]);
    let diet = at(&document, "/components/schemas/Diet");
    assert_eq!(texts(at(diet, "/enum")), ["plants", "meat"]);
    assert_eq!(
        at(diet, "/description"),
        &"What it eats.
- `plants`: Leaves and fruit.
- `meat`"
            .into()
    );
    assert_eq!(texts(at(diet, "/x-enum-descriptions")), ["Leaves and fruit.", ""]);
}

#[test]
fn defaults_that_differ_each_time_are_not_shown() {
    let document = described(&[Mounted::new(zoo::ANIMAL, "")]);
    let chance = at(&document, "/components/schemas/AnimalCreate/properties/chance");
    assert!(chance.pointer("/default").is_none());
    assert!(!texts(at(&document, "/components/schemas/AnimalCreate/required")).contains(&"chance"));
}

#[test]
fn a_client_chosen_id_is_sent_and_can_be_taken() {
    let document = described(&[Mounted::new(zoo::ANIMAL, "")]);
    assert!(texts(at(&document, "/components/schemas/AnimalCreate/required")).contains(&"code"));
    let responses = at(&document, "/paths/~1animals/post/responses");
    assert!(names(responses).contains(&"409"));
    let links = at(responses, "/201/links/getAnimal/parameters/id");
    assert_eq!(links, &"$response.body#/code".into());
}

#[test]
fn examples_are_composed_where_every_field_has_one() {
    static TAG: &ResourceMeta = &ResourceMeta::new(
        "Tag",
        "tags",
        "tags",
        &[ID, FieldMeta::of::<String>("name").example(|| Value::Text("classic".to_owned()))],
    );
    let document = described(&[Mounted::new(TAG, "")]);
    let example = |model: &str| at(&document, &format!("/components/schemas/{model}/examples/0")).to_json();
    assert_eq!(example("TagCreate"), br#"{"name":"classic"}"#);
    assert_eq!(example("Tag"), br#"{"id":1,"name":"classic"}"#);
    assert!(example("TagPage").starts_with(br#"{"items":[{"id":1,"name":"classic"}],"total":1,"page":1,"#));
    assert!(books().pointer("/components/schemas/BookCreate/examples").is_none(), "nothing is invented");
}
