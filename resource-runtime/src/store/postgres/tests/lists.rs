//! Lists: windows, orders, counts.

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::{everything, insert, new_book, on_server};
use crate::field::{Value, fold};
use crate::json::Projection;
use crate::model::Usage;
use crate::query::{CountMode, Keyset, SortKey};
use crate::resource::Record;
use crate::store::postgres::PostgresStore;
use crate::store::sql::{self, Dialect};
use crate::store::{Select, Store, Window};
use crate::testing::BOOK;

const TITLE: usize = 1;
const GENRE: usize = 4;
const YEAR: usize = 5;
const PRICE: usize = 6;

/// Books with ties, nulls, and titles that locales put in another order than code points do.
async fn shelf(store: &PostgresStore) {
    let titles = ["b", "B", "a", "é", "Z", "a b", "ab", "_", "a-b", "\u{10ffff}"];
    for (number, title) in (0..60_i64).zip(titles.into_iter().cycle()) {
        let mut values = new_book(title, &number.to_string());
        values[GENRE] = if number % 3 == 0 { Value::Null } else { Value::Text(title.to_lowercase()) };
        values[YEAR] = if number % 4 == 0 { Value::Null } else { Value::Int(number % 5) };
        values[PRICE] = Value::Decimal(Decimal::new(number % 6, if number % 2 == 0 { 1 } else { 2 }));
        insert(store, BOOK, values).await;
    }
}

fn sort_key(field: usize, descending: bool, nulls_first: bool) -> SortKey {
    SortKey { field, descending, nulls_first }
}

/// Orders of one and more keys, both ways, nulls at both ends.
fn orders() -> Vec<Vec<SortKey>> {
    let mut orders = Vec::new();
    for bits in 0..16_u32 {
        let flag = |bit: usize| bits & (1 << bit) != 0;
        for fields in [vec![YEAR], vec![TITLE], vec![GENRE, YEAR], vec![YEAR, TITLE], vec![PRICE, GENRE]] {
            let mut keys: Vec<_> =
                fields.iter().enumerate().map(|(at, field)| sort_key(*field, flag(at), flag(at + 2))).collect();
            keys.push(sort_key(0, flag(0), false));
            orders.push(keys);
        }
    }
    orders
}

fn place(record: &Record, sort: &[SortKey], backward: bool) -> Keyset {
    Keyset { values: sort.iter().map(|it| record.get(it.field).clone()).collect(), backward }
}

#[tokio::test]
async fn keysets_walk_every_order_both_ways() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        shelf(&store).await;
        for sort in orders() {
            let whole = Select { sort: sort.clone(), ..everything(BOOK) };
            let all = store.select(whole.clone()).await.unwrap().records;
            assert_eq!(all.len(), 60);
            let page = |keyset| Select { window: Window::Keyset { keyset, limit: 7 }, ..whole.clone() };
            let (mut walked, mut at) = (Vec::new(), None);
            loop {
                let found = store.select(page(at)).await.unwrap();
                at = found.records.last().map(|it| place(it, &sort, false));
                walked.extend(found.records);
                if !found.has_more {
                    break;
                }
            }
            assert_eq!(walked, all, "{sort:?}");
            let mut at = place(&all[59], &sort, true);
            let mut back = vec![all[59].clone()];
            loop {
                let found = store.select(page(Some(at))).await.unwrap();
                at = place(&found.records[0], &sort, true);
                back.splice(0..0, found.records);
                if !found.has_more {
                    break;
                }
            }
            assert_eq!(back, all, "{sort:?} backwards");
        }
    })
    .await;
}

#[tokio::test]
async fn text_sorts_by_code_point() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        shelf(&store).await;
        let sort = vec![sort_key(TITLE, false, false), sort_key(0, false, false)];
        let found = store.select(Select { sort, ..everything(BOOK) }).await.unwrap();
        assert!(found.records.is_sorted_by(|a, b| a.get(TITLE).compare(b.get(TITLE)).is_le()));
    })
    .await;
}

#[tokio::test]
async fn both_paths_find_the_same() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        shelf(&store).await;
        let windows = |all: &[Record], sort: &[SortKey]| {
            vec![
                Window::Offset { offset: 5, limit: 10 },
                Window::Offset { offset: 1_000, limit: 10 },
                Window::Keyset { keyset: None, limit: 10 },
                Window::Keyset { keyset: Some(place(&all[30], sort, false)), limit: 10 },
                Window::Keyset { keyset: Some(place(&all[30], sort, true)), limit: 10 },
                Window::Keyset { keyset: Some(place(&all[59], sort, false)), limit: 10 },
            ]
        };
        for sort in orders().into_iter().step_by(7) {
            let whole = Select { sort: sort.clone(), ..everything(BOOK) };
            let all = store.select(whole.clone()).await.unwrap().records;
            for window in windows(&all, &sort) {
                for count in [CountMode::None, CountMode::Exact, CountMode::Capped] {
                    for usage in [BOOK.list_usage(), Usage::Response] {
                        let projection = Arc::new(Projection::of(BOOK, usage));
                        let select = Select { window: window.clone(), count, ..whole.clone() };
                        let typed = store.select(select.clone()).await.unwrap();
                        let mut typed = typed.to_json(&select, &projection).unwrap();
                        let direct = store.select_json(select.clone(), projection).await.unwrap();
                        if matches!(window, Window::Offset { .. }) && direct.edges.is_none() {
                            typed.edges = None;
                        }
                        assert_eq!(direct, typed, "{select:?}");
                        assert_eq!(direct.total.map(|it| it.rows), (count != CountMode::None).then_some(60));
                    }
                }
            }
        }
    })
    .await;
}

/// Inserts and deletes go on all the while: without a common snapshot the total would now and then
/// not be that of the rows.
#[tokio::test]
async fn rows_and_total_are_of_one_moment() {
    on_server(|it| async move {
        let store = Arc::new(it.store_of(BOOK).await);
        let writer = {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for number in 0_i64.. {
                    insert(&store, BOOK, new_book("a", &number.to_string())).await;
                }
            })
        };
        for _ in 0..300 {
            let found = store.select(Select { count: CountMode::Exact, ..everything(BOOK) }).await.unwrap();
            if found.records.len() < 1_000 {
                assert_eq!(found.total.unwrap().rows, found.records.len() as u64);
            }
        }
        writer.abort();
    })
    .await;
}

#[tokio::test]
async fn the_server_folds_case_as_this_crate_does() {
    on_server(|it| async move {
        let folded = sql::schema::fold(Dialect::Postgres, "chr(n)");
        let rows = it
            .sql(&format!(
                "SELECT n, {folded} FROM generate_series(1, x'10ffff'::int) n \
                 WHERE n NOT BETWEEN x'd800'::int AND x'dfff'::int AND chr(n) <> {folded}"
            ))
            .await;
        let by_server: HashMap<u32, String> =
            rows.into_iter().map(|it| (it[0].as_ref().unwrap().parse().unwrap(), it[1].clone().unwrap())).collect();
        let (mut alike, mut unknown) = (0, 0);
        for char in (1..=0x10_FFFF).filter_map(char::from_u32) {
            let ours = fold(&char.to_string());
            match by_server.get(&u32::from(char)) {
                Some(theirs) => {
                    assert_eq!(*theirs, ours, "U+{:04X}", u32::from(char));
                    alike += 1;
                }
                // Letters of a later Unicode than the server's, which no text there can have had
                // when its tables were made: they are left as they are.
                None if ours != char.to_string() => unknown += 1,
                None => {}
            }
        }
        assert!(alike > 1_390, "{alike} letters fold alike");
        assert!(unknown < 100, "{unknown} letters do not fold on the server");
    })
    .await;
}

/// What surrounds a letter makes no difference.
#[tokio::test]
async fn the_server_folds_text_as_this_crate_does() {
    on_server(|it| async move {
        let pieces = [
            "Σ", "ς", "Α", "İ", "I", "J", "\u{307}", "\u{301}", "ẞ", "SS", " ", ".", "'", "1", "\u{345}", "ΰ", "ŉ", "ǅ",
        ];
        let mut texts = Vec::new();
        for a in pieces {
            for b in pieces {
                texts.extend(pieces.iter().map(|c| format!("{a}{b}{c}")));
            }
        }
        let list: Vec<_> = texts.iter().map(|it| format!("('{}')", it.replace('\'', "''"))).collect();
        let folded = sql::schema::fold(Dialect::Postgres, "text");
        let rows = it.sql(&format!("SELECT {folded} FROM (VALUES {}) AS texts (text)", list.join(", "))).await;
        assert_eq!(rows.len(), texts.len());
        for (text, row) in texts.iter().zip(rows) {
            assert_eq!(row[0].as_deref(), Some(fold(text).as_str()), "{text:?}");
        }
    })
    .await;
}
