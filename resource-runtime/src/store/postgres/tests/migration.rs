//! Tables that are made, found, and found wanting.

use std::sync::Arc;

use super::{Fixture, at_once, everything, insert, key, new_book, on_server};
use crate::field::{FieldMeta, IdSource, Value};
use crate::resource::ResourceMeta;
use crate::store::Migration;
use crate::store::{Store, StoreErrorKind};
use crate::testing::{BOOK, BookStatus, TRASHABLE};

/// The report of a table that does not fit.
async fn report(fixture: &Fixture, meta: &'static ResourceMeta) -> String {
    let error = fixture.store().await.migrate(&[meta]).await.unwrap_err();
    match error.kind() {
        StoreErrorKind::Drift { report } => report.clone(),
        other => panic!("{other:?}: {error}"),
    }
}

/// The statements of a report, which have lines of their own.
fn statements(report: &str) -> String {
    report.lines().filter(|it| it.starts_with("    ")).collect::<Vec<_>>().join("\n")
}

/// That a change to the books' table is reported in these words, and that the statements of the
/// report mend it, with a row in it.
async fn mended(fixture: &Fixture, change: &str, words: &str) {
    let store = fixture.store_of(BOOK).await;
    let record = insert(&store, BOOK, new_book("a", "1")).await;
    fixture.sql(change).await;
    let report = report(fixture, BOOK).await;
    assert!(report.contains(words), "{report}");
    fixture.sql(&statements(&report)).await;
    store.migrate(&[BOOK]).await.unwrap();
    let found = store.select(everything(BOOK)).await.unwrap();
    assert_eq!(found.records.len(), 1);
    assert_eq!(found.records[0].get(1), record.get(1));
    insert(&store, BOOK, new_book("b", "2")).await;
}

#[tokio::test]
async fn processes_that_begin_at_once_make_the_tables_once() {
    on_server(|it| async move {
        let outcomes = at_once(8, |_| {
            let it = it.clone();
            async move { it.store().await.migrate(&[BOOK]).await.unwrap().created }
        })
        .await;
        assert_eq!(outcomes.concat(), ["books"], "one of them made the table");
        let store = it.store_of(BOOK).await;
        insert(&store, BOOK, new_book("a", "1")).await;
    })
    .await;
}

#[tokio::test]
async fn tables_that_fit_are_left_alone_even_without_the_right_to_create() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        let role = format!("{}_reader", it.schema);
        it.sql(&format!(
            "CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA {schema} TO {role}; \
             GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO {role}; \
             GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
            schema = it.schema
        ))
        .await;
        let url = it.url.replacen("postgres@", &format!("{role}@"), 1);
        let outcome = if url == it.url {
            Ok(Migration::default())
        } else {
            let reader = super::PostgresStore::connect(&url).await.unwrap();
            let outcome = reader.migrate(&[BOOK]).await;
            insert(&reader, BOOK, new_book("a", "1")).await;
            reader.close().await;
            outcome
        };
        it.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
        outcome.unwrap();
        drop(store);
    })
    .await;
}

#[tokio::test]
async fn a_table_that_is_locked_by_others_does_not_hold_up_a_start() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        let mut writer = store.pool.begin().await.unwrap();
        writer.batch("INSERT INTO books SELECT * FROM books", None).await.unwrap();
        let begin = async { it.store().await.migrate(&[BOOK]).await };
        tokio::time::timeout(std::time::Duration::from_secs(5), begin).await.unwrap().unwrap();
        drop(writer);
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_of_the_indexes_is_made() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        let indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1";
        let all = it.sql(indexes).await;
        assert!(all.len() > 5, "{all:?}");
        it.sql("DROP INDEX books__isbn__key, books__title__sort").await;
        store.migrate(&[BOOK]).await.unwrap();
        assert_eq!(it.sql(indexes).await, all);
    })
    .await;
}

#[tokio::test]
async fn a_missing_column_is_reported_with_what_mends_it() {
    on_server(|it| async move { mended(&it, "ALTER TABLE books DROP tags", "\"tags\" is missing").await }).await;
}

#[tokio::test]
async fn a_missing_version_is_reported_with_what_mends_it() {
    on_server(|it| async move { mended(&it, "ALTER TABLE books DROP _version", "\"_version\" is missing").await })
        .await;
}

#[tokio::test]
async fn a_column_of_another_type_is_reported_with_what_mends_it() {
    on_server(|it| async move {
        mended(
            &it,
            "ALTER TABLE books ALTER price TYPE double precision",
            "\"price\" is of type double precision, and should be numeric",
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn columns_that_take_nulls_or_refuse_them_are_reported_with_what_mends_them() {
    on_server(|it| async move {
        let change = "ALTER TABLE books ALTER author_name DROP NOT NULL; UPDATE books SET author_name = NULL; \
                      UPDATE books SET genre = 'x'; ALTER TABLE books ALTER genre SET NOT NULL";
        mended(&it, change, "\"genre\" refuses nulls").await;
    })
    .await;
}

#[tokio::test]
async fn a_column_that_no_field_fills_is_reported_where_rows_need_it() {
    on_server(|it| async move {
        let harmless = "ALTER TABLE books ADD note text, ADD rank int NOT NULL DEFAULT 0";
        it.store_of(BOOK).await;
        it.sql(harmless).await;
        it.store_of(BOOK).await;
        let change =
            "ALTER TABLE books ADD shelf int; UPDATE books SET shelf = 1; ALTER TABLE books ALTER shelf SET NOT NULL";
        mended(&it, change, "\"shelf\" is no field of Book").await;
    })
    .await;
}

#[tokio::test]
async fn an_identifier_that_does_not_number_rows_is_reported_with_what_mends_it() {
    on_server(|it| async move {
        let change = "ALTER TABLE books ALTER id DROP IDENTITY, DROP CONSTRAINT books__id__pkey";
        mended(&it, change, "\"id\" does not number new rows").await;
    })
    .await;
}

#[tokio::test]
async fn an_enum_with_a_new_variant_is_reported_with_what_mends_it() {
    on_server(|it| async move {
        let change = "ALTER TABLE books DROP CONSTRAINT books__status__check, \
                      ADD CONSTRAINT books__status__check CHECK (status IN ('available', 'it''s gone'))";
        mended(&it, change, "refuses the values checked_out").await;
    })
    .await;
}

#[tokio::test]
async fn rows_that_a_unique_index_cannot_take_are_reported() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        it.sql("DROP INDEX books__isbn__key").await;
        insert(&store, BOOK, new_book("a", "1")).await;
        insert(&store, BOOK, new_book("b", "1")).await;
        let report = report(&it, BOOK).await;
        assert!(report.contains("rows with the same isbn"), "{report}");
        assert_eq!(it.sql(&statements(&report)).await, [[Some("1".to_owned()), Some("2".to_owned())]]);
    })
    .await;
}

static NOTE: &ResourceMeta = &ResourceMeta::new(
    "Note",
    "notes",
    "notes",
    &[
        FieldMeta::of::<i32>("id").id(IdSource::Store),
        FieldMeta::of::<String>("text"),
        FieldMeta::of::<i16>("stars"),
        FieldMeta::of::<BookStatus>("status"),
    ],
);

#[tokio::test]
async fn a_table_of_somebody_elses_making_is_used_as_it_is_where_it_fits() {
    on_server(|it| async move {
        it.sql(
            "CREATE TABLE notes (id bigserial PRIMARY KEY, text varchar(100) NOT NULL, stars int NOT NULL, \
             status text NOT NULL, _version bigint NOT NULL DEFAULT 1); \
             INSERT INTO notes (text, stars, status) VALUES ('old', 3, 'available')",
        )
        .await;
        let store = it.store_of(NOTE).await;
        let old = store.get(key(NOTE, 1)).await.unwrap().unwrap();
        assert_eq!((old.get(1), old.get(2)), (&Value::Text("old".to_owned()), &Value::Int(3)));
        let values =
            vec![Value::Null, Value::Text("new".to_owned()), Value::Int(5), Value::Text("available".to_owned())];
        assert_eq!(*insert(&store, NOTE, values.clone()).await.get(0), Value::Int(2));
        // What the column cannot take is said to be the value's fault.
        let mut long = values;
        long[1] = Value::Text("x".repeat(101));
        let write = crate::store::Write::Insert { meta: NOTE, values: long, version: 1 };
        assert_eq!(*Store::write(&store, write).await.unwrap_err().kind(), StoreErrorKind::Invalid);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_made_where_one_table_does_not_fit() {
    on_server(|it| async move {
        it.sql("CREATE TABLE notes (id int)").await;
        let store = Arc::new(it.store().await);
        let error = store.migrate(&[BOOK, NOTE]).await.unwrap_err();
        assert!(matches!(error.kind(), StoreErrorKind::Drift { .. }), "{error}");
        let tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()";
        assert_eq!(it.sql(tables).await, [[Some("notes".to_owned())]]);
    })
    .await;
}

#[tokio::test]
async fn two_stores_on_one_database_see_each_others_rows() {
    on_server(|it| async move {
        let (first, second) = (it.store_of(BOOK).await, it.store_of(BOOK).await);
        let a = insert(&first, BOOK, new_book("a", "1")).await;
        let b = insert(&second, BOOK, new_book("b", "2")).await;
        assert_ne!(a.get(0), b.get(0));
        assert_eq!(first.select(everything(BOOK)).await.unwrap(), second.select(everything(BOOK)).await.unwrap());
    })
    .await;
}

/// Before its deletes were soft.
static HARD: &ResourceMeta = &ResourceMeta::new("Leaf", "leaves", "leaves", {
    let [fields @ .., _] = TRASHABLE.fields else { panic!("it has fields") };
    fields
});

#[tokio::test]
async fn a_table_from_before_its_deletes_were_soft_is_reported_with_what_mends_it() {
    on_server(|it| async move {
        let row = |name: &str| vec![Value::Null, Value::Text(name.to_owned()), Value::Null];
        let store = it.store_of(HARD).await;
        insert(&store, HARD, row("a")).await;
        let report = report(&it, TRASHABLE).await;
        assert!(report.contains("the column \"deleted_at\" is missing"), "{report}");
        assert!(report.contains("\"leaves__name__key\" keeps values unique that deleted rows leave free"), "{report}");
        it.sql(&statements(&report)).await;
        store.migrate(&[TRASHABLE]).await.unwrap();
        let gone = |name: &str| [row(name), vec![Value::Timestamp(jiff::Timestamp::UNIX_EPOCH)]].concat();
        insert(&store, TRASHABLE, gone("a")).await;
        insert(&store, TRASHABLE, gone("b")).await;
        insert(&store, TRASHABLE, [row("b"), vec![Value::Null]].concat()).await;
        // And back again, where what is deleted counts like any other row.
        let report = self::report(&it, HARD).await;
        assert!(report.contains("\"leaves__name__live_key\""), "{report}");
        it.sql(&statements(&report)).await;
        let report = self::report(&it, HARD).await;
        assert!(report.contains("has rows with the same name"), "{report}");
    })
    .await;
}
