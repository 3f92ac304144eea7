//! Writes that are under way together.

use std::sync::Arc;

use tokio_postgres::types::PgLsn;

use super::{at_once, new_book, on_server};
use crate::store::postgres::connection::{Connection, Connector};
use crate::store::sql::{Dialect, SqlText};
use crate::store::{Store, StoreErrorKind, Write, Written};
use crate::testing::BOOK;

async fn grouping(url: &str) -> Connection {
    let connector = Connector::new(url.parse().unwrap()).unwrap();
    let mut connection = connector.connect(None).await.unwrap();
    connection.group_commits().await.unwrap();
    connection
}

async fn ask(connection: &Connection, sql: &str) -> String {
    connection.client().query_one(&format!("SELECT ({sql})::text"), &[]).await.unwrap().get(0)
}

fn insert_of(number: usize) -> Write {
    Write::Insert { meta: BOOK, values: new_book("a", &number.to_string()), version: 1 }
}

#[tokio::test]
async fn what_a_connection_has_changed_is_durable_when_it_is_answered() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        let connection = grouping(&it.url).await;
        assert_eq!(ask(&connection, "current_setting('synchronous_commit')").await, "off");
        for number in 0..20 {
            let mut sql = SqlText::new(Dialect::Postgres);
            // The place in the log after which the row's commit stands.
            sql.push("UPDATE books SET title = pg_current_wal_insert_lsn()::text RETURNING title");
            if number == 0 {
                Store::write(&store, insert_of(0)).await.unwrap();
            }
            let rows = connection.change(&sql.into(), BOOK).await.unwrap();
            let changed: PgLsn = rows[0].get::<_, &str>(0).parse().unwrap();
            let durable: PgLsn = ask(&connection, "pg_current_wal_flush_lsn()").await.parse().unwrap();
            assert!(durable > changed, "{durable} of {changed}");
        }
        assert_eq!(ask(&connection, "current_setting('synchronous_commit')").await, "off", "after the barriers");
    })
    .await;
}

#[tokio::test]
async fn writes_under_way_together_have_outcomes_of_their_own() {
    on_server(|it| async move {
        let store = Arc::new(it.store_of(BOOK).await);
        const ROUNDS: usize = 20;
        for round in 0..ROUNDS {
            // Each number twice.
            let outcomes = at_once(16, |task| {
                let store = Arc::clone(&store);
                async move { Store::write(&*store, insert_of(round * 8 + task % 8)).await }
            })
            .await;
            let done = outcomes.iter().filter(|it| matches!(it, Ok(Written::Done(_)))).count();
            let refused = |error: &crate::store::StoreError| matches!(error.kind(), StoreErrorKind::Duplicate { .. });
            let duplicates = outcomes.iter().filter(|it| it.as_ref().is_err_and(refused)).count();
            assert_eq!((done, duplicates), (8, 8), "{outcomes:?}");
        }
        assert_eq!(it.sql("SELECT count(*) FROM books").await, [[Some((ROUNDS * 8).to_string())]]);
        let groups = format!(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = '{}' \
             AND query LIKE '%pg_logical_emit_message%'",
            it.schema
        );
        assert_eq!(it.sql(&groups).await, [[Some("t".to_owned())]]);
    })
    .await;
}

#[tokio::test]
async fn where_the_server_waits_for_no_commit_there_is_nothing_to_share() {
    on_server(|it| async move {
        let url = it.url.replacen("options=", "options=-c%20synchronous_commit%3Doff%20", 1);
        let connection = grouping(&url).await;
        let store = it.store_of(BOOK).await;
        Store::write(&store, insert_of(0)).await.unwrap();
        let mut sql = SqlText::new(Dialect::Postgres);
        sql.push("UPDATE books SET title = 'b' RETURNING title");
        assert_eq!(connection.change(&sql.into(), BOOK).await.unwrap().len(), 1);
        assert_eq!(
            ask(&connection, "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT set_config%'")
                .await,
            "0"
        );
    })
    .await;
}
