use std::sync::Arc;

use super::crud::order_row;
use super::subject::Subject;
use super::zoo::{ORDER, ZOO};
use crate::json::Projection;
use crate::model::Usage;
use crate::store::{Database, Select, Window};

/// Checks that both forms of reading give the same bytes, of lists and of single rows.
async fn check(subject: &Subject, projection: Projection) {
    let projection = Arc::new(projection);
    let whole = subject.everything();
    subject.check_json(&whole, &projection).await;
    let window = Window::Keyset { keyset: None, limit: 3 };
    subject.check_json(&Select { window, ..whole }, &projection).await;
    for row in &subject.rows {
        let key = subject.key(row.get(subject.meta.id()));
        let found = subject.db.get_json(key, Arc::clone(&projection)).await.expect("a row can be read");
        let found = found.expect("the row is there");
        let expected = row.to_json(&projection).expect("the suite's rows fit");
        assert_eq!(String::from_utf8_lossy(&found.json), String::from_utf8_lossy(&expected));
        assert_eq!(found.version, row.version);
    }
}

pub(super) async fn json_is_that_of_the_records(db: Database) {
    let zoo = Subject::zoo(db).await;
    check(&zoo, Projection::of(ZOO, Usage::Response)).await;
}

pub(super) async fn projections_choose_and_order_the_fields(db: Database) {
    let zoo = Subject::zoo(db).await;
    check(&zoo, Projection::new(ZOO, &[])).await;
    for field in 0..ZOO.fields.len() {
        check(&zoo, Projection::new(ZOO, &[field])).await;
    }
    let reversed: Vec<_> = (0..ZOO.fields.len()).rev().step_by(3).collect();
    check(&zoo, Projection::new(ZOO, &reversed)).await;
}

pub(super) async fn computed_fields_are_computed(db: Database) {
    let mut order = Subject::new(db, ORDER).await;
    for number in 0..4 {
        order.insert(order_row(number)).await;
    }
    check(&order, Projection::of(ORDER, Usage::Response)).await;
    let [values, label] = [ORDER.fields.len(), ORDER.fields.len() + 1];
    check(&order, Projection::new(ORDER, &[label])).await;
    check(&order, Projection::new(ORDER, &[values, 1, label])).await;
}
