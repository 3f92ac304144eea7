use super::*;
use crate::field::{FieldMeta, ObjectMeta};
use crate::resource::{Operation, Operations, ResourceMeta};
use crate::testing::BOOK;

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

fn described(mounted: &[Mounted]) -> Node {
    let info = Info::new("Book Management API", "1.0.0").license(License::spdx("MIT", "MIT"));
    tree(&info, mounted, SERVICE, &ErrorModel::problem()).unwrap().into()
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
#[test]
fn the_document_of_the_book_is_the_golden_file() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/openapi/tests/book.json");
    let document = String::from_utf8(books().to_json_pretty()).unwrap();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &document).unwrap();
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    for (line, (is, was)) in document.lines().zip(golden.lines()).enumerate() {
        assert_eq!(is, was, "line {} of book.json; if the change is meant, run the test with BLESS=1", line + 1);
    }
    assert_eq!(document.len(), golden.len(), "book.json has another length; run the test with BLESS=1");
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
    check_statuses(&document, "/api/v1/books", "get", &["200", "400", "406", "414", "422", "500", "503"]);
    check_statuses(
        &document,
        "/api/v1/books",
        "post",
        &["201", "400", "406", "409", "413", "414", "415", "422", "500", "503"],
    );
    let item = "/api/v1/books/{id}";
    check_statuses(&document, item, "get", &["200", "304", "404", "406", "414", "422", "500", "503"]);
    check_statuses(
        &document,
        item,
        "patch",
        &["200", "400", "404", "406", "409", "412", "413", "414", "415", "422", "500", "503"],
    );
    check_statuses(&document, item, "delete", &["204", "404", "406", "412", "414", "422", "500", "503"]);
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
    check_statuses(&document, "/notes", "post", &["201", "400", "406", "413", "414", "415", "422", "500", "503"]);
    check_statuses(
        &document,
        "/notes/{id}",
        "delete",
        &["204", "404", "406", "412", "414", "422", "428", "500", "503"],
    );
    assert_eq!(at(&document, "/components/parameters/RequiredIfMatch/required"), &true.into());
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
    let error = tree(&Info::new("A", "1"), mounted, &[], &ErrorModel::problem()).unwrap_err().to_string();
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
    check_refused(&[Mounted::new(BOOK, "/api/v1"), Mounted::new(OTHER, "/api/v1")], "models of the API are called `Book`");
    check_refused(&[Mounted::new(BOOK, "/api/v1"), Mounted::new(OTHER, "/api/v2")], "models of the API are called `Book`");
    check_refused(&[Mounted::new(PROBLEM, "")], "`Problem`");
    check_refused(&[Mounted::new(BOOK, "/api/v1"), Mounted::new(BOOK, "/api/v1/")], "`GET /api/v1/books`");
}
