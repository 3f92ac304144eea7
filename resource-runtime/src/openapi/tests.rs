mod models;
mod operations;
mod zoo;

use super::*;
use crate::field::{FieldMeta, IdSource, ObjectMeta};
use crate::resource::ResourceMeta;
use crate::testing::BOOK;

/// The identifier of a resource that is made for one test.
const ID: FieldMeta = FieldMeta::of::<i64>("id").id(IdSource::Store);

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

#[track_caller]
fn check_refused(mounted: &[Mounted], message: &str) {
    let error = tree(&Info::new("A", "1"), mounted, &ErrorModel::default()).unwrap_err().to_string();
    assert!(error.contains(message), "{error}");
}

#[test]
fn what_would_have_one_name_is_refused() {
    static OTHER: &ResourceMeta = &ResourceMeta::new("Book", "volumes", "volumes", &[ID]);
    static PROBLEM: &ResourceMeta = &ResourceMeta::new("Problem", "problems", "problems", &[ID]);
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
