//! CONTRACT sections 4 and 6: errors and what is around the resources.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use it::{every_store, new_book};
use serde_json::json;

every_store! {
    async fn every_answer_has_a_request_id_and_a_time(api) {
        for path in ["books", "books/1", "/nope", "/health", "/openapi.json", "books?nope=1"] {
            let answer = api.get(path).await;
            assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
            answer.header("x-process-time").parse::<f64>().unwrap();
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
        }
    }

    async fn a_sane_request_id_is_kept(api) {
        let long = "a".repeat(129);
        for (sent, kept) in [("abc-123", true), ("with space", false), (long.as_str(), false), ("", false)] {
            let answer = api.get_with("books/1", &[("x-request-id", sent)]).await;
            assert_eq!(answer.header("x-request-id") == sent, kept, "{sent:?}");
            assert_eq!(answer.value()["request_id"], answer.header("x-request-id"));
        }
    }

    async fn an_error_is_a_problem(api) {
        let answer = api.get("books/7").await;
        answer.is_error(404, "not_found");
        let value = answer.value();
        assert!(value["type"].as_str().unwrap().ends_with("/problems/not_found"), "{value}");
        assert_eq!(value["instance"], "/api/v1/books/7");
        assert!(value["timestamp"].as_str().unwrap().ends_with('Z'));
    }

    async fn a_query_problem_names_its_parameter(api) {
        let answer = api.get("books?tilte=x&per_page=0").await;
        answer.is_error(422, "invalid_query");
        let value = answer.value();
        let errors = value["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 2, "{value}");
        assert_eq!(errors[0]["parameter"], "tilte");
        assert_eq!(errors[0]["code"], "unknown_parameter");
        assert_eq!(errors[0]["params"]["did_you_mean"], "title");
        assert_eq!(errors[1]["parameter"], "per_page");
    }

    async fn unknown_parameters_are_refused_on_every_operation(api) {
        api.create("Dune", "9780441013593").await;
        for (method, path) in [("GET", "books/1?x=1"), ("DELETE", "books/1?x=1")] {
            api.send(method, path, &[], "").await.is_error(422, "invalid_query");
        }
        api.post("books?x=1", &new_book("A", "1234567890")).await.is_error(422, "invalid_query");
        api.patch("books/1?x=1", &json!({"title": "A"})).await.is_error(422, "invalid_query");
        assert_eq!(api.get("books/1").await.value()["title"], "Dune");
    }

    async fn a_body_of_another_type_is_415(api) {
        let body = new_book("A", "1234567890").to_string();
        for media in ["text/plain", "application/xml", "multipart/form-data", "application/octet-stream"] {
            api.send("POST", "books", &[("content-type", media)], body.clone()).await.is_error(415, "unsupported_media_type");
        }
        api.send("POST", "books", &[("content-type", "application/json"), ("content-encoding", "bogus")], body).await
            .is_error(415, "unsupported_media_type");
        assert_eq!(api.get("books").await.value()["total"], 0);
    }

    async fn what_the_client_accepts_is_negotiated(api) {
        for (accept, status) in [
            ("*/*", 200), ("application/json", 200), ("application/*", 200), ("text/html, application/json;q=0.5", 200),
            ("image/png", 406), ("application/json;q=0", 406), ("text/html", 406), ("garbage;;;", 406),
        ] {
            let answer = api.get_with("books", &[("accept", accept)]).await;
            if accept == "garbage;;;" {
                assert!(answer.status < 500);
            } else {
                assert_eq!(answer.status, status, "{accept}");
            }
        }
    }

    async fn a_large_body_is_413(api) {
        let mut book = new_book("A", "1234567890");
        book["description"] = json!("x".repeat(2_000_000));
        api.post("books", &book).await.is_error(413, "payload_too_large");
    }

    async fn answers_are_compressed_where_asked(api) {
        api.seed().await;
        let plain = api.get("books").await;
        let packed = api.get_with("books", &[("accept-encoding", "gzip")]).await;
        assert_eq!(plain.header("content-encoding"), "");
        assert_eq!(packed.header("content-encoding"), "gzip");
        for answer in [&plain, &packed] {
            assert!(answer.headers.get_all("vary").iter().any(|it| it.to_str().unwrap().to_lowercase().contains("accept-encoding")));
        }
    }

    async fn health_asks_the_store(api) {
        assert_eq!(api.get("/health").await.status, 200);
        assert_eq!(api.get("/health/ready").await.status, 200);
    }

    async fn the_document_lists_every_operation(api) {
        let value = api.get("/openapi.json").await.value();
        assert_eq!(value["openapi"], "3.1.0");
        let books = &value["paths"]["/api/v1/books"];
        assert!(books["get"].is_object() && books["post"].is_object(), "{books}");
        let book = &value["paths"]["/api/v1/books/{id}"];
        for method in ["get", "put", "patch", "delete"] {
            assert!(book[method].is_object(), "{method}");
        }
        for model in ["Book", "BookCreate", "BookUpdate", "BookSummary", "Author"] {
            assert!(value["components"]["schemas"][model].is_object(), "{model}");
        }
    }

    async fn the_docs_page_names_no_other_host(api) {
        let page = api.get_with("/docs", &[("accept", "text/html")]).await;
        assert_eq!(page.status, 200);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(!page.text().contains("http://") && !page.text().contains("https://"), "{}", page.text());
    }

    async fn the_root_says_where_things_are(api) {
        let answer = api.get("/").await;
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains("/docs"), "{}", answer.text());
    }

    async fn malformed_headers_never_break_the_server(api) {
        api.create("Dune", "9780441013593").await;
        for (name, value) in [
            ("accept", ";;;,"), ("if-none-match", "not-quoted"), ("range", "bytes=5-1"), ("authorization", "x"),
            ("traceparent", "zz"), ("accept-encoding", "gzip;q=abc"), ("if-modified-since", "yesterday"),
        ] {
            let status = api.get_with("books/1", &[(name, value)]).await.status;
            assert!(status < 500, "{name}: {status}");
        }
        let status = api.json("PATCH", "books/1", &json!({"title": "X"}), &[("if-match", "\"unclosed")]).await.status;
        assert!(status < 500);
    }
}
