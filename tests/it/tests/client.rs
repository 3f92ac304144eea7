//! The typed client, against every store.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use it::book::{BookCreate, BookUpdate};
use it::{Book, every_store};
use resource_runtime::client::{BoxFuture, Client, Error, Retry, Transport, TransportError};
use resource_runtime::prelude::*;

fn book(title: &str, isbn: &str, price: i64) -> BookCreate {
    BookCreate {
        title: title.to_owned(),
        author_name: "Somebody".to_owned(),
        isbn: isbn.to_owned(),
        genre: None,
        published_year: None,
        price: price.into(),
        description: None,
        tags: Set::Absent,
    }
}

fn titles(rows: &[it::book::BookSummary]) -> Vec<&str> {
    rows.iter().map(|it| it.title.as_str()).collect()
}

every_store! {
    async fn rows_are_created_read_changed_and_removed(api) {
        let books = api.typed().resource::<Book>();
        let created = books.create(&book("Emma", "9780141439587", 9)).send().await.unwrap();
        assert_eq!(created.title, "Emma");
        let read = books.get(created.id).await.unwrap().unwrap();
        assert_eq!((read.id, &read.etag, read.price), (created.id, &created.etag, 9.into()));
        let tag = read.etag.unwrap();
        assert!(books.get_if_changed(read.value.id, &tag).await.unwrap().is_none());

        let change = BookUpdate { genre: Patch::Value("novel".to_owned()), ..BookUpdate::default() };
        let changed = books.update(created.id, &change).if_match(&tag).send().await.unwrap();
        assert_eq!((changed.genre.as_deref(), changed.title.as_str()), (Some("novel"), "Emma"));
        let stale = books.update(created.id, &change).if_match(&tag).send().await.unwrap_err();
        assert_eq!(stale.status().unwrap(), 412);
        assert!(books.get_if_changed(created.id, &tag).await.unwrap().is_some());

        let replaced = books.replace(created.id, &book("Persuasion", "9780141439587", 8)).send().await.unwrap();
        assert_eq!((replaced.genre.as_deref(), replaced.title.as_str()), (None, "Persuasion"));
        books.delete(created.id).send().await.unwrap();
        assert!(books.get(created.id).await.unwrap().is_none());
        assert_eq!(books.delete(created.id).send().await.unwrap_err().refusal().unwrap().code, "not_found");
    }

    async fn lists_are_filtered_sorted_and_paged(api) {
        api.seed().await;
        let books = api.typed().resource::<Book>();
        let page = books.list().filter(Book::PRICE.gte(17)).filter(Book::GENRE.ieq("PROGRAMMING")).sort(Book::PRICE.desc());
        let page = page.per_page(2).send().await.unwrap();
        assert_eq!(titles(&page.items), ["Design Patterns", "The Pragmatic Programmer"]);
        assert_eq!((page.total, page.total_pages, page.has_next), (Some(3), Some(2), true));

        let either = Book::TAGS.has_any(["space"]).or(!Book::PRICE.gte(13));
        let page = books.list().filter(either).sort(Book::TITLE.asc()).send().await.unwrap();
        assert_eq!(titles(&page.items), ["1984", "Dune"]);
        let quoted = books.list().filter(Book::TITLE.eq("it's \"quoted\" \\ and (more)")).send().await.unwrap();
        assert_eq!(quoted.total, Some(0));
        let found = books.list().search("prag").send().await.unwrap();
        assert_eq!(titles(&found.items), ["The Pragmatic Programmer"]);
    }

    async fn all_rows_come_page_by_page(api) {
        api.seed().await;
        let mut rows = api.typed().resource::<Book>().list().sort(Book::PUBLISHED_YEAR.desc()).per_page(2).rows();
        let mut all = Vec::new();
        while let Some(row) = rows.next().await {
            all.push(row.unwrap());
        }
        assert_eq!(titles(&all), ["The Pragmatic Programmer", "Clean Code", "Design Patterns", "Dune", "1984"]);
        let listed = api.typed().resource::<Book>().list();
        let first = listed.cursor("").await.unwrap();
        assert_eq!((first.items.len(), first.has_more, first.prev_cursor), (5, false, None));
        let wrong = listed.cursor("nonsense").await.unwrap_err();
        assert_eq!(wrong.refusal().unwrap().code, "invalid_cursor");
    }

    async fn batches_say_what_stands_and_what_fell(api) {
        let books = api.typed().resource::<Book>();
        let items = [book("A", "0000000001", 1), book("B", "0000000002", -1), book("C", "0000000003", 3)];
        let done = books.bulk_create(&items).send().await.unwrap();
        assert_eq!(done.done.len(), 2);
        assert_eq!((done.refused.len(), done.refused[0].index), (1, 1));
        assert_eq!(done.refused[0].refusal.errors[0].pointer.as_deref(), Some("/price"));
        let refused = books.bulk_create(&items).atomic().atomic().send().await.unwrap_err();
        assert_eq!(refused.refusal().unwrap().errors[0].pointer.as_deref(), Some("/1/price"));

        let ids: Vec<i64> = done.done.iter().map(|it| it.id).collect();
        let change = |title: &str| BookUpdate { title: Set::Value(title.to_owned()), ..BookUpdate::default() };
        let updated = books.bulk_update([(ids[0], change("AA")), (ids[1], change("CC"))]).atomic().send().await.unwrap();
        assert_eq!(updated.done.iter().map(|it| it.title.as_str()).collect::<Vec<_>>(), ["AA", "CC"]);
        let deleted = books.bulk_delete([ids[0], 4_711]).send().await.unwrap();
        assert_eq!(deleted.done.iter().map(|it| it.0).collect::<Vec<_>>(), [ids[0]]);
    }

    async fn refusals_say_what_is_wrong(api) {
        let books = api.typed().resource::<Book>();
        let refused = books.create(&book("", "12", -1)).send().await.unwrap_err();
        let refusal = refused.refusal().unwrap();
        assert_eq!((refusal.status.as_u16(), refusal.code.as_str()), (422, "validation_failed"));
        let places: Vec<_> = refusal.errors.iter().filter_map(|it| it.pointer.as_deref()).collect();
        assert_eq!(places, ["/title", "/isbn", "/price"]);
        assert!(refusal.request_id.is_some());
        let nothing = books.list().filter(Book::GENRE.is_in([""; 0])).send().await.unwrap_err();
        assert!(matches!(nothing, Error::Unsayable(_)), "{nothing}");
    }

    async fn an_answer_that_got_lost_is_asked_for_again(api) {
        let lossy = Lossy { inner: api.typed_transport(), lost: Arc::new(AtomicU32::new(2)) };
        let books = Client::with_transport("/api/v1", lossy).resource::<Book>();
        let created = books.create(&book("Emma", "9780141439587", 9)).send().await.unwrap();
        assert_eq!(books.list().send().await.unwrap().total, Some(1), "carried out once");
        assert_eq!(books.get(created.id).await.unwrap().unwrap().title, "Emma");
    }
}

/// Carries requests out, and loses the first answers.
struct Lossy<T> {
    inner: T,
    lost: Arc<AtomicU32>,
}

impl<T: Transport> Transport for Lossy<T> {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        Box::pin(async move {
            let answer = self.inner.send(request).await?;
            let lose = |it: u32| it.checked_sub(1);
            match self.lost.fetch_update(Ordering::Relaxed, Ordering::Relaxed, lose) {
                Ok(_) => Err(TransportError { sent: true, source: "cut".into() }),
                Err(_) => Ok(answer),
            }
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        self.inner.sleep(time)
    }
}

/// Answers with the same refusal as often as it is asked to.
struct Refusing {
    status: u16,
    retry_after: Option<&'static str>,
    asked: Arc<AtomicU32>,
}

impl Transport for Refusing {
    fn send(&self, _: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut response = http::Response::builder().status(self.status);
        if let Some(seconds) = self.retry_after {
            response = response.header("retry-after", seconds);
        }
        Box::pin(std::future::ready(Ok(response.body(Bytes::new()).unwrap())))
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// How often a request is sent that is answered like this.
async fn attempts(status: u16, retry_after: Option<&'static str>, retry: Retry) -> u32 {
    let asked = Arc::new(AtomicU32::new(0));
    let client = Client::with_transport("", Refusing { status, retry_after, asked: Arc::clone(&asked) }).retry(retry);
    let error = client.resource::<Book>().list().send().await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), status);
    asked.load(Ordering::Relaxed)
}

#[tokio::test]
async fn what_the_server_may_do_later_is_sent_again() {
    assert_eq!(attempts(503, Some("1"), Retry::default()).await, 3);
    assert_eq!(attempts(429, None, Retry::default()).await, 3);
    assert_eq!(attempts(429, Some("3600"), Retry::default()).await, 1, "nobody waits for an hour");
    assert_eq!(attempts(503, None, Retry::NEVER).await, 1);
    for status in [400, 404, 409, 422, 500] {
        assert_eq!(attempts(status, None, Retry::default()).await, 1, "{status}");
    }
}

/// Answers every connection with these bytes, and gives its address.
fn server(answer: &'static str) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn a_write_does_not_follow_redirects() {
    let elsewhere = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let answer = format!(
        "HTTP/1.1 303 See Other\r\nlocation: {elsewhere}/login\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    let books = Client::new(server(answer.leak())).unwrap().resource::<Book>();
    let error = books.delete(1).send().await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.to_string().as_str()), (303, "303 See Other"));
}
