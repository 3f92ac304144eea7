//! CONTRACT section 5.

use super::*;

#[tokio::test]
async fn a_row_that_the_client_has_is_304() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    let full = api.get("books/1").await;
    for tag in ["\"1\"", "W/\"1\"", "*", "\"x\", \"1\""] {
        for method in ["GET", "HEAD"] {
            let answer = api.send(method, "books/1", &[("if-none-match", tag)], Body::empty()).await;
            assert_eq!((answer.status, answer.text()), (304, ""), "{tag}");
            for name in ["etag", "cache-control", "vary"] {
                assert_eq!(answer.header(name), full.header(name), "{name}");
            }
            assert!(!answer.headers.contains_key("content-type"));
        }
    }
    for tag in ["\"2\"", "garbage", "\"1"] {
        assert_eq!(api.send("GET", "books/1", &[("if-none-match", tag)], Body::empty()).await.status, 200, "{tag}");
    }
}

#[tokio::test]
async fn a_stale_tag_writes_nothing() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    for tag in ["\"7\"", "W/\"1\"", "\"stale\"", "\"01\"", "unquoted", "\"7\", \"8\"", ""] {
        for (method, body) in
            [("PUT", book("X", "1234567890")), ("PATCH", r#"{"title":"X"}"#.to_owned()), ("DELETE", String::new())]
        {
            api.json_if(method, "books/1", "if-match", tag, &body).await.is_problem(412, "precondition_failed");
        }
    }
    assert_eq!(api.get("books/1").await.value()["title"], "Dune");
}

#[tokio::test]
async fn a_current_tag_lets_the_write_through() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    let answer = api.json_if("PATCH", "books/1", "if-match", "\"1\"", r#"{"title":"A"}"#).await;
    assert_eq!((answer.status, answer.header("etag")), (200, "\"2\""), "{}", answer.text());
    let answer = api.json_if("PATCH", "books/1", "if-match", "\"9\", \"2\"", r#"{"title":"B"}"#).await;
    assert_eq!((answer.status, answer.header("etag")), (200, "\"3\""));
    let answer = api.json_if("PUT", "books/1", "if-match", "*", &book("C", "1234567890")).await;
    assert_eq!((answer.status, answer.header("etag")), (200, "\"4\""));
    let answer = api.send("DELETE", "books/1", &[("if-match", "\"4\"")], Body::empty()).await;
    assert_eq!(answer.status, 204);
}

#[tokio::test]
async fn any_tag_on_a_missing_row_is_404() {
    let api = client().await;
    for tag in ["*", "\"1\""] {
        api.send("DELETE", "books/9", &[("if-match", tag)], Body::empty()).await.is_problem(404, "not_found");
        api.json_if("PATCH", "books/9", "if-match", tag, r#"{"title":"A"}"#).await.is_problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_put_that_must_create_replaces_nothing() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    let answer = api.json_if("PUT", "books/1", "if-none-match", "*", &book("X", "1234567890")).await;
    answer.is_problem(412, "precondition_failed");
    let answer = api.json_if("PUT", "books/9", "if-none-match", "*", &book("X", "1234567890")).await;
    answer.is_problem(404, "not_found");
    assert_eq!(api.get("books").await.value()["total"], 1);
}

#[tokio::test]
async fn a_put_creates_a_row_under_the_clients_identifier() {
    let api = client().await;
    for (slug, body) in [("a", r#"{"text":"x"}"#), ("b", r#"{"slug":"b","text":"x"}"#)] {
        let path = format!("notes/{slug}");
        let answer = api.json_if("PUT", &path, "if-none-match", "*", body).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (201, format!("/api/v1/{path}").as_str()),
            "{}",
            answer.text()
        );
        assert_eq!(api.get(&path).await.header("etag"), answer.header("etag"));
        api.json_if("PUT", &path, "if-none-match", "*", body).await.is_problem(412, "precondition_failed");
    }
    let answer = api.json_if("PUT", "notes/c", "if-none-match", "*", r#"{"slug":"d","text":"x"}"#).await;
    answer.is_problem(422, "validation_failed");
    // Without the condition, a PUT creates nothing.
    api.json("PUT", "notes/c", r#"{"slug":"c","text":"x"}"#).await.is_problem(404, "not_found");
    assert_eq!(api.get("notes").await.value()["total"], 2);
}

#[tokio::test]
async fn a_recreated_row_has_another_tag() {
    let api = client().await;
    let first = api.json("POST", "notes", r#"{"slug":"a","text":"x"}"#).await;
    assert_eq!(api.send("DELETE", "notes/a", &[], Body::empty()).await.status, 204);
    let second = api.json("POST", "notes", r#"{"slug":"a","text":"x"}"#).await;
    assert_eq!((first.status, second.status), (201, 201), "{}", second.text());
    assert_ne!(first.header("etag"), second.header("etag"));
}

#[tokio::test]
async fn a_resource_can_demand_if_match() {
    let api = client().await;
    assert_eq!(api.json("POST", "stricts", r#"{"text":"a"}"#).await.status, 201);
    for (method, path, body) in [
        ("PUT", "stricts/1", r#"{"text":"b"}"#),
        ("PATCH", "stricts/1", r#"{"text":"b"}"#),
        ("DELETE", "stricts/1", ""),
    ] {
        api.json(method, path, body).await.is_problem(428, "precondition_required");
    }
    // A batch has no place for tags.
    for (method, path, body) in
        [("PATCH", "stricts/bulk", r#"[{"id":1,"text":"b"}]"#), ("POST", "stricts/bulk-delete", r#"{"ids":[1]}"#)]
    {
        api.json(method, path, body).await.is_problem(405, "method_not_allowed");
    }
    let answer = api.json_if("PATCH", "stricts/1", "if-match", "\"1\"", r#"{"text":"b"}"#).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_replacements_lose_no_write() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..32 {
        let api = api.clone();
        writers.spawn(async move { api.json("PUT", "books/1", &book(&format!("t{n}"), "9780441013593")).await.status });
    }
    let statuses = writers.join_all().await;
    let done = statuses.iter().filter(|it| **it == 200).count();
    assert!(statuses.iter().all(|it| matches!(it, 200 | 409)), "{statuses:?}");
    assert_eq!(api.get("books/1").await.header("etag"), format!("\"{}\"", done + 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_racing_writers_with_one_tag_one_wins() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..16 {
        let api = api.clone();
        let body = format!(r#"{{"title":"t{n}"}}"#);
        writers.spawn(async move { api.json_if("PATCH", "books/1", "if-match", "\"1\"", &body).await.status });
    }
    let mut statuses = writers.join_all().await;
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[1]), (200, 412), "{statuses:?}");
}
