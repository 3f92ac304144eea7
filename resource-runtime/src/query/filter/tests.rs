use super::*;
use crate::store::sql::Dialect;
use crate::testing::{BOOK, book};

fn field(name: &str) -> usize {
    BOOK.field(name).unwrap().0
}

fn title(operator: Operator, text: &str) -> Filter {
    Filter::one(field("title"), operator, Value::Text(text.to_owned()))
}

fn dune(filter: &Filter) -> bool {
    filter.matches(BOOK, &book(1, "Dune", "9780441013593"))
}

fn sql(filter: &Filter) -> String {
    let mut out = SqlText::new(Dialect::Sqlite);
    filter.write_sql(BOOK, &mut out);
    out.text
}

fn yes() -> Filter {
    title(Operator::Eq, "Dune")
}

fn no() -> Filter {
    title(Operator::Eq, "Emma")
}

#[test]
fn and_or_and_not_are_what_they_say() {
    assert!(dune(&Filter::And(vec![yes(), yes()])));
    assert!(!dune(&Filter::And(vec![yes(), no(), yes()])));
    assert!(dune(&Filter::Or(vec![no(), yes(), no()])));
    assert!(!dune(&Filter::Or(vec![no(), no()])));
    assert!(dune(&!Filter::Or(vec![no(), Filter::And(vec![yes(), no()])])));
    assert!(!dune(&!!no()));
    assert!(dune(&Filter::And(vec![Filter::Or(vec![no(), yes()]), !no(), yes()])));
}

#[test]
fn none_of_all_holds_and_none_of_any_does_not() {
    assert!(dune(&Filter::All));
    assert!(dune(&Filter::And(vec![])));
    assert!(!dune(&Filter::Or(vec![])));
    assert_eq!(sql(&Filter::All), "TRUE");
    assert_eq!(sql(&Filter::And(vec![])), "TRUE");
    assert_eq!(sql(&Filter::Or(vec![])), "FALSE");
}

#[test]
fn not_is_the_complement_for_nulls_too() {
    // `description` is null.
    let contains = Filter::one(field("description"), Operator::Contains, Value::Text("a".to_owned()));
    assert!(!dune(&contains));
    assert!(dune(&!contains));
}

#[test]
fn a_field_that_is_not_there_has_no_rows() {
    let filter = Filter::one(99, Operator::IsNull, Value::Bool(true));
    assert!(!dune(&filter));
    assert_eq!(sql(&filter), "FALSE");
}

#[test]
fn sql_has_the_same_structure() {
    let filter = Filter::And(vec![yes(), !Filter::Or(vec![no(), yes(), Filter::All]), Filter::Or(vec![no()])]);
    assert_eq!(
        sql(&filter),
        r#"("title" = ?1 AND ((("title" = ?2 OR "title" = ?3 OR TRUE)) IS NOT TRUE) AND "title" = ?4)"#
    );
}

#[test]
fn comparisons_of_one_field_are_made_at_once_in_postgres() {
    let sql = |filter: &Filter| {
        let mut out = SqlText::new(Dialect::Postgres);
        filter.write_sql(BOOK, &mut out);
        let binds: Vec<_> = out.binds.iter().map(|(value, _)| format!("{value:?}")).collect();
        (out.text.replace(r#"translate(lower("title" COLLATE "und-x-icu"), 'ς', 'σ')"#, "folded"), binds.join(" "))
    };
    let has = |operator, tag: &str| Filter::many(field("tags"), operator, vec![Value::Text(tag.to_owned())]);
    let part = |text| title(Operator::Icontains, text);
    let (text, binds) = sql(&Filter::Or(vec![part("A"), yes(), part("b%"), yes(), has(Operator::HasAll, "x")]));
    assert_eq!(
        text,
        r#"(folded LIKE ANY($1::text[]) OR "title" COLLATE "C" = $2::text OR jsonb_object("tags", "tags") ?& $3::text[])"#
    );
    assert!(binds.starts_with(r#"List([Text("%a%"), Text("%b\\%%")])"#), "{binds}");
    let (text, _) =
        sql(&Filter::And(vec![!part("a"), !has(Operator::HasAny, "x"), !part("b"), !has(Operator::HasAll, "y")]));
    assert_eq!(
        text,
        r#"(((folded LIKE ANY($1::text[])) IS NOT TRUE) AND ((jsonb_object("tags", "tags") ?| $2::text[]) IS NOT TRUE))"#
    );
    // Those that all have to hold are found by an index one by one.
    let (text, _) = sql(&Filter::And(vec![part("a"), part("b")]));
    assert_eq!(text, "(folded LIKE $1::text AND folded LIKE $2::text)");
}

#[test]
fn changes_decide_the_comparisons_of_their_fields() {
    let after = |filter: Filter, value: &str| filter.after(BOOK, &[(field("title"), Value::Text(value.to_owned()))]);
    let genre = || Filter::one(field("genre"), Operator::Eq, Value::Text("fiction".to_owned()));
    let nothing = || Filter::Or(vec![]);
    assert_eq!(after(yes(), "Dune"), Filter::All);
    assert_eq!(after(yes(), "Emma"), nothing());
    assert_eq!(after(!yes(), "Emma"), Filter::All);
    assert_eq!(after(!yes(), "Dune"), nothing());
    assert_eq!(after(genre(), "Dune"), genre());
    assert_eq!(after(Filter::Or(vec![yes(), genre()]), "Dune"), Filter::All);
    assert_eq!(after(Filter::And(vec![yes(), genre()]), "Dune"), Filter::And(vec![genre()]));
    assert_eq!(after(Filter::And(vec![yes()]), "Dune"), Filter::All);
}

#[test]
fn no_tree_is_too_deep() {
    let mut filter = no();
    for _ in 0..9_999 {
        filter = !filter;
    }
    assert!(dune(&filter));
    assert!(sql(&filter).ends_with("IS NOT TRUE)"));
}
