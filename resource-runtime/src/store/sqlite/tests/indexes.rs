//! How SQLite's planner goes about what resources declare, and the tables beside a resource's.

use rust_decimal::Decimal;

use super::{Directory, done, everything, insert, key, store};
use crate::field::Value;
use crate::query::{CountMode, Filter, Keyset, Operator, SortKey};
use crate::store::sql::{Dialect, SqlText, Statement, Statements, schema};
use crate::store::sqlite::SqliteStore;
use crate::store::sqlite::bind::prepare;
use crate::store::{Select, Store as _, StoreErrorKind, Window, Write};
use crate::testing::{BOOK, HARDY, PLANT, TRASHABLE, book, live, plant, rare};

/// How SQLite goes about a selection.
fn plan(store: &SqliteStore, select: &Select) -> String {
    let parts = store.statements.select_parts(select, &[0]);
    let lines = parts.iter().flat_map(|it| rows(store, &explain(it), 3));
    lines.collect::<Vec<_>>().join("; ")
}

fn explain(sql: &Statement) -> Statement {
    Statement { text: format!("EXPLAIN QUERY PLAN {}", sql.text).into(), ..sql.clone() }
}

/// A column of a query's rows, as text.
fn rows(store: &SqliteStore, sql: &Statement, column: usize) -> Vec<String> {
    store
        .readers
        .quick(|connection| {
            let mut statement = prepare(connection, sql).unwrap();
            let mut rows = statement.raw_query();
            let mut lines = Vec::new();
            while let Some(row) = rows.next().unwrap() {
                lines.push(row.get::<_, String>(column).unwrap());
            }
            Ok(lines)
        })
        .unwrap()
}

fn query(text: &str) -> Statement {
    Statement::from(SqlText { text: text.to_owned(), ..SqlText::new(Dialect::Sqlite) })
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

#[tokio::test]
async fn hostile_text_is_looked_for_as_it_is() {
    let store = store(&[PLANT]).await;
    let hostile = [
        "\"* OR x",
        "a\" AND \"",
        "{_name} : x",
        "NEAR(a b)",
        "'; DROP TABLE",
        "^abc",
        "\u{1F600}\u{1F601}\u{1F602}",
        "ΑΒΓς",
    ];
    for (index, name) in hostile.iter().enumerate() {
        let mut values = plant(i64::try_from(index).unwrap());
        values[1] = Value::Text(format!("<{name}>"));
        done(store.write(insert(PLANT, values)).await);
    }
    for (index, part) in hostile.iter().enumerate() {
        for operator in [Operator::Contains, Operator::Icontains] {
            let filter = Filter::one(1, operator, Value::Text((*part).to_owned()));
            let found = store.select(Select { filter, ..everything(PLANT) }).await.unwrap().records;
            assert_eq!(found.len(), 1, "{part}");
            assert_eq!(*found[0].get(0), plant(i64::try_from(index).unwrap())[0]);
        }
    }
}

/// The identifiers of the plants that a filter finds.
async fn found(store: &SqliteStore, filter: Filter) -> Vec<String> {
    let found = store.select(Select { filter, ..everything(PLANT) }).await.unwrap().records;
    found.iter().map(|it| format!("{:?}", it.get(0))).collect()
}

fn named(part: &str) -> Filter {
    Filter::one(1, Operator::Icontains, Value::Text(part.to_owned()))
}

fn tagged(tag: &str) -> Filter {
    Filter::many(13, Operator::HasAll, vec![Value::Text(tag.to_owned())])
}

fn plant_key(number: i64) -> crate::store::Key {
    crate::store::Key { meta: PLANT, id: plant(number).swap_remove(0), scope: Filter::All }
}

#[tokio::test]
async fn indexes_follow_inserts_updates_and_deletes() {
    let store = store(&[PLANT]).await;
    for number in 1..=3 {
        done(store.write(insert(PLANT, plant(number))).await);
    }
    assert_eq!(found(&store, named("SUNFLOWER")).await.len(), 3);
    let changes = vec![(1, Value::Text("Rose".to_owned())), (13, Value::List(vec![Value::Text("red".to_owned())]))];
    done(store.write(Write::Update { key: plant_key(2), changes, version: None }).await);
    done(store.write(Write::Delete { key: plant_key(3), version: None }).await);
    assert_eq!(found(&store, named("sunflower")).await, [r#"Text("p00001")"#]);
    assert_eq!(found(&store, named("rose")).await, [r#"Text("p00002")"#]);
    assert_eq!(found(&store, tagged("plant")).await, [r#"Text("p00001")"#]);
    assert_eq!(found(&store, tagged("red")).await, [r#"Text("p00002")"#]);
    let left = "SELECT CAST((SELECT count(*) FROM plants__tags__items) AS TEXT)";
    assert_eq!(rows(&store, &query(left), 0), ["3"], "nothing is left of what is gone");
}

#[tokio::test]
async fn a_write_that_is_undone_leaves_nothing_in_the_indexes() {
    let store = store(&[PLANT]).await;
    done(store.write(insert(PLANT, plant(1))).await);
    let twice = (0..8).map(|number| {
        let mut values = plant(number);
        values[1] = Value::Text(format!("Nettle {number}"));
        store.write(insert(PLANT, values))
    });
    // They share a transaction, and one of them fails in it.
    let mut outcomes = Vec::new();
    for it in twice.map(Box::pin).collect::<Vec<_>>() {
        outcomes.push(it.await);
    }
    assert_eq!(outcomes.iter().filter(|it| it.is_err()).count(), 1);
    assert_eq!(found(&store, named("nettle")).await.len(), 7);
    assert_eq!(found(&store, named("sunflower")).await.len(), 1);
    assert_eq!(found(&store, tagged("plant")).await.len(), 8);
}

fn open(directory: &Directory) -> SqliteStore {
    SqliteStore::open(&directory.url("x.db")).unwrap()
}

/// Runs statements as somebody with a shell of their own would.
fn by_hand(directory: &Directory, statements: &str) {
    let location = super::super::Location::parse("x").unwrap();
    let path = directory.0.join("x.db");
    let connection = super::super::connection::open(&path, &location, super::super::Purpose::Write).unwrap();
    connection.execute_batch(statements).unwrap();
}

#[tokio::test]
async fn a_table_that_had_rows_before_is_indexed_once() {
    let directory = Directory::new();
    by_hand(&directory, &schema::table(Dialect::Sqlite, BOOK));
    by_hand(
        &directory,
        "INSERT INTO books (id, title, author_name, isbn, price, tags, status, created_at) \
         VALUES (7, 'Dune', 'Frank Herbert', '1', '9.99', '[\"classic\"]', 'available', 0)",
    );
    let store = open(&directory);
    store.migrate(&[BOOK]).await.unwrap();
    let title = Filter::one(1, Operator::Icontains, Value::Text("DUNE".to_owned()));
    let tag = Filter::many(8, Operator::HasAny, vec![Value::Text("classic".to_owned())]);
    for filter in [title, tag] {
        assert_eq!(store.select(Select { filter, ..everything(BOOK) }).await.unwrap().records.len(), 1);
    }
    // A second start finds everything in place.
    let version = "SELECT CAST(schema_version AS TEXT) FROM pragma_schema_version";
    let before = rows(&store, &query(version), 0);
    store.migrate(&[BOOK]).await.unwrap();
    assert_eq!(rows(&store, &query(version), 0), before);
    store.close().await;
}

#[tokio::test]
async fn rows_that_were_numbered_anew_are_indexed_anew() {
    let directory = Directory::new();
    let store = open(&directory);
    store.migrate(&[PLANT]).await.unwrap();
    for number in 1..=4 {
        done(store.write(insert(PLANT, plant(number))).await);
    }
    done(store.write(Write::Delete { key: plant_key(2), version: None }).await);
    store.close().await;
    // What a dump that is read again does; the triggers come after the rows.
    by_hand(
        &directory,
        "CREATE TEMP TABLE triggers AS SELECT sql FROM sqlite_schema WHERE type = 'trigger';
         PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE type = 'trigger';
         PRAGMA writable_schema = RESET;",
    );
    by_hand(
        &directory,
        "CREATE TEMP TABLE copy AS SELECT * FROM plants ORDER BY id; DELETE FROM plants; INSERT INTO plants SELECT * FROM copy",
    );
    let store = open(&directory);
    store.migrate(&[PLANT]).await.unwrap();
    assert_eq!(found(&store, named("00004")).await, [r#"Text("p00004")"#]);
    assert_eq!(found(&store, named("00003")).await, [r#"Text("p00003")"#]);
    store.close().await;
}

#[tokio::test]
async fn a_table_of_somebody_else_is_not_taken_for_an_index() {
    let directory = Directory::new();
    by_hand(&directory, "CREATE TABLE books__trigram (mine TEXT); INSERT INTO books__trigram VALUES ('precious')");
    let store = open(&directory);
    let error = store.migrate(&[BOOK]).await.unwrap_err();
    let StoreErrorKind::Drift { report } = error.kind() else { panic!("{error}") };
    assert!(report.contains("\"books__trigram\" is in the way"), "{report}");
    assert_eq!(rows(&store, &query("SELECT mine FROM books__trigram"), 0), ["precious"]);
    store.close().await;
}

#[tokio::test]
async fn books_keep_the_identifier_that_their_table_chose() {
    let store = store(&[BOOK]).await;
    for number in 1..=3 {
        let mut values = book(0, "Dune", &number.to_string()).values;
        values[0] = Value::Null;
        assert_eq!(*done(store.write(insert(BOOK, values)).await).get(0), Value::Int(number));
    }
    assert!(store.get(key(BOOK, 3)).await.unwrap().is_some());
}

#[tokio::test]
async fn counts_of_what_an_index_finds_are_exact() {
    let store = store(&[PLANT]).await;
    for number in 0..50 {
        done(store.write(insert(PLANT, plant(number))).await);
    }
    let select = Select { filter: named("0000"), count: CountMode::Exact, ..everything(PLANT) };
    assert_eq!(store.select(select).await.unwrap().total.unwrap().rows, 10);
}
