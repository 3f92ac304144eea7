use std::sync::Arc;

use super::subject::{Subject, done, int};
use super::zoo::ZOO;
use crate::field::Value;
use crate::json::Projection;
use crate::model::Usage;
use crate::query::{CountMode, Filter, Operator};
use crate::store::{Database, Key, Select, Window, Write, Written};

/// The rows whose `maybe_i64` is positive.
fn scope(zoo: &Subject) -> Filter {
    Filter::one(zoo.field("maybe_i64"), Operator::Gt, int(0))
}

/// Each row's key under the scope, and whether the row is in it.
fn keys(zoo: &Subject) -> Vec<(Key, bool)> {
    let scope = scope(zoo);
    let key = |it| Key { meta: ZOO, id: zoo.id_of(it), scope: scope.clone() };
    let keys: Vec<_> = zoo.rows.iter().map(|it| (key(it), scope.matches(ZOO, it))).collect();
    assert!(keys.iter().any(|it| it.1) && keys.iter().any(|it| !it.1), "rows in and out of the scope");
    keys
}

pub(super) async fn reads_see_the_scope_only(db: Database) {
    let zoo = Subject::zoo(db.clone()).await;
    let projection = Arc::new(Projection::of(ZOO, Usage::Response));
    for (key, inside) in keys(&zoo) {
        assert_eq!(db.get(key.clone()).await.expect("a row can be read").is_some(), inside, "{:?}", key.id);
        let json = db.get_json(key.clone(), Arc::clone(&projection)).await.expect("a row can be read");
        assert_eq!(json.is_some(), inside, "{:?}", key.id);
    }
    for filter in [Filter::All, Filter::one(zoo.field("flag"), Operator::Eq, Value::Bool(true)), !scope(&zoo)] {
        for window in [Window::Offset { offset: 2, limit: 10 }, Window::Keyset { keyset: None, limit: 10 }] {
            let count = CountMode::Exact;
            zoo.check(&Select { scope: scope(&zoo), filter: filter.clone(), window, count, ..zoo.everything() }).await;
        }
    }
}

pub(super) async fn writes_outside_the_scope_meet_no_row(db: Database) {
    let mut zoo = Subject::zoo(db.clone()).await;
    let flag = zoo.field("flag");
    for (key, inside) in keys(&zoo) {
        let changes = vec![(flag, Value::Bool(true))];
        let update = |version| Write::Update { key: key.clone(), changes: changes.clone(), version };
        if inside {
            let record = done(db.write(update(Some(1))).await);
            *zoo.rows.iter_mut().find(|it| it.get(0) == &key.id).expect("the row is there") = record;
            continue;
        }
        for version in [None, Some(1), Some(9)] {
            assert_eq!(db.write(update(version)).await.ok(), Some(Written::Missing));
            let delete = Write::Delete { key: key.clone(), version };
            assert_eq!(db.write(delete).await.ok(), Some(Written::Missing));
        }
    }
    zoo.check_everything().await;
}

pub(super) async fn a_write_cannot_push_a_row_out_of_its_scope(db: Database) {
    let mut zoo = Subject::zoo(db.clone()).await;
    let field = zoo.field("maybe_i64");
    for (key, _) in keys(&zoo).into_iter().filter(|(_, inside)| *inside) {
        for value in [Value::Null, int(0)] {
            let write = Write::Update { key: key.clone(), changes: vec![(field, value)], version: Some(1) };
            assert_eq!(db.write(write).await.ok(), Some(Written::Missing));
        }
    }
    zoo.check_everything().await;
    let (key, _) = keys(&zoo).into_iter().find(|(_, inside)| *inside).expect("a row is in the scope");
    let write = Write::Update { key: key.clone(), changes: vec![(field, int(7))], version: Some(1) };
    let record = done(db.write(write).await);
    *zoo.rows.iter_mut().find(|it| it.get(0) == &key.id).expect("the row is there") = record;
    let (gone, _) = keys(&zoo).into_iter().rfind(|(_, inside)| *inside).expect("a row is in the scope");
    done(db.write(Write::Delete { key: gone.clone(), version: None }).await);
    zoo.rows.retain(|it| it.get(0) != &gone.id);
    zoo.check_everything().await;
}
