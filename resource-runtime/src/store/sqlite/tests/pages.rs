use std::sync::Arc;

use super::{done, everything, insert, store};
use crate::field::{FieldMeta, IdSource, Value};
use crate::json::Projection;
use crate::model::Usage;
use crate::query::{CountMode, Filter, Keyset, Operator, SortKey};
use crate::resource::{Record, ResourceMeta};
use crate::store::sqlite::SqliteStore;
use crate::store::{Select, Store as _, Window};

static ITEM: &ResourceMeta = &ResourceMeta::new(
    "Item",
    "items",
    "items",
    &[
        FieldMeta::of::<i64>("id").id(IdSource::Store),
        FieldMeta::of::<Option<i64>>("a").sortable(),
        FieldMeta::of::<Option<String>>("b").sortable(),
        FieldMeta::of::<rust_decimal::Decimal>("c").sortable(),
    ],
);

async fn items() -> SqliteStore {
    let store = store(&[ITEM]).await;
    for index in 0..60_i64 {
        let a = if index % 3 == 0 { Value::Null } else { Value::Int(index % 5) };
        let b = if index % 4 == 0 { Value::Null } else { Value::Text(format!("b{}", index % 7)) };
        let c = Value::Decimal(rust_decimal::Decimal::new(index % 11, u32::from(index % 2 == 1)));
        done(store.write(insert(ITEM, vec![Value::Null, a, b, c])).await);
    }
    store
}

fn by(field: usize, descending: bool, nulls_first: bool) -> SortKey {
    SortKey { field, descending, nulls_first }
}

/// Every direction and place of nulls of up to two keys, with the identifier either way.
fn orders() -> Vec<Vec<SortKey>> {
    let key = |field| [(false, false), (false, true), (true, false), (true, true)].map(|(d, n)| by(field, d, n));
    let mut orders = Vec::new();
    for id in [by(0, false, false), by(0, true, false)] {
        orders.push(vec![id]);
        for first in [key(1), key(2), key(3)].concat() {
            orders.push(vec![first, id]);
            for second in [key(1), key(2), key(3)].concat() {
                if first.field != second.field {
                    orders.push(vec![first, second, id]);
                }
            }
        }
    }
    orders
}

fn sorted(mut records: Vec<Record>, sort: &[SortKey]) -> Vec<Record> {
    use std::cmp::Ordering;
    records.sort_by(|left, right| {
        sort.iter().fold(Ordering::Equal, |order, key| {
            let (left, right) = (left.get(key.field), right.get(key.field));
            order.then_with(|| match (left.is_null(), right.is_null()) {
                (true, true) => Ordering::Equal,
                (true, false) if key.nulls_first => Ordering::Less,
                (true, false) => Ordering::Greater,
                (false, true) if key.nulls_first => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) if key.descending => right.compare(left),
                (false, false) => left.compare(right),
            })
        })
    });
    records
}

fn place(record: &Record, sort: &[SortKey], backward: bool) -> Option<Keyset> {
    Some(Keyset { values: sort.iter().map(|key| record.get(key.field).clone()).collect(), backward })
}

#[tokio::test]
async fn every_order_is_the_one_in_memory_and_walks_both_ways() {
    let store = items().await;
    let all = store.select(everything(ITEM)).await.unwrap().records;
    for sort in orders() {
        let expected = sorted(all.clone(), &sort);
        let mut select = Select { sort: sort.clone(), ..everything(ITEM) };
        assert_eq!(store.select(select.clone()).await.unwrap().records, expected, "{sort:?}");

        let mut walked: Vec<Record> = Vec::new();
        let mut keyset = None;
        loop {
            select.window = Window::Keyset { keyset, limit: 7 };
            let page = store.select(select.clone()).await.unwrap();
            walked.extend(page.records);
            assert_eq!(page.has_more, walked.len() < all.len(), "{sort:?}");
            if !page.has_more {
                break;
            }
            keyset = place(walked.last().unwrap(), &sort, false);
        }
        assert_eq!(walked, expected, "{sort:?}");

        let mut back = vec![expected.last().unwrap().clone()];
        loop {
            select.window = Window::Keyset { keyset: place(&back[0], &sort, true), limit: 7 };
            let page = store.select(select.clone()).await.unwrap();
            back.splice(0..0, page.records);
            if !page.has_more {
                break;
            }
        }
        assert_eq!(back, expected, "backward {sort:?}");
    }
}

#[tokio::test]
async fn json_pages_have_the_edges_and_order_of_records() {
    let store = items().await;
    let sort = vec![by(2, true, false), by(0, false, false)];
    let all = store.select(Select { sort: sort.clone(), ..everything(ITEM) }).await.unwrap().records;
    let projection = Arc::new(Projection::new(ITEM, &[0, 3]));
    for backward in [false, true] {
        let window = Window::Keyset { keyset: place(&all[30], &sort, backward), limit: 5 };
        let select = Select { sort: sort.clone(), window, ..everything(ITEM) };
        let typed = store.select(select.clone()).await.unwrap().to_json(&select, &projection).unwrap();
        assert_eq!(store.select_json(select, Arc::clone(&projection)).await.unwrap(), typed);
        assert!(typed.has_more && typed.len == 5);
    }
}

#[tokio::test]
async fn totals_count_what_matches_wherever_the_page_is() {
    let store = items().await;
    let filter = Filter::one(1, Operator::Gte, Value::Int(2));
    let mut select = Select { filter, count: CountMode::Exact, ..everything(ITEM) };
    let expected = store.select(select.clone()).await.unwrap().records.len() as u64;
    for (offset, limit) in [(0, 5), (5, 5), (20, 10), (20, 100), (0, 1_000), (1_000, 5), (u64::MAX, 1), (0, 0)] {
        select.window = Window::Offset { offset, limit };
        for count in [CountMode::Exact, CountMode::Capped, CountMode::Estimated] {
            let found = store.select(Select { count, ..select.clone() }).await.unwrap();
            let total = found.total.unwrap();
            assert_eq!((total.rows, total.kind), (expected, CountMode::Exact), "{offset} {limit} {count:?}");
        }
    }
    assert_eq!(store.select(Select { count: CountMode::None, ..select }).await.unwrap().total, None);
}

#[tokio::test]
async fn the_scope_hides_rows_from_pages_and_totals() {
    let store = items().await;
    let scope = Filter::one(0, Operator::Lte, Value::Int(10));
    let window = Window::Offset { offset: 0, limit: 4 };
    let select = Select { scope, window, count: CountMode::Exact, ..everything(ITEM) };
    let found = store.select_json(select, Arc::new(Projection::of(ITEM, Usage::Response))).await.unwrap();
    assert_eq!((found.len, found.total.unwrap().rows), (4, 10));
}
