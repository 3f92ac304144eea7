//! The book service on axum and sqlx's SQLite, as a developer writes it who knows both: prepared
//! statements, a write-ahead log, one pool of readers and one writer, so that writers do not meet
//! at the file's lock.

use std::error::Error;
use std::str::FromStr;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{SubsecRound, Utc};
use model::{ApiError, Book, COLUMNS, Changes, ListParams, NewBook, Status};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sqlx::sqlite::{
    Sqlite, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::types::Json as JsonText;
use sqlx::{AssertSqlSafe, QueryBuilder, Row};
use validator::Validate;

const READERS: u32 = 4;

#[derive(Clone)]
struct Pools {
    read: SqlitePool,
    write: SqlitePool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let options = SqliteConnectOptions::new()
        .filename(std::env::var("DATABASE")?)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("cache_size", "-8192")
        .pragma("mmap_size", "268435456");
    let write = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    let read = SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await?;
    let router = Router::new()
        .route("/books", get(list).post(create))
        .route("/books/{id}", get(one).patch(update))
        .with_state(Pools { read, write });
    model::serve(router).await
}

async fn one(State(pools): State<Pools>, Path(id): Path<i64>) -> Result<Json<Book>, ApiError> {
    let sql = format!("SELECT {COLUMNS} FROM books WHERE id = ?1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&pools.read).await.map_err(failed)?;
    book(&row.ok_or_else(ApiError::not_found)?).map(Json)
}

async fn list(State(pools): State<Pools>, Query(params): Query<ListParams>) -> Result<Response, ApiError> {
    let mut total = 0;
    if params.cursor.is_none() {
        let mut count = QueryBuilder::<Sqlite>::new("SELECT count(*) FROM books");
        conditions(&mut count, &params)?;
        total = count.build_query_scalar().fetch_one(&pools.read).await.map_err(failed)?;
    }
    let mut query = QueryBuilder::<Sqlite>::new(format!("SELECT {COLUMNS} FROM books"));
    conditions(&mut query, &params)?;
    if let Some(Some(cursor)) = params.cursor {
        query.push(" AND (created_at, -id) < (").push_bind(cursor.created_at);
        query.push(", ").push_bind(-cursor.id).push(")");
    }
    let more = i64::from(params.cursor.is_some());
    query.push(" ORDER BY created_at DESC, id LIMIT ").push_bind(params.per_page() + more);
    query.push(" OFFSET ").push_bind(if more == 0 { params.offset() } else { 0 });
    let rows = query.build().fetch_all(&pools.read).await.map_err(failed)?;
    let items = rows.iter().map(book).collect::<Result<Vec<_>, _>>()?;
    Ok(match params.cursor {
        None => {
            let count = [(HeaderName::from_static("x-total-count"), total.to_string())];
            (count, Json(params.to_page(items, total))).into_response()
        }
        Some(_) => Json(params.to_slice(items)).into_response(),
    })
}

fn conditions(query: &mut QueryBuilder<Sqlite>, params: &ListParams) -> Result<(), ApiError> {
    query.push(" WHERE 1 = 1");
    if let Some(genre) = &params.genre {
        query.push(" AND genre = ").push_bind(genre.clone());
    }
    if let Some(price) = params.min_price {
        query.push(" AND price >= ").push_bind(cents(price)?);
    }
    if let Some(price) = params.max_price {
        query.push(" AND price <= ").push_bind(cents(price)?);
    }
    Ok(())
}

async fn create(State(pools): State<Pools>, Json(new): Json<NewBook>) -> Result<Response, ApiError> {
    new.validate()?;
    let sql = format!(
        "INSERT INTO books (title, author_name, isbn, genre, published_year, price, description, tags, status, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING {COLUMNS}"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(&new.title)
        .bind(&new.author_name)
        .bind(&new.isbn)
        .bind(&new.genre)
        .bind(new.published_year)
        .bind(cents(new.price)?)
        .bind(&new.description)
        .bind(JsonText(&new.tags))
        .bind(Status::Available.as_str())
        .bind(Utc::now().trunc_subsecs(6))
        .fetch_one(&pools.write)
        .await
        .map_err(failed)?;
    let book = book(&row)?;
    let location = [(header::LOCATION, format!("/books/{}", book.id))];
    Ok((StatusCode::CREATED, location, Json(book)).into_response())
}

async fn update(
    State(pools): State<Pools>,
    Path(id): Path<i64>,
    Json(changes): Json<Changes>,
) -> Result<Json<Book>, ApiError> {
    changes.validate()?;
    let sql = format!(
        "UPDATE books SET
            title = coalesce(?2, title), author_name = coalesce(?3, author_name), isbn = coalesce(?4, isbn),
            genre = iif(?5, ?6, genre), published_year = iif(?7, ?8, published_year), price = coalesce(?9, price),
            description = iif(?10, ?11, description), tags = coalesce(?12, tags), status = coalesce(?13, status),
            updated_at = ?14
         WHERE id = ?1 RETURNING {COLUMNS}"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id)
        .bind(&changes.title)
        .bind(&changes.author_name)
        .bind(&changes.isbn)
        .bind(changes.genre.is_some())
        .bind(changes.genre.flatten())
        .bind(changes.published_year.is_some())
        .bind(changes.published_year.flatten())
        .bind(changes.price.map(cents).transpose()?)
        .bind(changes.description.is_some())
        .bind(changes.description.flatten())
        .bind(changes.tags.map(JsonText))
        .bind(changes.status.map(Status::as_str))
        .bind(Utc::now().trunc_subsecs(6))
        .fetch_optional(&pools.write)
        .await
        .map_err(failed)?;
    book(&row.ok_or_else(ApiError::not_found)?).map(Json)
}

fn book(row: &SqliteRow) -> Result<Book, ApiError> {
    let read = || {
        let JsonText(tags) = row.try_get(8)?;
        let status: &str = row.try_get(9)?;
        Ok::<_, sqlx::Error>(Book {
            id: row.try_get(0)?,
            title: row.try_get(1)?,
            author_name: row.try_get(2)?,
            isbn: row.try_get(3)?,
            genre: row.try_get(4)?,
            published_year: row.try_get(5)?,
            price: Decimal::new(row.try_get(6)?, 2),
            description: row.try_get(7)?,
            tags,
            status: Status::from_str(status).map_err(|error| sqlx::Error::Decode(error.into()))?,
            created_at: row.try_get(10)?,
            updated_at: row.try_get(11)?,
        })
    };
    read().map_err(failed)
}

/// A price as it is stored.
fn cents(price: Decimal) -> Result<i64, ApiError> {
    (price * Decimal::ONE_HUNDRED).to_i64().ok_or_else(|| ApiError::invalid("the price is out of range"))
}

fn failed(error: sqlx::Error) -> ApiError {
    match error.as_database_error() {
        Some(it) if it.is_unique_violation() => ApiError::duplicate(),
        _ => ApiError::internal(error),
    }
}
