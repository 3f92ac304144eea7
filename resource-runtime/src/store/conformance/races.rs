use std::collections::HashSet;

use tokio::task::JoinSet;

use super::crud::order_row;
use super::pool::zoo_row;
use super::subject::{Subject, int, text};
use super::zoo::{NAMED, ORDER, ZOO};
use crate::field::Value;
use crate::query::Filter;
use crate::store::{Database, Key, StoreError, StoreErrorKind, Write, Written};

const WRITERS: u8 = 8;

/// Whether a store asks to try again.
fn is_busy(error: &StoreError) -> bool {
    *error.kind() == StoreErrorKind::Busy
}

pub(super) async fn one_of_two_writes_to_a_version_wins(db: Database) {
    const EACH: i64 = 25;
    let mut named = Subject::new(db.clone(), NAMED).await;
    named.insert(vec![text("counter"), int(0)]).await;
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let db = db.clone();
        writers.spawn(async move {
            let key = Key { meta: NAMED, id: text("counter"), scope: Filter::All };
            let mut wins = 0;
            while wins < EACH {
                let row = db.get(key.clone()).await.expect("a row can be read").expect("the row is there");
                let Value::Int(count) = row.get(1) else { panic!("the counter is a number: {row:?}") };
                let changes = vec![(1, int(count + 1))];
                match db.write(Write::Update { key: key.clone(), changes, version: Some(row.version) }).await {
                    Ok(Written::Done(_)) => wins += 1,
                    Ok(Written::Stale { version }) => assert!(version > row.version, "{version} is stale"),
                    Ok(Written::Missing) => panic!("the row is there"),
                    Err(error) => assert!(is_busy(&error), "{error}"),
                }
            }
        });
    }
    writers.join_all().await;
    let row = named.get(&text("counter")).await.expect("the row is there");
    let writes = i64::from(WRITERS) * EACH;
    assert_eq!((row.get(1), row.version), (&int(writes), writes + 1), "no write was lost");
}

pub(super) async fn one_of_many_equal_inserts_wins(db: Database) {
    let order = Subject::new(db.clone(), ORDER).await;
    for round in 0..10 {
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let db = db.clone();
            writers.spawn(async move {
                let mut values = order_row(round * WRITERS + writer);
                values[1] = text(&format!("round {round}"));
                loop {
                    match db.write(Write::Insert { meta: ORDER, values: values.clone(), version: 1 }).await {
                        Ok(Written::Done(_)) => return true,
                        Err(error) if is_busy(&error) => {}
                        Err(error) => {
                            let fields = vec!["code"];
                            assert_eq!(*error.kind(), StoreErrorKind::Duplicate { fields });
                            return false;
                        }
                        Ok(other) => panic!("an insert was {other:?}"),
                    }
                }
            });
        }
        let wins = writers.join_all().await.into_iter().filter(|it| *it).count();
        assert_eq!(wins, 1, "one of {WRITERS} equal inserts wins");
    }
    let found = db.select(order.everything()).await.expect("rows can be read");
    assert_eq!(found.records.len(), 10);
}

pub(super) async fn simultaneous_inserts_get_identifiers_of_their_own(db: Database) {
    let zoo = Subject::new(db.clone(), ZOO).await;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let db = db.clone();
        writers.spawn(async move {
            let mut ids = Vec::new();
            while ids.len() < 10 {
                let values = zoo_row(writer.into());
                match db.write(Write::Insert { meta: ZOO, values, version: 1 }).await {
                    Ok(Written::Done(record)) => ids.push(format!("{:?}", record.get(0))),
                    Ok(other) => panic!("an insert was {other:?}"),
                    Err(error) => assert!(is_busy(&error), "{error}"),
                }
            }
            ids
        });
    }
    let ids: Vec<_> = writers.join_all().await.into_iter().flatten().collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), usize::from(WRITERS) * 10);
    let found = db.select(zoo.everything()).await.expect("rows can be read");
    assert_eq!(found.records.len(), ids.len());
}

pub(super) async fn one_of_many_deletes_wins(db: Database) {
    let mut named = Subject::new(db.clone(), NAMED).await;
    for round in 0..10 {
        named.insert(vec![text("row"), int(round)]).await;
        let mut writers = JoinSet::new();
        for _ in 0..WRITERS {
            let db = db.clone();
            writers.spawn(async move {
                let key = Key { meta: NAMED, id: text("row"), scope: Filter::All };
                loop {
                    match db.write(Write::Delete { key: key.clone(), version: None }).await {
                        Ok(Written::Done(_)) => return true,
                        Ok(Written::Missing) => return false,
                        Ok(other) => panic!("a delete was {other:?}"),
                        Err(error) => assert!(is_busy(&error), "{error}"),
                    }
                }
            });
        }
        let wins = writers.join_all().await.into_iter().filter(|it| *it).count();
        assert_eq!(wins, 1, "one of {WRITERS} deletes wins");
        named.rows.clear();
    }
    named.check_everything().await;
}
