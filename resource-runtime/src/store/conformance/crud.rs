use std::collections::HashSet;

use uuid::Uuid;

use super::pool::zoo_row;
use super::subject::{Subject, done, int, migrate, text};
use super::zoo::{NAMED, ORDER, RENAMED, ZOO};
use crate::field::Value;
use crate::store::{Database, StoreErrorKind, Written};

pub(super) async fn a_new_store_answers(db: Database) {
    db.ping().await.expect("a store that is there answers");
    assert!(!db.name().is_empty());
}

pub(super) async fn migrating_again_keeps_the_rows(db: Database) {
    let mut named = Subject::new(db.clone(), NAMED).await;
    named.insert(vec![text("a"), int(1)]).await;
    migrate(&db, &[NAMED, ZOO, ORDER]).await.expect("a table that fits is left alone");
    migrate(&db, &[ZOO, NAMED, ORDER]).await.expect("a table that fits is left alone");
    named.check_everything().await;
}

pub(super) async fn a_table_of_other_fields_is_drift(db: Database) {
    migrate(&db, &[NAMED]).await.expect("a new store can be migrated");
    let error = migrate(&db, &[RENAMED]).await.expect_err("the table has no column `other`");
    assert!(matches!(error.kind(), StoreErrorKind::Drift { .. }), "expected drift, found {error:?}");
}

pub(super) async fn an_insert_gives_the_row_and_keeps_it(db: Database) {
    let mut zoo = Subject::new(db, ZOO).await;
    let values = zoo_row(1);
    let record = zoo.insert(values.clone()).await;
    assert_eq!(record.values[1..], values[1..]);
    assert!(matches!(record.get(0), Value::Int(1..)), "an identifier was given: {:?}", record.get(0));
    assert_eq!(zoo.get(record.get(0)).await, Some(record));
}

pub(super) async fn every_value_comes_back_as_it_was(db: Database) {
    let zoo = Subject::zoo(db).await;
    for (number, row) in zoo.rows.iter().enumerate() {
        for (index, value) in zoo_row(number).iter().enumerate().skip(1) {
            // The JSON too: it shows the zeros at the end of decimals.
            let kind = &ZOO.fields[index].kind;
            let json = |value| {
                let mut json = Vec::new();
                crate::json::write_value(&mut json, value, kind);
                String::from_utf8(json)
            };
            let name = ZOO.fields[index].name;
            assert_eq!(row.get(index), value, "`{name}` of row {number}, as the insert gave it");
            assert_eq!(json(row.get(index)), json(value), "`{name}` of row {number}, as the insert gave it");
        }
        assert_eq!(zoo.get(row.get(0)).await.as_ref(), Some(row));
    }
    zoo.check_everything().await;
}

pub(super) async fn integer_identifiers_grow_and_are_never_given_twice(db: Database) {
    let mut zoo = Subject::new(db, ZOO).await;
    let mut given = HashSet::new();
    let mut last = 0;
    for round in 0..6 {
        let record = zoo.insert(zoo_row(round)).await;
        let &Value::Int(id) = record.get(0) else { panic!("not an integer: {:?}", record.get(0)) };
        assert!(id > last && given.insert(id), "{id} came after {last}");
        last = id;
        if round % 2 == 1 {
            zoo.delete(record.get(0)).await;
        }
    }
}

pub(super) async fn identifiers_can_be_uuids_and_texts(db: Database) {
    let mut order = Subject::new(db.clone(), ORDER).await;
    let id = Value::Uuid(Uuid::from_u128(7));
    let record = order.insert(order_row(7)).await;
    assert_eq!(record.get(0), &id);
    assert_eq!(order.get(&id).await, Some(record));
    let mut named = Subject::new(db, NAMED).await;
    for name in ["", "a", "A", "a/b?c=d&e", "é", "'; --", "null", "%", "0"] {
        named.insert(vec![text(name), Value::Null]).await;
    }
    for name in ["", "A", "a/b?c=d&e", "%"] {
        assert_eq!(named.get(&text(name)).await.map(|it| it.get(0).clone()), Some(text(name)));
    }
    assert_eq!(named.get(&text("b")).await, None);
    named.check_everything().await;
}

pub(super) async fn a_missing_row_is_missing_for_every_operation(db: Database) {
    let zoo = Subject::zoo(db).await;
    for id in [0, -1, i64::MAX, i64::MIN].map(Value::Int) {
        assert_eq!(zoo.get(&id).await, None);
        assert_eq!(zoo.try_update(&id, vec![(1, Value::Bool(true))], None).await.ok(), Some(Written::Missing));
        assert_eq!(zoo.try_delete(&id, None).await.ok(), Some(Written::Missing));
    }
    zoo.check_everything().await;
}

pub(super) async fn an_update_changes_what_it_names(db: Database) {
    let mut zoo = Subject::zoo(db).await;
    let before = zoo.rows[3].clone();
    let id = zoo.id_of(&before);
    let title = zoo.field("text");
    let after = zoo.update(&id, vec![(title, text("changed"))]).await;
    assert_eq!(after.get(title), &text("changed"));
    for index in (0..ZOO.fields.len()).filter(|it| *it != title) {
        assert_eq!(after.get(index), before.get(index), "`{}` was not named", ZOO.fields[index].name);
    }
    let values = zoo_row(5);
    let changes: Vec<_> = values.iter().cloned().enumerate().skip(1).collect();
    let after = zoo.update(&id, changes).await;
    assert_eq!(after.values[1..], values[1..]);
    zoo.check_everything().await;
}

pub(super) async fn an_update_can_set_and_lift_null(db: Database) {
    let mut zoo = Subject::zoo(db).await;
    let id = zoo.id_of(&zoo.rows[0]);
    let nullable = || ZOO.fields.iter().enumerate().filter(|(_, it)| it.nullable);
    let nulls = nullable().map(|(index, _)| (index, Value::Null)).collect();
    let after = zoo.update(&id, nulls).await;
    assert!(nullable().all(|(index, _)| after.get(index).is_null()), "every nullable field is null: {after:?}");
    let values = nullable().map(|(index, it)| (index, super::pool::values(&it.kind)[0].clone())).collect();
    let after = zoo.update(&id, values).await;
    assert!(nullable().all(|(index, _)| !after.get(index).is_null()), "no nullable field is null: {after:?}");
    zoo.check_everything().await;
}

pub(super) async fn a_delete_gives_the_row_as_it_was(db: Database) {
    let mut zoo = Subject::zoo(db).await;
    let before = zoo.rows[2].clone();
    let id = zoo.id_of(&before);
    assert_eq!(zoo.delete(&id).await, before);
    assert_eq!(zoo.get(&id).await, None);
    assert_eq!(zoo.try_delete(&id, None).await.ok(), Some(Written::Missing));
    zoo.check_everything().await;
}

pub(super) async fn long_text_is_kept_whole(db: Database) {
    let mut named = Subject::new(db, ZOO).await;
    let long = "日本語 'quotes' \"more\" \\ % \n".repeat(40_000);
    let mut values = zoo_row(0);
    values[named.field("text")] = text(&long);
    values[named.field("texts")] = Value::List(vec![text(&long), text("")]);
    let record = named.insert(values).await;
    assert_eq!(record.get(named.field("text")), &text(&long));
    named.check_everything().await;
}

pub(super) async fn names_that_sql_reserves_are_names(db: Database) {
    let mut order = Subject::new(db, ORDER).await;
    for number in 0..5 {
        order.insert(order_row(number)).await;
    }
    order.check_everything().await;
    let amount = order.field("amount");
    let id = order.id_of(&order.rows[1]);
    let written = order.try_update(&id, vec![(amount, Value::Null)], Some(1)).await;
    order.rows[1] = done(written);
    order.check_everything().await;
    for (index, _) in ORDER.fields.iter().enumerate().filter(|(_, it)| it.kind.is_ordered()) {
        let select = order.sorted(&[crate::query::SortKey { field: index, descending: true, nulls_first: true }]);
        order.check(&select).await;
    }
}

/// A row of [`ORDER`] that no other number's row stands against.
pub(super) fn order_row(number: u8) -> Vec<Value> {
    vec![
        Value::Uuid(Uuid::from_u128(number.into())),
        text(&format!("code {number}")),
        Value::Decimal(rust_decimal::Decimal::new(i64::from(number) * 100, 2)),
        int(number.into()),
        text("right"),
        Value::List((0..number).map(|it| text(&it.to_string())).collect()),
    ]
}
