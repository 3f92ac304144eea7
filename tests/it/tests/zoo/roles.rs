//! Who may send, see and choose what.

use it::every_store;
use serde_json::{Value, json};

use crate::{encode, pairs, problems};

every_store! { zoo;
    async fn what_goes_in_only_never_comes_out(api) {
        let body = json!({"slug": "a", "passphrase": "s3cret!", "passphrase_again": "s3cret!"});
        let answers = [
            api.post("keepers", &body).await,
            api.get("keepers/a").await,
            api.get("keepers").await,
            api.get("keepers?limit=1").await,
            api.patch("keepers/a", &json!({"team": "x"})).await,
            api.json("PUT", "keepers/a", &json!({"passphrase": "s3cret!", "passphrase_again": "s3cret!"}), &[]).await,
            api.json("PATCH", "keepers/bulk", &json!([{"slug": "a", "passphrase": "s3cret!", "passphrase_again": "s3cret!"}]), &[]).await,
            api.post("keepers/bulk", &json!([{"slug": "b", "passphrase": "s3cret!", "passphrase_again": "s3cret!"}])).await,
        ];
        for answer in answers {
            assert!(answer.status < 300, "{}", answer.text());
            for word in ["passphrase", "s3cret", "rating", "unknown"] {
                assert!(!answer.text().contains(word), "{word} in {}", answer.text());
            }
        }
    }

    async fn what_does_not_come_out_cannot_be_asked_for(api) {
        for name in ["passphrase", "passphrase_again", "rating"] {
            for (query, parameter, code) in [
                (format!("{name}=a"), name, "unknown_parameter"),
                (format!("{name}[eq]=a"), name, "unknown_parameter"),
                (format!("filter={}", encode(&format!("{name} = \"a\""))), "filter", "unknown_field"),
                (format!("sort={name}"), "sort", "unknown_field"),
                (format!("sort_by={name}"), "sort_by", "unknown_field"),
                (format!("fields={name}"), "fields", "unknown_field"),
            ] {
                let answer = api.get(&format!("keepers?{query}")).await;
                assert_eq!(answer.status, 422, "{query}");
                let (at, found) = &answer.problems()[0];
                assert!(at.starts_with(parameter) && found == code, "{query}: {}", answer.text());
                let allowed = answer.value()["errors"][0]["params"]["allowed"].to_string();
                assert!(!allowed.contains("passphrase") && !allowed.contains("rating"), "{allowed}");
            }
        }
    }

    async fn the_document_shows_each_role_where_it_belongs(api) {
        let document = api.get("/openapi.json").await.value();
        let item = &document["paths"]["/api/v1/keepers/{id}"];
        let resolve = |schema: &Value| {
            let schema = schema.pointer("/anyOf/0").unwrap_or(schema);
            let name = schema["$ref"].as_str().unwrap_or_else(|| panic!("{schema}")).rsplit('/').next().unwrap();
            document["components"]["schemas"][name]["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        let response = resolve(&item["get"]["responses"]["200"]["content"]["application/json"]["schema"]);
        let create = resolve(&document["paths"]["/api/v1/keepers"]["post"]["requestBody"]["content"]["application/json"]["schema"]);
        let update = resolve(&item["patch"]["requestBody"]["content"]["application/merge-patch+json"]["schema"]);
        let has = |of: &[String], name: &str| of.iter().any(|it| it == name);
        for (name, expected) in [
            ("team", [true, true, true]), ("slug", [true, false, true]), ("born", [true, false, true]),
            ("passphrase", [true, true, false]), ("rating", [false, false, false]), ("level", [false, false, true]),
        ] {
            assert_eq!([has(&create, name), has(&update, name), has(&response, name)], expected, "{name}");
        }
        let parameters = document["paths"]["/api/v1/keepers"]["get"]["parameters"].to_string();
        assert!(!parameters.contains("passphrase") && !parameters.contains("rating"), "{parameters}");
    }

    async fn what_cannot_be_sent_is_refused_by_name(api) {
        let body = json!({"slug": "a", "rating": "x", "level": 2});
        assert_eq!(problems(&api.post("keepers", &body).await), pairs(&[("/rating", "unknown_field"), ("/level", "read_only_field")]));
        api.post("keepers", &json!({"slug": "a", "born": "2000-01-01", "first_wage": 1.50})).await;
        let body = json!({"rating": "x", "level": 2, "born": "2000-01-02", "slug": "b", "first_wage": 2});
        let expected = pairs(&[
            ("/rating", "unknown_field"), ("/level", "read_only_field"), ("/born", "immutable_field"), ("/slug", "immutable_field"),
            ("/first_wage", "immutable_field"),
        ]);
        assert_eq!(problems(&api.patch("keepers/a", &body).await), expected);
        assert_eq!(problems(&api.put("keepers/a", &body).await), expected);
    }

    async fn what_does_not_change_may_be_sent_back(api) {
        let created = api.raw("POST", "keepers", r#"{"slug":"a","born":"2000-01-01","first_wage":1.5000000000000000000000000000}"#).await;
        assert_eq!(created.status, 201, "{}", created.text());
        for method in ["PUT", "PATCH"] {
            let answer = api.raw(method, "keepers/a", created.body.clone()).await;
            assert_eq!(answer.status, 200, "{method}: {}", answer.text());
            assert!(answer.text().contains(r#""first_wage":1.5000000000000000000000000000,"#), "{}", answer.text());
        }
        let null = api.patch("keepers/a", &json!({"born": null})).await;
        assert_eq!(problems(&null), pairs(&[("/born", "immutable_field")]));
    }

    async fn put_with_if_none_match_creates_under_the_paths_id(api) {
        let none = [("if-none-match", "*")];
        let created = api.json("PUT", "keepers/new", &json!({"team": "x"}), &none).await;
        assert_eq!(created.status, 201, "{}", created.text());
        assert_eq!((created.header("location"), created.value()["slug"].clone()), ("/api/v1/keepers/new", json!("new")));
        api.json("PUT", "keepers/new", &json!({"team": "y"}), &none).await.is_error(412, "precondition_failed");
        assert_eq!(api.get("keepers/new").await.value()["team"], "x");
        let other = api.json("PUT", "keepers/one", &json!({"slug": "two"}), &none).await;
        assert_eq!(problems(&other), pairs(&[("/slug", "must_match")]));
        let same = api.json("PUT", "keepers/one", &json!({"slug": "one"}), &none).await;
        assert_eq!(same.status, 201, "{}", same.text());
        assert_eq!(api.put("keepers/absent", &json!({})).await.status, 404);
        assert_eq!(api.json("PUT", "tickets/01890a5d-ac96-774b-bcce-b302099a8057", &json!({}), &none).await.status, 404);
    }

    async fn ids_may_have_any_character_that_a_path_can_carry(api) {
        for id in ["a b", "é", "a/b", "%", "%41", "a+b", "a?b#c", "a&b=c", "\"quoted\"", "日本", "😀", "..a", "BULK", "~", "a;b", "a,b", "\\", "'", "{id}"] {
            let created = api.post("keepers", &json!({"slug": id, "team": "x"})).await;
            assert_eq!(created.status, 201, "{id}: {}", created.text());
            let location = created.header("location").to_owned();
            let all_encoded = format!("/api/v1/keepers/{}", encode(id));
            for path in [&location, &all_encoded] {
                let read = api.get(path).await;
                assert_eq!((read.status, read.value()["slug"].as_str()), (200, Some(id)), "{id} at {path}: {}", read.text());
            }
            assert_eq!(api.patch(&location, &json!({"team": "y"})).await.value()["team"], "y", "{id}");
            let value = encode(&id.replace('\\', "\\\\").replace(',', "\\,"));
            assert_eq!(api.get(&format!("keepers?slug[in]={value}")).await.value()["total"], 1, "{id}");
            assert_eq!(api.put(&location, &json!({"team": "z"})).await.status, 200, "{id}");
            assert_eq!(api.post("keepers/bulk-delete", &json!({"ids": [id]})).await.value()["deleted"], json!([id]), "{id}");
            let put = api.json("PUT", &all_encoded, &json!({}), &[("if-none-match", "*")]).await;
            assert_eq!((put.status, put.header("location")), (201, location.as_str()), "{id}: {}", put.text());
            assert_eq!(api.delete(&location).await.status, 204, "{id}");
            assert_eq!(api.get(&location).await.status, 404, "{id}");
        }
        for id in ["", ".", "..", "bulk", "bulk-delete", "a\u{0}b", "a\nb", &"x".repeat(256)] {
            let answer = api.post("keepers", &json!({"slug": id})).await;
            assert_eq!(answer.status, 422, "{id}");
            assert_eq!(answer.problems()[0].0, "/slug", "{id}");
        }
    }

    async fn ids_are_told_apart_by_every_character(api) {
        let ids = ["A", "a", "a ", " a", "á", "a\u{301}", "ａ"];
        for id in ids {
            assert_eq!(api.post("keepers", &json!({"slug": id})).await.status, 201, "{id}");
        }
        let twice = api.post("keepers", &json!({"slug": "a"})).await;
        twice.is_error(409, "duplicate");
        assert_eq!(problems(&twice), pairs(&[("/slug", "duplicate")]));
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        let listed = api.get("keepers?sort=slug").await.value();
        assert_eq!(listed["items"].as_array().unwrap().iter().map(|it| it["slug"].as_str().unwrap()).collect::<Vec<_>>(), sorted);
    }

    async fn ids_that_the_server_makes_are_uuids_in_order(api) {
        let mut ids = Vec::new();
        for price in [json!(1), json!(null), json!(3)] {
            let created = api.post("tickets", &json!({"price": price})).await;
            let id = created.value()["id"].as_str().unwrap().to_owned();
            assert_eq!(created.header("location"), format!("/api/v1/tickets/{id}"));
            assert_eq!(api.get(&format!("tickets/{}", id.to_uppercase())).await.value()["id"], id.as_str());
            ids.push(id);
        }
        assert!(ids.is_sorted());
        let prices: Vec<_> = api.get("tickets").await.value()["items"].as_array().unwrap().iter().map(|it| it["price"].clone()).collect();
        assert_eq!(prices, [json!(null), json!(3), json!(1)]);
        assert_eq!(api.get(&format!("tickets?id[gt]={}", ids[0])).await.value()["total"], 2);
        assert_eq!(problems(&api.get("tickets/nope").await), pairs(&[("id", "invalid_format")]));
        assert_eq!(problems(&api.post("tickets", &json!({"id": ids[0]})).await), pairs(&[("/id", "read_only_field")]));
    }
}
