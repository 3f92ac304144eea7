//! How SQLite's planner goes about what resources declare.

use rust_decimal::Decimal;

use super::{done, everything, insert, rows, store};
use crate::field::Value;
use crate::query::{CountMode, Filter, Keyset, Operator, SortKey};
use crate::store::sql::{Dialect, Statement, Statements};
use crate::store::sqlite::SqliteStore;
use crate::store::{Select, Store as _, Window};
use crate::testing::{BOOK, HARDY, PLANT, TRASHABLE, live, plant, rare};

/// How SQLite goes about a selection.
fn plan(store: &SqliteStore, select: &Select) -> String {
    let parts = store.statements.select_parts(select, &[0]);
    let lines = parts.iter().flat_map(|it| rows(store, &explain(it), 3));
    lines.collect::<Vec<_>>().join("; ")
}

fn explain(sql: &Statement) -> Statement {
    Statement { text: format!("EXPLAIN QUERY PLAN {}", sql.text).into(), ..sql.clone() }
}

/// The values of a place in an order.
fn place(sort: &[SortKey], row: &[Value], backward: bool) -> Option<Keyset> {
    Some(Keyset { values: sort.iter().map(|it| row[it.field].clone()).collect(), backward })
}

/// That a selection of `meta` reads no more of the table than it answers with.
#[track_caller]
fn check_no_scan(store: &SqliteStore, select: &Select) {
    let plan = plan(store, select);
    for line in plan.split("; ") {
        // `SCAN plants USING INDEX` is an order read from an index, which ends with the page.
        let scans = line == format!("SCAN {}", select.meta.table);
        assert!(!scans && !line.contains("LAST TERM"), "{:?}: {plan}", select.filter);
    }
}

#[tokio::test]
async fn no_declared_filter_reads_the_whole_table() {
    let store = store(&[PLANT, HARDY]).await;
    for (meta, live_only) in [(PLANT, ""), (HARDY, "live_")] {
        let table = meta.table;
        for (index, field) in PLANT.fields.iter().enumerate() {
            for operator in field.filters.iter().map(|it| it.operator) {
                let Some(filter) = rare(index, operator) else { continue };
                // Without an order, so that no walk along one hides a filter that has no index.
                let select = Select { scope: live(meta), filter, sort: vec![], ..everything(meta) };
                let plan = plan(&store, &select);
                // An index of nothing but nulls is read as a whole.
                let nulls = format!("SCAN {table} USING INDEX {table}__{}__{live_only}null", field.column);
                let searches = plan.starts_with(&format!("SEARCH {table} USING"));
                assert!(searches || plan == nulls, "{} {operator:?}: {plan}", field.name);
            }
        }
    }
}

#[tokio::test]
async fn what_is_purged_is_read_from_its_index() {
    let store = store(&[HARDY, TRASHABLE]).await;
    for meta in [HARDY, TRASHABLE] {
        let mark = meta.soft_delete().unwrap();
        let sort = [mark, 0].map(|field| SortKey { field, descending: false, nulls_first: false }).to_vec();
        let now = Value::Timestamp(jiff::Timestamp::now());
        for keyset in [None, Some(Keyset { values: vec![now.clone(), Value::Int(7)], backward: false })] {
            let select = Select {
                scope: Filter::one(mark, Operator::IsNull, Value::Bool(false)),
                filter: Filter::one(mark, Operator::Lte, now.clone()),
                sort: sort.clone(),
                window: Window::Keyset { keyset, limit: 100 },
                ..everything(meta)
            };
            let plan = plan(&store, &select);
            let index = format!("SEARCH {0} USING INDEX {0}__deleted_at__deleted", meta.table);
            let parts: Vec<_> = plan.split("; ").collect();
            // Beyond the place there may be nulls, of which the index has none, so that it costs nothing.
            assert!(parts[0].starts_with(&index) && !plan.contains("TEMP B-TREE"), "{plan}");
            assert!(!parts.iter().any(|it| *it == format!("SCAN {}", meta.table)), "{plan}");
        }
    }
}

#[tokio::test]
async fn the_filters_of_books_use_their_indexes() {
    let store = store(&[BOOK]).await;
    let text = |text: &str| Value::Text(text.to_owned());
    for (name, operator, value, index) in [
        ("isbn", Operator::Eq, text("1"), "INDEX books__isbn__key (isbn=?)"),
        ("title", Operator::Eq, text("x"), "INDEX books__title__"),
        ("title", Operator::StartsWith, text("x"), "INDEX books__title__"),
        ("title", Operator::Icontains, text("xyz"), "INTEGER PRIMARY KEY (rowid=?)"),
        ("genre", Operator::Ieq, text("x"), "INDEX books__genre__fold (<expr>=?)"),
        ("published_year", Operator::Gte, Value::Int(1999), "INDEX books__published_year__"),
        ("price", Operator::Lte, Value::Decimal(5.into()), "INDEX books__price__"),
        ("tags", Operator::HasAny, text("a"), "INTEGER PRIMARY KEY (rowid=?)"),
    ] {
        let filter = Filter::one(BOOK.field(name).unwrap().0, operator, value);
        let select = Select { filter, sort: vec![], ..everything(BOOK) };
        let plan = plan(&store, &select);
        assert!(plan.starts_with(&format!("SEARCH books USING {index}")), "{name} {operator:?}: {plan}");
    }
}

#[tokio::test]
async fn the_rows_of_one_value_are_read_in_the_default_order_and_not_sorted() {
    let store = store(&[BOOK]).await;
    for (name, value) in [("genre", "classic"), ("status", "available")] {
        let filter = Filter::one(BOOK.field(name).unwrap().0, Operator::Eq, Value::Text(value.to_owned()));
        let price = Filter::one(BOOK.field("price").unwrap().0, Operator::Gte, Value::Decimal(5.into()));
        let sort = vec![
            SortKey { field: BOOK.field("created_at").unwrap().0, descending: true, nulls_first: false },
            SortKey { field: BOOK.id(), descending: false, nulls_first: false },
        ];
        let plan = plan(&store, &Select { filter: filter.and(price), sort, ..everything(BOOK) });
        assert_eq!(plan, format!("SEARCH books USING INDEX books__{name}__created_at__page ({name}=?)"));
    }
}

#[tokio::test]
async fn a_search_in_several_fields_joins_what_their_indexes_find() {
    let store = store(&[PLANT]).await;
    let part = |field| Filter::one(field, Operator::Icontains, Value::Text("sunflower".to_owned()));
    let plan = plan(&store, &Select { filter: part(1).or(part(2)), sort: vec![], ..everything(PLANT) });
    assert!(plan.starts_with("MULTI-INDEX OR") && !plan.contains("SCAN plants;"), "{plan}");
}

#[tokio::test]
async fn declared_orders_are_read_from_indexes_at_any_place() {
    let store = store(&[PLANT, HARDY]).await;
    let fields = PLANT.fields.iter().enumerate().filter(|(index, it)| it.sort || *index == 0);
    for (meta, (field, _)) in fields.flat_map(|it| [(PLANT, it), (HARDY, it)]) {
        for (descending, nulls_first) in [(false, false), (true, false), (false, true), (true, true)] {
            let mut sort = vec![SortKey { field, descending, nulls_first }];
            if field != 0 {
                sort.push(SortKey { field: 0, descending: false, nulls_first: false });
            }
            for number in [50, 51] {
                for keyset in [None, place(&sort, &plant(number), false), place(&sort, &plant(number), true)] {
                    let beyond = keyset.is_some();
                    let window = Window::Keyset { keyset, limit: 20 };
                    let select = Select { scope: live(meta), sort: sort.clone(), window, ..everything(meta) };
                    check_no_scan(&store, &select);
                    let plan = plan(&store, &select);
                    assert!(!plan.contains("TEMP B-TREE"), "{select:?}: {plan}");
                    let searches = plan.contains(&format!("SEARCH {}", meta.table));
                    assert!(!beyond || searches, "{select:?}: {plan}");
                }
            }
        }
    }
}

/// The windows that a list may have in an order: the first, one after others, and those before and
/// after a row.
fn windows(sort: &[SortKey]) -> Vec<Window> {
    let at = |number, backward| Window::Keyset { keyset: place(sort, &plant(number), backward), limit: 7 };
    vec![
        Window::Keyset { keyset: None, limit: 7 },
        Window::Offset { offset: 5, limit: 7 },
        at(50, false),
        at(50, true),
        at(61, false),
        at(61, true),
    ]
}

#[tokio::test]
async fn along_an_order_are_the_rows_that_the_filters_indexes_find() {
    let store = store(&[PLANT]).await;
    for number in 0..120 {
        done(store.write(insert(PLANT, plant(number))).await);
    }
    let text = |text: &str| Value::Text(text.to_owned());
    let filters = [
        Filter::one(1, Operator::Icontains, text("FLOWER")),
        Filter::one(1, Operator::Contains, text("01")),
        Filter::one(1, Operator::Icontains, text("0007")).or(Filter::one(2, Operator::EndsWith, text("3"))),
        !Filter::one(2, Operator::Icontains, text("anthus")),
        Filter::one(3, Operator::Gte, Value::Int(40)).and(Filter::one(11, Operator::Eq, Value::Bool(true))),
        Filter::many(13, Operator::HasAll, vec![text("plant"), text("tag 30")]),
        Filter::many(13, Operator::HasAny, vec![text("tag 30"), text("tag 5")]),
        Filter::many(14, Operator::HasAny, vec![Value::Decimal(Decimal::new(30, 1))]),
        Filter::one(6, Operator::Lt, Value::Decimal(Decimal::new(31, 2))),
        Filter::one(4, Operator::IsNull, Value::Bool(true)),
    ];
    let fields = PLANT.fields.iter().enumerate().filter(|(_, it)| it.sort).map(|(index, _)| index);
    for (filter, field) in filters.iter().flat_map(|it| fields.clone().map(move |field| (it, field))) {
        for (descending, nulls_first) in [(false, false), (true, false), (true, true)] {
            let sort = [field, 0].map(|field| SortKey { field, descending: descending && field != 0, nulls_first });
            for window in windows(&sort) {
                let select = Select { filter: filter.clone(), sort: sort.to_vec(), window, ..everything(PLANT) };
                let read = |statements: Vec<Statement>| {
                    let found = statements.iter().flat_map(|it| rows(&store, it, 0)).take(8);
                    found.collect::<Vec<_>>()
                };
                let along = store.statements.select_along(&select, &[0]).unwrap();
                let plan: Vec<_> = along.iter().flat_map(|it| rows(&store, &explain(it), 3)).collect();
                assert!(!plan.concat().contains("ORDER BY"), "{select:?}: {plan:?}");
                assert!(!plan.concat().contains("__trigram"), "{select:?}: {plan:?}");
                assert_eq!(read(along), read(store.statements.select_parts(&select, &[0])), "{select:?}");
            }
        }
    }
}

#[tokio::test]
async fn rows_that_are_not_deleted_are_read_along_their_order() {
    let store = store(&[TRASHABLE]).await;
    let is_live = Filter::one(3, Operator::IsNull, Value::Bool(true));
    let filter = Filter::one(1, Operator::Icontains, Value::Text("flower".to_owned()));
    let sort = [1, 0].map(|field| SortKey { field, descending: false, nulls_first: false }).to_vec();
    let select = Select { scope: is_live, filter, sort, ..everything(TRASHABLE) };
    let along = store.statements.select_along(&select, &[0]).unwrap();
    let plan: Vec<_> = along.iter().flat_map(|it| rows(&store, &explain(it), 3)).collect();
    assert!(plan.concat().contains("leaves__name__live_sort"), "{plan:?}");
}

#[tokio::test]
async fn nothing_is_read_along_an_order_that_has_no_index() {
    let statements = Statements::new(Dialect::Sqlite);
    let id = vec![SortKey { field: 0, descending: false, nulls_first: false }];
    let filter = Filter::one(1, Operator::Icontains, Value::Text("flower".to_owned()));
    assert!(statements.select_along(&Select { filter, sort: id, ..everything(PLANT) }, &[0]).is_none());
    let sort = vec![SortKey { field: 1, descending: false, nulls_first: false }];
    assert!(statements.select_along(&Select { sort, ..everything(PLANT) }, &[0]).is_none(), "without a condition");
}

#[tokio::test]
async fn a_page_of_what_most_rows_have_is_found_along_the_order() {
    let store = store(&[PLANT]).await;
    for number in 0..3_000 {
        done(store.write(insert(PLANT, plant(number))).await);
    }
    let sort = [3, 0].map(|field| SortKey { field, descending: field == 3, nulls_first: false });
    let window = Window::Keyset { keyset: None, limit: 2 };
    let part = |part: &str| Filter::one(1, Operator::Icontains, Value::Text(part.to_owned()));
    for count in [CountMode::None, CountMode::Exact] {
        let select = Select { sort: sort.to_vec(), window: window.clone(), count, ..everything(PLANT) };
        for _ in 0..3 {
            let frequent = store.select(Select { filter: part("flower"), ..select.clone() }).await.unwrap();
            let heights: Vec<_> = frequent.records.iter().map(|it| it.get(3).clone()).collect();
            assert_eq!((heights, frequent.has_more), (vec![Value::Int(2_999), Value::Int(2_998)], true));
            assert_eq!(frequent.total.map(|it| it.rows), (count == CountMode::Exact).then_some(3_000));
            let single = store.select(Select { filter: part("00007"), ..select.clone() }).await.unwrap();
            assert_eq!((single.records.len(), single.has_more), (1, false));
        }
    }
}
