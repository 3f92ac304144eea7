//! A PostgreSQL server that is stopped and started under load.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cluster::Cluster;
use crate::support::{Answer, Folder, Server};
use crate::{Place, Stop, book, pause, rng, rows};

const READERS: usize = 4;
const WRITERS: usize = 4;

/// What clients saw.
#[derive(Default)]
struct Seen {
    next: AtomicUsize,
    /// The ISBNs of books that were acknowledged.
    created: Mutex<Vec<usize>>,
    good: AtomicUsize,
    unavailable: AtomicUsize,
    /// When a client heard last that the database does not answer.
    last: Mutex<Option<Instant>>,
    /// The longest time that a right answer took: how slow the machine is.
    slowest: Mutex<Duration>,
}

impl Seen {
    /// Either the right answer, or 503 with the time to wait; whether the first.
    fn note(&self, sent: Instant, answer: &Answer, expected: u16) -> bool {
        let (status, retry_after, body) = (answer.status, answer.header("retry-after"), &answer.body);
        if status == expected {
            let mut slowest = self.slowest.lock().unwrap();
            *slowest = sent.elapsed().max(*slowest);
            self.good.fetch_add(1, Ordering::Relaxed);
            return true;
        }
        assert_eq!(status, 503, "{body}");
        assert!(retry_after.parse::<u32>().is_ok(), "`Retry-After` is `{retry_after}`: {body}");
        let problem: Value = serde_json::from_str(body).unwrap();
        assert_eq!(problem["code"], "unavailable", "{body}");
        self.unavailable.fetch_add(1, Ordering::Relaxed);
        *self.last.lock().unwrap() = Some(Instant::now());
        false
    }
}

fn read(server: &Server, seen: &Seen) -> bool {
    let sent = Instant::now();
    let answer = server.send("GET", "/api/v1/books/1?fields=id,isbn", &[], "").expect("the API answers");
    let good = seen.note(sent, &answer, 200);
    assert!(!good || answer.body == r#"{"id":1,"isbn":"0000000000"}"#, "{}", answer.body);
    good
}

fn write(server: &Server, seen: &Seen) -> bool {
    let isbn = 1 + seen.next.fetch_add(1, Ordering::Relaxed);
    let sent = Instant::now();
    let answer = server.send("POST", "/api/v1/books", &[], &book(isbn).to_string()).expect("the API answers");
    let good = seen.note(sent, &answer, 201);
    if good {
        seen.created.lock().unwrap().push(isbn);
    }
    good
}

/// Waits for more of something, however slow the machine is.
fn grows(count: &AtomicUsize, before: usize, complaint: &str) {
    let start = Instant::now();
    while count.load(Ordering::Relaxed) <= before {
        assert!(start.elapsed() < Duration::from_secs(60), "{complaint}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// `OUTAGES=20` for more.
#[test]
fn a_database_that_goes_and_comes_back_is_503_in_between_and_nothing_else() {
    let Some(cluster) = Cluster::start("outage-cluster") else { return };
    let mut rng = rng();
    let place = Place { folder: Folder::new("outage"), url: cluster.url() };
    let server = place.start();
    assert_eq!(server.request("POST", "/api/v1/books", &book(0).to_string()).0, 201);
    let (seen, stop) = (Seen::default(), AtomicBool::new(false));
    let outages = it::times("OUTAGES", 2);
    let mut longest = Duration::ZERO;
    std::thread::scope(|scope| {
        for client in 0..READERS + WRITERS {
            let (server, seen, stop) = (&server, &seen, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let good = if client < READERS { read(server, seen) } else { write(server, seen) };
                    // A client that is told to wait does; not for a second, which would measure itself.
                    std::thread::sleep(Duration::from_millis(if good { 1 } else { 10 }));
                }
            });
        }
        let _stop = Stop(&stop);
        for outage in 0..outages {
            pause(&mut rng, 200..600);
            let before = seen.unavailable.load(Ordering::Relaxed);
            cluster.stop(["fast", "immediate"][outage % 2]);
            pause(&mut rng, 300..900);
            grows(&seen.unavailable, before, "nobody noticed that the database was gone");
            cluster.resume();
            let back = Instant::now();
            grows(&seen.good, seen.good.load(Ordering::Relaxed), "nothing works after the database came back");
            std::thread::sleep(Duration::from_millis(1_500));
            let last = seen.last.lock().unwrap().expect("there was an outage");
            longest = longest.max(last.saturating_duration_since(back));
        }
    });
    // On a machine that has other things to do, an answer that is late says nothing of the server.
    let slowest = seen.slowest.into_inner().unwrap();
    let limit = Duration::from_secs(1) + 2 * slowest;
    assert!(longest < limit, "the last 503 came {longest:?} after the database was back; answers took {slowest:?}");

    let created = seen.created.into_inner().unwrap();
    let stored = rows(&server, "books", "isbn");
    let stored: HashSet<usize> = stored.iter().map(|it| it["isbn"].as_str().unwrap().parse().unwrap()).collect();
    let lost: Vec<_> = created.iter().filter(|it| !stored.contains(it)).collect();
    assert!(lost.is_empty(), "acknowledged writes are lost: {lost:?}");
    it::say(&format!(
        "{outages} outages: {} right answers, {} of 503, the last of them {longest:.1?} after the database was back; right \
         answers took {slowest:.1?} at most",
        seen.good.into_inner(),
        seen.unavailable.into_inner(),
    ));
}
