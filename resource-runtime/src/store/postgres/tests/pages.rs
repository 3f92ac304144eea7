//! Pages of one value, read by plans for any values.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{Fixture, everything, on_server};
use crate::field::Value;
use crate::json::Projection;
use crate::model::Usage;
use crate::query::{CountMode, Filter, Keyset, Operator, SortKey};
use crate::store::postgres::PostgresStore;
use crate::store::sql::schema::pages::is_narrow;
use crate::store::sql::{self, Dialect};
use crate::store::{Select, Store as _, Window};
use crate::testing::BOOK;

const GENRE: usize = 4;
const YEAR: usize = 5;
const PRICE: usize = 6;
const STATUS: usize = 9;
const CREATED: usize = 10;

/// 25,000 books: 500 of each genre, and all but three of them available.
async fn library(fixture: &Fixture) -> PostgresStore {
    let store = fixture.store_of(BOOK).await;
    fixture
        .sql(
            "INSERT INTO books (title, author_name, isbn, genre, published_year, price, tags, status, created_at, _version)
             SELECT 'Volume ' || n, 'Author ' || n % 100, n::text, 'genre ' || n % 50, 1900 + n * 7 % 125,
                    round((n * 31 % 10000 + 1)::numeric / 100, 2), '{}',
                    CASE WHEN n % 8000 = 1 AND n > 1 THEN 'checked_out' ELSE 'available' END,
                    to_timestamp(1700000000 + n / 2), 1
             FROM generate_series(1, 25000) n",
        )
        .await;
    fixture.sql("VACUUM ANALYZE books").await;
    store
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn eq(field: usize, value: Value) -> Filter {
    Filter::one(field, Operator::Eq, value)
}

fn at_least(price: i64) -> Filter {
    Filter::one(PRICE, Operator::Gte, Value::Decimal(Decimal::from(price)))
}

fn newest(filter: Filter) -> Select {
    let key = |field, descending| SortKey { field, descending, nulls_first: false };
    Select {
        filter,
        sort: vec![key(CREATED, true), key(0, false)],
        window: Window::Offset { offset: 0, limit: 20 },
        count: CountMode::Exact,
        ..everything(BOOK)
    }
}

async fn narrowed(store: &PostgresStore, select: Select) -> Select {
    store.pages.narrow(&mut &store.singles, select).await.unwrap()
}

/// The plan for any values, which texts stand for here.
async fn plan(fixture: &Fixture, select: &Select, values: &[&str]) -> String {
    let sql = sql::select_counted(Dialect::Postgres, select, &[0, 1]);
    assert!(!sql.for_values, "{}", sql.text);
    assert_eq!(sql.binds.len(), values.len() * 2 + 1, "the count's, the rows', and their limit");
    let values: Vec<_> = values.iter().chain(values).chain([&"20"]).map(|it| format!("'{it}'")).collect();
    let rows = fixture
        .sql(&format!(
            "SET plan_cache_mode = force_generic_plan; SET max_parallel_workers_per_gather = 0; \
             PREPARE page AS {}; EXPLAIN EXECUTE page({})",
            sql.text,
            values.join(", ")
        ))
        .await;
    rows.into_iter().filter_map(|it| it.into_iter().next().flatten()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_plan_for_any_values_reads_a_page_from_its_index() {
    on_server(|it| async move {
        let store = library(&it).await;
        let genre = || eq(GENRE, text("genre 7"));
        let cases = [
            (genre(), vec!["g"; 3], "genre"),
            (genre().and(at_least(50)), vec!["g", "50", "g", "g"], "genre"),
            (genre().and(eq(STATUS, text("checked_out"))), vec!["g", "s", "g", "g"], "genre"),
            // Nearly all rows have one value, so that the planner would take any for that one.
            (eq(STATUS, text("checked_out")), vec!["s"; 3], "status"),
            (eq(STATUS, text("checked_out")).and(at_least(50)), vec!["s", "50", "s", "s"], "status"),
        ];
        for (filter, values, column) in cases {
            let select = narrowed(&store, newest(filter)).await;
            let plan = plan(&it, &select, &values).await;
            let index = format!("books__{column}__created_at");
            // Which way the count reads that index hangs on what other sessions still see.
            let (count, rows) = plan.split_once("Aggregate").and_then(|(_, it)| it.rsplit_once("->")).unwrap();
            assert!(count.contains(&index), "{plan}");
            assert!(rows.contains(&format!("Index Scan using {index}")), "{plan}");
            assert!(!plan.contains("Sort") && !plan.contains("Seq") && !rows.contains("Filter"), "{plan}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_plan_for_any_values_would_read_long_for_is_planned_for_its_values() {
    on_server(|it| async move {
        let store = library(&it).await;
        let available = || eq(STATUS, text("available"));
        let genre = || eq(GENRE, text("genre 7"));
        let by_price = vec![SortKey { field: PRICE, descending: false, nulls_first: false }, newest(genre()).sort[1]];
        let place = Keyset { values: vec![Value::Timestamp(jiff::Timestamp::now()), Value::Int(1)], backward: false };
        let title = Filter::one(1, Operator::Icontains, text("12345"));
        let any = genre().or(eq(GENRE, text("genre 8")));
        for select in [
            // Few of many.
            newest(available().and(at_least(99))),
            newest(genre().and(title)),
            newest(any),
            newest(Filter::one(GENRE, Operator::In, text("genre 7"))),
            newest(Filter::one(YEAR, Operator::Gte, Value::Int(2000))),
            newest(eq(GENRE, Value::Null)),
            Select { sort: by_price, ..newest(genre()) },
            Select { window: Window::Keyset { keyset: Some(place), limit: 20 }, ..newest(genre()) },
            Select { scope: eq(STATUS, text("available")), ..newest(genre()) },
        ] {
            let same = narrowed(&store, select.clone()).await;
            assert_eq!(same.filter, select.filter, "{select:?}");
            assert!(sql::select(Dialect::Postgres, &same, &[0]).for_values);
        }
        // All of many, and all but a few.
        for filter in [available(), available().and(genre())] {
            assert!(is_narrow(&narrowed(&store, newest(filter)).await));
        }
    })
    .await;
}

#[tokio::test]
async fn pages_of_one_value_have_the_rows_that_they_should() {
    on_server(|it| async move {
        let store = library(&it).await;
        let all = store.select(Select { window: Window::Offset { offset: 0, limit: 25_000 }, ..newest(Filter::All) });
        let all = all.await.unwrap().records;
        let projection = Arc::new(Projection::of(BOOK, Usage::Response));
        let genre = || eq(GENRE, text("genre 7"));
        let year = Filter::one(YEAR, Operator::Lt, Value::Int(1950));
        for filter in [
            genre(),
            genre().and(at_least(50)),
            genre().and(at_least(50)).and(year),
            genre().and(at_least(1_000_000)),
            genre().and(eq(STATUS, text("checked_out"))),
            eq(STATUS, text("checked_out")),
            eq(STATUS, text("available")).and(at_least(50)),
            eq(GENRE, text("no such genre")),
        ] {
            let expected: Vec<_> = all.iter().filter(|it| filter.matches(BOOK, it)).cloned().collect();
            for offset in [0, 20, 1_000] {
                let window = Window::Offset { offset, limit: 20 };
                let select = Select { window, ..newest(filter.clone()) };
                let found = store.select(select.clone()).await.unwrap();
                let page: Vec<_> = expected.iter().skip(usize::try_from(offset).unwrap()).take(20).cloned().collect();
                assert_eq!(found.records, page, "{select:?}");
                assert_eq!(found.total.unwrap().rows, expected.len() as u64, "{select:?}");
                let json = store.select_json(select.clone(), Arc::clone(&projection)).await.unwrap();
                assert_eq!(json.items, found.to_json(&select, &projection).unwrap().items);
            }
        }
    })
    .await;
}
