//! Rules over one field and over several, in every way to write.

use it::{Client, every_store};
use serde_json::{Value, json};

use crate::{pairs, problems};

/// What is wrong with a body, however it is written; `PATCH` and `PUT` go to a sound row.
async fn refused(api: &Client, body: &Value, expected: &[(&str, &str)]) {
    assert_eq!(problems(&api.put("keepers/a", body).await), pairs(expected), "PUT {body}");
    assert_eq!(problems(&api.patch("keepers/a", body).await), pairs(expected), "PATCH {body}");
    let mut created = body.clone();
    created["slug"] = json!("b");
    assert_eq!(problems(&api.post("keepers", &created).await), pairs(expected), "POST {body}");
    let bulk = api.post("keepers/bulk", &json!([created])).await.value();
    let found: Vec<_> =
        bulk["errors"][0]["errors"].as_array().into_iter().flatten().map(|it| it["code"].clone()).collect();
    let mut found: Vec<_> = found.iter().filter_map(Value::as_str).collect();
    found.sort_unstable();
    let mut codes: Vec<_> = expected.iter().map(|(_, code)| *code).collect();
    codes.sort_unstable();
    assert_eq!(found, codes, "bulk {body}: {bulk}");
}

every_store! { zoo;
    async fn rules_hold_in_every_way_to_write(api) {
        assert_eq!(api.post("keepers", &json!({"slug": "a"})).await.status, 201);
        for (body, expected) in [
            (json!({"team": ""}), &[("/team", "length")][..]),
            (json!({"shoes": 3}), &[("/shoes", "odd")]),
            (json!({"shoes": 100}), &[("/shoes", "range")]),
            (json!({"contact": "nobody"}), &[("/contact", "email")]),
            (json!({"passphrase": "abc", "passphrase_again": "abc"}), &[("/passphrase", "length")]),
            (json!({"passphrase": "abcd", "passphrase_again": "abce"}), &[("/passphrase_again", "must_match")]),
            (json!({"passphrase": "abcd"}), &[("/passphrase_again", "must_match")]),
            (json!({"start": "17:00", "end": "08:00"}), &[("", "ends_before_start")]),
            (json!({"start": "17:00"}), &[("", "ends_before_start")]),
            (json!({"office": {"name": "Atlantis"}}), &[("/office", "sunken")]),
            (json!({"office": {"name": "x", "latitude": -90.01}}), &[("/office/latitude", "range")]),
            (json!({"start": "17:00", "shoes": 1}), &[("/shoes", "odd")]),
        ] {
            refused(api, &body, expected).await;
        }
        let keepers = api.get("keepers").await.value();
        assert_eq!((keepers["total"].clone(), keepers["items"][0]["team"].clone()), (json!(1), json!("day")));
    }

    async fn a_rule_over_several_fields_sees_what_is_stored(api) {
        api.post("keepers", &json!({"slug": "a", "start": "09:00", "end": "12:00"})).await;
        assert_eq!(problems(&api.patch("keepers/a", &json!({"end": "09:00"})).await), pairs(&[("", "ends_before_start")]));
        assert_eq!(api.patch("keepers/a", &json!({"end": "09:00:00.000001"})).await.status, 200);
        // PUT puts the start back to its default.
        assert_eq!(problems(&api.put("keepers/a", &json!({"end": "07:00"})).await), pairs(&[("", "ends_before_start")]));
        assert_eq!(api.put("keepers/a", &json!({"end": "08:00:01"})).await.status, 200);
        let bulk = api.json("PATCH", "keepers/bulk", &json!([{"slug": "a", "end": "07:00"}]), &[]).await.value();
        assert_eq!(bulk["errors"][0]["errors"][0]["code"], "ends_before_start", "{bulk}");
    }

    async fn a_match_is_checked_against_what_is_stored(api) {
        api.post("keepers", &json!({"slug": "a", "passphrase": "abcd", "passphrase_again": "abcd"})).await;
        assert_eq!(problems(&api.patch("keepers/a", &json!({"passphrase": "efgh"})).await), pairs(&[("/passphrase_again", "must_match")]));
        assert_eq!(api.patch("keepers/a", &json!({"passphrase_again": "abcd"})).await.status, 200);
        assert_eq!(api.patch("keepers/a", &json!({"passphrase": "efgh", "passphrase_again": "efgh"})).await.status, 200);
        assert_eq!(api.patch("keepers/a", &json!({"passphrase": null, "passphrase_again": null})).await.status, 200);
    }

    async fn a_conflict_over_two_fields_names_both(api) {
        for (slug, team, badge) in [("a", "day", json!(1)), ("b", "night", json!(1)), ("c", "day", json!(2)), ("d", "day", json!(null)), ("e", "day", json!(null))] {
            let answer = api.post("keepers", &json!({"slug": slug, "team": team, "badge": badge})).await;
            assert_eq!(answer.status, 201, "{slug}: {}", answer.text());
        }
        let expected = pairs(&[("/team", "duplicate"), ("/badge", "duplicate")]);
        let answers = [
            api.post("keepers", &json!({"slug": "f", "team": "day", "badge": 1})).await,
            api.patch("keepers/c", &json!({"badge": 1})).await,
            api.patch("keepers/b", &json!({"team": "day"})).await,
            api.put("keepers/d", &json!({"badge": 2})).await,
            api.json("PUT", "keepers/g", &json!({"badge": 2}), &[("if-none-match", "*")]).await,
        ];
        for answer in answers {
            answer.is_error(409, "duplicate");
            assert_eq!(problems(&answer), expected);
        }
        assert_eq!(api.patch("keepers/a", &json!({"badge": 1})).await.status, 200);
    }
}
