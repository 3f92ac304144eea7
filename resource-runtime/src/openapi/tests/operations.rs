//! What operations take and answer with, and which of them there are.

use super::{ID, at, books, described, names, references, tree, zoo};
use crate::field::FieldMeta;
use crate::openapi::{ErrorModel, Info, Mounted, Node};
use crate::resource::{Operation, Operations, ResourceMeta};
use crate::testing::{BOOK, TRASHABLE};

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
    static NOTE: &ResourceMeta =
        &ResourceMeta::new("Note", "notes", "notes", &[ID, FieldMeta::of::<String>("text").searchable().sortable()])
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
    static NOTE: &ResourceMeta =
        &ResourceMeta::new("Note", "notes", "notes", &[ID, FieldMeta::of::<String>("text")]).require_if_match();
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
