//! What is mounted where.

use axum::routing::get;
use tower_http::set_header::SetResponseHeaderLayer;

use super::*;
use crate::field::Value as FieldValue;
use crate::query::Filter;

#[track_caller]
fn refused(api: Api) -> String {
    api.build().unwrap_err().to_string()
}

#[tokio::test]
async fn two_resources_under_one_path_are_an_error() {
    static NOVEL: &ResourceMeta =
        &ResourceMeta::new("Novel", "books", "novels", &[FieldMeta::of::<i64>("id").id(IdSource::Store)]);
    let database = database().await;
    let api = Api::new("x", "1")
        .nest("/api", |it| it.resource(Routes::new(BOOK, &database)).resource(Routes::new(NOVEL, &database)));
    assert_eq!(refused(api), "`Book` and `Novel` are both mounted on /api/books; give one of them another `path`");
}

#[tokio::test]
async fn two_models_of_one_name_and_two_shapes_are_an_error() {
    use crate::field::{EnumMeta, Kind, Variant};

    static OPEN: EnumMeta = EnumMeta { name: "State", doc: "", variants: &[Variant { name: "open", doc: "" }] };
    static SOLD: EnumMeta = EnumMeta { name: "State", doc: "", variants: &[Variant { name: "sold", doc: "" }] };
    const ID: FieldMeta = FieldMeta::of::<i64>("id").id(IdSource::Store);
    static SHOP: &ResourceMeta = &ResourceMeta::new(
        "Shop",
        "shops",
        "shops",
        &[ID, FieldMeta { kind: Kind::Enum(&OPEN), ..FieldMeta::of::<String>("state") }],
    );
    static CAR: &ResourceMeta = &ResourceMeta::new(
        "Car",
        "cars",
        "cars",
        &[ID, FieldMeta { kind: Kind::Enum(&SOLD), ..FieldMeta::of::<String>("state") }],
    );
    let database = database().await;
    let api = Api::new("x", "1").resource(Routes::new(SHOP, &database)).resource(Routes::new(CAR, &database));
    let sentence = refused(api);
    assert!(sentence.contains("two different models of the API are called `State`"), "{sentence}");
    assert!(sentence.contains("give one of the types another name"), "{sentence}");
}

#[tokio::test]
async fn a_route_that_clashes_is_an_error() {
    let database = database().await;
    let books = || Api::new("x", "1").resource(Routes::new(BOOK, &database));
    let sentence = refused(books().route("/books/{slug}", get(|| async {})));
    assert!(sentence.contains("are both mounted on /books/{slug}"), "{sentence}");
    let sentence = refused(books().route("/books/{*rest}", get(|| async {})));
    assert!(sentence.starts_with("nothing can be mounted at /books/{*rest}: "), "{sentence}");
    let sentence = refused(books().merge(Router::new().route("/books", get(|| async {}))));
    assert!(sentence.starts_with("nothing can be mounted at the root: "), "{sentence}");
}

#[tokio::test]
async fn a_prefix_that_is_none_is_an_error() {
    let database = database().await;
    for prefix in ["api", "/api/", "//api", "/"] {
        let api = Api::new("x", "1").nest(prefix, |it| it.resource(Routes::new(BOOK, &database)));
        assert!(refused(api).contains("is no prefix of paths"), "{prefix}");
    }
}

#[tokio::test]
async fn the_frameworks_paths_give_way() {
    let api = Api::new("x", "1").route("/", get(|| async { "mine" })).route("/health", get(|| async { "mine" }));
    let api = Client(api.build().unwrap());
    assert_eq!(api.get("/").await.text(), "mine");
    assert_eq!(api.get("/health").await.text(), "mine");
    assert_eq!(api.get("/health/ready").await.status, 200);
}

#[tokio::test]
async fn a_plain_router_works_in_any_application() {
    let database = database().await;
    let books = Routes::new(BOOK, &database).into_router();
    let app = Router::new().nest("/shelves/{shelf}", books).route("/own", get(|| async { "own" }));
    let client = Client(app);
    assert_eq!(client.get("/own").await.text(), "own");
    let created = client.json("POST", "/shelves/a%20b/books", &book("Dune", "9780441013593")).await;
    assert_eq!((created.status, created.header("location")), (201, "/shelves/a%20b/books/1"));
    assert_eq!(client.get(created.header("location")).await.text(), created.text());
    let list = client.get("/shelves/x/books?per_page=1").await;
    assert!(list.header("link").starts_with("</shelves/x/books?"), "{}", list.header("link"));
    let missing = client.get("/shelves/x/books/9").await;
    assert_eq!((missing.status, missing.header("content-type")), (404, "application/problem+json"));
    let refused = client.json("DELETE", "/shelves/x/books", "").await;
    assert_eq!((refused.status, refused.header("content-type")), (405, "application/problem+json"));
    assert!(refused.header("allow").contains("POST"));
    let options = client.send("OPTIONS", "/shelves/x/books/1", &[], "").await;
    assert_eq!((options.status, options.header("content-length")), (204, ""));
}

#[tokio::test]
async fn layers_are_around_what_they_are_added_to() {
    let header = |value| {
        SetResponseHeaderLayer::overriding(
            http::HeaderName::from_static("x-layer"),
            http::HeaderValue::from_static(value),
        )
    };
    let database = database().await;
    let api = Api::new("x", "1")
        .resource(Routes::new(BOOK, &database).layer(header("books")))
        .resource(Routes::new(NOTE, &database));
    let api = Client(api.build().unwrap());
    assert_eq!(api.get("/books").await.header("x-layer"), "books");
    assert_eq!(api.get("/notes").await.header("x-layer"), "");
    let all = Client(Api::new("x", "1").resource(Routes::new(NOTE, &database)).layer(header("all")).build().unwrap());
    assert_eq!(all.get("/notes").await.header("x-layer"), "all");
}

#[tokio::test]
async fn rows_outside_of_the_scope_are_not_there() {
    let database = database().await;
    let all = Client(Api::new("x", "1").resource(Routes::new(NOTE, &database)).build().unwrap());
    let mine = Filter::one(1, Operator::Eq, FieldValue::Text("mine".to_owned()));
    let scoped = Routes::new(NOTE, &database).scope_by(move |_| Ok(mine.clone()));
    let scoped = Client(Api::new("x", "1").resource(scoped).build().unwrap());
    for (slug, text) in [("a", "mine"), ("b", "theirs")] {
        assert_eq!(all.json("POST", "/notes", &format!(r#"{{"slug":"{slug}","text":"{text}"}}"#)).await.status, 201);
    }
    assert_eq!(scoped.get("/notes").await.value()["total"], 1);
    assert_eq!(scoped.get("/notes/a").await.status, 200);
    scoped.get("/notes/b").await.is_problem(404, "not_found");
    scoped.json("PATCH", "/notes/b", r#"{"text":"mine"}"#).await.is_problem(404, "not_found");
    scoped.send("DELETE", "/notes/b", &[], "").await.is_problem(404, "not_found");
    assert_eq!(scoped.json("POST", "/notes/bulk-delete", r#"{"ids":["b"]}"#).await.value()["not_found"][0], "b");
    // Nor can a write make one of them.
    scoped.json("PATCH", "/notes/a", r#"{"text":"theirs"}"#).await.is_problem(403, "forbidden");
    scoped.json("PUT", "/notes/a", r#"{"slug":"a","text":"theirs"}"#).await.is_problem(403, "forbidden");
    scoped.json("POST", "/notes", r#"{"slug":"c","text":"theirs"}"#).await.is_problem(403, "forbidden");
    assert_eq!(all.get("/notes").await.value()["total"], 2);
    assert_eq!(scoped.get("/notes/a").await.value()["text"], "mine");
}

#[tokio::test]
async fn what_is_left_out_is_405_or_404() {
    let database = database().await;
    static LISTED: &ResourceMeta =
        &ResourceMeta::new("Listed", "listed", "listed", &[FieldMeta::of::<i64>("id").id(IdSource::Store)])
            .operations(Operations::NONE.with(crate::resource::Operation::List));
    database.migrate_metas(&[LISTED]).await;
    let api = Client(Api::new("x", "1").resource(Routes::new(LISTED, &database)).build().unwrap());
    assert_eq!(api.get("/listed").await.status, 200);
    api.json("POST", "/listed", "{}").await.is_problem(405, "method_not_allowed");
    api.get("/listed/1").await.is_problem(404, "route_not_found");
    api.json("POST", "/listed/bulk", "[]").await.is_problem(404, "route_not_found");
}
