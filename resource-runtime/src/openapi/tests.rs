mod zoo;

use super::*;
use crate::field::{Bound, FieldMeta, IntKind, Kind, ObjectMeta, Rule, RuleMeta};
use crate::resource::{Operation, Operations, ResourceMeta};
use crate::testing::{BOOK, TRASHABLE};

static HEALTH: ObjectMeta = ObjectMeta {
    name: "Health",
    doc: "The server is alive.",
    fields: &[FieldMeta::of::<String>("status").doc("Always `ok`.")],
    rules: &[],
};

const SERVICE: &[ServiceOperation] = &[ServiceOperation {
    path: "/health",
    id: "getHealth",
    summary: "Say whether the server is alive",
    description: "",
    answer: &HEALTH,
    asks_store: false,
}];

fn tree(info: &Info, mounted: &[Mounted], errors: &ErrorModel) -> Result<Object, DocumentError> {
    document(&Contents { info, mounted, endpoints: &[], service: SERVICE, errors })
}

fn described(mounted: &[Mounted]) -> Node {
    let info = Info::new("Book Management API", "1.0.0").license(License::spdx("MIT", "MIT"));
    tree(&info, mounted, &ErrorModel::default()).unwrap().into()
}

fn books() -> Node {
    described(&[Mounted::new(BOOK, "/api/v1")])
}

#[track_caller]
fn at<'a>(node: &'a Node, pointer: &str) -> &'a Node {
    node.pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"))
}

fn names(node: &Node) -> Vec<&str> {
    node.as_object().unwrap().iter().map(|(name, _)| name).collect()
}

fn texts(node: &Node) -> Vec<&str> {
    match node {
        Node::Array(items) => items.iter().filter_map(Node::as_text).collect(),
        other => panic!("{other:?} is no array"),
    }
}

/// Every `$ref` of the document.
fn references<'a>(node: &'a Node, found: &mut Vec<&'a str>) {
    match node {
        Node::Array(items) => items.iter().for_each(|it| references(it, found)),
        Node::Object(members) => {
            for (name, value) in members.iter() {
                match value {
                    Node::Text(target) if name == "$ref" => found.push(target),
                    _ => references(value, found),
                }
            }
        }
        _ => {}
    }
}

/// `BLESS=1` writes the file anew.
#[track_caller]
fn check_golden(name: &str, document: &Node) {
    let path = format!("{}/src/openapi/tests/{name}", env!("CARGO_MANIFEST_DIR"));
    let document = String::from_utf8(document.to_json_pretty()).unwrap();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    for (line, (is, was)) in document.lines().zip(golden.lines()).enumerate() {
        assert_eq!(is, was, "line {} of {name}; if the change is meant, run the test with BLESS=1", line + 1);
    }
    assert_eq!(document.len(), golden.len(), "{name} has another length; run the test with BLESS=1");
}

#[test]
fn the_document_of_the_book_is_the_golden_file() {
    check_golden("book.json", &books());
}

#[test]
fn the_document_of_the_zoo_is_the_golden_file() {
    check_golden("zoo.json", &described(&[Mounted::new(zoo::ANIMAL, "/api/v1"), Mounted::new(BOOK, "/api/v1")]));
}

#[test]
fn the_older_form_of_the_book_is_the_golden_file() {
    check_golden("book-3.0.json", &v3_0(&books()));
}

#[test]
fn the_older_form_of_the_zoo_is_the_golden_file() {
    check_golden("zoo-3.0.json", &v3_0(&described(&[Mounted::new(zoo::ANIMAL, "")])));
}

#[test]
fn the_same_resources_give_the_same_bytes() {
    assert_eq!(books().to_json(), books().to_json());
}

#[test]
fn every_reference_leads_to_a_component() {
    let document = books();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 50);
    for it in found {
        assert!(document.pointer(it.strip_prefix('#').unwrap()).is_some(), "{it}");
    }
}

#[test]
fn every_component_is_used() {
    let document = books();
    let mut found = Vec::new();
    references(&document, &mut found);
    for section in names(at(&document, "/components")) {
        for name in names(at(&document, &format!("/components/{section}"))) {
            let target = format!("#/components/{section}/{name}");
            assert!(found.contains(&target.as_str()), "{target} is not referred to");
        }
    }
}

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

#[track_caller]
fn check_statuses(document: &Node, path: &str, method: &str, expected: &[&str]) {
    let responses = at(document, &format!("/paths/{}/{method}/responses", path.replace('/', "~1")));
    assert_eq!(names(responses), expected, "{method} {path}");
}

#[test]
fn operations_have_exactly_the_statuses_that_can_occur() {
    let document = books();
    let item = "/api/v1/books/{id}";
    check_statuses(&document, "/api/v1/books", "get", &["200", "400", "406", "414", "422", "500", "503"]);
    check_statuses(
        &document,
        "/api/v1/books",
        "post",
        &["201", "400", "406", "408", "409", "413", "414", "415", "422", "500", "503"],
    );
    check_statuses(&document, item, "get", &["200", "304", "400", "404", "406", "414", "422", "500", "503"]);
    for method in ["put", "patch"] {
        let expected =
            ["200", "204", "400", "404", "406", "408", "409", "412", "413", "414", "415", "422", "500", "503"];
        check_statuses(&document, item, method, &expected);
    }
    check_statuses(&document, item, "delete", &["204", "400", "404", "409", "412", "414", "422", "500", "503"]);
    // Where a batch is all or nothing, it answers with what an item is refused with; its key can be in flight.
    for (path, method, own) in [
        ("bulk", "post", &["201"][..]),
        ("bulk", "patch", &["200", "204", "404", "412"]),
        ("bulk-delete", "post", &["200", "204", "404", "412"]),
    ] {
        let mut expected = vec!["400", "406", "408", "409", "413", "414", "415", "422", "500", "503"];
        expected.extend(own);
        expected.sort_unstable();
        check_statuses(&document, &format!("/api/v1/books/{path}"), method, &expected);
    }
}

#[test]
fn writes_to_all_rows_that_match_have_exactly_the_statuses_that_can_occur() {
    static NOTE: &ResourceMeta = &ResourceMeta::new(
        "Note",
        "notes",
        "notes",
        &[
            FieldMeta::of::<i64>("id").id(crate::field::IdSource::Store),
            FieldMeta::of::<String>("text").searchable().sortable(),
        ],
    )
    .operations(Operations::READ.with(Operation::UpdateMany).with(Operation::DeleteMany));
    let document = described(&[Mounted::new(NOTE, "")]);
    let patch = ["200", "204", "400", "406", "408", "409", "412", "413", "414", "415", "422", "500", "503"];
    check_statuses(&document, "/notes", "patch", &patch);
    check_statuses(&document, "/notes", "delete", &["200", "204", "400", "406", "412", "414", "422", "500", "503"]);
    for (method, id) in [("patch", "updateNotes"), ("delete", "deleteNotes")] {
        let operation = at(&document, &format!("/paths/~1notes/{method}"));
        assert_eq!(at(operation, "/operationId").as_text(), Some(id));
        // Neither an order nor fields nor pages.
        assert_eq!(at(operation, "/parameters/0/name").as_text(), Some("search"));
        let mut references = Vec::new();
        self::references(at(operation, "/parameters"), &mut references);
        assert_eq!(references.last(), Some(&"#/components/parameters/PreferMaxAffected"), "{method}");
    }
}

#[test]
fn conflicts_and_demanded_preconditions_are_said_only_where_they_occur() {
    static NOTE: &ResourceMeta = &ResourceMeta::new(
        "Note",
        "notes",
        "notes",
        &[FieldMeta::of::<i64>("id").id(crate::field::IdSource::Store), FieldMeta::of::<String>("text")],
    )
    .require_if_match();
    let document = described(&[Mounted::new(NOTE, "")]);
    let create = ["201", "400", "406", "408", "409", "413", "414", "415", "422", "500", "503"];
    check_statuses(&document, "/notes", "post", &create);
    let delete = ["204", "400", "404", "409", "412", "414", "422", "428", "500", "503"];
    check_statuses(&document, "/notes/{id}", "delete", &delete);
    assert_eq!(at(&document, "/components/parameters/RequiredIfMatch/required"), &true.into());
}

#[test]
fn a_soft_delete_can_be_undone() {
    let document = described(&[Mounted::new(TRASHABLE, "/api/v1")]);
    let path = "/api/v1/leaves/{id}/restore";
    let statuses = ["200", "204", "400", "404", "406", "408", "409", "412", "413", "414", "415", "422", "500", "503"];
    check_statuses(&document, path, "post", &statuses);
    let restore = at(&document, "/paths/~1api~1v1~1leaves~1{id}~1restore/post");
    assert_eq!(at(restore, "/operationId").as_text(), Some("restoreLeaf"));
    let id = at(&document, "/paths/~1api~1v1~1leaves~1{id}~1restore/parameters/0/schema/type");
    assert_eq!(id.as_text(), Some("integer"));
    assert!(restore.pointer("/requestBody").is_none());
    let properties = at(&document, "/components/schemas/Leaf/properties");
    assert_eq!(names(properties), ["id", "name", "updated_at"]);
    // What is left out of the operations is left out.
    static HIDDEN: ResourceMeta =
        ResourceMeta::new("Leaf", "leaves", "leaves", TRASHABLE.fields).operations(Operations::CRUD);
    assert!(described(&[Mounted::new(&HIDDEN, "")]).pointer("/paths/~1leaves~1{id}~1restore").is_none());
}

#[test]
fn a_row_can_be_put_only_where_clients_choose_identifiers() {
    let has_201 = |document: &Node, path: &str| document.pointer(&format!("/paths/{path}/put/responses/201")).is_some();
    let document = described(&[Mounted::new(zoo::ANIMAL, "")]);
    assert!(has_201(&document, "~1animals~1{id}"));
    assert_eq!(at(&document, "/components/parameters/CreateOnly/schema/examples/0"), &"*".into());
    assert!(!has_201(&books(), "~1api~1v1~1books~1{id}"));
}

#[test]
fn only_what_is_served_is_described() {
    let read = Mounted::new(BOOK, "/api/v1").operations(Operations::NONE.with(Operation::List));
    let document = described(&[read]);
    assert_eq!(names(at(&document, "/paths")), ["/api/v1/books", "/health"]);
    assert_eq!(names(at(&document, "/paths/~1api~1v1~1books")), ["get"]);
    assert!(document.pointer("/components/schemas/BookCreate").is_none());
}

#[test]
fn a_replacement_needs_what_it_sets_alone() {
    static PARCEL: &ResourceMeta = &ResourceMeta::new(
        "Parcel",
        "parcels",
        "parcels",
        &[
            FieldMeta::of::<i64>("id").id(crate::field::IdSource::Store),
            FieldMeta::of::<String>("sender").access(crate::field::Access::IMMUTABLE),
            FieldMeta::of::<String>("address"),
        ],
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

#[test]
fn what_demands_tags_changes_nothing_in_batches() {
    static STRICT: ResourceMeta =
        ResourceMeta::new("Leaf", "leaves", "leaves", TRASHABLE.fields).operations(Operations::ALL).require_if_match();
    let document = described(&[Mounted::new(&STRICT, "")]);
    assert_eq!(names(at(&document, "/paths/~1leaves~1bulk")), ["post"]);
    assert_eq!(names(at(&document, "/paths/~1leaves")), ["get", "post"]);
    assert!(document.pointer("/paths/~1leaves~1bulk-delete").is_none());
}

#[test]
fn a_deletion_that_can_be_undone_leads_back() {
    let document = described(&[Mounted::new(TRASHABLE, "")]);
    let links = at(&document, "/paths").as_object().unwrap();
    let delete = links.iter().find_map(|(_, it)| it.pointer("/delete/responses/204/links")).unwrap();
    let (name, link) = delete.as_object().unwrap().iter().next().unwrap();
    assert!(name.starts_with("restore"), "{name}");
    assert_eq!(at(link, "/parameters/id"), &"$request.path.id".into());
}

#[test]
fn creation_leads_to_what_was_created() {
    let document = books();
    let link = at(&document, "/paths/~1api~1v1~1books/post/responses/201/links/getBook");
    assert_eq!(link.to_json(), br#"{"operationId":"getBook","parameters":{"id":"$response.body#/id"}}"#);
}

#[test]
fn versions_of_an_api_have_operation_ids_of_their_own() {
    let document = described(&[Mounted::new(BOOK, "/api/v1"), Mounted::new(BOOK, "/api/v2")]);
    assert_eq!(at(&document, "/paths/~1api~1v1~1books/get/operationId"), &"listBooks".into());
    assert_eq!(at(&document, "/paths/~1api~1v2~1books/get/operationId"), &"listBooksV2".into());
    assert!(
        document.pointer("/paths/~1api~1v2~1books/post/responses/201/links/getBookV2").is_some(),
        "links stay within their version"
    );
}

#[track_caller]
fn check_refused(mounted: &[Mounted], message: &str) {
    let error = tree(&Info::new("A", "1"), mounted, &ErrorModel::default()).unwrap_err().to_string();
    assert!(error.contains(message), "{error}");
}

#[test]
fn what_would_have_one_name_is_refused() {
    static OTHER: &ResourceMeta = &ResourceMeta::new(
        "Book",
        "volumes",
        "volumes",
        &[FieldMeta::of::<i64>("id").id(crate::field::IdSource::Store)],
    );
    static PROBLEM: &ResourceMeta = &ResourceMeta::new(
        "Problem",
        "problems",
        "problems",
        &[FieldMeta::of::<i64>("id").id(crate::field::IdSource::Store)],
    );
    check_refused(
        &[Mounted::new(BOOK, "/api/v1"), Mounted::new(OTHER, "/api/v1")],
        "models of the API are called `Book`",
    );
    check_refused(
        &[Mounted::new(BOOK, "/api/v1"), Mounted::new(OTHER, "/api/v2")],
        "models of the API are called `Book`",
    );
    check_refused(&[Mounted::new(PROBLEM, "")], "`Problem`");
    check_refused(&[Mounted::new(BOOK, "/api/v1"), Mounted::new(BOOK, "/api/v1/")], "`GET /api/v1/books`");
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
            FieldMeta::of::<i64>("id").id(crate::field::IdSource::Store),
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
            FieldMeta::of::<i64>("id").id(crate::field::IdSource::Store),
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
fn list_parameters_are_those_of_the_parser() {
    let document = books();
    let parameters = at(&document, "/paths/~1api~1v1~1books/get/parameters");
    let Node::Array(parameters) = parameters else { panic!("no array") };
    let described = parameters.iter().map(|it| at(it, "/name").as_text().unwrap().to_owned()).collect::<Vec<_>>();
    let known = crate::query::parameters(BOOK).into_iter().map(|it| it.name).collect::<Vec<_>>();
    assert_eq!(described, known);
    let find = |name: &str| parameters.iter().find(|it| it.pointer("/name") == Some(&name.into())).unwrap();
    assert_eq!(
        at(find("sort"), "/schema/items/pattern"),
        &"^-?(id|title|author_name|published_year|price|created_at)(:nulls_first)?$".into()
    );
    assert_eq!(at(find("genres"), "/explode"), &true.into());
    assert_eq!(at(find("sort"), "/explode"), &false.into());
    assert_eq!(at(find("status"), "/schema/$ref"), &"#/components/schemas/BookStatus".into());
    assert_eq!(at(find("per_page"), "/schema/maximum"), &100.into());
}

#[test]
fn the_other_envelope_describes_its_own_errors() {
    let document: Node =
        tree(&Info::new("A", "1"), &[Mounted::new(BOOK, "")], &ErrorModel::of(&crate::error::SuccessFlag))
            .unwrap()
            .into();
    let not_found = at(&document, "/components/responses/NotFound/content");
    assert_eq!(names(not_found), ["application/json"]);
    assert!(document.pointer("/components/schemas/Problem").is_none());
    assert!(document.pointer("/components/schemas/BulkError/properties/index").is_some());
}

#[test]
fn examples_are_composed_where_every_field_has_one() {
    static TAG: &ResourceMeta = &ResourceMeta::new(
        "Tag",
        "tags",
        "tags",
        &[
            FieldMeta::of::<i64>("id").id(crate::field::IdSource::Store),
            FieldMeta::of::<String>("name").example(|| crate::field::Value::Text("classic".to_owned())),
        ],
    );
    let document = described(&[Mounted::new(TAG, "")]);
    let example = |model: &str| at(&document, &format!("/components/schemas/{model}/examples/0")).to_json();
    assert_eq!(example("TagCreate"), br#"{"name":"classic"}"#);
    assert_eq!(example("Tag"), br#"{"id":1,"name":"classic"}"#);
    assert!(example("TagPage").starts_with(br#"{"items":[{"id":1,"name":"classic"}],"total":1,"page":1,"#));
    assert!(books().pointer("/components/schemas/BookCreate/examples").is_none(), "nothing is invented");
}

#[test]
fn every_parameter_and_header_field_has_an_example() {
    let document = described(&[Mounted::new(BOOK, "/api/v1"), Mounted::new(zoo::ANIMAL, "/api/v1")]);
    let has_example = |it: &Node| {
        let schema = at(it, "/schema");
        let names_values =
            ["/examples", "/enum", "/const", "/$ref", "/items/$ref"].iter().any(|it| schema.pointer(it).is_some());
        names_values || it.pointer("/example").is_some()
    };
    for section in ["parameters", "headers"] {
        for (name, it) in at(&document, &format!("/components/{section}")).as_object().unwrap().iter() {
            assert!(has_example(it), "{name}");
        }
    }
    for path in ["books", "animals"] {
        let Node::Array(all) = at(&document, &format!("/paths/~1api~1v1~1{path}/get/parameters")) else { panic!() };
        for it in all.iter().filter(|it| it.pointer("/$ref").is_none()) {
            assert!(has_example(it), "{it:?}");
        }
    }
}
