//! The tables beside a resource's, which serve its filters.

use super::{Directory, done, everything, insert, key, query, rows, store};
use crate::field::Value;
use crate::query::{CountMode, Filter, Operator};
use crate::store::sql::{Dialect, schema};
use crate::store::sqlite::SqliteStore;
use crate::store::{Select, Store as _, StoreErrorKind, Write};
use crate::testing::{BOOK, PLANT, book, plant};

#[tokio::test]
async fn hostile_text_is_looked_for_as_it_is() {
    let store = store(&[PLANT]).await;
    let hostile = [
        "\"* OR x",
        "a\" AND \"",
        "{_name} : x",
        "NEAR(a b)",
        "'; DROP TABLE",
        "^abc",
        "\u{1F600}\u{1F601}\u{1F602}",
        "ΑΒΓς",
    ];
    for (index, name) in hostile.iter().enumerate() {
        let mut values = plant(i64::try_from(index).unwrap());
        values[1] = Value::Text(format!("<{name}>"));
        done(store.write(insert(PLANT, values)).await);
    }
    for (index, part) in hostile.iter().enumerate() {
        for operator in [Operator::Contains, Operator::Icontains] {
            let filter = Filter::one(1, operator, Value::Text((*part).to_owned()));
            let found = store.select(Select { filter, ..everything(PLANT) }).await.unwrap().records;
            assert_eq!(found.len(), 1, "{part}");
            assert_eq!(*found[0].get(0), plant(i64::try_from(index).unwrap())[0]);
        }
    }
}

/// The identifiers of the plants that a filter finds.
async fn found(store: &SqliteStore, filter: Filter) -> Vec<String> {
    let found = store.select(Select { filter, ..everything(PLANT) }).await.unwrap().records;
    found.iter().map(|it| format!("{:?}", it.get(0))).collect()
}

fn named(part: &str) -> Filter {
    Filter::one(1, Operator::Icontains, Value::Text(part.to_owned()))
}

fn tagged(tag: &str) -> Filter {
    Filter::many(13, Operator::HasAll, vec![Value::Text(tag.to_owned())])
}

fn plant_key(number: i64) -> crate::store::Key {
    crate::store::Key { meta: PLANT, id: plant(number).swap_remove(0), scope: Filter::All }
}

#[tokio::test]
async fn indexes_follow_inserts_updates_and_deletes() {
    let store = store(&[PLANT]).await;
    for number in 1..=3 {
        done(store.write(insert(PLANT, plant(number))).await);
    }
    assert_eq!(found(&store, named("SUNFLOWER")).await.len(), 3);
    let changes = vec![(1, Value::Text("Rose".to_owned())), (13, Value::List(vec![Value::Text("red".to_owned())]))];
    done(store.write(Write::Update { key: plant_key(2), changes, version: None }).await);
    done(store.write(Write::Delete { key: plant_key(3), version: None }).await);
    assert_eq!(found(&store, named("sunflower")).await, [r#"Text("p00001")"#]);
    assert_eq!(found(&store, named("rose")).await, [r#"Text("p00002")"#]);
    assert_eq!(found(&store, tagged("plant")).await, [r#"Text("p00001")"#]);
    assert_eq!(found(&store, tagged("red")).await, [r#"Text("p00002")"#]);
    let left = "SELECT CAST((SELECT count(*) FROM plants__tags__items) AS TEXT)";
    assert_eq!(rows(&store, &query(left), 0), ["3"], "nothing is left of what is gone");
}

#[tokio::test]
async fn a_write_that_is_undone_leaves_nothing_in_the_indexes() {
    let store = store(&[PLANT]).await;
    done(store.write(insert(PLANT, plant(1))).await);
    let twice = (0..8).map(|number| {
        let mut values = plant(number);
        values[1] = Value::Text(format!("Nettle {number}"));
        store.write(insert(PLANT, values))
    });
    // They share a transaction, and one of them fails in it.
    let mut outcomes = Vec::new();
    for it in twice.map(Box::pin).collect::<Vec<_>>() {
        outcomes.push(it.await);
    }
    assert_eq!(outcomes.iter().filter(|it| it.is_err()).count(), 1);
    assert_eq!(found(&store, named("nettle")).await.len(), 7);
    assert_eq!(found(&store, named("sunflower")).await.len(), 1);
    assert_eq!(found(&store, tagged("plant")).await.len(), 8);
}

fn open(directory: &Directory) -> SqliteStore {
    SqliteStore::open(&directory.url("x.db")).unwrap()
}

/// Runs statements as somebody with a shell of their own would.
fn by_hand(directory: &Directory, statements: &str) {
    let location = super::super::Location::parse("x").unwrap();
    let path = directory.0.join("x.db");
    let connection = super::super::connection::open(&path, &location, super::super::Purpose::Write).unwrap();
    connection.execute_batch(statements).unwrap();
}

#[tokio::test]
async fn a_table_that_had_rows_before_is_indexed_once() {
    let directory = Directory::new();
    by_hand(&directory, &schema::table(Dialect::Sqlite, BOOK));
    by_hand(
        &directory,
        "INSERT INTO books (id, title, author_name, isbn, price, tags, status, created_at) \
         VALUES (7, 'Dune', 'Frank Herbert', '1', '9.99', '[\"classic\"]', 'available', 0)",
    );
    let store = open(&directory);
    store.migrate(&[BOOK]).await.unwrap();
    let title = Filter::one(1, Operator::Icontains, Value::Text("DUNE".to_owned()));
    let tag = Filter::many(8, Operator::HasAny, vec![Value::Text("classic".to_owned())]);
    for filter in [title, tag] {
        assert_eq!(store.select(Select { filter, ..everything(BOOK) }).await.unwrap().records.len(), 1);
    }
    // A second start finds everything in place.
    let version = "SELECT CAST(schema_version AS TEXT) FROM pragma_schema_version";
    let before = rows(&store, &query(version), 0);
    store.migrate(&[BOOK]).await.unwrap();
    assert_eq!(rows(&store, &query(version), 0), before);
    store.close().await;
}

#[tokio::test]
async fn rows_that_were_numbered_anew_are_indexed_anew() {
    let directory = Directory::new();
    let store = open(&directory);
    store.migrate(&[PLANT]).await.unwrap();
    for number in 1..=4 {
        done(store.write(insert(PLANT, plant(number))).await);
    }
    done(store.write(Write::Delete { key: plant_key(2), version: None }).await);
    store.close().await;
    // What a dump that is read again does; the triggers come after the rows.
    by_hand(
        &directory,
        "CREATE TEMP TABLE triggers AS SELECT sql FROM sqlite_schema WHERE type = 'trigger';
         PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE type = 'trigger';
         PRAGMA writable_schema = RESET;",
    );
    by_hand(
        &directory,
        "CREATE TEMP TABLE copy AS SELECT * FROM plants ORDER BY id; DELETE FROM plants; INSERT INTO plants SELECT * FROM copy",
    );
    let store = open(&directory);
    store.migrate(&[PLANT]).await.unwrap();
    assert_eq!(found(&store, named("00004")).await, [r#"Text("p00004")"#]);
    assert_eq!(found(&store, named("00003")).await, [r#"Text("p00003")"#]);
    store.close().await;
}

#[tokio::test]
async fn a_table_of_somebody_else_is_not_taken_for_an_index() {
    let directory = Directory::new();
    by_hand(&directory, "CREATE TABLE books__trigram (mine TEXT); INSERT INTO books__trigram VALUES ('precious')");
    let store = open(&directory);
    let error = store.migrate(&[BOOK]).await.unwrap_err();
    let StoreErrorKind::Drift { report } = error.kind() else { panic!("{error}") };
    assert!(report.contains("\"books__trigram\" is in the way"), "{report}");
    assert_eq!(rows(&store, &query("SELECT mine FROM books__trigram"), 0), ["precious"]);
    store.close().await;
}

#[tokio::test]
async fn books_keep_the_identifier_that_their_table_chose() {
    let store = store(&[BOOK]).await;
    for number in 1..=3 {
        let mut values = book(0, "Dune", &number.to_string()).values;
        values[0] = Value::Null;
        assert_eq!(*done(store.write(insert(BOOK, values)).await).get(0), Value::Int(number));
    }
    assert!(store.get(key(BOOK, 3)).await.unwrap().is_some());
}

#[tokio::test]
async fn counts_of_what_an_index_finds_are_exact() {
    let store = store(&[PLANT]).await;
    for number in 0..50 {
        done(store.write(insert(PLANT, plant(number))).await);
    }
    let select = Select { filter: named("0000"), count: CountMode::Exact, ..everything(PLANT) };
    assert_eq!(store.select(select).await.unwrap().total.unwrap().rows, 10);
}
