//! `rename` and `rename_all`: names on the wire that are not those of Rust and of the columns.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use it::{Account, Client, every_store};
use resource_runtime::prelude::*;
use serde_json::{Value, json};

fn account(name: &str, mail: &str) -> Value {
    json!({
        "displayName": name, "type": "private", "e-mail": mail, "mailAgain": mail,
        "homeAddress": {"streetLine": "1 Main St", "zip": "12345"},
    })
}

async fn seed(api: &Client) {
    for (name, mail) in [("Ada", "ada@example.org"), ("Bob", "bob@example.org")] {
        let answer = api.post("accounts", &account(name, mail)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
}

every_store! {
    accounts;

    async fn bodies_have_the_names_of_the_wire(api) {
        seed(api).await;
        let answer = api.get("accounts/1").await;
        let text = answer.text();
        let expected = r#"{"id":1,"displayName":"Ada","type":"private","e-mail":"ada@example.org","balance":"0","credit":null,"labels":["new"],"homeAddress":{"streetLine":"1 Main St","zip":"12345"},"createdAt":""#;
        assert!(text.starts_with(expected), "{text}");
        assert!(text.ends_with(r#","isNew":true}"#), "{text}");
        // What was read can be put back.
        let mut row = answer.value();
        row["displayName"] = json!("Ada L.");
        row["mailAgain"] = json!("ada@example.org");
        let put = api.put("accounts/1", &row).await;
        assert_eq!((put.status, &put.value()["displayName"]), (200, &json!("Ada L.")), "{}", put.text());
        let patched = api.patch("accounts/1", &json!({"homeAddress": {"streetLine": "2 Main St"}})).await;
        assert_eq!(patched.value()["homeAddress"], json!({"streetLine": "2 Main St", "zip": "12345"}));
    }

    async fn problems_point_at_the_names_of_the_wire(api) {
        let mut body = account("", "ada@example.org");
        body["mailAgain"] = json!("bob@example.org");
        body["homeAddress"] = json!({"streetLine": "", "zip": "1"});
        let answer = api.post("accounts", &body).await;
        let problem = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        let mut problems = answer.problems();
        problems.sort();
        assert_eq!(problems, [
            problem("/displayName", "length"),
            problem("/homeAddress/streetLine", "length"),
            problem("/homeAddress/zip", "length"),
            problem("/mailAgain", "must_match"),
        ]);
        assert!(answer.text().contains("must match `e-mail`"), "{}", answer.text());
        // The names of Rust and of columns are none here.
        let body = json!({"display_name": "Ada", "displayName": "Ada", "type": "x", "kind": "x", "mail": null});
        let mut problems = api.post("accounts", &body).await.problems();
        problems.sort();
        assert_eq!(problems, [
            problem("/display_name", "unknown_field"),
            problem("/kind", "unknown_field"),
            problem("/mail", "unknown_field"),
        ]);
    }

    async fn conflicts_name_the_fields_of_the_wire(api) {
        seed(api).await;
        let answer = api.post("accounts", &account("Eve", "bob@example.org")).await;
        answer.is_error(409, "duplicate");
        assert_eq!(answer.problems()[0].0, "/e-mail");
        let answer = api.post("accounts", &account("Ada", "eve@example.org")).await;
        answer.is_error(409, "duplicate");
        let fields: Vec<_> = answer.problems().into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(fields, ["/displayName", "/type"]);
    }

    async fn lists_are_asked_for_by_the_names_of_the_wire(api) {
        seed(api).await;
        for (query, expected) in [
            ("", "Bob Ada"),
            ("sort=displayName", "Ada Bob"),
            ("sort=-createdAt,type", "Bob Ada"),
            ("sort_by=displayName&sort_order=asc", "Ada Bob"),
            ("type=private&displayName=Ada", "Ada"),
            ("type[ne]=private", ""),
            ("displayName[icontains]=AD", "Ada"),
            ("names=Ada,Eve", "Ada"),
            ("search=bob", "Bob"),
            ("e-mail[ieq]=ADA@example.org", "Ada"),
            ("filter=e-mail is null", ""),
            ("filter=type = 'private' and (displayName = 'Bob' or not e-mail is not null)", "Bob"),
            ("cursor=&limit=1&sort=displayName", "Ada"),
        ] {
            let answer = api.get(&format!("accounts?{}", query.replace(' ', "%20"))).await;
            assert_eq!(answer.status, 200, "{query}: {}", answer.text());
            let value = answer.value();
            let names = value["items"].as_array().unwrap().iter().map(|it| it["displayName"].as_str().unwrap());
            assert_eq!(names.collect::<Vec<_>>().join(" "), expected, "{query}");
        }
        let chosen = api.get("accounts?fields=type,displayName").await;
        assert!(chosen.text().contains(r#"{"displayName":"Bob","type":"private"}"#), "{}", chosen.text());
        for query in ["kind=x", "sort=display_name", "filter=kind=x", "fields=display_name"] {
            api.get(&format!("accounts?{query}")).await.is_error(422, "invalid_query");
        }
    }

    async fn lists_answer_with_views_in_the_names_of_the_wire(api) {
        seed(api).await;
        let text = api.get("accounts?per_page=1").await.text();
        assert!(text.contains(r#""items":[{"id":2,"displayName":"Bob","type":"private","isNew":true}]"#), "{text}");
    }

    async fn batches_have_the_names_of_the_wire(api) {
        let batch = json!([account("Ada", "ada@example.org"), {"displayName": "Bob"}]);
        let answer = api.post("accounts/bulk", &batch).await.value();
        assert_eq!(answer["created"][0]["displayName"], "Ada");
        assert_eq!(answer["errors"][0]["errors"][0]["pointer"], "/type");
        let changed = api.json("PATCH", "accounts/bulk", &json!([{"id": 1, "type": "firm"}]), &[]).await.value();
        assert_eq!(changed["updated"][0]["type"], "firm");
    }

    async fn the_document_has_the_names_of_the_wire(api) {
        let document = api.get("/openapi.json").await.value();
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["AccountCreate"]["required"], json!(["displayName", "type"]));
        let card = schemas["AccountCard"]["properties"].as_object().unwrap();
        assert_eq!(card.keys().collect::<Vec<_>>(), ["displayName", "id", "isNew", "type"]);
        assert!(schemas["Address"]["properties"]["streetLine"].is_object(), "{}", schemas["Address"]);
        let create = &schemas["AccountCreate"]["properties"];
        assert_eq!((&create["labels"]["default"], &create["labels"]["examples"]), (&json!(["new"]), &json!([["old", "rich"]])));
        assert_eq!(create["homeAddress"]["examples"], json!([{"streetLine": "1 Main St", "zip": "12345"}]));
        let text = document["paths"]["/api/v1/accounts"]["get"]["parameters"].to_string();
        assert!(text.contains("\"displayName[icontains]\"") && !text.contains("display_name"), "{text}");
    }
}

#[test]
fn columns_keep_the_names_of_rust() {
    let columns: Vec<_> = Account::META.fields.iter().map(|it| it.column).collect();
    assert_eq!(columns[..5], ["id", "display_name", "kind", "mail", "mail_again"]);
}

#[test]
fn models_are_read_and_written_in_the_names_of_the_wire() {
    let body = r#"{"displayName":"Ada","type":"private","e-mail":null,"mailAgain":null,"credit":null,"pin":null,"pinAgain":null,"homeAddress":null}"#;
    let create: it::account::AccountCreate = serde_json::from_str(body).unwrap();
    assert_eq!(create.display_name, "Ada");
    assert_eq!(serde_json::to_string(&create).unwrap(), body);
}

#[tokio::test]
async fn a_table_that_was_made_before_a_field_had_another_name_fits() {
    mod before {
        use resource_runtime::prelude::*;

        #[derive(Clone, Resource)]
        pub(super) struct Task {
            #[resource(id)]
            pub id: i64,
            #[resource(sort, unique)]
            pub due_on: Date,
        }
    }
    mod after {
        use resource_runtime::prelude::*;

        #[derive(Clone, Resource)]
        #[resource(rename_all = "camelCase")]
        pub(super) struct Task {
            #[resource(id)]
            pub id: i64,
            #[resource(sort, unique)]
            pub due_on: Date,
        }
    }
    let (store, _guard) = it::sqlite().await;
    store.migrate::<before::Task>().await.unwrap();
    store.migrate::<after::Task>().await.unwrap();
    let Some((store, guard)) = it::postgres().await else { return };
    store.migrate::<before::Task>().await.unwrap();
    store.migrate::<after::Task>().await.unwrap();
    store.close().await;
    drop(store);
    guard.clean().await;
}
