//! CONTRACT section 1.

use super::*;

#[tokio::test]
async fn create_says_where_the_row_is() {
    let api = client().await;
    let answer = api.json("POST", "books", &book("Dune", "9780441013593")).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("location"), "/api/v1/books/1");
    assert_eq!(answer.header("etag"), "\"1\"");
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(api.get(answer.header("location")).await.text(), answer.text());
}

#[tokio::test]
async fn a_location_is_escaped() {
    let api = client().await;
    let answer = api.json("POST", "notes/", r#"{"slug":"a/b é?","text":"x"}"#).await;
    assert_eq!(answer.header("location"), "/api/v1/notes/a%2Fb%20%C3%A9%3F");
    assert_eq!(api.get(answer.header("location")).await.value()["slug"], "a/b é?");
}

#[tokio::test]
async fn identifiers_whose_paths_lead_elsewhere_are_refused() {
    let api = client().await;
    for slug in ["", ".", "..", "bulk", "bulk-delete"] {
        let answer = api.json("POST", "notes", &format!(r#"{{"slug":"{slug}","text":"x"}}"#)).await;
        answer.is_problem(422, "validation_failed");
        assert_eq!(answer.value()["errors"][0]["pointer"], "/slug");
    }
}

#[tokio::test]
async fn a_page_has_links_that_keep_the_parameters() {
    let api = client().await;
    for n in 0..5 {
        api.create("same", &format!("{n:010}")).await;
    }
    let answer = api.get("books?title=same&per_page=2&page=2").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let link = answer.header("link");
    for relation in ["first", "prev", "next", "last"] {
        assert_eq!(link.matches(&format!("rel=\"{relation}\"")).count(), 1, "{link}");
    }
    let next = link.split(", ").find(|it| it.ends_with("rel=\"next\"")).unwrap();
    let next = next.trim_start_matches('<').split('>').next().unwrap();
    assert!(next.starts_with("/api/v1/books?") && next.contains("title=same") && next.contains("per_page=2"), "{next}");
    let third = api.get(next).await;
    assert_eq!(third.value()["page"], 3);
    assert!(!third.header("link").contains("rel=\"next\""));
    assert_eq!((answer.header("x-total-count"), answer.header("x-total-pages")), ("5", "3"));
    assert_eq!(answer.header("cache-control"), "no-cache");
    let first = api.get("books").await;
    assert!(!first.header("link").contains("rel=\"prev\""));
}

#[tokio::test]
async fn past_the_end_the_page_before_is_the_last_one() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    let answer = api.get("books?page=9").await;
    assert_eq!(answer.status, 200);
    let value = answer.value();
    assert_eq!((&value["total"], &value["has_next"], &value["has_prev"]), (&1.into(), &false.into(), &true.into()));
    assert!(answer.header("link").contains("page=1>; rel=\"prev\""), "{}", answer.header("link"));
}

#[tokio::test]
async fn a_page_without_a_count_knows_whether_there_is_more() {
    let api = client().await;
    for n in 0..4 {
        api.create("same", &format!("{n:010}")).await;
    }
    for (page, has_next) in [(1, true), (2, false), (3, false)] {
        let answer = api.get(&format!("books?count=none&per_page=2&page={page}")).await;
        let value = answer.value();
        assert_eq!(value["has_next"], has_next, "{value}");
        assert!(value["total"].is_null() && value["total_pages"].is_null(), "{value}");
        assert_eq!(answer.header("x-total-count"), "");
        assert!(!answer.header("link").contains("rel=\"last\""));
    }
}

#[tokio::test]
async fn cursors_lead_to_the_end_and_back() {
    let api = client().await;
    for n in 0..5 {
        api.create(&format!("t{n}"), &format!("{n:010}")).await;
    }
    let first = api.get("books?sort=title&limit=2").await;
    let value = first.value();
    assert_eq!((&value["prev_cursor"], &value["has_more"]), (&Value::Null, &true.into()));
    assert!(value.get("total").is_none(), "{value}");
    assert!(first.header("link").contains("rel=\"next\"") && !first.header("link").contains("rel=\"prev\""));
    let second = api.get(&format!("books?sort=title&limit=2&cursor={}", value["next_cursor"].as_str().unwrap())).await;
    let next = second.value()["next_cursor"].as_str().unwrap().to_owned();
    let last = api.get(&format!("books?sort=title&limit=2&cursor={next}")).await.value();
    assert_eq!((&last["next_cursor"], &last["has_more"]), (&Value::Null, &false.into()));
    let back = second.value()["prev_cursor"].as_str().unwrap().to_owned();
    let again = api.get(&format!("books?sort=title&limit=2&cursor={back}")).await.value();
    assert_eq!(again["items"], value["items"]);
    assert_eq!(again["prev_cursor"], Value::Null);
    assert_eq!(again["has_more"], true);
}

#[tokio::test]
async fn a_get_gives_the_fields_that_are_asked_for() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    let answer = api.get("books/1?fields=title,id").await;
    assert_eq!((answer.text(), answer.header("etag")), (r#"{"id":1,"title":"Dune"}"#, "\"1\""));
}

#[tokio::test]
async fn rows_that_are_not_there_are_404() {
    let api = client().await;
    for method in ["GET", "DELETE"] {
        api.send(method, "books/9", &[], Body::empty()).await.is_problem(404, "not_found");
    }
    api.json("PUT", "books/9", &book("A", "1234567890")).await.is_problem(404, "not_found");
    api.json("PATCH", "books/9", r#"{"title":"A"}"#).await.is_problem(404, "not_found");
    assert_eq!(api.get("books").await.value()["total"], 0);
}

#[tokio::test]
async fn an_echo_of_read_only_fields_writes_nothing() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    let answer = api.json("PATCH", "books/1", r#"{"id":1}"#).await;
    assert_eq!((answer.status, answer.header("etag")), (200, "\"1\""), "{}", answer.text());
    assert_eq!(answer.text(), api.get("books/1").await.text());
    api.json_if("PATCH", "books/1", "if-match", "\"9\"", r#"{"id":1}"#).await.is_problem(412, "precondition_failed");
}

#[tokio::test]
async fn a_put_of_a_part_is_400() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    let answer = api.json_if("PUT", "books/1", "content-range", "bytes 0-9/100", &book("X", "1234567890")).await;
    answer.is_problem(400, "bad_request");
    assert_eq!(api.get("books/1").await.value()["title"], "Dune");
}

#[tokio::test]
async fn a_deletion_has_neither_a_body_nor_a_length() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    let answer = api.send("DELETE", "books/1", &[], Body::empty()).await;
    assert_eq!((answer.status, answer.text()), (204, ""));
    for name in ["content-length", "content-type", "transfer-encoding"] {
        assert!(!answer.headers.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn unknown_parameters_are_refused_before_anything_is_written() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    for (method, path, body) in [
        ("POST", "books?dry_run=1", book("A", "1234567890")),
        ("PUT", "books/1?x=1", book("A", "1234567890")),
        ("PATCH", "books/1?x=1", r#"{"title":"A"}"#.to_owned()),
        ("DELETE", "books/1?x=1", String::new()),
        ("GET", "books/1?x=1", String::new()),
        ("POST", "books/bulk?x=1", format!("[{}]", book("A", "1234567890"))),
    ] {
        api.json(method, path, &body).await.is_problem(422, "invalid_query");
    }
    assert_eq!(api.get("books").await.value()["total"], 1);
    assert_eq!(api.get("books/1").await.header("etag"), "\"1\"");
}

#[tokio::test]
async fn head_says_what_get_says() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    for path in ["books", "books/1", "books/9", "/health", "/nope", "/", "/openapi.json"] {
        let get = api.get(path).await;
        let head = api.send("HEAD", path, &[], Body::empty()).await;
        assert_eq!((head.status, head.text()), (get.status, ""), "{path}");
        for name in ["content-type", "etag", "link", "vary", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
        if get.status == 200 {
            assert_eq!(head.header("content-length"), get.header("content-length"), "{path}");
        }
    }
}

#[tokio::test]
async fn options_names_the_methods() {
    let api = client().await;
    for (path, allow, patches) in [
        ("books", "GET,HEAD,POST,OPTIONS", false),
        ("books/1", "GET,HEAD,PUT,PATCH,DELETE,OPTIONS", true),
        ("books/bulk", "POST,PATCH,OPTIONS", true),
        ("books/bulk-delete", "POST,OPTIONS", false),
        ("frozen", "GET,HEAD,OPTIONS", false),
        ("/health", "GET,HEAD,OPTIONS", false),
    ] {
        let answer = api.send("OPTIONS", path, &[], Body::empty()).await;
        assert_eq!((answer.status, answer.header("allow")), (204, allow), "{path}");
        assert_eq!(!answer.header("accept-patch").is_empty(), patches, "{path}");
        assert!(!answer.headers.contains_key("content-length"));
    }
    api.send("OPTIONS", "/nope", &[], Body::empty()).await.is_problem(404, "route_not_found");
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_405() {
    let api = client().await;
    for (method, path, allow) in [
        ("DELETE", "books", "GET,HEAD,POST,OPTIONS"),
        ("POST", "books/1", "GET,HEAD,PUT,PATCH,DELETE,OPTIONS"),
        ("GET", "books/bulk", "POST,PATCH,OPTIONS"),
        ("TRACE", "books/1", "GET,HEAD,PUT,PATCH,DELETE,OPTIONS"),
        ("FROBNICATE", "books", "GET,HEAD,POST,OPTIONS"),
        ("POST", "frozen", "GET,HEAD,OPTIONS"),
        ("DELETE", "/openapi.json", "GET,HEAD,OPTIONS"),
    ] {
        let answer = api.send(method, path, &[("x-secret", "hunter2")], Body::empty()).await;
        answer.is_problem(405, "method_not_allowed");
        let mut methods: Vec<_> = answer.header("allow").split(',').collect();
        let mut expected: Vec<_> = allow.split(',').collect();
        methods.sort_unstable();
        expected.sort_unstable();
        assert_eq!(methods, expected, "{method} {path}");
        assert!(!answer.text().contains("hunter2"));
    }
}

#[tokio::test]
async fn both_slash_forms_answer() {
    let api = client().await;
    let answer = api.json("POST", "books/", &book("Dune", "9780441013593")).await;
    assert_eq!((answer.status, answer.header("location")), (201, "/api/v1/books/1"));
    assert_eq!(api.get("books/1/").await.status, 200);
    let list = api.get("books/?per_page=1").await;
    assert!(list.header("link").starts_with("</api/v1/books?"), "{}", list.header("link"));
    api.get("books//1").await.is_problem(404, "route_not_found");
}

#[tokio::test]
async fn needless_escapes_change_nothing() {
    let api = client().await;
    api.create("Dune", "9780441013593").await;
    for path in ["books/%31", "b%6Foks/1", "/api/v%31/books/1"] {
        assert_eq!(api.get(path).await.status, 200, "{path}");
    }
    // `bulk` by another name is still no identifier.
    api.get("books/%62ulk").await.is_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn hostile_paths_are_refused() {
    let api = client().await;
    for path in [
        "books/..%2f..%2fetc%2fpasswd",
        "books/%00",
        "books/%0d%0aX-Injected:1",
        "books/%ff",
        "books/%zz",
        "books/%",
        "books/1%2F2",
        "books/<script>",
        "books/bulk%2F",
    ] {
        let answer = match http::Uri::try_from(format!("/api/v1/{path}")) {
            Ok(_) => api.get(path).await,
            Err(_) => continue,
        };
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
    }
}
