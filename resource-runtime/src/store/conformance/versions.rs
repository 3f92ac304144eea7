use super::pool::zoo_row;
use super::subject::{Subject, done, text};
use super::zoo::{NAMED, ZOO};
use crate::field::Value;
use crate::store::{Database, Write, Written};

pub(super) async fn a_row_starts_with_the_version_it_is_given(db: Database) {
    let named = Subject::new(db.clone(), NAMED).await;
    for (name, version) in [("a", 1), ("b", 1_763_640_000_000_000)] {
        let values = vec![text(name), Value::Null];
        let record = done(db.write(Write::Insert { meta: NAMED, values, version }).await);
        assert_eq!(record.version, version);
        assert_eq!(named.get(&text(name)).await.map(|it| it.version), Some(version));
    }
}

pub(super) async fn every_write_adds_one(db: Database) {
    let mut zoo = Subject::new(db, ZOO).await;
    let id = zoo.insert(zoo_row(0)).await.get(0).clone();
    for version in 2..5 {
        assert_eq!(zoo.update(&id, vec![(1, Value::Bool(true))]).await.version, version);
    }
    // Setting nothing is a write too.
    assert_eq!(zoo.update(&id, Vec::new()).await.version, 5);
    let projection = std::sync::Arc::new(crate::json::Projection::new(ZOO, &[0]));
    let row = zoo.db.get_json(zoo.key(&id), projection).await.expect("a row can be read");
    assert_eq!(row.map(|it| it.version), Some(5));
    zoo.check_everything().await;
}

pub(super) async fn a_stale_version_changes_nothing(db: Database) {
    let mut zoo = Subject::new(db, ZOO).await;
    let id = zoo.insert(zoo_row(0)).await.get(0).clone();
    zoo.update(&id, vec![(1, Value::Bool(true))]).await;
    for version in [1, 3, i64::MAX, 0, -1] {
        let stale = Some(Written::Stale { version: 2 });
        assert_eq!(zoo.try_update(&id, vec![(1, Value::Bool(false))], Some(version)).await.ok(), stale);
        assert_eq!(zoo.try_delete(&id, Some(version)).await.ok(), stale);
    }
    zoo.check_everything().await;
}

pub(super) async fn the_right_version_writes(db: Database) {
    let mut zoo = Subject::new(db, ZOO).await;
    let id = zoo.insert(zoo_row(0)).await.get(0).clone();
    zoo.rows[0] = done(zoo.try_update(&id, vec![(1, Value::Bool(true))], Some(1)).await);
    assert_eq!(zoo.rows[0].version, 2);
    zoo.check_everything().await;
    assert_eq!(done(zoo.try_delete(&id, Some(2)).await), zoo.rows[0]);
    zoo.rows.clear();
    zoo.check_everything().await;
}

pub(super) async fn a_missing_row_is_missing_rather_than_stale(db: Database) {
    let named = Subject::new(db, NAMED).await;
    let missing = Some(Written::Missing);
    assert_eq!(named.try_update(&text("a"), vec![(1, Value::Null)], Some(1)).await.ok(), missing);
    assert_eq!(named.try_delete(&text("a"), Some(1)).await.ok(), missing);
}
