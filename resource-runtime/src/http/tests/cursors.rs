//! Cursors of texts that no cursor has room for.

use super::*;

/// Begins like all others.
fn long(end: usize) -> String {
    format!("{}{end}", "the same words again and again ".repeat(100))
}

async fn notes() -> Client {
    let api = client().await;
    for it in 0..5 {
        let body = format!(r#"{{"slug":"n{it}","text":"{}"}}"#, long(it));
        assert_eq!(api.json("POST", "notes", &body).await.status, 201);
    }
    api
}

async fn page(api: &Client, cursor: &str) -> (Vec<Value>, Value) {
    let answer = api.get(&format!("/api/v1/notes?sort=-text&fields=slug&limit=2&cursor={cursor}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let value = answer.value();
    let slugs = value["items"].as_array().unwrap().iter().map(|it| it["slug"].clone()).collect();
    (slugs, value)
}

#[tokio::test]
async fn lists_of_long_texts_are_walked_both_ways() {
    let api = notes().await;
    let (first, value) = page(&api, "").await;
    assert_eq!(first, ["n4", "n3"]);
    let (second, value) = page(&api, value["next_cursor"].as_str().unwrap()).await;
    assert_eq!(second, ["n2", "n1"]);
    let (third, _) = page(&api, value["next_cursor"].as_str().unwrap()).await;
    assert_eq!(third, ["n0"]);
    let (back, _) = page(&api, value["prev_cursor"].as_str().unwrap()).await;
    assert_eq!(back, first);
}

#[tokio::test]
async fn a_place_that_is_lost_is_refused_and_never_guessed() {
    let api = notes().await;
    let (_, value) = page(&api, "").await;
    assert_eq!(api.send("DELETE", "/api/v1/notes/n3", &[], "").await.status, 204);
    let cursor = value["next_cursor"].as_str().unwrap();
    let answer = api.get(&format!("/api/v1/notes?sort=-text&limit=2&cursor={cursor}")).await;
    assert_eq!((answer.status, &answer.value()["code"]), (400, &"invalid_cursor".into()));
}
