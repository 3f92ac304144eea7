//! The least that an axum server can do: the same bytes for every request.

use std::error::Error;

use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// As long as a book of the others.
const BOOK: &str = r#"{"id":5000,"title":"Volume 5000 of the Wandering Sea","author_name":"Author 1234 of Everything","isbn":"9780000005000","genre":"genre 17","published_year":1987,"price":39.99,"description":"What became of the sea after the fifth winter, told by those who stayed behind.","tags":["tag 12","tag 345"],"status":"available","created_at":"2024-01-01T00:00:05.000000Z","updated_at":null}"#;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    model::serve(Router::new().route("/books/{id}", get(book)).route("/books", get(list))).await
}

async fn book(Path(_): Path<i64>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], BOOK).into_response()
}

/// Twenty of them.
async fn list() -> Response {
    static LIST: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| format!("{{\"items\":[{}],\"total\":100}}", [BOOK; 20].join(",")));
    ([(header::CONTENT_TYPE, "application/json")], LIST.as_str()).into_response()
}
