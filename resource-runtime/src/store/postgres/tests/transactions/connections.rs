//! What becomes of the connections of transactions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::{Fixture, at_once, everything, insert, key, loss, new_book, on_server};
use super::{book_of_year_0, count, create, refused, set_year, store_with, until_none_is_open, until_state, year};
use crate::field::Value;
use crate::store::postgres::PostgresStore;
use crate::store::{Store, StoreErrorKind};
use crate::testing::BOOK;

/// How many books there are, asked by somebody whose connections nobody ends.
async fn rows(fixture: &Fixture) -> usize {
    fixture.sql("SELECT id FROM books").await.len()
}

#[tokio::test]
async fn of_64_that_lock_read_and_write_on_two_connections_none_is_lost() {
    on_server(|it| async move {
        let store = store_with(&it, 2, "").await;
        let id = book_of_year_0(&store).await;
        let commits = at_once(64, |task| {
            let store = Arc::clone(&store);
            async move {
                let mut transaction = store.begin().await.unwrap();
                let record = transaction.lock(key(BOOK, id)).await.unwrap().unwrap();
                transaction.write(set_year(id, year(&record) + 1, Some(record.version))).await.unwrap();
                if task % 4 == 0 {
                    return 0;
                }
                transaction.commit().await.unwrap();
                1
            }
        })
        .await;
        let record = store.get(key(BOOK, id)).await.unwrap().unwrap();
        assert_eq!((year(&record), record.version), (48, 49));
        assert_eq!(commits.into_iter().sum::<i64>(), 48);
        until_none_is_open(&it).await;
    })
    .await;
}

#[tokio::test]
async fn a_transaction_waits_for_a_connection_and_then_is_refused_as_busy() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "&transaction_wait=200ms").await;
        let holder = store.begin().await.unwrap();
        let begun = Instant::now();
        assert_eq!(*store.begin().await.err().unwrap().kind(), StoreErrorKind::Busy);
        assert!(begun.elapsed() >= Duration::from_millis(200) && begun.elapsed() < Duration::from_secs(2));
        drop(holder);
        store.begin().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_transaction_waits_for_a_server_that_has_as_many_connections_as_it_takes() {
    on_server(|it| async move {
        let role = format!("of_{}", it.schema);
        it.sql(&format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 2")).await;
        let mut config: tokio_postgres::Config = it.url.parse().unwrap();
        let url = it.url.replacen("postgres@", &format!("{role}@"), 1);
        let store = PostgresStore::connect(&format!("{url}&connections=1")).await.unwrap();
        let (client, connection) = config.user(&role).connect(tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        let leave = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            drop(client);
            connection.await.unwrap().unwrap();
        };
        let (begun, ()) = tokio::join!(store.begin(), leave);
        assert!(begun.is_ok());
        drop((begun, store));
        it.sql(&format!("DROP ROLE {role}")).await;
    })
    .await;
}

#[tokio::test]
async fn who_waits_longest_for_a_connection_is_next() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "").await;
        let holder = store.begin().await.unwrap();
        let (send, mut order) = tokio::sync::mpsc::unbounded_channel();
        for number in 0..8 {
            let (store, send) = (Arc::clone(&store), send.clone());
            tokio::spawn(async move {
                let _transaction = store.begin().await.unwrap();
                send.send(number).unwrap();
            });
            tokio::task::yield_now().await;
        }
        drop((holder, send));
        for number in 0..8 {
            assert_eq!(order.recv().await, Some(number));
        }
    })
    .await;
}

#[tokio::test]
async fn a_transaction_whose_backend_ends_is_unavailable_to_its_end_and_the_next_is_not() {
    on_server(|it| async move {
        let store = store_with(&it, 1, "").await;
        for how in 0..3 {
            let mut transaction = store.begin().await.unwrap();
            transaction.write(create("1")).await.unwrap();
            loss::kill_all(&it).await;
            let unavailable = StoreErrorKind::Unavailable;
            if how > 0 {
                assert_eq!(refused(&mut *transaction, create("2")).await, unavailable);
                assert_eq!(refused(&mut *transaction, create("3")).await, unavailable);
            }
            if how < 2 {
                assert_eq!(*transaction.commit().await.unwrap_err().kind(), unavailable);
            }
        }
        assert_eq!(rows(&it).await, 0);
        let mut transaction = store.begin().await.unwrap();
        transaction.write(create("1")).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(rows(&it).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_died_while_idle_is_replaced_unnoticed() {
    on_server(|it| async move {
        let store = store_with(&it, 4, "").await;
        for number in 0..10 {
            let begun = [store.begin().await.unwrap(), store.begin().await.unwrap()];
            let mut transaction = store.begin().await.unwrap();
            drop(begun);
            loss::kill_all(&it).await;
            transaction.write(create(&number.to_string())).await.unwrap();
            transaction.commit().await.unwrap();
        }
        assert_eq!(rows(&it).await, 10);
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_nobody_waits_for_is_ended_and_its_transaction_rolled_back() {
    on_server(|it| async move {
        let store = store_with(&it, 2, "").await;
        let id = book_of_year_0(&store).await;
        let mut holder = store.begin().await.unwrap();
        holder.write(set_year(id, 1, None)).await.unwrap();
        let mut waiting = store.begin().await.unwrap();
        waiting.write(create("2")).await.unwrap();
        let gone = tokio::time::timeout(Duration::from_millis(50), waiting.write(set_year(id, 2, None))).await;
        assert!(gone.is_err());
        // Whoever goes on all the same gets nowhere.
        assert_eq!(refused(&mut *waiting, create("3")).await, StoreErrorKind::Internal);
        drop(waiting);
        // While the lock that it waited for is still held.
        until_state(&it, "xact_start IS NOT NULL", 1).await;
        holder.commit().await.unwrap();
        until_none_is_open(&it).await;
        let rows = store.select(everything(BOOK)).await.unwrap().records;
        assert_eq!(rows.iter().map(year).collect::<Vec<_>>(), [1]);
        // Its connection is replaced.
        let _both = [store.begin().await.unwrap(), store.begin().await.unwrap()];
    })
    .await;
}

#[tokio::test]
async fn a_task_that_is_aborted_at_any_moment_leaves_nothing_open() {
    on_server(|it| async move {
        let store = store_with(&it, 2, "").await;
        for micros in 0..60 {
            let task = {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    let mut transaction = store.begin().await.unwrap();
                    for number in 0..50 {
                        transaction.write(create(&number.to_string())).await.unwrap();
                    }
                    std::future::pending::<()>().await;
                })
            };
            tokio::time::sleep(Duration::from_micros(micros * 100)).await;
            task.abort();
        }
        until_none_is_open(&it).await;
        assert_eq!(count(&store).await, 0);
        at_once(8, |number| {
            let store = Arc::clone(&store);
            async move {
                let mut transaction = store.begin().await.unwrap();
                transaction.write(create(&number.to_string())).await.unwrap();
                transaction.commit().await.unwrap();
            }
        })
        .await;
        assert_eq!(count(&store).await, 8);
    })
    .await;
}

#[tokio::test]
async fn of_two_that_wait_for_each_other_one_is_refused_as_busy_and_cannot_commit() {
    on_server(|it| async move {
        let store = store_with(&it, 2, "").await;
        let first = book_of_year_0(&store).await;
        let Value::Int(second) = *insert(&store, BOOK, new_book("b", "2")).await.get(0) else { panic!() };
        let mut one = store.begin().await.unwrap();
        let mut other = store.begin().await.unwrap();
        one.write(set_year(first, 1, None)).await.unwrap();
        other.write(set_year(second, 2, None)).await.unwrap();
        let (a, b) = tokio::join!(one.write(set_year(second, 1, None)), other.write(set_year(first, 2, None)));
        assert!(a.is_ok() != b.is_ok());
        let (winner, loser) = if a.is_ok() { (one, other) } else { (other, one) };
        assert_eq!(*a.and(b).unwrap_err().kind(), StoreErrorKind::Busy);
        assert_eq!(*loser.commit().await.unwrap_err().kind(), StoreErrorKind::Busy);
        winner.commit().await.unwrap();
        until_none_is_open(&it).await;
    })
    .await;
}

#[tokio::test]
async fn the_server_ends_a_transaction_that_is_idle_too_long() {
    on_server(|it| async move {
        it.store_of(BOOK).await;
        let store = PostgresStore::connect(&format!("{}&transaction_idle_timeout=100ms", it.url)).await.unwrap();
        let mut transaction = store.begin().await.unwrap();
        transaction.write(create("1")).await.unwrap();
        until_none_is_open(&it).await;
        assert_eq!(*transaction.commit().await.unwrap_err().kind(), StoreErrorKind::Unavailable);
        assert_eq!(count(&store).await, 0);
    })
    .await;
}
