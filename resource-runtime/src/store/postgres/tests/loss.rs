//! Connections and servers that go away, and tables that others change.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_postgres::config::Host;

use super::{Fixture, at_once, everything, insert, key, new_book, on_server};
use crate::field::Value;
use crate::query::Filter;
use crate::store::postgres::run::Runner;
use crate::store::postgres::{PostgresSettings, PostgresStore};
use crate::store::{Database, Key, Store, StoreErrorKind, StoreResult, Write, Written};
use crate::testing::BOOK;

/// A server that can be taken away: connections go through it to the real one.
struct Server {
    address: SocketAddr,
    real: String,
    serving: Option<JoinHandle<()>>,
}

impl Server {
    async fn start(real: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut server = Self { address: listener.local_addr().unwrap(), real, serving: None };
        server.serve(listener);
        server
    }

    fn serve(&mut self, listener: TcpListener) {
        let real = self.real.clone();
        self.serving = Some(tokio::spawn(async move {
            // Ends its connections when it is dropped.
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let real = real.clone();
                connections.spawn(async move {
                    let mut server = TcpStream::connect(real).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        }));
    }

    /// Cuts all connections, and refuses new ones.
    async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _ = serving.await;
        }
    }

    async fn restart(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.serve(listener);
    }
}

/// A store whose server is reached through one that can be taken away.
async fn behind(fixture: &Fixture, parameters: &str) -> (Server, PostgresStore) {
    let settings: PostgresSettings = fixture.url.parse().unwrap();
    let host = match &settings.config.get_hosts()[0] {
        Host::Tcp(host) => host.clone(),
        Host::Unix(_) => "127.0.0.1".to_owned(),
    };
    let port = settings.config.get_ports().first().copied().unwrap_or(5432);
    let server = Server::start(format!("{host}:{port}")).await;
    let (_, rest) = fixture.url.split_once("://").unwrap();
    let (place, rest) = rest.split_once('/').unwrap();
    let user = place.rsplit_once('@').map_or("", |(user, _)| user);
    let url = format!("postgres://{user}@{}/{rest}{parameters}", server.address);
    let store = PostgresStore::connect(&url).await.unwrap();
    (server, store)
}

pub(super) async fn kill_all(fixture: &Fixture) {
    let sql =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{}'", fixture.schema);
    fixture.sql(&sql).await;
}

/// As [`kill_all`], and all of them have ended.
async fn end_all(fixture: &Fixture) {
    let sql = format!(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = '{}'",
        fixture.schema
    );
    fixture.sql(&sql).await;
}

fn is_unavailable<T>(outcome: &StoreResult<T>) -> bool {
    matches!(outcome, Err(error) if *error.kind() == StoreErrorKind::Unavailable)
}

#[tokio::test]
async fn reads_do_not_notice_that_connections_are_replaced() {
    on_server(|it| async move {
        let store = it.store_of(BOOK).await;
        let id = insert(&store, BOOK, new_book("a", "1")).await.get(0).clone();
        for _ in 0..10 {
            kill_all(&it).await;
            for _ in 0..4 {
                let key = Key { id: id.clone(), ..key(BOOK, 0) };
                assert!(store.get(key).await.unwrap().is_some());
            }
        }
        // Those that are idle for transactions too; waited for, because one that ends in the middle of a transaction
        // is noticed.
        end_all(&it).await;
        store.migrate(&[BOOK]).await.unwrap();
    })
    .await;
}

/// Each write succeeds or is said to be unavailable, and the row has as many as succeeded, and
/// perhaps some of which that was not known.
#[tokio::test]
async fn writes_cut_in_the_middle_are_never_said_to_be_done_when_they_are_not() {
    on_server(|it| async move {
        let store = Arc::new(it.store_of(BOOK).await);
        let mut values = new_book("a", "1");
        values[5] = Value::Int(0);
        let Value::Int(id) = *insert(&store, BOOK, values).await.get(0) else { panic!() };
        let killer = {
            let it = it.clone();
            tokio::spawn(async move {
                for _ in 0..20 {
                    tokio::time::sleep(Duration::from_millis(15)).await;
                    kill_all(&it).await;
                }
            })
        };
        let outcomes = at_once(8, |_| {
            let store = Arc::clone(&store);
            async move {
                let (mut done, mut unknown) = (0, 0);
                let until = Instant::now() + Duration::from_millis(500);
                while Instant::now() < until {
                    let Ok(Some(record)) = store.get(key(BOOK, id)).await else { continue };
                    let Value::Int(year) = *record.get(5) else { panic!() };
                    let changes = vec![(5, Value::Int(year + 1))];
                    let write = Write::Update { key: key(BOOK, id), changes, version: Some(record.version) };
                    match Store::write(&*store, write).await {
                        Ok(Written::Done(_)) => done += 1,
                        Ok(_) => {}
                        Err(error) => {
                            assert_eq!(*error.kind(), StoreErrorKind::Unavailable, "{error}");
                            unknown += 1;
                        }
                    }
                }
                (done, unknown)
            }
        })
        .await;
        killer.await.unwrap();
        let record = store.get(key(BOOK, id)).await.unwrap().unwrap();
        let Value::Int(year) = *record.get(5) else { panic!() };
        let done: i64 = outcomes.iter().map(|it| it.0).sum();
        let unknown: i64 = outcomes.iter().map(|it| it.1).sum();
        assert!(done > 0 && done <= year && year <= done + unknown, "{done} <= {year} <= {done} + {unknown}");
        assert_eq!(record.version, year + 1);
    })
    .await;
}

#[tokio::test]
async fn with_the_server_gone_requests_are_refused_at_once_and_served_within_a_second_of_its_return() {
    on_server(|it| async move {
        let (mut server, store) = behind(&it, "&connections=3").await;
        store.migrate(&[BOOK]).await.unwrap();
        let store = Arc::new(store);
        for _ in 0..3 {
            server.stop().await;
            // The first may have to find out.
            assert!(is_unavailable(&store.select(everything(BOOK)).await));
            let begun = Instant::now();
            let outcomes = at_once(64, |_| {
                let store = Arc::clone(&store);
                async move { is_unavailable(&store.select(everything(BOOK)).await) }
            })
            .await;
            assert!(outcomes.into_iter().all(|it| it));
            assert!(begun.elapsed() < Duration::from_millis(200), "{:?}", begun.elapsed());
            let write = Write::Delete { key: key(BOOK, 1), version: None };
            assert!(is_unavailable(&Store::write(&*store, write).await));
            assert!(is_unavailable(&store.ping().await));
            // So long that the pauses between attempts have grown.
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            server.restart().await;
            let begun = Instant::now();
            while store.select(everything(BOOK)).await.is_err() {
                assert!(begun.elapsed() < Duration::from_secs(1));
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let outcomes = at_once(64, |_| {
                let store = Arc::clone(&store);
                async move { store.select(everything(BOOK)).await.is_ok() }
            })
            .await;
            assert!(outcomes.into_iter().all(|it| it), "once back, it is back for all");
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_to_be_unavailable() {
    // A port that was free a moment ago.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let begun = Instant::now();
    let error = PostgresStore::connect(&format!("postgres://u@{address}/d")).await.err().unwrap();
    assert_eq!(*error.kind(), StoreErrorKind::Unavailable);
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://u@{}/d?connect_timeout=1", listener.local_addr().unwrap());
    let begun = Instant::now();
    let error = PostgresStore::connect(&url).await.err().unwrap();
    assert_eq!(*error.kind(), StoreErrorKind::Unavailable);
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn what_a_url_lacks_is_in_the_message() {
    let error = PostgresStore::connect("postgres://h/d?colour=red").await.err().unwrap();
    assert!(error.to_string().contains("unknown option `colour`"), "{error}");
}

#[tokio::test]
async fn tables_that_others_change_are_read_as_they_are_then() {
    on_server(|it| async move {
        let store = Arc::new(it.store_of(BOOK).await);
        insert(&store, BOOK, new_book("a", "1")).await;
        let read = || async { store.select(everything(BOOK)).await.unwrap().records };
        let before = read().await;
        // The types of prepared statements' results change.
        it.sql("ALTER TABLE books ALTER COLUMN title TYPE varchar(400), ADD COLUMN shelf text").await;
        assert_eq!(read().await, before);
        it.sql("ALTER TABLE books ALTER COLUMN published_year TYPE bigint").await;
        let outcomes = at_once(32, |_| {
            let store = Arc::clone(&store);
            async move { store.select(everything(BOOK)).await.unwrap().records }
        })
        .await;
        assert!(outcomes.into_iter().all(|it| it == before));
        it.sql("ALTER TABLE books ALTER COLUMN title TYPE text").await;
        insert(&store, BOOK, new_book("b", "2")).await;
        it.sql("DEALLOCATE ALL").await;
        assert_eq!(read().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn statements_that_a_connection_forgot_are_prepared_again() {
    on_server(|it| async move {
        let store = PostgresStore::connect(&format!("{}&connections=1", it.url)).await.unwrap();
        store.migrate(&[BOOK]).await.unwrap();
        store.select(everything(BOOK)).await.unwrap();
        let mut sql = crate::store::sql::SqlText::new(crate::store::sql::Dialect::Postgres);
        sql.push("DEALLOCATE ALL");
        (&store.singles).read(&sql, None).await.unwrap();
        store.select(everything(BOOK)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_read_that_nobody_waits_for_any_more_hurts_no_other() {
    on_server(|it| async move {
        let store = PostgresStore::connect(&format!("{}&connections=1", it.url)).await.unwrap();
        store.migrate(&[BOOK]).await.unwrap();
        for number in 0..50 {
            insert(&store, BOOK, new_book(&"long ".repeat(2_000), &number.to_string())).await;
        }
        for micros in 0..100 {
            // Dropped while it is prepared, sent, or answered.
            let select = crate::store::Select { scope: Filter::All, ..everything(BOOK) };
            let _ = tokio::time::timeout(Duration::from_micros(micros * 20), store.select(select)).await;
        }
        assert_eq!(store.select(everything(BOOK)).await.unwrap().records.len(), 50);
    })
    .await;
}

#[tokio::test]
async fn a_dropped_store_leaves_no_connection_behind() {
    on_server(|it| async move {
        let database = Database::new(it.store_of(BOOK).await);
        database.ping().await.unwrap();
        drop(database);
        let count = format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = '{}'", it.schema);
        let begun = Instant::now();
        while it.sql(&count).await != [[Some("0".to_owned())]] {
            assert!(begun.elapsed() < Duration::from_secs(5));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_that_refuses_is_unavailable_and_its_reason_in_the_message() {
    on_server(|it| async move {
        let url = it.url.replacen("/postgres?", "/no_such_database?", 1);
        if url != it.url {
            let error = PostgresStore::connect(&url).await.err().unwrap();
            assert_eq!(*error.kind(), StoreErrorKind::Unavailable);
            assert!(error.to_string().contains("no_such_database") && error.to_string().contains("3D000"), "{error}");
        }
    })
    .await;
}
