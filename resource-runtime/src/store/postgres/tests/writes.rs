//! Writes: conditions, races, constraints.

use std::sync::Arc;

use super::{at_once, insert, key, new_book, on_server};
use crate::field::{FieldMeta, IdSource, Value};
use crate::query::{Condition, Filter, Operand, Operator};
use crate::resource::ResourceMeta;
use crate::store::postgres::PostgresStore;
use crate::store::{Key, Store, StoreErrorKind, Write, Written};
use crate::testing::BOOK;

const TITLE: usize = 1;
const ISBN: usize = 3;
const YEAR: usize = 5;

fn update(id: i64, changes: Vec<(usize, Value)>, version: Option<i64>) -> Write {
    Write::Update { key: key(BOOK, id), changes, version }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

async fn refused(store: &PostgresStore, write: Write) -> StoreErrorKind {
    Store::write(store, write).await.unwrap_err().kind().clone()
}

#[tokio::test]
async fn a_write_for_a_version_is_done_refused_or_misses() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        let id = match insert(&store, BOOK, new_book("a", "1")).await.get(0) {
            Value::Int(id) => *id,
            other => panic!("{other:?}"),
        };
        let done = Store::write(&store, update(id, vec![(TITLE, text("b"))], Some(1))).await.unwrap();
        let Written::Done(record) = done else { panic!("{done:?}") };
        assert_eq!((record.version, record.get(TITLE)), (2, &text("b")));
        for stale in
            [update(id, vec![(TITLE, text("c"))], Some(1)), Write::Delete { key: key(BOOK, id), version: Some(1) }]
        {
            assert_eq!(Store::write(&store, stale).await.unwrap(), Written::Stale { version: 2 });
        }
        let missing = id + 1;
        for version in [None, Some(1)] {
            let writes = [
                update(missing, vec![(TITLE, text("c"))], version),
                Write::Delete { key: key(BOOK, missing), version },
            ];
            for write in writes {
                assert_eq!(Store::write(&store, write).await.unwrap(), Written::Missing);
            }
        }
        let deleted = Store::write(&store, Write::Delete { key: key(BOOK, id), version: Some(2) }).await.unwrap();
        assert_eq!(deleted, Written::Done(record));
        assert_eq!(store.get(key(BOOK, id)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_row_outside_the_scope_is_as_if_it_were_not_there() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        let id = insert(&store, BOOK, new_book("a", "1")).await.get(0).clone();
        let scope = |title: &str| {
            Filter::Condition(Condition { field: TITLE, operator: Operator::Eq, operand: Operand::One(text(title)) })
        };
        let outside = Key { meta: BOOK, id: id.clone(), scope: scope("b") };
        assert_eq!(store.get(outside.clone()).await.unwrap(), None);
        for version in [None, Some(1), Some(7)] {
            let changes = vec![(TITLE, text("c"))];
            let write = Write::Update { key: outside.clone(), changes, version };
            assert_eq!(Store::write(&store, write).await.unwrap(), Written::Missing);
            let write = Write::Delete { key: outside.clone(), version };
            assert_eq!(Store::write(&store, write).await.unwrap(), Written::Missing);
        }
        let inside = Key { meta: BOOK, id, scope: scope("a") };
        assert!(store.get(inside).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn of_writers_that_race_for_a_version_one_wins() {
    on_server(|it| async move {
        let first = Arc::new(it.store_of(BOOK).await);
        let second = Arc::new(it.store_of(BOOK).await);
        let mut values = new_book("a", "1");
        values[YEAR] = Value::Int(0);
        let Value::Int(id) = *insert(&first, BOOK, values).await.get(0) else { panic!() };
        // Each adds one, 8 times, however often it has to read again.
        let wins = at_once(64, |task| {
            let store = Arc::clone(if task % 2 == 0 { &first } else { &second });
            async move {
                let mut wins = 0;
                while wins < 8 {
                    let record = store.get(key(BOOK, id)).await.unwrap().unwrap();
                    let Value::Int(year) = *record.get(YEAR) else { panic!() };
                    let write = update(id, vec![(YEAR, Value::Int(year + 1))], Some(record.version));
                    match Store::write(&*store, write).await.unwrap() {
                        Written::Done(_) => wins += 1,
                        Written::Stale { version } => assert_ne!(version, record.version),
                        Written::Missing => panic!("it is there"),
                    }
                }
                wins
            }
        })
        .await;
        let record = first.get(key(BOOK, id)).await.unwrap().unwrap();
        assert_eq!(wins.iter().sum::<i64>(), 64 * 8);
        assert_eq!(*record.get(YEAR), Value::Int(64 * 8));
        assert_eq!(record.version, 64 * 8 + 1);
    })
    .await;
}

#[tokio::test]
async fn of_inserts_that_race_for_a_unique_value_one_wins() {
    on_server(|it| async move {
        let store = Arc::new(it.store_of(BOOK).await);
        let outcomes = at_once(16, |_| {
            let store = Arc::clone(&store);
            async move {
                let write = Write::Insert { meta: BOOK, values: new_book("a", "1"), version: 1 };
                Store::write(&*store, write).await.map_err(|error| error.kind().clone())
            }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1);
        let duplicate = StoreErrorKind::Duplicate { fields: vec!["isbn"] };
        assert!(outcomes.iter().filter_map(|it| it.as_ref().err()).all(|it| *it == duplicate));
    })
    .await;
}

pub(super) static SHELF: &ResourceMeta = &ResourceMeta::new(
    "Shelf",
    "shelves",
    "order",
    &[
        FieldMeta::of::<String>("code").id(IdSource::Client).column("select"),
        FieldMeta::of::<String>("room").column("Room \"A\""),
        FieldMeta::of::<Option<i32>>("row"),
        FieldMeta::of::<Option<String>>("book"),
    ],
)
.unique(&[&["room", "row"]]);

fn shelf(code: &str, room: &str, row: Option<i64>) -> Write {
    let values = vec![text(code), text(room), row.map_or(Value::Null, Value::Int), Value::Null];
    Write::Insert { meta: SHELF, values, version: 1 }
}

#[tokio::test]
async fn duplicates_name_the_fields_of_the_constraint() {
    on_server(|it| async move {
        let store = it.store_of(SHELF).await;
        Store::write(&store, shelf("a", "hall", Some(1))).await.unwrap();
        let of = |fields: &[&'static str]| StoreErrorKind::Duplicate { fields: fields.to_vec() };
        assert_eq!(refused(&store, shelf("a", "x", Some(2))).await, of(&["code"]), "the identifier");
        assert_eq!(refused(&store, shelf("b", "hall", Some(1))).await, of(&["room", "row"]), "a set");
        // Nulls are not alike.
        Store::write(&store, shelf("c", "hall", None)).await.unwrap();
        Store::write(&store, shelf("d", "hall", None)).await.unwrap();
        it.sql("CREATE UNIQUE INDEX of_somebody ON \"order\" (\"Room \"\"A\"\"\") WHERE \"row\" = 9").await;
        Store::write(&store, shelf("e", "attic", Some(9))).await.unwrap();
        it.sql("DROP INDEX \"order__Room \"\"A\"\"__row__key\"").await;
        assert_eq!(refused(&store, shelf("f", "attic", Some(9))).await, of(&["room"]), "one of somebody else's");
    })
    .await;
}

#[tokio::test]
async fn broken_references_are_told_from_other_failures() {
    on_server(|it| async move {
        let store = it.store_of(SHELF).await;
        it.sql(
            "CREATE TABLE thing (code text PRIMARY KEY); ALTER TABLE \"order\" ADD FOREIGN KEY (book) REFERENCES thing",
        )
        .await;
        let values = vec![text("a"), text("hall"), Value::Null, text("none")];
        let kind = refused(&store, Write::Insert { meta: SHELF, values, version: 1 }).await;
        assert_eq!(kind, StoreErrorKind::Reference { fields: vec!["book"] });
    })
    .await;
}

#[tokio::test]
async fn a_lock_that_is_held_too_long_ends_as_busy() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        let Value::Int(id) = *insert(&store, BOOK, new_book("a", "1")).await.get(0) else { panic!() };
        let hasty = PostgresStore::connect(&format!("{}&statement_timeout=200ms", it.url)).await.unwrap();
        let mut holder = store.pool.begin().await.unwrap();
        holder.batch(&format!("UPDATE books SET title = 'b' WHERE id = {id}"), None).await.unwrap();
        assert_eq!(refused(&hasty, update(id, vec![(TITLE, text("c"))], None)).await, StoreErrorKind::Busy);
        // Dropped without a commit.
        drop(holder);
        Store::write(&store, update(id, vec![(TITLE, text("c"))], Some(1))).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_update_of_a_unique_field_to_a_taken_value_changes_nothing() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        insert(&store, BOOK, new_book("a", "1")).await;
        let second = insert(&store, BOOK, new_book("b", "2")).await;
        let Value::Int(id) = *second.get(0) else { panic!() };
        let kind = refused(&store, update(id, vec![(TITLE, text("c")), (ISBN, text("1"))], Some(1))).await;
        assert_eq!(kind, StoreErrorKind::Duplicate { fields: vec!["isbn"] });
        assert_eq!(store.get(key(BOOK, id)).await.unwrap(), Some(second));
    })
    .await;
}

#[tokio::test]
async fn an_abandoned_transaction_is_rolled_back_and_its_connection_used_again() {
    on_server(|it| async move {
        let store = PostgresStore::connect(&format!("{}&transaction_connections=1", it.url)).await.unwrap();
        store.migrate(&[BOOK]).await.unwrap();
        for _ in 0..3 {
            let mut transaction = store.pool.begin().await.unwrap();
            transaction.batch("INSERT INTO thing_that_is_not_there VALUES (1)", None).await.unwrap_err();
            drop(transaction);
        }
        let mut transaction = store.pool.begin().await.unwrap();
        transaction.batch("CREATE TABLE thing ()", None).await.unwrap();
        drop(transaction);
        let mut transaction = store.pool.begin().await.unwrap();
        transaction.batch("SELECT * FROM thing", None).await.unwrap_err();
        drop(transaction);
        let rolled_back = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{}' AND query = 'ROLLBACK'",
            it.schema
        );
        // The last rollback may still be under way.
        while it.sql(&rolled_back).await != [[Some("1".to_owned())]] {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_log_names_the_constraint_and_no_value_and_the_client_hears_of_neither() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        insert(&store, BOOK, new_book("a", "secret-isbn")).await;
        let write = Write::Insert { meta: BOOK, values: new_book("b", "secret-isbn"), version: 1 };
        let error = Store::write(&store, write).await.unwrap_err();
        let log = error.to_string();
        assert!(log.contains("books__isbn__key") && log.contains("23505") && !log.contains("secret-isbn"), "{log}");
        let api = crate::error::ApiError::from(error);
        assert_eq!(api.status(), 409);
        let client = format!("{api} {:?}", api.problems);
        assert!(!client.contains("books__isbn__key") && !client.contains("secret-isbn"), "{client}");
    })
    .await;
}
