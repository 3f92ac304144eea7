//! `PATCH` and `DELETE` of a collection: every row that conditions hold for, all or nothing.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use it::zoo::Keeper;
use it::{Answer, Client, every_store, new_book};
use resource_runtime::prelude::*;
use serde_json::{Value, json};

/// Creates keepers of these names and teams, with badges from 1.
async fn keepers(api: &Client, of: &[(&str, &str)]) {
    let items: Vec<_> =
        of.iter().zip(1..).map(|((slug, team), badge)| json!({"slug": slug, "team": team, "badge": badge})).collect();
    let answer = api.post("keepers/bulk?atomic=true", &json!(items)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

async fn five(api: &Client) {
    keepers(api, &[("c", "day"), ("a", "day"), ("e", "night"), ("b", "day"), ("d", "night")]).await;
}

/// `slug:team:version` of all keepers.
async fn stored(api: &Client) -> Vec<String> {
    let mut all = Vec::new();
    let list = api.get("keepers?sort=slug&per_page=100").await.value();
    for item in list["items"].as_array().unwrap() {
        let slug = item["slug"].as_str().unwrap();
        let one = api.get(&format!("keepers/{slug}")).await;
        let team = item["team"].as_str().unwrap();
        all.push(format!("{slug}:{team}:{}", one.header("etag").trim_matches('"')));
    }
    all
}

const AS_CREATED: [&str; 5] = ["a:day:1", "b:day:1", "c:day:1", "d:night:1", "e:night:1"];

async fn is_as_created(api: &Client) {
    let stored = stored(api).await;
    // Keepers' versions start at the clock, since clients choose their identifiers.
    let teams: Vec<_> = stored.iter().map(|it| it.rsplit_once(':').unwrap().0).collect();
    let expected = AS_CREATED.map(|it| it.rsplit_once(':').unwrap().0);
    assert_eq!(teams, expected);
}

fn slugs(answer: &Answer) -> Vec<String> {
    let value = answer.value();
    value["updated"].as_array().unwrap().iter().map(|it| it["slug"].as_str().unwrap().to_owned()).collect()
}

async fn delete(api: &Client, path: &str, prefer: &str) -> Answer {
    api.send("DELETE", path, &[("prefer", prefer)], "").await
}

every_store! {
    zoo;

    async fn every_row_that_matches_is_changed_and_answered(api) {
        five(api).await;
        let answer = api.patch("keepers?team=day", &json!({"shoes": 8})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(slugs(&answer), ["a", "b", "c"]);
        assert_eq!(answer.value().as_object().unwrap().len(), 1);
        assert_eq!(answer.header("x-total-count"), "3");
        for row in answer.value()["updated"].as_array().unwrap() {
            assert_eq!(row["shoes"], 8);
            let slug = row["slug"].as_str().unwrap();
            assert_eq!(api.get(&format!("keepers/{slug}")).await.value(), *row);
        }
        assert_eq!(api.get("keepers/d").await.value()["shoes"], 2);
    }

    async fn a_change_may_take_rows_out_of_the_conditions(api) {
        five(api).await;
        let answer = api.patch("keepers?team=night", &json!({"team": "evening"})).await;
        assert_eq!(slugs(&answer), ["d", "e"]);
        let again = api.patch("keepers?team=night", &json!({"team": "evening"})).await;
        assert_eq!((again.status, again.text().as_str()), (200, r#"{"updated":[]}"#));
        assert_eq!(again.header("x-total-count"), "0");
    }

    async fn every_row_that_matches_is_deleted(api) {
        five(api).await;
        let answer = api.delete("keepers?team=day&slug[in]=a,b,e").await;
        assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"deleted":["a","b"]}"#));
        assert_eq!(answer.header("x-total-count"), "2");
        let again = api.delete("keepers?team=day&slug[in]=a,b,e").await;
        assert_eq!((again.status, again.text().as_str()), (200, r#"{"deleted":[]}"#));
        assert_eq!(api.get("keepers").await.value()["total"], 3);
    }

    async fn conditions_are_those_of_the_list(api) {
        for n in 0..6 {
            let animal = json!({"plain_i32": n, "plain_text": format!("Straße {n}"), "list_i32": [n, n + 1]});
            assert_eq!(api.post("animals", &animal).await.status, 201);
        }
        for conditions in [
            "plain_i32[gte]=4",
            "filter=plain_i32 = 1 or (plain_i32 = 2 and not list_i32 has 2)",
            "search=STRASSE",
            "search=STRAßE",
            "plain_text[icontains]=straße 3",
            "list_i32[has_any]=1&list_i32[has_any]=6",
            "id[nin]=1,2&plain_i32[lt]=5&filter=plain_bool = false&search=e 3",
            "maybe_i32[is_null]=true",
        ] {
            let conditions = conditions.replace(' ', "%20").replace('ß', "%C3%9F");
            let list = api.get(&format!("animals?{conditions}&fields=id&sort=id")).await.value();
            let listed: Vec<_> = list["items"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
            let answer = api.patch(&format!("animals?{conditions}"), &json!({"maybe_date": "2026-01-01"})).await;
            assert_eq!(answer.status, 200, "{conditions}: {}", answer.text());
            let updated: Vec<_> = answer.value()["updated"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
            assert_eq!(updated, listed, "{conditions}");
            let dry = delete(api, &format!("animals?{conditions}"), "tx=rollback").await;
            assert_eq!(dry.value(), json!({"deleted": listed}), "{conditions}");
        }
    }

    async fn without_a_condition_nothing_is_done(api) {
        five(api).await;
        for path in ["keepers", "keepers?", "keepers/", "keepers?&"] {
            for answer in [api.delete(path).await, api.patch(path, &json!({"shoes": 4})).await] {
                answer.is_error(422, "condition_required");
                assert_eq!(answer.problems(), [(String::new(), "condition_required".to_owned())]);
                let allowed = answer.value()["errors"][0]["params"]["allowed"].to_string();
                assert!(allowed.contains("\"team\"") && allowed.contains("\"filter\"") && !allowed.contains("sort"), "{allowed}");
            }
        }
        is_as_created(api).await;
    }

    async fn what_is_not_understood_is_refused_and_never_widens(api) {
        five(api).await;
        for (query, parameter, code) in [
            ("teem=day", "teem", "unknown_parameter"),
            ("team=day&page=1", "page", "unknown_parameter"),
            ("team=day&per_page=1", "per_page", "unknown_parameter"),
            ("team=day&limit=1", "limit", "unknown_parameter"),
            ("team=day&cursor=", "cursor", "unknown_parameter"),
            ("team=day&sort=slug", "sort", "unknown_parameter"),
            ("team=day&sort_by=slug", "sort_by", "unknown_parameter"),
            ("team=day&fields=slug", "fields", "unknown_parameter"),
            ("team=day&count=exact", "count", "unknown_parameter"),
            ("team=day&atomic=true", "atomic", "unknown_parameter"),
            ("team=day&team=night", "team", "duplicate_parameter"),
            ("team=day&passphrase=x", "passphrase", "unknown_parameter"),
            ("badge=one", "badge", "invalid_type"),
            ("filter=", "filter", "syntax"),
            ("team=%", "team", "invalid_format"),
            ("level[gte]=", "level[gte]", "invalid_type"),
        ] {
            let path = format!("keepers?{query}");
            for answer in [api.delete(&path).await, api.patch(&path, &json!({"shoes": 4})).await] {
                answer.is_error(422, "invalid_query");
                assert_eq!(answer.problems(), [(parameter.to_owned(), code.to_owned())], "{query}");
            }
        }
        is_as_created(api).await;
    }

    async fn the_first_row_that_is_refused_undoes_all(api) {
        five(api).await;
        // Rules over the whole record: only `c` begins too late for the new end.
        assert_eq!(api.patch("keepers/c", &json!({"start": "12:00:00"})).await.status, 200);
        let answer = api.patch("keepers?team=day", &json!({"end": "10:00:00"})).await;
        answer.is_error(422, "validation_failed");
        let problem = &answer.value()["errors"][0];
        assert_eq!((&problem["code"], &problem["params"]["id"]), (&json!("ends_before_start"), &json!("c")), "{problem}");
        assert!(answer.value()["detail"].as_str().unwrap().starts_with("row \"c\": "), "{}", answer.text());

        // Uniqueness: the second row of the same team and badge.
        let answer = api.patch("keepers?team=day", &json!({"badge": 7})).await;
        answer.is_error(409, "duplicate");
        assert_eq!(answer.value()["errors"][0]["params"]["id"], "b");

        // A field that cannot be set may be sent with its stored value only.
        let answer = api.patch("keepers?team=day", &json!({"slug": "a", "shoes": 4})).await;
        answer.is_error(422, "validation_failed");
        assert_eq!(answer.value()["errors"][0]["params"]["id"], "b");

        is_as_created(api).await;
        for slug in ["a", "b", "c"] {
            let row = api.get(&format!("keepers/{slug}")).await.value();
            assert_eq!((&row["end"], &row["shoes"]), (&json!("17:00:00"), &json!(2)), "{row}");
        }
    }

    async fn a_patch_that_is_wrong_is_refused_whatever_the_rows_are(api) {
        for query in ["team=nobody", "team=day"] {
            let path = format!("keepers?{query}");
            let answer = api.patch(&path, &json!({"shoes": 3, "team": "", "x": 1})).await;
            answer.is_error(422, "validation_failed");
            assert_eq!(answer.value()["errors"].as_array().unwrap().len(), 3, "{}", answer.text());
            assert_eq!(answer.value()["errors"][0]["params"].get("id"), None);
            api.patch(&path, &json!({})).await.is_error(400, "empty_update");
            api.raw("PATCH", &path, "{").await.is_error(400, "malformed_json");
            api.raw("PATCH", &path, "").await.is_error(400, "malformed_json");
            api.raw("PATCH", &path, "[]").await.is_error(422, "validation_failed");
            api.raw("PATCH", &path, "{} {}").await.is_error(400, "malformed_json");
            api.send("PATCH", &path, &[("content-type", "text/csv")], "a,b").await.is_error(415, "unsupported_media_type");
            api.send("PATCH", &path, &[("accept", "text/html")], "{}").await.is_error(406, "not_acceptable");
        }
    }

    async fn a_merge_patch_has_its_own_media_type(api) {
        five(api).await;
        let headers = [("content-type", "application/merge-patch+json")];
        let answer = api.send("PATCH", "keepers?team=night", &headers, r#"{"badge":null}"#).await;
        assert_eq!((answer.status, slugs(&answer)), (200, vec!["d".to_owned(), "e".to_owned()]));
        let options = api.send("OPTIONS", "keepers", &[], "").await;
        assert_eq!(options.header("allow"), "GET,HEAD,POST,PATCH,DELETE,OPTIONS");
        assert_eq!(options.header("accept-patch"), "application/merge-patch+json, application/json");
        let wrong = api.put("keepers", &json!({})).await;
        wrong.is_error(405, "method_not_allowed");
        assert!(wrong.header("allow").contains("PATCH") && wrong.header("allow").contains("DELETE"), "{}", wrong.header("allow"));
    }

    async fn more_rows_than_the_client_expects_are_refused(api) {
        five(api).await;
        for prefer in ["max-affected=2", "handling=strict, max-affected=2", "max-affected=0", "return=minimal, tx=rollback, max-affected=1"] {
            let max = prefer.rsplit_once('=').unwrap().1;
            let patched = api.json("PATCH", "keepers?team=day", &json!({"shoes": 4}), &[("prefer", prefer)]).await;
            for answer in [delete(api, "keepers?team=day", prefer).await, patched] {
                answer.is_error(400, "max_affected_exceeded");
                let problem = &answer.value()["errors"][0];
                assert_eq!(problem["header"], "Prefer");
                assert_eq!(problem["params"], json!({"max": max.parse::<u32>().unwrap(), "count": 3}));
                assert!(answer.headers.get_all("preference-applied").iter().any(|it| *it == *format!("max-affected={max}")));
            }
        }
        is_as_created(api).await;
        let answer = delete(api, "keepers?team=day", "max-affected=3").await;
        assert_eq!((answer.status, answer.header("preference-applied")), (200, "max-affected=3"));
        let none = delete(api, "keepers?team=day", "max-affected=0").await;
        assert_eq!((none.status, none.header("preference-applied")), (200, "max-affected=0"));
    }

    async fn a_limit_that_is_no_number_is_refused(api) {
        five(api).await;
        for prefer in ["max-affected", "max-affected=", "max-affected=-1", "max-affected=two"] {
            let answer = delete(api, "keepers?team=day", prefer).await;
            answer.is_error(400, "bad_request");
            assert_eq!(answer.value()["errors"][0]["header"], "Prefer");
        }
        is_as_created(api).await;
    }

    async fn a_request_goes_to_a_thousand_rows_at_most(api) {
        for start in (0..1_001).step_by(91) {
            let items: Vec<_> = (start..start + 91).map(|n| json!({"plain_i32": n})).collect();
            assert_eq!(api.post("animals/bulk", &json!(items)).await.status, 201);
        }
        let patch = json!({"maybe_i32": 1});
        for prefer in ["", "max-affected=5000"] {
            let answer = api.json("PATCH", "animals?plain_i32[gte]=0", &patch, &[("prefer", prefer)]).await;
            answer.is_error(400, "batch_too_large");
            assert_eq!(answer.value()["errors"][0]["params"], json!({"max": 1000, "count": 1001}));
        }
        assert_eq!(api.get("animals?maybe_i32=1").await.value()["total"], 0);
        let minimal = [("prefer", "return=minimal, max-affected=1000")];
        let answer = api.json("PATCH", "animals?plain_i32[gte]=1", &patch, &minimal).await;
        assert_eq!((answer.status, answer.header("x-total-count")), (204, "1000"), "{}", answer.text());
        assert_eq!(answer.header("preference-applied"), "return=minimal, max-affected=1000");
        assert_eq!(api.get("animals?maybe_i32=1").await.value()["total"], 1000);
        assert_eq!(api.delete("animals?maybe_i32=1").await.value()["deleted"].as_array().unwrap().len(), 1000);
        assert_eq!(api.get("animals").await.value()["total"], 1);
    }

    async fn the_rows_are_left_out_where_that_is_preferred(api) {
        five(api).await;
        let minimal = [("prefer", "return=minimal")];
        let answer = api.json("PATCH", "keepers?team=day", &json!({"shoes": 4}), &minimal).await;
        assert_eq!((answer.status, answer.text().as_str()), (204, ""));
        assert_eq!((answer.header("preference-applied"), answer.header("x-total-count")), ("return=minimal", "3"));
        let answer = delete(api, "keepers?team=day", "return=minimal").await;
        assert_eq!((answer.status, answer.text().as_str(), answer.header("x-total-count")), (204, "", "3"));
    }

    async fn a_dry_run_leaves_no_trace(api) {
        five(api).await;
        let dry = [("prefer", "tx=rollback, max-affected=3")];
        let answer = api.json("PATCH", "keepers?team=day", &json!({"team": "night"}), &dry).await;
        assert_eq!((answer.status, slugs(&answer).len()), (200, 3));
        assert_eq!(answer.header("preference-applied"), "max-affected=3, tx=rollback");
        assert_eq!(delete(api, "keepers?team=day", "tx=rollback").await.value(), json!({"deleted": ["a", "b", "c"]}));
        is_as_created(api).await;
    }

    async fn a_patch_with_a_key_is_carried_out_once(api) {
        five(api).await;
        let key = [("idempotency-key", "k")];
        let night = json!({"team": "night"});
        let send = || api.json("PATCH", "keepers?team=day", &night, &key);
        let first = send().await;
        assert_eq!((first.status, slugs(&first).len()), (200, 3));
        let again = send().await;
        assert_eq!((again.header("idempotency-replayed"), again.text()), ("true", first.text()));
        assert_eq!(again.header("x-total-count"), "3");
        let other = api.json("PATCH", "keepers?team=night", &json!({"team": "night"}), &key).await;
        other.is_error(422, "idempotency_key_reused");
    }

    async fn a_tag_is_refused_because_a_list_has_none(api) {
        five(api).await;
        for header in [("if-match", "\"1\""), ("if-match", "W/\"1\""), ("if-match", "\"\""), ("if-none-match", "*")] {
            let answer = api.send("DELETE", "keepers?team=day", &[header], "").await;
            answer.is_error(412, "precondition_failed");
            let answer = api.json("PATCH", "keepers?team=day", &json!({"shoes": 4}), &[header]).await;
            answer.is_error(412, "precondition_failed");
        }
        is_as_created(api).await;
        assert_eq!(api.send("DELETE", "keepers?team=day", &[("if-match", "*")], "").await.status, 200);
    }

    async fn a_body_does_not_choose_the_rows_to_delete(api) {
        five(api).await;
        let answer = api.json("DELETE", "keepers?team=day", &json!({"ids": ["a"]}), &[]).await;
        answer.is_error(400, "bad_request");
        is_as_created(api).await;
    }

    async fn of_two_at_once_each_row_is_changed_by_one(api) {
        for round in 0..5 {
            let team = format!("t{round}");
            let items: Vec<_> = (0..40).map(|n| json!({"slug": format!("{team}-{n}"), "team": team, "badge": n})).collect();
            assert_eq!(api.post("keepers/bulk?atomic=true", &json!(items)).await.status, 201);
            let racers = (0..4).map(|n| {
                let (api, path) = (api.clone(), format!("keepers?team={team}"));
                tokio::spawn(async move { api.patch(&path, &json!({"team": format!("won {n}"), "badge": null})).await })
            });
            let mut changed = 0;
            for racer in racers.collect::<Vec<_>>() {
                let answer = racer.await.unwrap();
                assert_eq!(answer.status, 200, "{}", answer.text());
                changed += slugs(&answer).len();
            }
            assert_eq!(changed, 40);
        }
    }

    async fn a_row_that_another_takes_out_of_the_conditions_is_left_alone(api) {
        for round in 0..10 {
            let team = format!("t{round}");
            let items: Vec<_> = (0..20).map(|n| json!({"slug": format!("{team}-{n:02}"), "team": team})).collect();
            assert_eq!(api.post("keepers/bulk?atomic=true", &json!(items)).await.status, 201);
            let writers = (0..20).map(|n| {
                let (api, path) = (api.clone(), format!("keepers/{team}-{n:02}"));
                tokio::spawn(async move { api.patch(&path, &json!({"team": "elsewhere"})).await.status })
            });
            let writers: Vec<_> = writers.collect();
            let (one, path) = (api.clone(), format!("keepers?team={team}"));
            let deleted = tokio::spawn(async move { one.delete(&path).await }).await.unwrap();
            assert_eq!(deleted.status, 200, "{}", deleted.text());
            let mut moved = 0;
            for writer in writers {
                match writer.await.unwrap() {
                    200 => moved += 1,
                    status => assert_eq!(status, 404),
                }
            }
            let gone = deleted.value()["deleted"].as_array().unwrap().len();
            assert_eq!(moved + gone, 20, "every row was either moved or deleted");
            let kept = api.get("keepers?team=elsewhere&per_page=1").await.value();
            assert_eq!(kept["total"], moved);
            assert_eq!(api.delete("keepers?team=elsewhere").await.status, 200);
        }
    }
}

/// Rows out of the scope are as if they were not there, and no write can make one of them.
#[tokio::test]
async fn no_row_out_of_the_scope_is_written() {
    let stores = [Some(it::memory().await), Some(it::sqlite().await), it::postgres().await];
    for (store, guard) in stores.into_iter().flatten() {
        let all = Client::zoo(&store).await;
        five(&all).await;
        let days = Keeper::on(&store).scope(Keeper::TEAM.eq("day").into_filter());
        let api = Client::of(days.into_router());
        let answer = api.patch("/keepers?slug[in]=a,d", &json!({"shoes": 8})).await;
        assert_eq!(slugs(&answer), ["a"]);
        assert_eq!(all.get("keepers/d").await.value()["shoes"], 2);
        let answer = api.patch("/keepers?team=day", &json!({"team": "night"})).await;
        assert_eq!((answer.status, &answer.value()["errors"][0]["params"]["id"]), (403, &json!("a")));
        assert_eq!(api.delete("/keepers?team=night").await.value(), json!({"deleted": []}));
        assert_eq!(api.delete("/keepers?filter=not%20team=%22x%22").await.value(), json!({"deleted": ["a", "b", "c"]}));
        assert_eq!(stored(&all).await.len(), 2);
        drop((all, api));
        store.close().await;
        drop(store);
        guard.clean().await;
    }
}

/// An API that does not declare them does not have them.
#[tokio::test]
async fn the_book_api_has_neither() {
    let (store, _guard) = it::memory().await;
    let api = Client::books(&store).await;
    api.post("books", &new_book("Dune", "9780441013593")).await;
    for answer in [api.delete("books?genre=x").await, api.patch("books?genre=x", &json!({"title": "A"})).await] {
        answer.is_error(405, "method_not_allowed");
        assert_eq!(answer.header("allow").replace(' ', ""), "GET,HEAD,POST,OPTIONS");
    }
    assert_eq!(api.send("OPTIONS", "books", &[], "").await.header("accept-patch"), "");
    let document: Value = api.get("/openapi.json").await.value();
    assert_eq!(document["paths"]["/api/v1/books"].as_object().unwrap().len(), 2);
}
