//! What applications add to the document, and that it is what is served.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::Path;
use http::request::Parts;

use super::*;
use crate::error::{ApiError, ErrorCode};
use crate::http::{Guard, guard};
use crate::openapi::{Body as Shape, Deprecation, Endpoint, KeyPlace, Parameter, SecurityScheme, Tag};
use crate::query::Filter;
use crate::resource::Operation;

/// Lets those pass who know the word, and one of them write.
struct Tokens;

impl Guard for Tokens {
    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::bearer("token").description("Ask the librarian.")
    }

    async fn check(&self, request: &mut Parts) -> Result<(), ApiError> {
        tokio::task::yield_now().await;
        match request.headers.get(http::header::AUTHORIZATION).and_then(|it| it.to_str().ok()) {
            Some("Bearer librarian") => Ok(()),
            Some("Bearer reader") => Err(ApiError::new(ErrorCode::FORBIDDEN)),
            _ => Err(ApiError::new(ErrorCode::UNAUTHORIZED).detail("a token is needed")),
        }
    }
}

async fn document(client: &Client) -> Value {
    let answer = client.get("/openapi.json").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.value()
}

/// The operations of a document that ask callers who they are, as `method path`.
fn guarded(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let has_security = operation.get("security").is_some();
            if method != "parameters" {
                assert_eq!(has_security, operation["responses"].get("401").is_some(), "{method} {path}");
            }
            if has_security {
                found.push(format!("{method} {path}"));
            }
        }
    }
    found
}

#[tokio::test]
async fn a_guard_refuses_before_the_handler_and_the_document_says_where() {
    let database = database().await;
    let books = Routes::new(BOOK, &database).guard(Operations::WRITE, Tokens);
    let client = Client(Api::new("x", "1").resource(books).build().unwrap());

    // A body that cannot be read: the guard is asked first.
    let refused = client.json("POST", "/books", "{").await;
    refused.is_problem(401, "unauthorized");
    assert_eq!(refused.header("www-authenticate"), "Bearer");
    let refused = client.json_if("POST", "/books", "authorization", "Bearer reader", "{").await;
    refused.is_problem(403, "forbidden");
    assert_eq!(refused.header("www-authenticate"), "");
    let created =
        client.json_if("POST", "/books", "authorization", "Bearer librarian", &book("Dune", "9780441013593")).await;
    assert_eq!(created.status, 201, "{}", created.text());
    assert_eq!(client.get("/books").await.value()["total"], 1);
    assert_eq!(client.send("HEAD", "/books/1", &[], "").await.status, 200);
    assert_eq!(client.send("OPTIONS", "/books/1", &[], "").await.status, 204);

    // Every operation that the document says is guarded is, and no other.
    let document = document(&client).await;
    let guarded = guarded(&document);
    assert!(guarded.len() >= 7, "{guarded:?}");
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|it| *it != "parameters") {
            let status = client.json(&method.to_uppercase(), &path.replace("{id}", "1"), "{").await.status;
            let is_guarded = guarded.contains(&format!("{method} {path}"));
            assert_eq!(status == 401, is_guarded, "{method} {path}: {status}");
        }
    }
    assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    assert_eq!(document["paths"]["/books"]["post"]["security"], serde_json::json!([{"token": []}]));
    let response = document["paths"]["/books"]["post"]["responses"]["401"]["$ref"].as_str().unwrap();
    let response = document.pointer(response.trim_start_matches('#')).unwrap();
    assert!(response["headers"].get("WWW-Authenticate").is_some(), "{response}");
}

#[tokio::test]
async fn a_guard_of_a_prefix_is_in_front_of_all_that_is_under_it() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let database = database().await;
    let key = guard(SecurityScheme::api_key("key", KeyPlace::Header, "X-API-Key"), |request| {
        ASKED.fetch_add(1, Ordering::Relaxed);
        match request.headers.get("x-api-key") {
            Some(it) if it == "s3cret" => Ok(()),
            _ => Err(ApiError::new(ErrorCode::UNAUTHORIZED)),
        }
    });
    let api = Api::new("x", "1").resource(Routes::new(NOTE, &database)).nest("/api", |api| {
        let router = Router::new().route("/merged", axum::routing::get(|| async { "merged" }));
        api.resource(Routes::new(BOOK, &database).guard(Operation::Delete, Tokens))
            .endpoint(Endpoint::get("/mine", "getMine").empty_answer(200, "Mine."), || async { "mine" })
            .guard(key)
            .route("/plain", axum::routing::get(|| async { "plain" }))
            .nest("/deep", |deep| deep.merge(router))
    });
    let client = Client(api.build().unwrap());
    for path in ["/api/books", "/api/books/1", "/api/mine", "/api/plain", "/api/deep/merged"] {
        let refused = client.get(path).await;
        refused.is_problem(401, "unauthorized");
        assert_eq!(refused.header("www-authenticate"), "ApiKey in=\"header\", name=\"X-API-Key\"", "{path}");
        assert_ne!(client.send("GET", path, &[("x-api-key", "s3cret")], "").await.status, 401, "{path}");
    }
    assert_eq!(ASKED.load(Ordering::Relaxed), 10, "each request is asked once");
    for path in ["/notes", "/health", "/openapi.json"] {
        assert_eq!(client.get(path).await.status, 200, "{path}");
    }
    // The outer one is asked first.
    assert!(client.send("DELETE", "/api/books/1", &[], "").await.header("www-authenticate").starts_with("ApiKey"));
    let with_key = client.send("DELETE", "/api/books/1", &[("x-api-key", "s3cret")], "").await;
    assert_eq!((with_key.status, with_key.header("www-authenticate")), (401, "Bearer"));
    let document = document(&client).await;
    assert_eq!(
        document["paths"]["/api/books/{id}"]["delete"]["security"],
        serde_json::json!([{"key": [], "token": []}]),
        "both are needed"
    );
    assert_eq!(document["paths"]["/api/mine"]["get"]["security"], serde_json::json!([{"key": []}]));
    assert!(document["paths"]["/notes"]["get"].get("security").is_none());
}

#[tokio::test]
async fn a_guard_tells_scopes_who_the_caller_is() {
    #[derive(Clone)]
    struct Shelf(String);

    let database = database().await;
    let shelf = guard(SecurityScheme::api_key("shelf", KeyPlace::Header, "X-Shelf"), |request| {
        let shelf = request.headers.get("x-shelf").and_then(|it| it.to_str().ok()).map(ToOwned::to_owned);
        let shelf = shelf.ok_or_else(|| ApiError::new(ErrorCode::UNAUTHORIZED))?;
        request.extensions.insert(Shelf(shelf));
        Ok(())
    });
    let mine = |request: &Parts| {
        let Some(Shelf(shelf)) = request.extensions.get() else { return Err(ApiError::new(ErrorCode::INTERNAL)) };
        Ok(Filter::one(1, Operator::Eq, crate::field::Value::Text(shelf.clone())))
    };
    let notes = Routes::new(NOTE, &database).guard(Operations::ALL, shelf).scope_by(mine);
    let client = Client(Api::new("x", "1").resource(notes).build().unwrap());
    let created = client.json_if("POST", "/notes", "x-shelf", "a", r#"{"slug": "n", "text": "a"}"#).await;
    assert_eq!(created.status, 201, "{}", created.text());
    assert_eq!(client.send("GET", "/notes", &[("x-shelf", "a")], "").await.value()["total"], 1);
    assert_eq!(client.send("GET", "/notes", &[("x-shelf", "b")], "").await.value()["total"], 0);
}

#[tokio::test]
async fn a_scope_that_writes_can_leave_is_described() {
    let database = database().await;
    let scoped = Routes::new(NOTE, &database).scope(Filter::All);
    let document = document(&Client(Api::new("x", "1").resource(scoped).build().unwrap())).await;
    let has_403 = |path: &str, method: &str| document["paths"][path][method]["responses"].get("403").is_some();
    assert!(has_403("/notes", "post") && has_403("/notes/{id}", "patch") && has_403("/notes/bulk", "post"));
    assert!(!has_403("/notes", "get") && !has_403("/notes/{id}", "delete"));
}

#[tokio::test]
async fn endpoints_stand_beside_resources() {
    let database = database().await;
    let api =
        Api::new("x", "1").info(|info| info.tag(Tag::new("stock").description("What there is."))).nest("/api", |api| {
            let sell = Endpoint::post("/books/{isbn}/sales", "sellBook")
                .summary("Sell a book")
                .tag("stock")
                .parameter(Parameter::query::<i32>("count").description("How many.").example(2))
                .body(Shape::of::<String>())
                .answer(201, "Sold.", Shape::of::<i64>().list())
                .errors(&[ErrorCode::NOT_FOUND]);
            let sales = Endpoint::get("/books/{isbn}/sales", "listSales").tag("stock").empty_answer(204, "None.");
            api.resource(Routes::new(BOOK, &database))
                .endpoint(sell, |Path(isbn): Path<String>| async move { isbn })
                .endpoint(sales, || async { http::StatusCode::NO_CONTENT })
                .endpoint(Endpoint::get("/secret", "getSecret").hidden(), || async { "secret" })
        });
    let client = Client(api.build().unwrap());
    assert_eq!(client.json("POST", "/api/books/9780441013593/sales", "\"x\"").await.text(), "9780441013593");
    assert_eq!(client.get("/api/books/9780441013593/sales/").await.status, 204);
    client.json("PUT", "/api/books/1/sales", "1").await.is_problem(405, "method_not_allowed");
    assert_eq!(client.get("/api/secret").await.text(), "secret");

    let document = document(&client).await;
    let sell = &document["paths"]["/api/books/{isbn}/sales"]["post"];
    assert_eq!((&sell["operationId"], &sell["summary"]), (&"sellBook".into(), &"Sell a book".into()));
    assert_eq!(sell["parameters"][0]["schema"]["format"], "int32");
    assert_eq!(sell["requestBody"]["content"]["application/json"]["schema"]["type"], "string");
    assert_eq!(sell["responses"]["201"]["content"]["application/json"]["schema"]["type"], "array");
    let statuses: Vec<&String> = sell["responses"].as_object().unwrap().keys().collect();
    assert_eq!(statuses, ["201", "404", "408", "413", "414", "500", "503"]);
    let shared = &document["paths"]["/api/books/{isbn}/sales"]["parameters"];
    let own = sell["parameters"].as_array().unwrap().iter().filter(|it| it["in"] == "path").count();
    assert_eq!(own + shared.as_array().map_or(0, Vec::len), 1, "{shared}");
    assert!(document["paths"].get("/api/secret").is_none());
    let tag = document["tags"].as_array().unwrap().iter().find(|it| it["name"] == "stock").unwrap();
    assert_eq!(tag["description"], "What there is.");
    let older = client.get("/openapi-3.0.json").await.value();
    assert_eq!(older["paths"]["/api/books/{isbn}/sales"]["post"]["operationId"], "sellBook");
}

#[tokio::test]
async fn two_endpoints_of_one_method_and_path_stop_the_start() {
    let twice = |id: &'static str| {
        let one = || Endpoint::get("/mine", "getMine").empty_answer(200, "Mine.");
        let other = Endpoint::get(id, "getMine").empty_answer(200, "Mine.");
        Api::new("x", "1").endpoint(one(), || async {}).endpoint(other, || async {}).build().unwrap_err().to_string()
    };
    assert!(twice("/mine").starts_with("nothing can be mounted at GET /mine"), "{}", twice("/mine"));
    assert!(twice("/other").contains("two operations of the API are called `getMine`"), "{}", twice("/other"));
}

#[tokio::test]
async fn schemes_of_one_name_must_be_one_scheme() {
    let database = database().await;
    let allow = |_: &mut Parts| Ok(());
    let books = Routes::new(BOOK, &database)
        .guard(Operation::List, guard(SecurityScheme::bearer("who"), allow))
        .guard(Operation::Get, guard(SecurityScheme::basic("who"), allow));
    let error = Api::new("x", "1").resource(books).build().unwrap_err().to_string();
    assert!(error.contains("two different security schemes of the API are called `who`"), "{error}");
}

#[tokio::test]
async fn operations_are_described_in_the_applications_words() {
    let database = database().await;
    let books = Routes::new(BOOK, &database)
        .describe(Operation::List, |it| it.summary("Browse").tag("shelf").external_docs("https://a.example", "More"))
        .describe(Operation::List, |it| it.description("All of them.").deprecated(old("/shelf")))
        .describe(Operation::Get, |it| it.id("readBook").errors(&[ErrorCode::FORBIDDEN]))
        .hide(Operation::Delete)
        .hide(Operations::BULK);
    let client = Client(Api::new("x", "1").resource(books).build().unwrap());
    let document = document(&client).await;
    let list = &document["paths"]["/books"]["get"];
    assert_eq!((&list["summary"], &list["description"]), (&"Browse".into(), &"All of them.".into()));
    assert_eq!((&list["tags"][0], &list["deprecated"]), (&"shelf".into(), &true.into()));
    assert_eq!(list["externalDocs"]["url"], "https://a.example");
    let get = &document["paths"]["/books/{id}"]["get"];
    assert!(get["responses"].get("403").is_some());
    let links = &document["paths"]["/books"]["post"]["responses"]["201"]["links"];
    assert_eq!(links["readBook"]["operationId"], "readBook");
    assert!(links.get("deleteBook").is_none(), "{links}");
    assert!(document["paths"]["/books/{id}"].get("delete").is_none());
    assert!(document["paths"].get("/books/bulk").is_none());
    assert_eq!(client.json("POST", "/books/bulk", &format!("[{}]", book("Dune", "9780441013593"))).await.status, 201);
    assert_eq!(client.send("DELETE", "/books/1", &[], "").await.status, 204);
}

fn old(successor: &'static str) -> Deprecation {
    use jiff::civil::Date;
    Deprecation::since(Date::constant(2026, 7, 1)).sunset(Date::constant(2027, 1, 1)).successor(successor)
}

#[tokio::test]
async fn what_is_deprecated_says_so_in_every_answer_and_in_the_document() {
    let database = database().await;
    let mine = || Endpoint::get("/mine", "getMine").empty_answer(200, "Mine.");
    let api = Api::new("x", "1")
        .resource(Routes::new(NOTE, &database).deprecate(Operation::Get, old("/v2/notes")))
        .endpoint(mine().doc(|it| it.deprecated(old("/yours"))), || async { "mine" })
        .nest("/v1", |v1| {
            let books = Routes::new(BOOK, &database).deprecate(Operation::Delete, old("/removals"));
            let router = Router::new().route("/merged", axum::routing::get(|| async { "merged" }));
            v1.deprecate(old("/v2"))
                .nest("/deep", |deep| deep.endpoint(Endpoint::get("/own", "getOwn"), || async { "own" }))
                .resource(books)
                .route("/plain", axum::routing::get(|| async { "plain" }))
                .merge(router)
        });
    let client = Client(api.build().unwrap());
    for (method, path, successor) in [
        ("GET", "/notes/nope", Some("/v2/notes")),
        ("HEAD", "/notes/nope", Some("/v2/notes")),
        ("GET", "/mine", Some("/yours")),
        ("DELETE", "/v1/books/7", Some("/removals")),
        ("GET", "/v1/books/7", Some("/v2")),
        ("GET", "/v1/books?page=x", Some("/v2")),
        ("GET", "/v1/deep/own", Some("/v2")),
        ("GET", "/v1/plain", Some("/v2")),
        ("GET", "/v1/merged", Some("/v2")),
        ("GET", "/notes", None),
        ("GET", "/health", None),
    ] {
        let answer = client.send(method, path, &[], "").await;
        let links = answer.headers.get_all("link").iter().filter(|it| it.to_str().unwrap().contains("successor"));
        let links = links.map(|it| it.to_str().unwrap().to_owned()).collect::<Vec<_>>();
        let expected = successor.map(|it| format!("<{it}>; rel=\"successor-version\""));
        assert_eq!(links, expected.into_iter().collect::<Vec<_>>(), "{method} {path}");
        let (since, sunset) = (answer.header("deprecation"), answer.header("sunset"));
        let dates = if successor.is_some() { ("@1782864000", "Fri, 01 Jan 2027 00:00:00 GMT") } else { ("", "") };
        assert_eq!((since, sunset), dates, "{method} {path}");
    }
    // The pages of a list are linked all the same.
    let links = client.get("/v1/books").await.headers.get_all("link").iter().count();
    assert_eq!(links, 2);

    let document = document(&client).await;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(it, _)| *it != "parameters") {
            let is_old = path.starts_with("/v1/")
                || path == "/mine"
                || (path == "/notes/{slug}" || path == "/notes/{id}") && method == "get";
            assert_eq!(operation.get("deprecated").is_some(), is_old, "{method} {path}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                let response = match response["$ref"].as_str() {
                    Some(target) => document.pointer(target.trim_start_matches('#')).unwrap(),
                    None => response,
                };
                for name in ["Deprecation", "Sunset"] {
                    assert_eq!(response["headers"].get(name).is_some(), is_old, "{method} {path} {status} {name}");
                }
                assert!(!is_old || response["headers"].get("Link").is_some(), "{method} {path} {status}");
            }
        }
    }
}

#[tokio::test]
async fn a_successor_that_is_no_url_stops_the_start() {
    let database = database().await;
    let books = Routes::new(BOOK, &database).deprecate(Operation::Get, old("not a url"));
    let error = Api::new("x", "1").resource(books).build().unwrap_err().to_string();
    assert!(error.contains("the successor `not a url`"), "{error}");
}

#[tokio::test]
async fn patches_reach_both_forms_and_a_place_that_is_not_there_stops_the_start() {
    let api = || Api::new("x", "1");
    let patched = api().openapi(|document| {
        document.at("/info")?.set("x-audience", "public");
        document.at("/paths/~1health/get")?.set("summary", "Alive?");
        Ok(())
    });
    assert_eq!(patched.document().unwrap().pointer("/info/x-audience"), Some(&"public".into()));
    let client = Client(patched.build().unwrap());
    for path in ["/openapi.json", "/openapi-3.0.json"] {
        let document = client.get(path).await.value();
        assert_eq!(document["info"]["x-audience"], "public", "{path}");
        assert_eq!(document["paths"]["/health"]["get"]["summary"], "Alive?", "{path}");
    }
    let lost = api().openapi(|document| document.at("/paths/~1nowhere").map(drop));
    let error = lost.build().unwrap_err().to_string();
    assert!(error.contains("there is no object at `/paths/~1nowhere`"), "{error}");
}
