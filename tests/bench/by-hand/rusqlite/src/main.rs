//! The book service on axum and rusqlite, as a developer writes it who knows both: prepared
//! statements, a writer, a few readers, blocking work off the runtime's threads.

mod books;
mod pool;

use std::error::Error;

use axum::Router;
use axum::routing::get;

use crate::pool::Pool;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let pool = Pool::open(&std::env::var("DATABASE")?)?;
    let router = Router::new()
        .route("/books", get(books::list).post(books::create))
        .route("/books/{id}", get(books::get).patch(books::update))
        .with_state(pool);
    model::serve(router).await
}
