//! What an application does around the writes of its clients.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use it::{Answer, Client, every_store};
use serde_json::{Value, json};

fn loan(book: &str) -> Value {
    json!({"book": book, "shelf": "A"})
}

async fn lend(api: &Client, book: &str) -> i64 {
    let answer = api.post("loans", &loan(book)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.value()["id"].as_i64().unwrap()
}

/// What a request may not leave a trace in.
async fn traces(api: &Client) -> (String, Vec<String>, i64, Vec<String>) {
    (api.get("loans?sort=id").await.text(), api.notes().await, api.lent("A").await, api.committed().await)
}

/// Sends every kind of write, with a header field that makes a hook of the stage end it.
async fn each_stage(api: &Client, name: &str, check: impl Fn(&str, &Answer)) {
    lend(api, "Dune").await;
    let before = traces(api).await;
    for (method, path, body, stages) in [
        ("POST", "loans", loan("Emma"), "input before_create after_create"),
        ("POST", "loans/bulk?atomic=true", json!([loan("Emma")]), "input before_create after_create"),
        ("PUT", "loans/1", loan("Emma"), "input before_update after_update"),
        ("PATCH", "loans/1", json!({"book": "Emma"}), "input before_update after_update"),
        ("PATCH", "loans/bulk?atomic=true", json!([{"id": 1, "book": "Emma"}]), "input before_update after_update"),
        ("DELETE", "loans/1", Value::Null, "before_delete after_delete"),
        ("POST", "loans/bulk-delete?atomic=true", json!({"ids": [1]}), "before_delete after_delete"),
    ] {
        for stage in stages.split(' ') {
            let answer = api.json(method, path, &body, &[(name, stage)]).await;
            check(&format!("{method} {path} {stage}"), &answer);
            assert_eq!(traces(api).await, before, "{method} {path} {stage}");
        }
    }
    assert_eq!(api.delete("loans/1").await.status, 204);
}

every_store! {
    library;

    async fn a_hook_that_refuses_leaves_no_trace_at_any_stage(api) {
        each_stage(api, "fail", |what, answer| {
            assert_eq!((answer.status, answer.value()["code"].as_str()), (409, Some("not_today")), "{what}");
        }).await;
    }

    async fn a_hook_that_panics_leaves_no_trace_at_any_stage(api) {
        each_stage(api, "panic", |what, answer| {
            assert_eq!((answer.status, answer.value()["code"].as_str()), (500, Some("internal")), "{what}");
            assert!(!answer.text().contains("on purpose"), "{what}");
        }).await;
    }

    async fn hooks_run_stage_by_stage_in_the_order_of_their_attachment(api) {
        lend(api, "Dune").await;
        let created = ["input Dune", "before_create Dune", "after_create Dune", "new Loan by Create"];
        assert_eq!(api.notes().await, created);
        assert_eq!(api.patch("loans/1", &json!({"book": "Emma"})).await.status, 200);
        assert_eq!(api.put("loans/1", &loan("It")).await.status, 200);
        assert_eq!(api.delete("loans/1").await.status, 204);
        let later = [
            "input Emma", "before_update Emma", "after_update Emma",
            "input It", "before_update It", "after_update It",
            "before_delete It", "after_delete It",
        ];
        assert_eq!(api.notes().await[4..], later);
        assert_eq!(api.committed().await, ["created Dune", "updated Dune to Emma", "updated Emma to It", "deleted It"]);
        assert_eq!(api.lent("A").await, 1 + 100 + 100 - 1);
    }

    async fn an_input_hook_fills_in_what_clients_leave_out(api) {
        let answer = api.json("POST", "loans", &json!({"shelf": "A"}), &[("book", "Dune"), ("user", "ada")]).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!((&answer.value()["book"], &answer.value()["stamp"]), (&json!("Dune"), &json!("ada")));
        let answer = api.json("PATCH", "loans/1", &json!({"shelf": "B"}), &[("user", "bob")]).await;
        assert_eq!((&answer.value()["shelf"], &answer.value()["stamp"]), (&json!("B"), &json!("bob")));
        let answer = api.json("PUT", "loans/1", &json!({"shelf": "A"}), &[("book", "Emma")]).await;
        assert_eq!((&answer.value()["book"], &answer.value()["stamp"]), (&json!("Emma"), &json!("bob")));
        let echo = api.json("PUT", "loans/1", &answer.value(), &[("user", "eve")]).await;
        assert_eq!((echo.status, &echo.value()["stamp"]), (200, &json!("eve")), "{}", echo.text());
    }

    async fn what_an_input_hook_sets_counts_instead_of_a_mistake(api) {
        for wrong in [json!(7), json!(""), json!(null), json!("e".repeat(21))] {
            let body = json!({"book": wrong, "shelf": "A"});
            api.post("loans", &body).await.is_error(422, "validation_failed");
            let answer = api.json("POST", "loans", &body, &[("book", "Dune")]).await;
            assert_eq!((answer.status, &answer.value()["book"]), (201, &json!("Dune")), "{}", answer.text());
            let path = format!("loans/{}", answer.value()["id"]);
            for method in ["PATCH", "PUT"] {
                api.json(method, &path, &body, &[]).await.is_error(422, "validation_failed");
                let answer = api.json(method, &path, &body, &[("book", "Emma")]).await;
                assert_eq!((answer.status, &answer.value()["book"]), (200, &json!("Emma")), "{}", answer.text());
            }
        }
    }

    async fn other_mistakes_stay(api) {
        let body = json!({"book": 7, "shelf": 7, "stamp": "me", "nope": 1});
        let answer = api.json("POST", "loans", &body, &[("book", "Dune"), ("user", "ada")]).await;
        let problems = |answer: &Answer| {
            let mut problems: Vec<_> = answer.problems().into_iter().map(|(at, code)| format!("{at} {code}")).collect();
            problems.sort();
            problems
        };
        assert_eq!(problems(&answer), ["/nope unknown_field", "/shelf invalid_type", "/stamp read_only_field"]);
        let long = "e".repeat(21);
        let answer = api.json("POST", "loans", &loan("Dune"), &[("book", &long)]).await;
        assert_eq!(problems(&answer), ["/book length"]);
        let answer = api.json("POST", "loans", &loan("Dune"), &[("book", "-")]).await;
        assert_eq!(problems(&answer), ["/book required"]);
        api.json("POST", "loans", &loan("Dune"), &[("number", "7")]).await.is_error(500, "internal");
        assert_eq!(api.notes().await, Vec::<String>::new());
    }

    async fn a_patch_that_a_hook_empties_changes_nothing(api) {
        lend(api, "Dune").await;
        let answer = api.json("PATCH", "loans/1", &json!({"book": "Emma"}), &[("book", "-")]).await;
        assert_eq!((answer.status, answer.header("etag"), &answer.value()["book"]), (200, "\"1\"", &json!("Dune")));
        assert_eq!(api.committed().await, ["created Dune"]);
    }

    async fn a_hook_changes_the_row_before_it_is_written(api) {
        let answer = api.post("loans", &loan("rename")).await;
        assert_eq!((answer.status, &answer.value()["book"]), (201, &json!("renamed")), "{}", answer.text());
        assert_eq!(api.get("loans/1").await.text(), answer.text());
        let answer = api.patch("loans/1", &json!({"book": "older"})).await;
        assert_eq!((answer.status, &answer.value()["book"]), (200, &json!("not renamed")), "{}", answer.text());
        assert_eq!(api.committed().await, ["created renamed", "updated renamed to not renamed"]);
    }

    async fn what_a_hook_makes_of_a_row_obeys_the_rules(api) {
        assert_eq!(api.post("loans", &loan("stretch")).await.problems(), [("/book".to_owned(), "length".to_owned())]);
        api.post("loans", &loan("number")).await.is_error(500, "internal");
        lend(api, "Dune").await;
        let before = traces(api).await;
        let patch = |book: &str| json!({"book": book});
        let answer = api.patch("loans/1", &patch("stretch")).await;
        assert_eq!(answer.problems(), [("/book".to_owned(), "length".to_owned())]);
        api.patch("loans/1", &patch("number")).await.is_error(500, "internal");
        api.patch("loans/1", &patch("twice")).await.is_error(500, "internal");
        assert_eq!(traces(api).await, before);
    }

    async fn the_answer_has_the_row_as_hooks_leave_it(api) {
        let answer = api.post("loans", &loan("itself")).await;
        assert_eq!((answer.status, &answer.value()["stamp"], answer.header("etag")), (201, &json!("after"), "\"2\""));
        assert_eq!(api.get("loans/1").await.text(), answer.text());
        let id = lend(api, "Dune").await;
        let answer = api.patch(&format!("loans/{id}"), &json!({"book": "itself"})).await;
        assert_eq!((answer.status, &answer.value()["stamp"], answer.header("etag")), (200, &json!("Dune"), "\"3\""));
        assert_eq!(api.get(&format!("loans/{id}")).await.text(), answer.text());
        let before = traces(api).await;
        api.post("loans", &loan("vanish")).await.is_error(500, "internal");
        assert_eq!(traces(api).await, before);
    }

    async fn preconditions_hold_with_hooks(api) {
        lend(api, "Dune").await;
        let patch = json!({"book": "Emma"});
        let before = traces(api).await;
        api.json("PATCH", "loans/1", &patch, &[("if-match", "\"9\"")]).await.is_error(412, "precondition_failed");
        api.json("DELETE", "loans/1", &Value::Null, &[("if-match", "\"9\"")]).await.is_error(412, "precondition_failed");
        api.patch("loans/9", &patch).await.is_error(404, "not_found");
        api.delete("loans/9").await.is_error(404, "not_found");
        api.patch("loans/9", &json!({})).await.is_error(400, "empty_update");
        assert_eq!(traces(api).await, before);
        assert_eq!(api.json("PATCH", "loans/1", &patch, &[("if-match", "\"1\"")]).await.status, 200);
    }

    async fn an_item_that_is_refused_leaves_nothing_of_its_hooks(api) {
        for stage in ["input", "before_create", "after_create"] {
            let before = api.lent("A").await;
            let items = json!([loan("one"), loan("bad"), loan("two"), loan("stretch"), loan("vanish")]);
            let answer = api.json("POST", "loans/bulk", &items, &[("fail", stage), ("only", "bad")]).await;
            let value = answer.value();
            assert_eq!(answer.status, 201, "{value}");
            assert_eq!(value["created"].as_array().unwrap().len(), 2, "{value}");
            let errors: Vec<_> = value["errors"].as_array().unwrap().iter().map(|it| (&it["index"], &it["status"])).collect();
            assert_eq!(errors, [(&json!(1), &json!(409)), (&json!(3), &json!(422)), (&json!(4), &json!(500))]);
            assert_eq!(api.lent("A").await, before + 2);
        }
        assert!(api.notes().await.iter().all(|it| ["one", "two", "BulkCreate"].iter().any(|book| it.ends_with(book))));
        assert_eq!(api.committed().await, ["created one", "created two"].repeat(3));
    }

    async fn updates_and_deletions_in_bulk_run_hooks_for_each_row(api) {
        for book in ["a", "b", "c"] {
            lend(api, book).await;
        }
        let before = api.notes().await.len();
        let items = json!([{"id": 1, "book": "x"}, {"id": 2, "book": "bad"}, {"id": 1, "book": "itself"}, {"id": 1, "book": "z"}]);
        let answer = api.json("PATCH", "loans/bulk", &items, &[("fail", "after_update"), ("only", "bad")]).await;
        let value = answer.value();
        assert_eq!(answer.status, 200, "{value}");
        assert_eq!(value["updated"].as_array().unwrap().len(), 3, "{value}");
        assert_eq!((&value["errors"][0]["index"], &value["updated"][2]["stamp"]), (&json!(1), &json!("x")));
        assert_eq!(api.get("loans/2").await.value()["book"], "b");
        let ids = json!({"ids": [3, 2, 9]});
        let answer = api.json("POST", "loans/bulk-delete", &ids, &[("fail", "after_delete"), ("only", "b")]).await;
        let value = answer.value();
        assert_eq!((&value["deleted"], &value["not_found"]), (&json!([3]), &json!([9])), "{value}");
        assert_eq!(value["errors"][0]["code"], "not_today");
        assert_eq!(api.committed().await[3..], ["updated a to x", "updated x to itself", "updated itself to z", "deleted c"]);
        assert_eq!(api.notes().await.len(), before + 3 * 3 + 2);
        assert_eq!(api.lent("A").await, 3 + 300 - 1);
    }

    async fn an_atomic_batch_tells_all_mistakes_of_its_items(api) {
        let items = json!([loan("ok"), {"book": "", "shelf": "A"}, {"book": "x"}]);
        let answer = api.post("loans/bulk?atomic=true", &items).await;
        let expected = [("/1/book", "length"), ("/2/shelf", "required")].map(|(at, code)| (at.to_owned(), code.to_owned()));
        assert_eq!(answer.problems(), expected);
        assert_eq!(api.notes().await, Vec::<String>::new());
        let answer = api.json("POST", "loans/bulk?atomic=true", &items, &[("book", "Dune")]).await;
        assert_eq!(answer.problems(), expected[1..]);
    }

    async fn a_dry_run_runs_hooks_and_leaves_no_trace(api) {
        let before = traces(api).await;
        let answer = api.json("POST", "loans", &loan("rename"), &[("prefer", "tx=rollback")]).await;
        assert_eq!((answer.status, &answer.value()["book"]), (201, &json!("renamed")));
        let items = json!([loan("one")]);
        assert_eq!(api.json("POST", "loans/bulk", &items, &[("prefer", "tx=rollback")]).await.status, 201);
        assert_eq!(traces(api).await, before);
    }

    async fn a_replayed_answer_runs_no_hooks(api) {
        let key = [("idempotency-key", "k")];
        let first = api.json("POST", "loans", &loan("Dune"), &key).await;
        assert_eq!(first.status, 201, "{}", first.text());
        let before = traces(api).await;
        assert_eq!(before.3, ["created Dune"]);
        let again = api.json("POST", "loans", &loan("Dune"), &key).await;
        assert_eq!((again.header("idempotency-replayed"), again.text()), ("true", first.text()));
        assert_eq!(traces(api).await, before);
        let fails = [("idempotency-key", "l"), ("fail", "after_create")];
        for _ in 0..2 {
            api.json("POST", "loans", &loan("Emma"), &fails).await.is_error(409, "not_today");
        }
        assert_eq!(traces(api).await, before);
    }

    async fn what_fails_after_the_commit_changes_nothing(api) {
        for how in ["fail", "panic"] {
            let answer = api.json("POST", "loans", &loan("Dune"), &[(how, "committed")]).await;
            assert_eq!(answer.status, 201, "{}", answer.text());
        }
        assert_eq!(api.committed().await, ["created Dune", "created Dune"]);
        assert_eq!(api.lent("A").await, 2);
    }

    async fn what_follows_a_commit_is_done_for_clients_that_went_away(api) {
        let client = api.clone();
        let request = tokio::spawn(async move { client.json("POST", "loans", &loan("Dune"), &[("slow", "committed")]).await });
        until_committed(api, &["begun"]).await;
        request.abort();
        assert!(request.await.is_err());
        until_committed(api, &["begun", "created Dune"]).await;
        assert_eq!(api.get("loans/1").await.status, 200);
    }

    async fn a_hook_that_hangs_goes_with_its_client(api) {
        let before = traces(api).await;
        for (method, path, body) in [("POST", "loans", loan("Dune")), ("POST", "loans/bulk", json!([loan("Dune")]))] {
            let client = api.clone();
            let request = tokio::spawn(async move { client.json(method, path, &body, &[("wait", "after_create")]).await });
            api.at_gate().await;
            request.abort();
            assert!(request.await.is_err());
            assert_eq!(traces(api).await, before, "{method} {path}");
        }
        // Nobody waits for what is left.
        lend(api, "Emma").await;
        assert_eq!(api.lent("A").await, 1);
    }

    async fn a_state_that_is_missing_is_500(api) {
        lend(api, "Dune").await;
        api.json("DELETE", "loans/1", &Value::Null, &[("state", "missing")]).await.is_error(500, "internal");
        assert_eq!(api.get("loans/1").await.status, 200);
    }

    async fn many_requests_with_hooks_all_finish(api) {
        many(api).await;
    }
}

async fn until_committed(api: &Client, expected: &[&str]) {
    let committed = async {
        while api.committed().await != expected {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), committed).await.unwrap();
}

/// 64 requests at once, each of which reads and writes another resource, and every other one a key of its own.
async fn many(api: &Client) {
    let tasks: Vec<_> = (0..64)
        .map(|number| {
            let api = api.clone();
            tokio::spawn(async move {
                let key = format!("key-{number}");
                let headers = [("idempotency-key", key.as_str())];
                api.json("POST", "loans", &loan(&number.to_string()), &headers[..number % 2]).await
            })
        })
        .collect();
    for task in tasks {
        let answer = task.await.unwrap();
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    assert_eq!(api.lent("A").await, 64);
    assert_eq!(api.committed().await.len(), 64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_requests_with_hooks_share_two_connections() {
    for parameters in ["&connections=1&transaction_connections=2", "&connections=2&transaction_connections=1"] {
        let Some((store, guard)) = it::postgres_with(parameters).await else { return };
        many(&Client::library(&store).await).await;
        store.close().await;
        drop(store);
        guard.clean().await;
    }
}
