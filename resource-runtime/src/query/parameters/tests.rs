use super::*;
use crate::field::FilterMeta;
use crate::testing::BOOK;

static SHADOWS: &ResourceMeta = &ResourceMeta::new(
    "Shadow",
    "shadows",
    "shadows",
    &[
        FieldMeta::of::<i64>("id").id(crate::field::IdSource::Store),
        FieldMeta::of::<i64>("page").filters(&[FilterMeta::new(Operator::Eq)]),
        FieldMeta::of::<String>("genre")
            .filters(&[FilterMeta::named(Operator::Ieq, "genre"), FilterMeta::new(Operator::Eq)]),
        FieldMeta::of::<String>("secret")
            .access(crate::field::Access::WRITE_ONLY)
            .searchable()
            .sortable()
            .filters(&[FilterMeta::new(Operator::Eq)]),
    ],
);

fn names(meta: &'static ResourceMeta) -> Vec<String> {
    parameters(meta).into_iter().map(|it| it.name).collect()
}

#[test]
fn a_list_takes_its_filters_under_their_names_and_the_general_parameters() {
    let expected = [
        "title",
        "title[icontains]",
        "author",
        "genre",
        "genres",
        "published_after",
        "published_before",
        "min_price",
        "max_price",
        "tags",
        "any_tags",
        "status",
        "filter",
        "search",
        "sort",
        "sort_by",
        "sort_order",
        "fields",
        "page",
        "per_page",
        "cursor",
        "limit",
        "count",
    ];
    assert_eq!(names(BOOK), expected);
}

#[test]
fn equality_has_the_bracket_form_too_and_a_name_of_its_own_replaces_it() {
    let table = &tables(BOOK).list;
    assert_eq!(table.find("title[eq]"), table.find("title"));
    assert!(table.find("title").is_some());
    assert_eq!(table.find("genre[ieq]"), None);
    assert_eq!(table.find("price[gte]"), None);
}

#[test]
fn a_taken_name_is_not_an_equality() {
    let table = &tables(SHADOWS).list;
    let role = |name: &str| table.find(name).map(|it| table.parameters[it].role);
    assert_eq!(role("page"), Some(ParameterRole::Page));
    assert_eq!(role("page[eq]"), Some(ParameterRole::Filter { field: 1, operator: Operator::Eq }));
    assert_eq!(role("genre"), Some(ParameterRole::Filter { field: 2, operator: Operator::Ieq }));
    assert_eq!(role("genre[eq]"), Some(ParameterRole::Filter { field: 2, operator: Operator::Eq }));
}

#[test]
fn a_field_that_clients_do_not_see_is_in_no_parameter() {
    let expected = [
        "page[eq]",
        "genre",
        "genre[eq]",
        "filter",
        "sort",
        "sort_by",
        "sort_order",
        "fields",
        "page",
        "per_page",
        "cursor",
        "limit",
        "count",
    ];
    assert_eq!(names(SHADOWS), expected);
    assert!(parameters(SHADOWS).iter().all(|it| !it.allowed.contains(&"secret")));
}

#[test]
fn a_parameter_says_what_its_values_are() {
    let all = parameters(BOOK);
    let find = |name: &str| all.iter().find(|it| it.name == name).unwrap();
    assert_eq!(find("min_price").example.as_deref(), Some("39.99"));
    assert!(matches!((find("tags").kind, find("tags").many), (Kind::Text, true)));
    assert_eq!(find("status").allowed, ["available", "checked_out"]);
    assert_eq!((find("per_page").min, find("per_page").max), (Some(1), Some(100)));
    assert_eq!(find("sort").default.as_deref(), Some("-created_at"));
    assert_eq!(find("sort").allowed, ["id", "title", "author_name", "published_year", "price", "created_at"]);
    assert_eq!(find("fields").allowed.last(), Some(&"is_recent"));
}

#[test]
fn the_table_of_a_resource_is_made_once() {
    assert!(std::ptr::eq(tables(BOOK), tables(BOOK)));
}
