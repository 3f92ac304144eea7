//! `as_string`: numbers that are strings in bodies, both ways.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use it::account::AccountCreate;
use it::every_store;
use serde_json::{Value, json};

fn account(balance: &Value, credit: &Value) -> Value {
    json!({"displayName": format!("{balance}"), "type": "x", "balance": balance, "credit": credit})
}

every_store! {
    accounts;

    async fn every_digit_goes_both_ways(api) {
        for (index, balance) in ["39.90", "-0.0000000000000000000000000001", "999999.99000", "1e3", "0"].iter().enumerate() {
            let answer = api.post("accounts", &account(&json!(balance), &json!("9223372036854775807"))).await;
            assert_eq!(answer.status, 201, "{}", answer.text());
            let expected = if *balance == "1e3" { "1000" } else { balance };
            assert_eq!(answer.value()["balance"], expected);
            let path = format!("accounts/{}", index + 1);
            let read = api.get(&path).await;
            assert_eq!(read.text(), answer.text(), "the direct and the typed path differ");
            assert_eq!((&read.value()["balance"], &read.value()["credit"]), (&json!(expected), &json!("9223372036854775807")));
        }
        let page = api.get("accounts?fields=balance,credit&per_page=1&sort=balance").await;
        let first = r#""items":[{"balance":"-0.0000000000000000000000000001","credit":"9223372036854775807"}]"#;
        assert!(page.text().contains(first), "{}", page.text());
    }

    async fn what_was_read_can_be_put_and_patched_back(api) {
        let row = api.post("accounts", &account(&json!("10.50"), &json!(null))).await;
        assert_eq!((row.status, &row.value()["credit"]), (201, &json!(null)));
        let put = api.put("accounts/1", &row.value()).await;
        assert_eq!((put.status, &put.value()["balance"]), (200, &json!("10.50")), "{}", put.text());
        let patched = api.patch("accounts/1", &json!({"balance": "10.5", "credit": "-7"})).await;
        assert_eq!((&patched.value()["balance"], &patched.value()["credit"]), (&json!("10.5"), &json!("-7")));
        let cleared = api.patch("accounts/1", &json!({"credit": null})).await;
        assert_eq!(cleared.value()["credit"], json!(null), "{}", cleared.text());
    }

    async fn what_is_no_number_in_quotes_is_refused(api) {
        for (balance, code) in [
            (json!(10), "invalid_type"), (json!(null), "null_not_allowed"), (json!(["1"]), "invalid_type"),
            (json!(true), "invalid_type"), (json!(""), "invalid_format"), (json!("ten"), "invalid_format"),
            (json!("1,5"), "invalid_format"), (json!(" 1"), "invalid_format"), (json!("0x10"), "invalid_format"),
            (json!("NaN"), "invalid_format"), (json!("1_000"), "invalid_format"), (json!("1000000"), "range"),
            (json!("-1000.01"), "range"), (json!("0.00000000000000000000000000001"), "precision"),
        ] {
            let answer = api.post("accounts", &account(&balance, &json!("1"))).await;
            answer.is_error(422, "validation_failed");
            assert_eq!(answer.problems(), [("/balance".to_owned(), code.to_owned())], "{balance}: {}", answer.text());
        }
        for credit in ["9223372036854775808", "1.5", "1 "] {
            let answer = api.post("accounts", &account(&json!("1"), &json!(credit))).await;
            assert_eq!(answer.problems()[0].0, "/credit", "{credit}");
        }
        let answer = api.post("accounts", &account(&json!(10), &json!(null))).await.value();
        assert_eq!(answer["errors"][0]["detail"], "must be a string, not a number");
    }

    async fn queries_are_what_they_were(api) {
        for balance in ["9", "10.0", "100"] {
            assert_eq!(api.post("accounts", &account(&json!(balance), &json!(balance.replace(".0", "")))).await.status, 201);
        }
        for (query, expected) in [
            ("balance=10", "10.0"), ("balance[gte]=10&sort=-balance", "100 10.0"), ("filter=balance >= 10.00 and credit < 100", "10.0"), ("balance[in]=9,100", "100 9"), ("credit[lt]=100&sort=balance", "9 10.0"),
        ] {
            let query = query.replace(' ', "%20").replace('<', "%3C").replace('>', "%3E");
            let answer = api.get(&format!("accounts?fields=balance&{query}")).await;
            let value = answer.value();
            let mut found: Vec<_> = value["items"].as_array().unwrap().iter().map(|it| it["balance"].as_str().unwrap()).collect();
            if !query.contains("sort") {
                found.sort_unstable();
            }
            assert_eq!(found.join(" "), expected, "{query}");
        }
        let first = api.get("accounts?cursor=&limit=2&sort=balance").await.value();
        let next = first["next_cursor"].as_str().unwrap();
        let rest = api.get(&format!("accounts?cursor={next}&limit=2&sort=balance")).await.value();
        assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    }

    async fn the_document_says_strings(api) {
        let document = api.get("/openapi.json").await.value();
        let create = &document["components"]["schemas"]["AccountCreate"]["properties"];
        assert_eq!(create["balance"], json!({
            "type": "string", "pattern": r"^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$",
            "description": "What they have.\n\nMust be at least -1000 and less than 1000000.",
            "default": "0", "examples": ["12.50"],
        }));
        assert_eq!(create["credit"]["type"], json!(["string", "null"]));
        // Generators would send a number.
        assert!(create["credit"].get("format").is_none());
    }
}

#[test]
fn models_have_strings_too() {
    let body = json!({"displayName": "A", "type": "x", "balance": "1.50", "credit": "7"});
    let create: AccountCreate = serde_json::from_value(body).unwrap();
    let text = serde_json::to_string(&create).unwrap();
    assert!(text.contains(r#""balance":"1.50","credit":"7""#), "{text}");
    let direct = resource_runtime::model::to_json(&create);
    assert!(String::from_utf8(direct).unwrap().contains(r#""balance":"1.50","credit":"7""#));
}
