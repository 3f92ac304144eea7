use super::subject::{Subject, assert_duplicate, done, int, text};
use super::zoo::KEPT;
use crate::field::Value;
use crate::query::CountMode;
use crate::store::soft_delete::{deleted, either, restoration};
use crate::store::{Database, Key, Select, StoreResult, Write, Written};

const NAME: usize = 1;
const GONE: usize = 4;

fn row(name: &str, left: i64) -> Vec<Value> {
    vec![Value::Null, text(name), int(left), text("right"), Value::Null]
}

/// Two rows, of which the first was deleted; with its identifier.
async fn one_deleted(db: Database) -> (Subject, Value) {
    let mut kept = Subject::new(db, KEPT).await;
    let id = kept.insert(row("a", 1)).await.get(0).clone();
    kept.insert(row("b", 2)).await;
    let marked = kept.delete(&id).await;
    assert!(!marked.get(GONE).is_null(), "a delete that is soft sets the mark");
    assert_eq!(marked.version, 2, "and is a write like others");
    (kept, id)
}

fn among_deleted(id: &Value) -> Key {
    Key { meta: KEPT, id: id.clone(), scope: deleted(KEPT) }
}

async fn restore(db: &Database, id: &Value, version: Option<i64>) -> StoreResult<Written> {
    db.write(Write::Update { key: among_deleted(id), changes: restoration(KEPT), version }).await
}

pub(super) async fn deleted_rows_are_not_there(db: Database) {
    let (kept, id) = one_deleted(db.clone()).await;
    kept.check_everything().await;
    for count in [CountMode::Exact, CountMode::Capped, CountMode::Estimated] {
        let found = db.select(Select { count, ..kept.everything() }).await.expect("rows can be counted");
        assert_eq!(found.total.map(|it| it.rows), Some(1), "{count:?}");
    }
    assert_eq!(kept.get(&id).await, None);
    for version in [None, Some(2), Some(1)] {
        assert_eq!(kept.try_update(&id, vec![(NAME, text("c"))], version).await.ok(), Some(Written::Missing));
        assert_eq!(kept.try_delete(&id, version).await.ok(), Some(Written::Missing));
    }
    let both = Select { scope: either(KEPT), ..kept.everything() };
    assert_eq!(db.select(both).await.expect("rows can be read").records.len(), 2);
    let gone = db.get(among_deleted(&id)).await.expect("a row can be read").expect("it is there for who asks");
    assert_eq!((gone.get(NAME), gone.version), (&text("a"), 2));
}

pub(super) async fn values_of_deleted_rows_are_free(db: Database) {
    let (mut kept, _) = one_deleted(db).await;
    assert_duplicate(&kept.try_insert(row("b", 1)).await, &["name"]);
    assert_duplicate(&kept.try_insert(row("c", 2)).await, &["left", "right"]);
    let again = kept.insert(row("a", 1)).await.get(0).clone();
    assert_duplicate(&kept.try_insert(row("a", 3)).await, &["name"]);
    // Any number of deleted rows can have had them.
    kept.delete(&again).await;
    let last = kept.insert(row("a", 1)).await.get(0).clone();
    kept.update(&last, vec![(NAME, text("c"))]).await;
    let other = kept.insert(row("a", 3)).await.get(0).clone();
    assert_duplicate(&kept.try_update(&last, vec![(NAME, text("a"))], None).await, &["name"]);
    kept.delete(&other).await;
    kept.update(&last, vec![(NAME, text("a"))]).await;
    kept.check_everything().await;
}

pub(super) async fn a_row_comes_back_if_its_values_are_free(db: Database) {
    let (mut kept, id) = one_deleted(db.clone()).await;
    let other = kept.insert(row("a", 1)).await.get(0).clone();
    assert_duplicate(&restore(&db, &id, None).await, &["name"]);
    kept.update(&other, vec![(NAME, text("c"))]).await;
    assert_duplicate(&restore(&db, &id, Some(2)).await, &["left", "right"]);
    kept.delete(&other).await;
    assert_eq!(restore(&db, &id, Some(1)).await.ok(), Some(Written::Stale { version: 2 }));
    let row = done(restore(&db, &id, Some(2)).await);
    assert_eq!(row.version, 3);
    kept.rows.insert(0, row);
    kept.check_everything().await;
    assert_eq!(restore(&db, &id, None).await.ok(), Some(Written::Missing));
}

pub(super) async fn deleted_rows_can_be_removed_for_good(db: Database) {
    let (kept, id) = one_deleted(db.clone()).await;
    let remove = |id: &Value, version| Write::Delete { key: among_deleted(id), version };
    let live = kept.id_of(&kept.rows[0]);
    assert_eq!(db.write(remove(&live, None)).await.ok(), Some(Written::Missing));
    assert_eq!(db.write(remove(&id, Some(7))).await.ok(), Some(Written::Stale { version: 2 }));
    done(db.write(remove(&id, Some(2))).await);
    assert_eq!(restore(&db, &id, None).await.ok(), Some(Written::Missing));
    kept.check_everything().await;
}

pub(super) async fn a_transaction_that_ends_in_nothing_deletes_nothing(db: Database) {
    let (mut kept, gone) = one_deleted(db.clone()).await;
    let live = kept.id_of(&kept.rows[0]);
    let mut transaction = db.begin().await.expect("a transaction can be opened");
    done(transaction.write(Write::Delete { key: kept.key(&live), version: None }).await);
    assert_eq!(transaction.lock(kept.key(&live)).await.ok(), Some(None));
    transaction.mark().await.expect("a place can be marked");
    let back = Write::Update { key: among_deleted(&gone), changes: restoration(KEPT), version: None };
    done(transaction.write(back).await);
    assert!(transaction.get(kept.key(&gone)).await.is_ok_and(|it| it.is_some()));
    transaction.undo().await.expect("it can be gone back to");
    assert_eq!(transaction.get(kept.key(&gone)).await.ok(), Some(None));
    // The values that the marked place had taken are free again.
    let insert = Write::Insert { meta: KEPT, values: row("a", 1), version: 1 };
    done(transaction.write(insert).await);
    drop(transaction);
    kept.check_everything().await;
    kept.insert(row("a", 1)).await;
    kept.check_everything().await;
}
