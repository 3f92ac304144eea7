//! CONTRACT section 5: conditional requests.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use it::{every_store, new_book};
use serde_json::json;

const LONG_AGO: &str = "Sat, 01 Jan 2000 00:00:00 GMT";
const FAR_AHEAD: &str = "Fri, 01 Jan 2100 00:00:00 GMT";

every_store! {
    async fn a_matching_if_none_match_is_304(api) {
        api.create("Dune", "9780441013593").await;
        for tag in ["\"1\"", "W/\"1\"", "*", "\"0\", \"1\""] {
            let answer = api.get_with("books/1", &[("if-none-match", tag)]).await;
            assert_eq!(answer.status, 304, "{tag}");
            assert!(answer.body.is_empty());
            assert_eq!(answer.header("etag"), "\"1\"");
        }
        assert_eq!(api.get_with("books/1", &[("if-none-match", "\"2\"")]).await.status, 200);
        assert_eq!(api.send("HEAD", "books/1", &[("if-none-match", "\"1\"")], "").await.status, 304);
    }

    async fn the_etag_does_not_depend_on_the_projection(api) {
        api.create("Dune", "9780441013593").await;
        let whole = api.get("books/1").await;
        let part = api.get("books/1?fields=id").await;
        assert_eq!(part.text(), r#"{"id":1}"#);
        assert_eq!(whole.header("etag"), part.header("etag"));
    }

    async fn a_stale_if_match_is_412_and_nothing_is_written(api) {
        api.create("Dune", "9780441013593").await;
        let stale = [("if-match", "\"7\"")];
        api.json("PATCH", "books/1", &json!({"title": "X"}), &stale).await.is_error(412, "precondition_failed");
        api.json("PUT", "books/1", &new_book("X", "1234567890"), &stale).await.is_error(412, "precondition_failed");
        api.send("DELETE", "books/1", &stale, "").await.is_error(412, "precondition_failed");
        assert_eq!(api.get("books/1").await.value()["title"], "Dune");
        // Weak tags never match strongly.
        api.json("PATCH", "books/1", &json!({"title": "X"}), &[("if-match", "W/\"1\"")]).await.is_error(412, "precondition_failed");
    }

    async fn a_matching_if_match_lets_the_write_through(api) {
        api.create("Dune", "9780441013593").await;
        let patched = api.json("PATCH", "books/1", &json!({"title": "X"}), &[("if-match", "\"1\"")]).await;
        assert_eq!(patched.status, 200, "{}", patched.text());
        let again = api.json("PATCH", "books/1", &json!({"title": "Y"}), &[("if-match", "\"1\"")]).await;
        again.is_error(412, "precondition_failed");
        assert_eq!(api.json("PUT", "books/1", &new_book("Z", "1234567890"), &[("if-match", "\"9\", \"2\"")]).await.status, 200);
        assert_eq!(api.send("DELETE", "books/1", &[("if-match", "*")], "").await.status, 204);
        let missing = api.send("DELETE", "books/1", &[("if-match", "*")], "").await.status;
        assert!(missing == 404 || missing == 412);
    }

    async fn put_that_must_not_replace_is_412(api) {
        api.create("Dune", "9780441013593").await;
        let answer = api.json("PUT", "books/1", &new_book("X", "1234567890"), &[("if-none-match", "*")]).await;
        answer.is_error(412, "precondition_failed");
    }

    async fn of_racing_writers_with_one_tag_one_wins(api) {
        api.create("Dune", "9780441013593").await;
        for round in 1..=10 {
            let tag = format!("\"{round}\"");
            let writers = (0..8).map(|n| {
                let (api, tag) = (api.clone(), tag.clone());
                tokio::spawn(async move {
                    api.json("PATCH", "books/1", &json!({"title": format!("t{n}")}), &[("if-match", &tag)]).await.status
                })
            });
            let mut won = 0;
            for writer in writers.collect::<Vec<_>>() {
                match writer.await.unwrap() {
                    200 => won += 1,
                    status => assert_eq!(status, 412),
                }
            }
            assert_eq!(won, 1);
        }
    }

    async fn answers_say_when_the_row_was_written(api) {
        let created = api.post("books", &new_book("Dune", "9780441013593")).await;
        let date = created.header("last-modified").to_owned();
        assert!(date.ends_with(" GMT"), "{date}");
        // The date is never after `Date`, which is there where they are close.
        assert_eq!(created.header("date").len(), date.len());
        for path in ["books/1", "books/1?fields=id"] {
            assert_eq!(api.get(path).await.header("last-modified"), date, "{path}");
        }
        let author = api.post("authors", &json!({"name": "A"})).await;
        assert_eq!(api.get("authors/1").await.header("last-modified"), author.header("last-modified"));
        let patched = api.patch("books/1", &json!({"title": "A"})).await;
        assert_eq!(api.get("books/1").await.header("last-modified"), patched.header("last-modified"));
        assert_ne!(patched.header("last-modified"), "");
    }

    async fn a_row_that_was_not_written_since_is_304(api) {
        let created = api.post("books", &new_book("Dune", "9780441013593")).await;
        let date = created.header("last-modified");
        let unchanged = api.get_with("books/1", &[("if-modified-since", date)]).await;
        assert_eq!((unchanged.status, unchanged.header("last-modified")), (304, date));
        assert_eq!(api.get_with("books/1?fields=id", &[("if-modified-since", date)]).await.status, 304);
        assert_eq!(api.get_with("books/1", &[("if-modified-since", LONG_AGO)]).await.status, 200);
        assert_eq!(api.get_with("books/1", &[("if-modified-since", "yesterday")]).await.status, 200);
        // A tag takes the place of a date.
        let both = [("if-none-match", "\"9\""), ("if-modified-since", FAR_AHEAD)];
        assert_eq!(api.get_with("books/1", &both).await.status, 200);
    }

    async fn a_row_that_was_written_since_is_412(api) {
        let created = api.post("books", &new_book("Dune", "9780441013593")).await;
        let old = [("if-unmodified-since", LONG_AGO)];
        api.get_with("books/1", &old).await.is_error(412, "precondition_failed");
        api.json("PATCH", "books/1", &json!({"title": "X"}), &old).await.is_error(412, "precondition_failed");
        api.json("PUT", "books/1", &new_book("X", "1234567890"), &old).await.is_error(412, "precondition_failed");
        api.send("DELETE", "books/1", &old, "").await.is_error(412, "precondition_failed");
        assert_eq!(api.get("books/1").await.header("etag"), "\"1\"");

        let current = [("if-unmodified-since", created.header("last-modified"))];
        assert_eq!(api.json("PATCH", "books/1", &json!({"title": "X"}), &current).await.status, 200);
        // A tag takes the place of a date.
        let both = [("if-match", "\"2\""), ("if-unmodified-since", LONG_AGO)];
        assert_eq!(api.send("DELETE", "books/1", &both, "").await.status, 204);
        assert_eq!(api.send("DELETE", "books/1", &old, "").await.status, 404);
    }

    async fn racing_writers_with_a_date_lose_no_write(api) {
        let created = api.post("books", &new_book("Dune", "9780441013593")).await;
        let date = created.header("last-modified").to_owned();
        let writers = (0..16).map(|n| {
            let (api, date) = (api.clone(), date.clone());
            tokio::spawn(async move {
                let body = json!({"title": format!("t{n}")});
                api.json("PATCH", "books/1", &body, &[("if-unmodified-since", &date)]).await.status
            })
        });
        let mut won = 0;
        for writer in writers.collect::<Vec<_>>() {
            match writer.await.unwrap() {
                200 => won += 1,
                status => assert!(matches!(status, 409 | 412), "{status}"),
            }
        }
        assert_eq!(api.get("books/1").await.header("etag"), format!("\"{}\"", 1 + won));
    }
}

every_store! {
    library;

    async fn of_racing_creations_under_one_path_one_wins(api) {
        let racers = (0..16).map(|lent| {
            let api = api.clone();
            let none = [("if-none-match", "*")];
            tokio::spawn(async move { api.json("PUT", "shelves/C", &json!({"lent": lent}), &none).await })
        });
        let mut won = Vec::new();
        for racer in racers.collect::<Vec<_>>() {
            let answer = racer.await.unwrap();
            match answer.status {
                201 => won.push(answer.value()["lent"].clone()),
                _ => answer.is_error(412, "precondition_failed"),
            }
        }
        assert_eq!(won.len(), 1);
        assert_eq!(api.get("shelves/C").await.value()["lent"], won[0]);
    }
}
