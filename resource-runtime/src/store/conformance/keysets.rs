use std::sync::Arc;

use super::expected::{describe, expected, keys};
use super::pool::zoo_row;
use super::subject::Subject;
use super::zoo::ZOO;
use crate::field::Value;
use crate::json::Projection;
use crate::query::{CountMode, Keyset, SortKey};
use crate::store::{Database, Select, Window};

/// Goes through a list from one end to the other, and checks every step.
pub(super) async fn walk(subject: &Subject, select: &Select, limit: u32, backward: bool) {
    let projection = Arc::new(Projection::new(subject.meta, &[subject.meta.id()]));
    let whole = expected(&subject.rows, &Select { window: ALL, ..select.clone() });
    // A backward walk starts behind the last row: at the place of that row, which it checks itself.
    let mut keyset = None;
    let mut met = 0;
    if backward {
        let last = whole.rows.last().map(|it| keys(&select.sort, it));
        let Some(values) = last else { return };
        keyset = Some(Keyset { values, backward });
        met = 1;
    }
    for _ in 0..=subject.rows.len() {
        let select = Select { window: Window::Keyset { keyset: keyset.clone(), limit }, ..select.clone() };
        subject.check_json(&select, &projection).await;
        let found = subject.db.select_json(select.clone(), Arc::clone(&projection)).await.expect("rows can be read");
        met += found.len;
        let Some((first, last)) = found.edges else { break };
        if !found.has_more {
            break;
        }
        keyset = Some(Keyset { values: if backward { first } else { last }, backward });
    }
    assert_eq!(met, whole.rows.len(), "a walk meets every row once, of {}", describe(select));
}

const ALL: Window = Window::Offset { offset: 0, limit: u32::MAX };

pub(super) async fn walks_meet_every_row_once_both_ways(db: Database) {
    let zoo = Subject::zoo(db).await;
    for (field, _) in ZOO.fields.iter().enumerate().filter(|(_, it)| it.kind.is_ordered()) {
        for descending in [false, true] {
            let select = zoo.sorted(&[SortKey { field, descending, nulls_first: descending }]);
            walk(&zoo, &select, 9, descending).await;
            walk(&zoo, &select, 9, !descending).await;
        }
    }
    let by_id = zoo.everything();
    for limit in [1, 63, 64, 65] {
        walk(&zoo, &by_id, limit, false).await;
        walk(&zoo, &by_id, limit, true).await;
    }
}

pub(super) async fn walks_meet_ties_and_nulls_once(db: Database) {
    let zoo = Subject::zoo(db).await;
    for number in 0..64 {
        let key = |name: &str, bits: u8| SortKey {
            field: zoo.field(name),
            descending: bits & 1 != 0,
            nulls_first: bits & 2 != 0,
        };
        let mut select = zoo.sorted(&[
            key("maybe_flag", number & 3),
            key("maybe_shade", number >> 2 & 3),
            key("maybe_text", number >> 4),
        ]);
        select.sort[3].descending = number % 3 == 0;
        walk(&zoo, &select, 11, number % 2 == 0).await;
    }
}

pub(super) async fn walks_go_on_from_places_without_a_row(db: Database) {
    let zoo = Subject::zoo(db).await;
    for (name, nulls_first) in [("maybe_i64", false), ("maybe_i64", true), ("maybe_decimal", false), ("text", false)] {
        let field = zoo.field(name);
        for descending in [false, true] {
            let select = zoo.sorted(&[SortKey { field, descending, nulls_first }]);
            for value in super::pool::operands(&ZOO.fields[field].kind).into_iter().chain([Value::Null]) {
                if value.is_null() && !ZOO.fields[field].nullable {
                    continue;
                }
                for (id, backward) in [(0, false), (0, true), (i64::MAX, false), (i64::MAX, true), (20, true)] {
                    let keyset = Some(Keyset { values: vec![value.clone(), Value::Int(id)], backward });
                    let window = Window::Keyset { keyset, limit: 5 };
                    zoo.check_ids(&Select { window, ..select.clone() }).await;
                }
            }
        }
    }
}

pub(super) async fn walks_survive_deletions_and_insertions(db: Database) {
    let mut zoo = Subject::zoo(db).await;
    let sort = [SortKey { field: zoo.field("maybe_decimal"), descending: true, nulls_first: false }];
    let mut keyset: Option<Keyset> = None;
    for step in 0..20 {
        let window = Window::Keyset { keyset: keyset.clone(), limit: 4 };
        let select = Select { window, count: CountMode::Exact, ..zoo.sorted(&sort) };
        zoo.check(&select).await;
        let found = zoo.db.select(select.clone()).await.expect("rows can be read");
        let Some(last) = found.records.last() else { break };
        keyset = Some(Keyset { values: keys(&select.sort, last), backward: false });
        // The row that the place is named after goes, and others come.
        let id = zoo.id_of(last);
        zoo.delete(&id).await;
        zoo.insert(zoo_row(100 + step)).await;
        if !found.has_more {
            break;
        }
    }
    let Some(place) = keyset else { panic!("the zoo is not empty") };
    let window = Window::Keyset { keyset: Some(Keyset { backward: true, ..place }), limit: 1_000 };
    zoo.check(&Select { window, ..zoo.sorted(&sort) }).await;
}

pub(super) async fn edges_are_the_keys_of_the_first_and_last_row(db: Database) {
    let zoo = Subject::zoo(db).await;
    let projection = Arc::new(Projection::new(ZOO, &[zoo.field("place")]));
    for (field, _) in ZOO.fields.iter().enumerate().filter(|(_, it)| it.kind.is_ordered()) {
        let sort = [SortKey { field, descending: false, nulls_first: true }];
        let select = Select { window: Window::Keyset { keyset: None, limit: 40 }, ..zoo.sorted(&sort) };
        zoo.check_json(&select, &projection).await;
    }
}
