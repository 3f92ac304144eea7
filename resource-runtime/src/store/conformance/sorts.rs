use super::subject::{Subject, text};
use super::zoo::{NAMED, ZOO};
use crate::field::Value;
use crate::query::SortKey;
use crate::store::Database;

pub(super) async fn every_kind_sorts_by_value(db: Database) {
    let zoo = Subject::zoo(db).await;
    for (field, _) in ZOO.fields.iter().enumerate().filter(|(_, it)| it.kind.is_ordered()) {
        for descending in [false, true] {
            zoo.check_ids(&zoo.sorted(&[SortKey { field, descending, nulls_first: false }])).await;
        }
    }
}

pub(super) async fn text_sorts_by_code_point(db: Database) {
    let mut named = Subject::new(db, NAMED).await;
    let sorted = ["", " ", "A", "Z", "a", "a ", "ab", "a\u{301}", "z", "É", "é", "日", "\u{ff5e}", "😀"];
    for index in [5, 1, 9, 13, 0, 7, 3, 11, 2, 6, 12, 8, 4, 10] {
        named.insert(vec![text(sorted[index]), Value::Null]).await;
    }
    let select = named.everything();
    named.check(&select).await;
    let found = named.db.select(select).await.expect("rows can be read");
    let found: Vec<_> = found.records.iter().map(|it| it.get(0).clone()).collect();
    assert_eq!(found, sorted.map(text));
}

pub(super) async fn nulls_go_where_they_are_asked_to(db: Database) {
    let zoo = Subject::zoo(db).await;
    for (field, _) in ZOO.fields.iter().enumerate().filter(|(_, it)| it.kind.is_ordered()) {
        for descending in [false, true] {
            let select = zoo.sorted(&[SortKey { field, descending, nulls_first: true }]);
            zoo.check_ids(&select).await;
        }
    }
}

pub(super) async fn several_keys_sort_in_turn(db: Database) {
    let zoo = Subject::zoo(db).await;
    for number in 0..64 {
        let key = |name: &str, bits: u8| SortKey {
            field: zoo.field(name),
            descending: bits & 1 != 0,
            nulls_first: bits & 2 != 0,
        };
        let keys = [key("maybe_flag", number & 3), key("maybe_shade", number >> 2 & 3), key("u8", number >> 4 & 3)];
        zoo.check_ids(&zoo.sorted(&keys)).await;
        let mut select = zoo.sorted(&keys);
        select.sort[3].descending = true;
        zoo.check_ids(&select).await;
    }
}
