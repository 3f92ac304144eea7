//! The binary as a process: its settings, its end, and what survives it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use support::{Folder, Server, run};

fn book(n: u64) -> String {
    format!(r#"{{"title":"Book {n}","author_name":"Somebody","isbn":"{n:010}","price":1}}"#)
}

#[test]
fn a_new_database_has_the_sample_books_in_order() {
    let folder = Folder::new("sample");
    let mut server = Server::start(&folder, &[]);
    let (status, body) = server.request("GET", "/api/v1/books?sort=created_at&fields=id,title", "");
    assert_eq!(status, 200);
    assert!(
        body.starts_with(concat!(
            r#"{"items":[{"id":1,"title":"Clean Code"},{"id":2,"title":"Design Patterns"},"#,
            r#"{"id":3,"title":"The Pragmatic Programmer"},{"id":4,"title":"Dune"},{"id":5,"title":"1984"}],"#,
        )),
        "{body}"
    );
    // They come once: a restart with an emptied table leaves it empty.
    for id in 1..=5 {
        assert_eq!(server.request("DELETE", &format!("/api/v1/books/{id}"), "").0, 204);
    }
    server.signal("TERM");
    assert!(server.wait().success());
    let server = Server::start(&folder, &[]);
    assert!(server.request("GET", "/api/v1/books", "").1.contains(r#""total":0"#));
    assert!(folder.path().join("books.db").exists());
}

#[test]
fn sample_data_can_be_left_out() {
    let folder = Folder::new("no-sample");
    let server = Server::start(&folder, &[("SAMPLE_DATA", "false")]);
    assert!(server.request("GET", "/api/v1/books", "").1.contains(r#""total":0"#));
}

#[test]
fn a_memory_database_works_too() {
    let folder = Folder::new("memory");
    let server = Server::start(&folder, &[("DATABASE_URL", "memory:")]);
    assert!(server.request("GET", "/api/v1/books", "").1.contains(r#""total":5"#));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn settings_are_read_from_a_file_and_the_environment_wins() {
    let folder = Folder::new("dotenv");
    std::fs::write(folder.path().join(".env"), "SAMPLE_DATA=false\nDATABASE_URL=\"sqlite://other.db\"\nPORT=1\n")
        .unwrap();
    let server = Server::start(&folder, &[]);
    assert!(server.request("GET", "/api/v1/books", "").1.contains(r#""total":0"#));
    assert!(folder.path().join("other.db").exists());
}

#[test]
fn a_bad_setting_stops_the_start_with_a_sentence() {
    let folder = Folder::new("settings");
    for (name, value, word) in [
        ("PORT", "80000", "PORT"),
        ("PORT", "http", "PORT"),
        ("HOST", "not a host", "HOST"),
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL"),
        ("DATABASE_URL", "sqlite:///no/such/folder/x.db", "/no/such/folder"),
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/x", "see whether the server runs"),
        ("SAMPLE_DATA", "perhaps", "SAMPLE_DATA"),
        ("LOG", "verbose", "LOG is `verbose`"),
    ] {
        let output = run(&folder, &[(name, value)]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}={value}: {stderr}");
        assert!(stderr.contains(word), "{name}={value}: {stderr}");
        assert!(!stderr.contains("panicked") && !stderr.contains('{'), "{name}={value}: {stderr}");
    }
}

#[test]
fn a_taken_port_stops_the_start_with_a_sentence() {
    let folder = Folder::new("port");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let output = run(&folder, &[("PORT", &port), ("DATABASE_URL", "memory:")]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains(&port), "{stderr}");
}

#[test]
fn a_database_that_is_none_stops_the_start_with_a_sentence() {
    let folder = Folder::new("no-database");
    std::fs::write(folder.path().join("notes.txt"), "no database\n".repeat(100)).unwrap();
    std::fs::create_dir(folder.path().join("books")).unwrap();
    for (url, sentence) in [
        ("sqlite://notes.txt", "cannot open the database `notes.txt`: it is a file of another kind"),
        ("sqlite://books", "cannot open the database `books`: it is a directory; name a file in it"),
    ] {
        let output = run(&folder, &[("DATABASE_URL", url), ("PORT", "0")]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{url}: {stderr}");
        assert!(stderr.contains(sentence), "{url}: {stderr}");
    }
}

#[test]
fn a_request_that_runs_is_finished_when_the_server_is_told_to_stop() {
    use std::io::{Read as _, Write as _};

    let folder = Folder::new("term");
    let mut server = Server::start(&folder, &[("SAMPLE_DATA", "false")]);
    let body = book(1);
    let (first, rest) = body.split_at(10);
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /api/v1/books HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{first}"
    )
    .unwrap();
    // Until the server has read the header, there is no request that runs.
    std::thread::sleep(Duration::from_millis(300));
    server.signal("TERM");
    std::thread::sleep(Duration::from_millis(100));
    stream.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(server.wait().code(), Some(0));

    let server = Server::start(&folder, &[("SAMPLE_DATA", "false")]);
    assert!(server.request("GET", "/api/v1/books", "").1.contains(r#""total":1"#));
}

#[test]
fn every_acknowledged_write_survives_a_kill() {
    let folder = Folder::new("kill");
    let next = AtomicU64::new(0);
    let acknowledged = Mutex::new(Vec::new());
    for round in 0..20_u64 {
        let mut server = Server::start(&folder, &[("SAMPLE_DATA", "false")]);
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let server = &server;
            for _ in 0..4 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        let n = next.fetch_add(1, Ordering::Relaxed);
                        match server.try_request("POST", "/api/v1/books", &book(n)) {
                            Some((201, _)) => acknowledged.lock().unwrap().push(n),
                            Some((status, body)) => panic!("{status}: {body}"),
                            None => break,
                        }
                    }
                });
            }
            std::thread::sleep(std::time::Duration::from_millis(40 + 13 * (round % 7)));
            server.signal("KILL");
            stop.store(true, Ordering::Relaxed);
        });
        server.kill();
    }
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() > 100, "only {} writes", acknowledged.len());
    let server = Server::start(&folder, &[("SAMPLE_DATA", "false")]);
    let mut stored = std::collections::BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let (status, body) =
            server.request("GET", &format!("/api/v1/books?sort=created_at&fields=isbn&limit=100&cursor={cursor}"), "");
        assert_eq!(status, 200, "{body}");
        stored.extend(body.split("\"isbn\":\"").skip(1).map(|it| it[..10].parse::<u64>().unwrap()));
        let next = body.split("\"next_cursor\":").nth(1).unwrap();
        match next.strip_prefix('"') {
            Some(next) => cursor = next.split('"').next().unwrap().to_owned(),
            None => break,
        }
    }
    let lost: Vec<_> = acknowledged.iter().filter(|it| !stored.contains(it)).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged writes are lost: {lost:?}", lost.len(), acknowledged.len());
}
