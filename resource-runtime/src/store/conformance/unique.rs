use rust_decimal::Decimal;
use uuid::Uuid;

use super::crud::order_row;
use super::rng::Rng;
use super::subject::{Subject, assert_duplicate, int, text};
use super::zoo::{NAMED, ORDER};
use crate::field::Value;
use crate::store::Database;

const CODE: usize = 1;
const AMOUNT: usize = 2;
const LEFT: usize = 3;
const RIGHT: usize = 4;

/// Two rows of [`ORDER`], numbers 1 and 2.
async fn two(db: Database) -> Subject {
    let mut order = Subject::new(db, ORDER).await;
    order.insert(order_row(1)).await;
    order.insert(order_row(2)).await;
    order
}

/// A third row, with one value changed.
fn third(field: usize, value: Value) -> Vec<Value> {
    let mut row = order_row(3);
    row[field] = value;
    row
}

pub(super) async fn a_taken_value_names_its_field(db: Database) {
    let order = two(db).await;
    assert_duplicate(&order.try_insert(third(CODE, text("code 1"))).await, &["code"]);
    assert_duplicate(&order.try_insert(third(AMOUNT, Value::Decimal(Decimal::new(100, 2)))).await, &["amount"]);
    order.check_everything().await;
}

pub(super) async fn a_taken_identifier_names_its_field(db: Database) {
    let order = two(db.clone()).await;
    assert_duplicate(&order.try_insert(third(0, Value::Uuid(Uuid::from_u128(2)))).await, &["id"]);
    order.check_everything().await;
    let mut named = Subject::new(db, NAMED).await;
    named.insert(vec![text("a"), int(1)]).await;
    assert_duplicate(&named.try_insert(vec![text("a"), int(2)]).await, &["id"]);
    named.check_everything().await;
}

pub(super) async fn values_taken_together_name_their_fields(db: Database) {
    let mut order = two(db).await;
    assert_duplicate(&order.try_insert(third(LEFT, int(1))).await, &["left", "right"]);
    let mut row = third(LEFT, int(1));
    row[RIGHT] = text("another");
    order.insert(row).await;
    order.check_everything().await;
}

pub(super) async fn nulls_are_all_different(db: Database) {
    let mut order = two(db).await;
    for number in 3..6 {
        let mut row = order_row(number);
        row[CODE] = Value::Null;
        row[AMOUNT] = Value::Null;
        row[LEFT] = int(1);
        row[RIGHT] = Value::Null;
        order.insert(row).await;
    }
    order.check_everything().await;
}

pub(super) async fn text_is_unique_by_its_exact_form(db: Database) {
    let mut order = Subject::new(db, ORDER).await;
    for (number, code) in (0..).zip(["é", "e\u{301}", "É", "a", "A", "a ", "ß", "ss", ""]) {
        let mut row = order_row(number);
        row[CODE] = text(code);
        order.insert(row).await;
    }
    order.check_everything().await;
}

pub(super) async fn texts_of_any_length_are_unique(db: Database) {
    let mut order = Subject::new(db, ORDER).await;
    // What cannot be compressed, so that it stays longer than an index's page.
    let mut rng = Rng::new(7);
    let long: String = (0..20_000).map(|_| char::from(b'!' + u8::try_from(rng.below(90)).unwrap_or(0))).collect();
    for (number, code) in (0..).zip([format!("{long}a"), format!("{long}b"), long.clone()]) {
        let mut row = order_row(number);
        row[CODE] = Value::Text(code.clone());
        row[RIGHT] = Value::Text(code);
        order.insert(row).await;
    }
    assert_duplicate(&order.try_insert(third(CODE, Value::Text(long))).await, &["code"]);
    order.check_everything().await;
}

pub(super) async fn decimals_are_unique_by_value(db: Database) {
    let order = two(db).await;
    for same in [Decimal::new(1, 0), Decimal::new(1_000, 3)] {
        assert_duplicate(&order.try_insert(third(AMOUNT, Value::Decimal(same))).await, &["amount"]);
    }
    order.check_everything().await;
}

pub(super) async fn an_update_onto_a_taken_value_changes_nothing(db: Database) {
    let order = two(db).await;
    let id = order.id_of(&order.rows[0]);
    let changes = vec![(5, Value::List(Vec::new())), (CODE, text("code 2"))];
    assert_duplicate(&order.try_update(&id, changes, None).await, &["code"]);
    assert_duplicate(&order.try_update(&id, vec![(LEFT, int(2))], Some(1)).await, &["left", "right"]);
    order.check_everything().await;
}

pub(super) async fn an_update_to_its_own_value_is_none_of_its_business(db: Database) {
    let mut order = two(db).await;
    let id = order.id_of(&order.rows[0]);
    let changes = order_row(1).into_iter().enumerate().skip(1).collect();
    order.update(&id, changes).await;
    order.check_everything().await;
}

pub(super) async fn a_deleted_rows_values_are_free(db: Database) {
    let mut order = two(db).await;
    let id = order.id_of(&order.rows[0]);
    order.delete(&id).await;
    order.insert(order_row(1)).await;
    let id = order.id_of(&order.rows[1]);
    order.update(&id, vec![(CODE, text("moved"))]).await;
    order.insert(third(CODE, text("moved again"))).await;
    let id = order.id_of(&order.rows[2]);
    order.update(&id, vec![(CODE, text("code 1"))]).await;
    order.check_everything().await;
}

pub(super) async fn the_first_declared_of_several_taken_values_is_named(db: Database) {
    let order = two(db).await;
    let mut row = order_row(3);
    (row[CODE], row[AMOUNT]) = (text("code 1"), order_row(2)[AMOUNT].clone());
    (row[LEFT], row[RIGHT]) = (order_row(1)[LEFT].clone(), order_row(1)[RIGHT].clone());
    let changes = row.iter().cloned().enumerate().skip(1).collect();
    assert_duplicate(&order.try_insert(row.clone()).await, &["code"]);
    assert_duplicate(&order.try_update(&order.id_of(&order.rows[1]), changes, None).await, &["code"]);
    row[0] = order_row(2)[0].clone();
    assert_duplicate(&order.try_insert(row.clone()).await, &["id"]);
    (row[0], row[CODE]) = (order_row(3)[0].clone(), text("code 3"));
    assert_duplicate(&order.try_insert(row).await, &["amount"]);
    order.check_everything().await;
}
