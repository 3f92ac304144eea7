//! Soft deletes: hidden everywhere, restored, purged.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use it::{Answer, Client, every_store};
use serde_json::{Value, json};

/// Creates a member, and gives its id.
async fn join(api: &Client, email: &str) -> i64 {
    let answer = api.post("members", &json!({"email": email, "motto": email, "team": "a"})).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.value()["id"].as_i64().unwrap()
}

async fn leave(api: &Client, id: i64) {
    assert_eq!(api.delete(&format!("members/{id}")).await.status, 204);
}

async fn restore(api: &Client, id: i64) -> Answer {
    api.send("POST", &format!("members/{id}/restore"), &[], "").await
}

/// The `email`s that a list has.
fn emails(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.value();
    answer["items"].as_array().unwrap().iter().map(|it| it["email"].as_str().unwrap().to_owned()).collect()
}

every_store! { club;
    async fn a_deleted_row_is_as_if_it_were_not_there(api) {
        let (gone, stays) = (join(api, "gone@x").await, join(api, "stays@x").await);
        leave(api, gone).await;
        let path = format!("members/{gone}");
        api.get(&path).await.is_error(404, "not_found");
        api.get_with(&path, &[("if-none-match", "\"1\"")]).await.is_error(404, "not_found");
        api.patch(&path, &json!({"team": "b"})).await.is_error(404, "not_found");
        api.patch(&path, &json!({"number": 1, "team": null})).await.is_error(404, "not_found");
        api.put(&path, &json!({"email": "z@x"})).await.is_error(404, "not_found");
        api.delete(&path).await.is_error(404, "not_found");
        api.send("DELETE", &path, &[("if-match", "\"2\"")], "").await.is_error(404, "not_found");
        assert_eq!(api.send("HEAD", &path, &[], "").await.status, 404);
        assert_eq!(api.get(&format!("/found/{gone}")).await.text(), "nobody");
        assert_eq!(api.get(&format!("/found/{stays}")).await.text(), "stays@x");
        for query in
            ["", "?search=@x", "?email[icontains]=X", "?team=a", "?team[ieq]=A", "?sort=team", "?limit=5", "?sort=-email&limit=5"]
        {
            assert_eq!(emails(&api.get(&format!("members{query}")).await), ["stays@x"], "{query}");
        }
        assert_eq!(emails(&api.get("members?email=gone@x").await), [""; 0]);
        for count in ["exact", "capped", "estimated"] {
            let page = api.get(&format!("members?count={count}")).await.value();
            assert_eq!(page["total"], 1, "{count}: {page}");
        }
        assert!(!api.get("members").await.text().contains("deleted_at"));
        for form in ["application/x-ndjson", "text/csv"] {
            let export = api.get_with("members", &[("accept", form)]).await.text();
            assert!(export.contains("stays@x") && !export.contains("gone@x"), "{export}");
        }
    }

    async fn bulk_operations_neither_see_deleted_rows_nor_remove_rows(api) {
        let ids = [join(api, "1@x").await, join(api, "2@x").await, join(api, "3@x").await];
        leave(api, ids[0]).await;
        let updated = api.json("PATCH", "members/bulk", &json!([{"id": ids[0], "team": "b"}, {"id": ids[1], "team": "b"}]), &[]).await;
        let updated = updated.value();
        assert_eq!(updated["updated"].as_array().unwrap().len(), 1, "{updated}");
        assert_eq!(updated["errors"][0]["status"], 404, "{updated}");
        let deleted = api.post("members/bulk-delete", &json!({"ids": [ids[0], ids[1], ids[1]]})).await.value();
        assert_eq!(deleted, json!({"deleted": [ids[1]], "not_found": [ids[0], ids[1]]}));
        assert_eq!(emails(&api.get("members").await), ["3@x"]);
        // The values of rows that went in one batch are free for the next.
        let created = api.post("members/bulk?atomic=true", &json!([{"email": "1@x"}, {"email": "2@x"}])).await;
        assert_eq!(created.status, 201, "{}", created.text());
        assert_eq!(restore(api, ids[1]).await.problems(), [("/email".to_owned(), "duplicate".to_owned())]);
    }

    async fn a_restored_row_is_back_under_a_new_tag(api) {
        let id = join(api, "a@x").await;
        let before = api.get(&format!("members/{id}")).await;
        leave(api, id).await;
        let restored = restore(api, id).await;
        assert_eq!(restored.status, 200, "{}", restored.text());
        let (mut old, new) = (before.value(), restored.value());
        assert!(new["updated_at"].is_string(), "{new}");
        old["updated_at"] = new["updated_at"].clone();
        assert_eq!(old, new);
        assert_eq!((before.header("etag"), restored.header("etag")), ("\"1\"", "\"3\""));
        let after = api.get(&format!("members/{id}")).await;
        assert_eq!((after.text(), after.header("etag")), (restored.text(), "\"3\""));
        assert_eq!(api.get_with(&format!("members/{id}"), &[("if-none-match", "\"1\"")]).await.status, 200);
        let stale = api.json("PATCH", &format!("members/{id}"), &json!({"team": "b"}), &[("if-match", "\"1\"")]).await;
        stale.is_error(412, "precondition_failed");
        // A value that was its own still is.
        api.post("members", &json!({"email": "a@x"})).await.is_error(409, "duplicate");
        leave(api, id).await;
        assert_eq!(api.send("POST", &format!("/back/{id}"), &[], "").await.text(), "a@x");
        api.send("POST", &format!("/back/{id}"), &[], "").await.is_error(404, "not_found");
    }

    async fn what_is_not_deleted_cannot_be_restored(api) {
        let id = join(api, "a@x").await;
        restore(api, id).await.is_error(409, "conflict");
        restore(api, 77).await.is_error(404, "not_found");
        let invalid = api.send("POST", "members/x/restore", &[], "").await;
        assert_eq!(invalid.problems(), [("id".to_owned(), "invalid_type".to_owned())], "{}", invalid.text());
        leave(api, id).await;
        assert_eq!(restore(api, id).await.status, 200);
        restore(api, id).await.is_error(409, "conflict");
    }

    async fn unique_values_of_deleted_rows_can_be_taken(api) {
        let long = "long ".repeat(1_000);
        let row = |email: &str| json!({"email": email, "motto": long, "team": "a", "number": 7});
        let first = api.post("members", &row("a@x")).await.value()["id"].as_i64().unwrap();
        api.post("members", &row("b@x")).await.is_error(409, "duplicate");
        leave(api, first).await;
        let second = api.post("members", &row("a@x")).await;
        assert_eq!(second.status, 201, "{}", second.text());
        let second = second.value()["id"].as_i64().unwrap();
        // Among the rows that are not deleted they are as unique as ever.
        api.post("members", &row("a@x")).await.is_error(409, "duplicate");
        // Each in its turn is in the way of the other's return.
        for (field, value) in [("email", json!("c@x")), ("motto", Value::Null), ("number", json!(8))] {
            let refused = restore(api, first).await;
            refused.is_error(409, "duplicate");
            let problems = refused.problems();
            let named = if field == "number" { "/team" } else { &format!("/{field}") };
            assert_eq!(problems[0], (named.to_owned(), "duplicate".to_owned()), "{problems:?}");
            assert_eq!(api.patch(&format!("members/{second}"), &json!({field: value})).await.status, 200);
        }
        assert_eq!(restore(api, first).await.status, 200);
        leave(api, first).await;
        leave(api, second).await;
        assert_eq!(api.post("members", &row("a@x")).await.status, 201);
        restore(api, first).await.is_error(409, "duplicate");
    }

    async fn a_restore_can_ask_for_the_row_that_was_known(api) {
        let id = join(api, "a@x").await;
        let path = format!("members/{id}/restore");
        api.patch(&format!("members/{id}"), &json!({"team": "b"})).await;
        leave(api, id).await;
        let with = async |tag: &str| api.send("POST", &path, &[("if-match", tag)], "").await;
        for stale in ["\"1\"", "W/\"2\"", "\"9\", \"4\"", "x"] {
            with(stale).await.is_error(412, "precondition_failed");
        }
        // The tag before the delete, and that of the deleted row itself.
        assert_eq!(with("\"2\"").await.status, 200);
        leave(api, id).await;
        assert_eq!(with("\"7\", \"5\"").await.status, 200);
        leave(api, id).await;
        assert_eq!(with("*").await.status, 200);
        leave(api, id).await;
        let since = |date: &'static str| [("if-unmodified-since", date)];
        let late = api.send("POST", &path, &since("Sat, 01 Jan 2000 00:00:00 GMT"), "").await;
        late.is_error(412, "precondition_failed");
        assert_eq!(api.send("POST", &path, &since("Fri, 01 Jan 2100 00:00:00 GMT"), "").await.status, 200);
        with("\"1\"").await.is_error(409, "conflict");
    }

    async fn a_restore_is_a_request_like_others(api) {
        let id = join(api, "a@x").await;
        leave(api, id).await;
        let path = format!("members/{id}/restore");
        api.send("POST", &format!("{path}?x=1"), &[], "").await.is_error(422, "invalid_query");
        api.send("POST", &path, &[("accept", "text/html")], "").await.is_error(406, "not_acceptable");
        api.post(&path, &json!({"email": "b@x"})).await.is_error(422, "validation_failed");
        api.get(&path).await.is_error(405, "method_not_allowed");
        assert_eq!(api.send("OPTIONS", &path, &[], "").await.header("allow"), "POST,OPTIONS");
        let tried = api.send("POST", &path, &[("prefer", "tx=rollback")], "").await;
        assert_eq!((tried.status, tried.header("preference-applied")), (200, "tx=rollback"));
        api.get(&format!("members/{id}")).await.is_error(404, "not_found");
        let keyed = async || api.send("POST", &path, &[("idempotency-key", "k")], "").await;
        let (first, second) = (keyed().await, keyed().await);
        assert_eq!((first.status, first.text()), (200, second.text()));
        assert_eq!((second.status, second.header("idempotency-replayed")), (200, "true"));
        leave(api, id).await;
        let minimal = api.json("POST", &format!("{path}/"), &json!({}), &[("prefer", "return=minimal")]).await;
        assert_eq!((minimal.status, minimal.text().as_str()), (204, ""));
        assert_eq!(minimal.header("etag"), "\"5\"");
    }

    async fn scopes_hold_for_restores(api) {
        let (mine, other) = (join(api, "a@x").await, join(api, "b@x").await);
        api.patch(&format!("members/{other}"), &json!({"team": "b"})).await;
        for id in [mine, other] {
            leave(api, id).await;
        }
        api.send("POST", &format!("/a/members/{other}/restore"), &[], "").await.is_error(404, "not_found");
        assert_eq!(api.send("POST", &format!("/a/members/{mine}/restore"), &[], "").await.status, 200);
        assert_eq!(api.delete(&format!("/a/members/{mine}")).await.status, 204);
        assert_eq!(emails(&api.get("/a/members").await), [""; 0]);
        // A row that is there, and out of the caller's scope, is not there.
        restore(api, other).await;
        api.send("POST", &format!("/a/members/{other}/restore"), &[], "").await.is_error(404, "not_found");
    }

    async fn an_application_can_show_what_is_deleted(api) {
        let ids = [join(api, "a@x").await, join(api, "b@x").await, join(api, "c@x").await];
        leave(api, ids[0]).await;
        leave(api, ids[1]).await;
        assert_eq!(emails(&api.get("/left/members").await), ["a@x", "b@x"]);
        assert_eq!(api.get("/left/members?email=b@x").await.value()["total"], 1);
        assert_eq!(api.get(&format!("/left/members/{}", ids[0])).await.header("etag"), "\"2\"");
        api.get(&format!("/left/members/{}", ids[2])).await.is_error(404, "not_found");
        assert_eq!(api.send("POST", &format!("/left/members/{}/restore", ids[0]), &[], "").await.status, 200);
        // To delete what is deleted is for good.
        assert_eq!(api.delete(&format!("/left/members/{}", ids[1])).await.status, 204);
        restore(api, ids[1]).await.is_error(404, "not_found");
        api.delete(&format!("/left/members/{}", ids[2])).await.is_error(404, "not_found");
        assert_eq!(emails(&api.get("members").await), ["a@x", "c@x"]);
    }

    async fn identifiers_that_clients_choose_stay_taken(api) {
        let badge = json!({"slug": "gold", "label": "Gold"});
        let created = api.post("badges", &badge).await;
        assert_eq!(created.value(), json!({"slug": "gold", "label": "Gold", "gone": null}));
        api.delete("badges/gold").await.is_error(428, "precondition_required");
        let tag = created.header("etag");
        assert_eq!(api.send("DELETE", "badges/gold", &[("if-match", tag)], "").await.status, 204);
        let again = api.post("badges", &badge).await;
        again.is_error(409, "duplicate");
        assert_eq!(again.problems(), [("/slug".to_owned(), "duplicate".to_owned())]);
        api.json("PUT", "badges/gold", &badge, &[("if-none-match", "*")]).await.is_error(412, "precondition_failed");
        api.json("PUT", "badges/gold", &badge, &[("if-match", "*")]).await.is_error(404, "not_found");
        // Nobody can read the tag of a deleted row, so that none is asked for.
        let restored = api.send("POST", "badges/gold/restore", &[], "").await;
        assert_eq!(restored.value(), json!({"slug": "gold", "label": "Gold", "gone": null}));
        assert_ne!(restored.header("etag"), tag);
        // An identifier may be the name of the operation, too.
        assert_eq!(api.post("badges", &json!({"slug": "restore", "label": "R"})).await.status, 201);
        assert_eq!(api.get("badges/restore").await.status, 200);
        api.post("badges/restore/restore", &json!({})).await.is_error(409, "conflict");
    }

    async fn the_mark_is_nobodys_to_send(api) {
        let id = join(api, "a@x").await;
        let at = "2026-01-01T00:00:00Z";
        for (path, name) in [("members", "deleted_at"), ("members", "left_at")] {
            let answer = api.post(path, &json!({"email": "b@x", name: at})).await;
            assert_eq!(answer.problems(), [(format!("/{name}"), "unknown_field".to_owned())]);
        }
        let patched = api.patch(&format!("members/{id}"), &json!({"deleted_at": at})).await;
        assert_eq!(patched.problems(), [("/deleted_at".to_owned(), "unknown_field".to_owned())]);
        let badge = api.post("badges", &json!({"slug": "s", "label": "S", "gone": at})).await;
        assert_eq!(badge.problems(), [("/gone".to_owned(), "read_only_field".to_owned())]);
        for query in ["deleted_at[is_null]=false", "sort=deleted_at", "fields=deleted_at", "filter=deleted_at is null"] {
            assert_eq!(api.get(&format!("members?{}", query.replace(' ', "%20"))).await.status, 422, "{query}");
        }
    }

    async fn purged_rows_are_gone_and_others_stay(api) {
        let mut ids = Vec::new();
        for number in 0..105 {
            ids.push(join(api, &format!("{number}@x")).await);
        }
        for id in &ids[..103] {
            leave(api, *id).await;
        }
        let purge = async |seconds: u64| api.send("POST", &format!("/purge/{seconds}"), &[], "").await.text();
        assert_eq!(purge(60).await, "0");
        assert_eq!(purge(u64::MAX).await, "0");
        assert_eq!(restore(api, ids[0]).await.status, 200);
        assert_eq!(purge(0).await, "102");
        assert_eq!(purge(0).await, "0");
        restore(api, ids[1]).await.is_error(404, "not_found");
        let left = api.get("members?per_page=100").await.value();
        assert_eq!(left["total"], 3, "{left}");
        // What is gone for good does not give its identifier back.
        assert!(join(api, "new@x").await > *ids.last().unwrap());
    }

    async fn purges_that_race_remove_each_row_once(api) {
        for number in 0..40 {
            let id = join(api, &format!("{number}@x")).await;
            leave(api, id).await;
        }
        let purges = (0..4).map(|_| {
            let api = api.clone();
            tokio::spawn(async move { api.send("POST", "/purge/0", &[], "").await.text().parse::<u32>().unwrap() })
        });
        let mut removed = 0;
        for purge in purges.collect::<Vec<_>>() {
            removed += purge.await.unwrap();
        }
        assert_eq!(removed, 40);
    }

    async fn of_racing_deletes_and_restores_each_takes_effect_once(api) {
        let id = join(api, "a@x").await;
        let (mut deleted, mut restored) = (0, 0);
        for _ in 0..20 {
            let tasks = (0..8).map(|index| {
                let api = api.clone();
                tokio::spawn(async move {
                    if index % 2 == 0 {
                        (true, api.delete(&format!("members/{id}")).await.status)
                    } else {
                        (false, restore(&api, id).await.status)
                    }
                })
            });
            for task in tasks.collect::<Vec<_>>() {
                match task.await.unwrap() {
                    (true, 204) => deleted += 1,
                    (false, 200) => restored += 1,
                    (true, 404) | (false, 409) => {}
                    other => panic!("{other:?}"),
                }
            }
        }
        let is_there = api.get(&format!("members/{id}")).await.status == 200;
        assert_eq!(deleted - restored, i32::from(!is_there));
        restore(api, id).await;
        let version: i32 = api.get(&format!("members/{id}")).await.header("etag").trim_matches('"').parse().unwrap();
        assert_eq!(version, 1 + deleted + restored + i32::from(!is_there));
    }

    async fn a_value_is_given_to_one_of_a_restore_and_a_creation(api) {
        for number in 0..20 {
            let email = format!("{number}@x");
            let id = join(api, &email).await;
            leave(api, id).await;
            let other = api.clone();
            let body = json!({"email": email});
            let created = tokio::spawn(async move { other.post("members", &body).await.status });
            let restored = restore(api, id).await.status;
            let both = [created.await.unwrap(), restored];
            assert!(both == [201, 409] || both == [409, 200], "{both:?}");
        }
    }
}
