//! The book service on axum, tokio-postgres and deadpool, as a developer writes it who knows them.

mod books;

use std::error::Error;

use axum::Router;
use axum::routing::get;
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use tokio_postgres::NoTls;

const CONNECTIONS: usize = 8;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let config: tokio_postgres::Config = std::env::var("DATABASE")?.parse()?;
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let pool = Pool::builder(Manager::from_config(config, NoTls, recycling)).max_size(CONNECTIONS).build()?;
    let router = Router::new()
        .route("/books", get(books::list).post(books::create))
        .route("/books/{id}", get(books::get).patch(books::update))
        .with_state(pool);
    model::serve(router).await
}
