//! How PostgreSQL's planner goes about what resources declare.

use std::sync::Arc;

use super::{Fixture, at_once, everything, insert, on_server};
use crate::field::Value;
use crate::query::{Filter, Keyset, Operator, SortKey};
use crate::resource::{Record, ResourceMeta};
use crate::store::postgres::PostgresStore;
use crate::store::postgres::run::Runner as _;
use crate::store::sql::{self, Dialect, SqlText, Statement};
use crate::store::{Select, Store as _, Window};
use crate::testing::{BOOK, HARDY, PLANT, live, plant, rare};

/// How PostgreSQL goes about a selection that it has met often: at the sixth time it may settle on a
/// plan for all values.
async fn plan(store: &PostgresStore, select: &Select) -> String {
    let sql = sql::select(Dialect::Postgres, select, &[0]);
    let explain: Statement = SqlText { text: format!("EXPLAIN {}", sql.text), ..sql }.into();
    let mut plan = String::new();
    for _ in 0..7 {
        let rows = (&store.singles).read(&explain, None).await.unwrap();
        plan = rows.iter().map(|it| it.get::<_, String>(0)).collect::<Vec<_>>().join("\n");
    }
    plan
}

/// A table of 5,000 plants, as the planner knows it; where deletes are soft, with a thousand more that are
/// deleted.
async fn garden(fixture: &Fixture, meta: &'static ResourceMeta) -> Arc<PostgresStore> {
    let store = Arc::new(fixture.store_of(meta).await);
    at_once(50, |hundred| {
        let store = Arc::clone(&store);
        async move {
            for number in hundred * 100..(hundred + 1) * 100 {
                insert(&store, meta, row(meta, i64::try_from(number).unwrap())).await;
            }
        }
    })
    .await;
    if meta.soft_delete().is_some() {
        let others = "SELECT 'gone ' || id, name, rank, height, seeds, weight, price, batch, sown, day, hour, wild, status, \
                      tags, sizes, rows, now() - height * interval '1 second' FROM hardy ORDER BY id LIMIT 1000";
        fixture.sql(&format!("INSERT INTO hardy {others}")).await;
    }
    fixture.sql(&format!("VACUUM ANALYZE {}", meta.table)).await;
    store
}

/// A plant of either resource.
fn row(meta: &ResourceMeta, number: i64) -> Vec<Value> {
    let mut values = plant(number);
    values.resize(meta.fields.len(), Value::Null);
    values
}

#[tokio::test]
async fn no_declared_filter_reads_the_whole_table() {
    on_server(|it| async move { reads_no_whole_table(&it, PLANT).await }).await;
}

#[tokio::test]
async fn no_declared_filter_reads_the_whole_table_where_deletes_are_soft() {
    on_server(|it| async move { reads_no_whole_table(&it, HARDY).await }).await;
}

async fn reads_no_whole_table(fixture: &Fixture, meta: &'static ResourceMeta) {
    let store = garden(fixture, meta).await;
    let table = meta.table;
    let everything = || Select { scope: live(meta), ..everything(meta) };
    let all: Vec<_> = (0..5_000).map(|it| Record { version: 1, values: row(meta, it) }).collect();
    for (index, field) in PLANT.fields.iter().enumerate() {
        for operator in field.filters.iter().map(|it| it.operator) {
            let Some(filter) = rare(index, operator) else { continue };
            let select = Select { filter, ..everything() };
            let plan = plan(&store, &select).await;
            assert!(!plan.contains("Seq Scan"), "{} {operator:?}:\n{plan}", field.name);
            assert!(plan.contains(&format!("{table}__{}__", field.column)), "{} {operator:?}:\n{plan}", field.name);
            // What is read from an index is what memory would find.
            let found = store.select(select.clone()).await.unwrap().records;
            let expected = all.iter().filter(|it| select.filter.matches(meta, it)).count();
            assert_eq!(found.len(), expected, "{} {operator:?}", field.name);
        }
    }
    let part = |field| Filter::one(field, Operator::Icontains, Value::Text("04321".to_owned()));
    let plan = plan(&store, &Select { filter: part(1).or(part(2)), ..everything() }).await;
    assert!(plan.contains("BitmapOr"), "{plan}");
}

#[tokio::test]
async fn what_is_purged_is_read_from_its_index() {
    on_server(|it| async move {
        let store = garden(&it, HARDY).await;
        let mark = HARDY.soft_delete().unwrap();
        let sort = [mark, 0].map(|field| SortKey { field, descending: false, nulls_first: false }).to_vec();
        let now = Value::Timestamp(jiff::Timestamp::now());
        let place = Keyset { values: vec![now.clone(), Value::Text("p00007".to_owned())], backward: false };
        for keyset in [None, Some(place)] {
            let select = Select {
                scope: Filter::one(mark, Operator::IsNull, Value::Bool(false)),
                filter: Filter::one(mark, Operator::Lte, now.clone()),
                sort: sort.clone(),
                window: Window::Keyset { keyset, limit: 100 },
                ..everything(HARDY)
            };
            let plan = plan(&store, &select).await;
            assert!(plan.contains("hardy__deleted_at__deleted") && !plan.contains("Seq Scan"), "{plan}");
            assert!(most_sorted(&plan) <= 200, "{plan}");
        }
    })
    .await;
}

/// The values of a place in an order.
fn place(sort: &[SortKey], row: &[Value], backward: bool) -> Option<Keyset> {
    Some(Keyset { values: sort.iter().map(|it| row[it.field].clone()).collect(), backward })
}

#[tokio::test]
async fn declared_orders_are_read_from_indexes_at_any_place() {
    on_server(|it| async move { reads_orders_from_indexes(&it, PLANT).await }).await;
}

#[tokio::test]
async fn declared_orders_are_read_from_indexes_at_any_place_where_deletes_are_soft() {
    on_server(|it| async move { reads_orders_from_indexes(&it, HARDY).await }).await;
}

async fn reads_orders_from_indexes(fixture: &Fixture, meta: &'static ResourceMeta) {
    let store = garden(fixture, meta).await;
    let fields = PLANT.fields.iter().enumerate().filter(|(index, it)| it.sort || *index == 0);
    for (field, of) in fields {
        for (descending, nulls_first) in [(false, false), (true, false), (false, true), (true, true)] {
            let mut sort = vec![SortKey { field, descending, nulls_first: nulls_first && of.nullable }];
            if field != 0 {
                sort.push(SortKey { field: 0, descending: false, nulls_first: false });
            }
            for number in [50, 2_501] {
                for keyset in [None, place(&sort, &plant(number), false), place(&sort, &plant(number), true)] {
                    let window = Window::Keyset { keyset, limit: 20 };
                    let select = Select { scope: live(meta), sort: sort.clone(), window, ..everything(meta) };
                    let plan = plan(&store, &select).await;
                    assert!(!plan.contains("Seq Scan"), "{select:?}:\n{plan}");
                    assert!(!plan.contains("Incremental Sort"), "{select:?}:\n{plan}");
                    // Parts of the order are put in order once more, which are a page each at most.
                    assert!(most_sorted(&plan) <= 100, "{select:?}:\n{plan}");
                }
            }
        }
    }
}

/// The most rows that a plan sorts, as the planner reckons.
fn most_sorted(plan: &str) -> u64 {
    let sorts = plan.lines().filter(|it| it.contains("Sort  (cost"));
    let rows = sorts.filter_map(|it| it.split_once(" rows=")?.1.split_once(' ')?.0.parse().ok());
    rows.max().unwrap_or(0)
}

#[tokio::test]
async fn indexes_of_trigrams_are_made_where_the_module_is() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        let indexes =
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname LIKE '%trigram'";
        let all = it.sql(indexes).await.len();
        assert_eq!(all, 2, "of the title and the author's name");
        it.sql("DROP INDEX books__title__fold_trigram").await;
        store.migrate(&[BOOK]).await.unwrap();
        assert_eq!(it.sql(indexes).await.len(), all);
    })
    .await;
}

#[tokio::test]
async fn without_the_module_parts_of_texts_are_found_all_the_same() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        it.sql("DROP INDEX books__title__fold_trigram, books__author_name__fold_trigram").await;
        insert(&store, BOOK, super::new_book("Dune", "1")).await;
        let filter = Filter::one(1, Operator::Icontains, Value::Text("DUN".to_owned()));
        assert_eq!(store.select(Select { filter, ..everything(BOOK) }).await.unwrap().records.len(), 1);
    })
    .await;
}
