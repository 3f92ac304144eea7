//! The book service on crudcrate (SeaORM), with the same columns.

mod book;

use std::error::Error;

use axum::Router;
use sea_orm::{ConnectOptions, Database};

use crate::book::Book;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut options = ConnectOptions::new(std::env::var("DATABASE")?);
    options.max_connections(8).sqlx_logging(false);
    let connection = Database::connect(options).await?;
    let router = Router::new().nest("/books", Book::router(&connection).into());
    let port: u16 = std::env::var("PORT")?.parse()?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, router).await?;
    Ok(())
}
