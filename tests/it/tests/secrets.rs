//! `Secret<T>`: taken, stored, checked, and never seen again.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use it::account::{AccountCreate, AccountUpdate};
use it::{Account, Client, every_store};
use resource_runtime::prelude::*;
use resource_runtime::query::{CountMode, Filter};
use resource_runtime::store::{Select, Window};
use serde_json::{Value, json};

const KEY: &str = "correct-horse-battery";

fn account() -> Value {
    json!({"displayName": "Ada", "type": "private", "signingKey": KEY, "pin": 4711, "pinAgain": 4711})
}

#[track_caller]
fn says_nothing(text: &str) {
    for secret in [KEY, "4711", "signingKey\":", "pin\":", "not-the-best-key"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

every_store! {
    accounts;

    async fn no_answer_has_a_secret(api) {
        let created = api.post("accounts", &account()).await;
        assert_eq!(created.status, 201, "{}", created.text());
        says_nothing(&created.text());
        let patched = api.patch("accounts/1", &json!({"signingKey": "another-good-key", "pin": null, "pinAgain": null})).await;
        assert_eq!(patched.status, 200, "{}", patched.text());
        assert_eq!(patched.header("etag"), "\"2\"");
        for path in ["accounts/1", "accounts", "accounts?cursor=&limit=1&sort=type"] {
            says_nothing(&api.get(path).await.text());
        }
        let bulk = api.post("accounts/bulk", &json!([{"displayName": "Bob", "type": "x", "signingKey": KEY}])).await;
        assert_eq!(bulk.status, 201);
        says_nothing(&bulk.text());
    }

    async fn rules_hold_for_what_is_hidden_and_problems_do_not_repeat_it(api) {
        for (member, value, code) in [
            ("signingKey", json!("4711"), "length"),
            ("signingKey", json!("4711 4711"), "does_not_contain"),
            ("signingKey", json!(4711), "invalid_type"),
            ("signingKey", json!(null), "null_not_allowed"),
            ("pin", json!(47110), "range"),
            ("pin", json!("4711"), "invalid_type"),
            ("pinAgain", json!(1234), "must_match"),
        ] {
            let mut body = account();
            body[member] = value;
            let answer = api.post("accounts", &body).await;
            answer.is_error(422, "validation_failed");
            assert_eq!(answer.problems(), [(format!("/{member}"), code.to_owned())], "{body}");
            let mut problem = answer.value();
            // Digits that may be any.
            for made_up in ["request_id", "timestamp"] {
                problem.as_object_mut().unwrap().remove(made_up);
            }
            says_nothing(&problem.to_string());
        }
    }

    async fn no_list_can_be_asked_for_it(api) {
        assert_eq!(api.post("accounts", &account()).await.status, 201);
        for query in [
            "signingKey=x", "signingKey[eq]=x", "sort=pin", "fields=signingKey", "filter=pin=4711", "pin[is_null]=false",
        ] {
            let answer = api.get(&format!("accounts?{query}")).await;
            answer.is_error(422, "invalid_query");
        }
    }

    async fn the_document_says_that_it_is_only_sent(api) {
        let document = api.get("/openapi.json").await.value();
        let schemas = &document["components"]["schemas"];
        let key = &schemas["AccountCreate"]["properties"]["signingKey"];
        assert_eq!(key, &json!({
            "type": "string", "pattern": r"^[^\x00]*$", "minLength": 8, "not": {"pattern": " "}, "writeOnly": true,
            "description": "What is sent to them is signed with it.",
        }));
        assert!(schemas["Account"]["properties"]["signingKey"].is_null());
        assert!(!document.to_string().contains("not-the-best-key"));
    }
}

#[tokio::test]
async fn the_store_has_it_for_those_who_need_it() {
    let (store, _guard) = it::memory().await;
    let api = Client::accounts(&store).await;
    assert_eq!(api.post("accounts", &account()).await.status, 201);
    let select = Select {
        meta: Account::META,
        scope: Filter::All,
        filter: Filter::All,
        sort: Vec::new(),
        window: Window::Offset { offset: 0, limit: 1 },
        count: CountMode::None,
    };
    let row = store.select(select).await.unwrap().records.remove(0);
    let account = Account::from_record(row).unwrap();
    assert_eq!(account.signing_key.expose(), KEY);
    assert_eq!(account.pin.as_ref().map(Secret::expose), Some(&4711));
    says_nothing(&format!("{account:?}"));
}

#[test]
fn no_model_shows_it_in_a_log() {
    let create: AccountCreate = serde_json::from_value(account()).unwrap();
    says_nothing(&format!("{create:?}"));
    let update: AccountUpdate = serde_json::from_value(json!({"signingKey": KEY})).unwrap();
    assert_eq!(format!("{update:?}"), "AccountUpdate { signingKey: [hidden] }");
}
