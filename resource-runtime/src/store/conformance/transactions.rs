use std::collections::HashSet;
use std::time::Duration;

use tokio::task::JoinSet;

use super::crud::order_row;
use super::expected::expected;
use super::pool::{ROWS, zoo_row};
use super::subject::{Subject, assert_duplicate, done, int, text};
use super::zoo::{NAMED, ORDER, ZOO};
use crate::field::Value;
use crate::query::{CountMode, Filter, Operator};
use crate::resource::{Record, ResourceMeta};
use crate::store::{Database, Key, Select, StoreErrorKind, StoreResult, Transaction, Window, Write, Written};

/// How long a check may take. What waits for itself would never end.
const BOUND: Duration = Duration::from_secs(60);

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(BOUND, future).await.expect("a transaction ends in time")
}

async fn begin(db: &Database) -> Box<dyn Transaction> {
    db.begin().await.expect("a transaction can be opened")
}

fn key(meta: &'static ResourceMeta, id: Value) -> Key {
    Key { meta, id, scope: Filter::All }
}

fn named(id: &str) -> Key {
    key(NAMED, text(id))
}

fn insert(id: &str, rank: i64) -> Write {
    Write::Insert { meta: NAMED, values: vec![text(id), int(rank)], version: 1 }
}

fn update(id: &str, rank: i64, version: Option<i64>) -> Write {
    Write::Update { key: named(id), changes: vec![(1, int(rank))], version }
}

fn delete(id: &str, version: Option<i64>) -> Write {
    Write::Delete { key: named(id), version }
}

fn row(id: &str, rank: i64, version: i64) -> Record {
    Record { values: vec![text(id), int(rank)], version }
}

/// A table of [`NAMED`] with the rows `a` and `b`, which have the ranks 1 and 2.
async fn two(db: Database) -> Subject {
    let mut subject = Subject::new(db, NAMED).await;
    subject.insert(vec![text("a"), int(1)]).await;
    subject.insert(vec![text("b"), int(2)]).await;
    subject
}

/// Checks what a transaction reads.
async fn assert_reads(transaction: &mut dyn Transaction, select: &Select, rows: &[Record]) {
    let found = transaction.select(select.clone()).await.expect("a transaction can read rows");
    expected(rows, select).assert_records(&found, select);
    for row in rows {
        let id = row.get(select.meta.id()).clone();
        let found = transaction.get(key(select.meta, id)).await.expect("a transaction can read a row");
        assert_eq!(found.as_ref(), Some(row));
    }
}

/// Adds one to each of these rows' ranks in one transaction, from the start again where the store
/// asks for that.
async fn increment(db: Database, ids: &'static [&'static str]) {
    while let Err(error) = try_increment(&db, ids).await {
        assert_eq!(*error.kind(), StoreErrorKind::Busy, "{error}");
    }
}

async fn try_increment(db: &Database, ids: &[&str]) -> StoreResult<()> {
    let mut transaction = db.begin().await?;
    for id in ids {
        let record = transaction.lock(named(id)).await?.expect("the row is there");
        let Value::Int(rank) = record.get(1) else { panic!("the rank is a number: {record:?}") };
        // Time for others to come in between.
        tokio::time::sleep(Duration::from_millis(1)).await;
        match transaction.write(update(id, rank + 1, Some(record.version))).await? {
            Written::Done(_) => {}
            other => panic!("a row that is locked was {other:?}"),
        }
    }
    transaction.commit().await
}

pub(super) async fn a_commit_is_seen_by_others_and_not_before(db: Database) {
    within(async {
        let mut before = two(db.clone()).await;
        let mut transaction = begin(&db).await;
        done(transaction.write(insert("c", 3)).await);
        done(transaction.write(update("a", 10, None)).await);
        done(transaction.write(delete("b", None)).await);
        before.check_everything().await;
        assert_eq!(before.get(&text("a")).await, Some(row("a", 1, 1)));
        transaction.commit().await.expect("it can be committed");
        before.rows = vec![row("a", 10, 2), row("c", 3, 1)];
        before.check_everything().await;
    })
    .await;
}

pub(super) async fn a_transaction_that_writes_nothing_can_be_committed(db: Database) {
    within(async {
        let subject = two(db.clone()).await;
        begin(&db).await.commit().await.expect("it can be committed");
        let mut transaction = begin(&db).await;
        assert_reads(&mut *transaction, &subject.everything(), &subject.rows).await;
        transaction.commit().await.expect("it can be committed");
        subject.check_everything().await;
    })
    .await;
}

pub(super) async fn own_reads_see_own_writes(db: Database) {
    within(async {
        let subject = two(db.clone()).await;
        let mut transaction = begin(&db).await;
        done(transaction.write(insert("c", 3)).await);
        done(transaction.write(update("a", 10, Some(1))).await);
        done(transaction.write(update("a", 11, Some(2))).await);
        done(transaction.write(delete("b", None)).await);
        let rows = [row("a", 11, 3), row("c", 3, 1)];
        assert_reads(&mut *transaction, &subject.everything(), &rows).await;
        let filter = Filter::one(1, Operator::Gt, int(3));
        assert_reads(
            &mut *transaction,
            &Select { count: CountMode::Exact, ..subject.filtered(filter) },
            &[row("a", 11, 3)],
        )
        .await;
        assert_eq!(transaction.lock(named("a")).await.ok(), Some(Some(row("a", 11, 3))));
        for gone in ["b", "never"] {
            assert_eq!(transaction.get(named(gone)).await.ok(), Some(None));
            assert_eq!(transaction.lock(named(gone)).await.ok(), Some(None));
        }
    })
    .await;
}

pub(super) async fn every_value_passes_through(db: Database) {
    within(async {
        let mut zoo = Subject::new(db.clone(), ZOO).await;
        let mut transaction = begin(&db).await;
        for number in 0..ROWS {
            let write = Write::Insert { meta: ZOO, values: zoo_row(number), version: 1 };
            let record = done(transaction.write(write).await);
            assert_eq!(record.values[1..], zoo_row(number)[1..]);
            zoo.rows.push(record);
        }
        assert_reads(&mut *transaction, &zoo.everything(), &zoo.rows).await;
        for window in [Window::Offset { offset: 2, limit: 10 }, Window::Keyset { keyset: None, limit: 10 }] {
            let select = Select { window, count: CountMode::Exact, ..zoo.everything() };
            let found = transaction.select(select.clone()).await.expect("a transaction can read rows");
            expected(&zoo.rows, &select).assert_records(&found, &select);
        }
        transaction.commit().await.expect("it can be committed");
        zoo.check_everything().await;
    })
    .await;
}

pub(super) async fn what_is_dropped_leaves_no_trace(db: Database) {
    within(async {
        let mut subject = two(db.clone()).await;
        for depth in 0..3 {
            let mut transaction = begin(&db).await;
            for _ in 0..depth {
                transaction.mark().await.expect("a place can be marked");
            }
            done(transaction.write(insert("c", 3)).await);
            done(transaction.write(update("a", 10, None)).await);
            done(transaction.write(delete("b", None)).await);
            drop(transaction);
            subject.check_everything().await;
        }
        // Nothing of them stands in the way.
        subject.insert(vec![text("c"), int(4)]).await;
        subject.update(&text("a"), vec![(1, int(5))]).await;
        subject.delete(&text("b")).await;
        subject.check_everything().await;
    })
    .await;
}

pub(super) async fn a_task_that_is_cut_off_leaves_no_trace(db: Database) {
    within(async {
        let mut subject = two(db.clone()).await;
        for round in 0..20 {
            let db = db.clone();
            let task = tokio::spawn(async move {
                let mut transaction = begin(&db).await;
                done(transaction.write(insert("c", 3)).await);
                for rank in 0.. {
                    done(transaction.write(update("a", rank, None)).await);
                    tokio::task::yield_now().await;
                }
            });
            tokio::time::sleep(Duration::from_micros(round * 200)).await;
            task.abort();
            assert!(task.await.is_err_and(|it| it.is_cancelled()), "the task was cut off");
            subject.check_everything().await;
        }
        subject.insert(vec![text("c"), int(3)]).await;
        subject.update(&text("a"), vec![(1, int(5))]).await;
        subject.check_everything().await;
    })
    .await;
}

pub(super) async fn a_write_that_fails_undoes_only_itself(db: Database) {
    within(async {
        let mut order = Subject::new(db.clone(), ORDER).await;
        order.insert(order_row(1)).await;
        let mut transaction = begin(&db).await;
        let insert = |values| Write::Insert { meta: ORDER, values, version: 1 };
        order.rows.push(done(transaction.write(insert(order_row(2))).await));
        for _ in 0..3 {
            // Only the identifier: stores may differ in which of several they name.
            let mut same = order_row(4);
            same[0] = order.rows[0].get(0).clone();
            assert_duplicate(&transaction.write(insert(same)).await, &["id"]);
            let mut taken = order_row(3);
            taken[1] = text("code 2");
            assert_duplicate(&transaction.write(insert(taken)).await, &["code"]);
            let changes = vec![(4, text("changed")), (1, text("code 1"))];
            let update = Write::Update { key: order.key(order.rows[1].get(0)), changes, version: None };
            assert_duplicate(&transaction.write(update).await, &["code"]);
            assert_reads(&mut *transaction, &order.everything(), &order.rows).await;
        }
        order.rows.push(done(transaction.write(insert(order_row(3))).await));
        transaction.commit().await.expect("it can be committed after writes that failed");
        order.check_everything().await;
    })
    .await;
}

pub(super) async fn places_nest(db: Database) {
    within(async {
        let mut subject = two(db.clone()).await;
        let mut transaction = begin(&db).await;
        done(transaction.write(insert("c", 3)).await);
        transaction.mark().await.expect("a place can be marked");
        done(transaction.write(update("c", 4, None)).await);
        transaction.mark().await.expect("a place can be marked within another");
        done(transaction.write(update("c", 5, None)).await);
        done(transaction.write(delete("a", None)).await);
        transaction.undo().await.expect("a place can be gone back to");
        let inner = [row("a", 1, 1), row("b", 2, 1), row("c", 4, 2)];
        assert_reads(&mut *transaction, &subject.everything(), &inner).await;

        transaction.mark().await.expect("a place can be marked after another");
        done(transaction.write(insert("d", 6)).await);
        assert_duplicate(&transaction.write(insert("a", 1)).await, &["id"]);
        transaction.keep().await.expect("what was written can be kept");
        done(transaction.write(delete("b", None)).await);
        let kept = [row("a", 1, 1), row("c", 4, 2), row("d", 6, 1)];
        assert_reads(&mut *transaction, &subject.everything(), &kept).await;

        transaction.undo().await.expect("a place takes what was kept within it along");
        let outer = [row("a", 1, 1), row("b", 2, 1), row("c", 3, 1)];
        assert_reads(&mut *transaction, &subject.everything(), &outer).await;
        // What was undone is free again.
        done(transaction.write(insert("d", 7)).await);
        transaction.commit().await.expect("it can be committed");
        subject.rows = outer.into_iter().chain([row("d", 7, 1)]).collect();
        subject.check_everything().await;
    })
    .await;
}

pub(super) async fn places_can_be_many(db: Database) {
    within(async {
        let mut subject = Subject::new(db.clone(), NAMED).await;
        let mut transaction = begin(&db).await;
        for number in 0..100 {
            let id = format!("{number:03}");
            transaction.mark().await.expect("a place can be marked");
            done(transaction.write(insert(&id, number)).await);
            if number % 3 == 0 {
                transaction.undo().await.expect("a place can be gone back to");
            } else {
                transaction.keep().await.expect("what was written can be kept");
                subject.rows.push(row(&id, number, 1));
            }
        }
        transaction.commit().await.expect("it can be committed");
        subject.check_everything().await;
    })
    .await;
}

pub(super) async fn writes_answer_as_they_do_outside(db: Database) {
    within(async {
        let subject = two(db.clone()).await;
        let mut transaction = begin(&db).await;
        for version in [None, Some(1)] {
            assert_eq!(transaction.write(update("never", 1, version)).await.ok(), Some(Written::Missing));
            assert_eq!(transaction.write(delete("never", version)).await.ok(), Some(Written::Missing));
        }
        assert_eq!(done(transaction.write(update("a", 5, Some(1))).await), row("a", 5, 2));
        for version in [1, 3, i64::MAX] {
            let stale = Some(Written::Stale { version: 2 });
            assert_eq!(transaction.write(update("a", 6, Some(version))).await.ok(), stale);
            assert_eq!(transaction.write(delete("a", Some(version))).await.ok(), stale);
        }
        let positive = |rank| Key { scope: Filter::one(1, Operator::Gt, int(rank)), ..named("a") };
        for outside in [9, 5] {
            assert_eq!(transaction.get(positive(outside)).await.ok(), Some(None));
            assert_eq!(transaction.lock(positive(outside)).await.ok(), Some(None));
            let write = Write::Delete { key: positive(outside), version: None };
            assert_eq!(transaction.write(write).await.ok(), Some(Written::Missing));
        }
        let out = Write::Update { key: positive(4), changes: vec![(1, int(0))], version: Some(2) };
        assert_eq!(transaction.write(out).await.ok(), Some(Written::Missing), "it would leave its scope");
        assert_eq!(transaction.lock(positive(4)).await.ok(), Some(Some(row("a", 5, 2))));
        assert_eq!(done(transaction.write(delete("a", Some(2))).await), row("a", 5, 2));
        assert_reads(&mut *transaction, &subject.everything(), &[row("b", 2, 1)]).await;
    })
    .await;
}

pub(super) async fn a_locked_row_does_not_change_underneath(db: Database) {
    within(async {
        let subject = two(db.clone()).await;
        let mut transaction = begin(&db).await;
        let locked = transaction.lock(named("a")).await.expect("a row can be locked");
        assert_eq!(locked, Some(row("a", 1, 1)));
        let other = db.clone();
        let beside = tokio::spawn(async move { other.write(update("a", 100, Some(1))).await });
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(transaction.get(named("a")).await.ok(), Some(locked));
        done(transaction.write(update("a", 2, Some(1))).await);
        transaction.commit().await.expect("it can be committed");
        match beside.await.expect("the write beside it ends") {
            Ok(written) => assert_eq!(written, Written::Stale { version: 2 }),
            Err(error) => assert_eq!(*error.kind(), StoreErrorKind::Busy, "{error}"),
        }
        assert_eq!(subject.get(&text("a")).await, Some(row("a", 2, 2)));
    })
    .await;
}

pub(super) async fn no_increment_under_a_lock_is_lost(db: Database) {
    const TASKS: i64 = 64;
    within(async {
        let mut subject = two(db.clone()).await;
        let tasks: JoinSet<_> = (0..TASKS).map(|_| increment(db.clone(), &["a"])).collect();
        tasks.join_all().await;
        subject.rows = vec![row("a", 1 + TASKS, 1 + TASKS), row("b", 2, 1)];
        subject.check_everything().await;
    })
    .await;
}

pub(super) async fn transactions_on_different_rows_all_finish(db: Database) {
    within(async {
        let mut subject = two(db.clone()).await;
        let ids: [&[&str]; 2] = [&["a"], &["b"]];
        let tasks: JoinSet<_> = ids.into_iter().cycle().take(20).map(|ids| increment(db.clone(), ids)).collect();
        tasks.join_all().await;
        subject.rows = vec![row("a", 11, 11), row("b", 12, 11)];
        subject.check_everything().await;
    })
    .await;
}

pub(super) async fn transactions_that_cross_all_finish(db: Database) {
    within(async {
        let mut subject = two(db.clone()).await;
        let ids: [&[&str]; 2] = [&["a", "b"], &["b", "a"]];
        let tasks: JoinSet<_> = ids.into_iter().cycle().take(6).map(|ids| increment(db.clone(), ids)).collect();
        tasks.join_all().await;
        subject.rows = vec![row("a", 7, 7), row("b", 8, 7)];
        subject.check_everything().await;
    })
    .await;
}

pub(super) async fn identifiers_after_a_rollback_are_free(db: Database) {
    within(async {
        let zoo = Subject::new(db.clone(), ZOO).await;
        let insert = || Write::Insert { meta: ZOO, values: zoo_row(0), version: 1 };
        let mut ids = Vec::new();
        for _ in 0..5 {
            let mut dropped = begin(&db).await;
            done(dropped.write(insert()).await);
            drop(dropped);
            ids.push(done(db.write(insert()).await));
            let mut transaction = begin(&db).await;
            transaction.mark().await.expect("a place can be marked");
            done(transaction.write(insert()).await);
            transaction.undo().await.expect("a place can be gone back to");
            ids.push(done(transaction.write(insert()).await));
            transaction.commit().await.expect("it can be committed");
            ids.push(done(db.write(insert()).await));
        }
        let unique: HashSet<_> = ids.iter().map(|it| format!("{:?}", it.get(0))).collect();
        assert_eq!(unique.len(), ids.len(), "every row has an identifier of its own");
        let found = db.select(zoo.everything()).await.expect("rows can be read");
        assert_eq!(found.records.len(), ids.len());
    })
    .await;
}
