//! What the planner knows.

use std::time::Duration;

use super::on_server;
use crate::store::postgres::{Connector, statistics};
use crate::testing::BOOK;

#[tokio::test]
async fn tables_that_have_changed_much_are_looked_at_anew_once() {
    on_server(|it| async move {
        let _store = it.store_of(BOOK).await;
        let connector = Connector::new(it.url.parse().unwrap()).unwrap();
        let tables = [statistics::quoted(BOOK.table)];
        assert!(statistics::renew(&connector, &tables).await.unwrap().is_empty(), "nothing is in it");
        it.sql(
            "INSERT INTO books (title, author_name, isbn, price, tags, status, created_at) \
             SELECT 'title ' || i, 'x', i, 1, '{}', 'available', now() FROM generate_series(1, 2000) i",
        )
        .await;
        // The server hears of what a session has done when that has ended.
        let mut renewed = Vec::new();
        for _ in 0..100 {
            renewed = statistics::renew(&connector, &tables).await.unwrap();
            if !renewed.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // Where the store itself, or autovacuum, was not faster.
        assert!(renewed.len() <= 1);
        let known = it.sql("SELECT count(*) FROM pg_stats WHERE schemaname = current_schema() AND tablename = 'books'");
        assert_ne!(known.await, [[Some("0".to_owned())]]);
    })
    .await;
}
