//! The book service on axum and sqlx's PostgreSQL, as a developer writes it who knows both.

use std::error::Error;
use std::str::FromStr;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{SubsecRound, Utc};
use model::{ApiError, Book, COLUMNS, Changes, ListParams, NewBook, Status};
use sqlx::postgres::{PgPool, PgPoolOptions, PgRow, Postgres};
use sqlx::{AssertSqlSafe, QueryBuilder, Row};
use validator::Validate;

const CONNECTIONS: u32 = 8;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(&std::env::var("DATABASE")?).await?;
    let router = Router::new()
        .route("/books", get(list).post(create))
        .route("/books/{id}", get(one).patch(update))
        .with_state(pool);
    model::serve(router).await
}

async fn one(State(pool): State<PgPool>, Path(id): Path<i64>) -> Result<Json<Book>, ApiError> {
    let sql = format!("SELECT {COLUMNS} FROM books WHERE id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&pool).await.map_err(failed)?;
    book(&row.ok_or_else(ApiError::not_found)?).map(Json)
}

async fn list(State(pool): State<PgPool>, Query(params): Query<ListParams>) -> Result<Response, ApiError> {
    let mut total = 0;
    if params.cursor.is_none() {
        let mut count = QueryBuilder::<Postgres>::new("SELECT count(*) FROM books");
        conditions(&mut count, &params);
        total = count.build_query_scalar().fetch_one(&pool).await.map_err(failed)?;
    }
    let mut query = QueryBuilder::<Postgres>::new(format!("SELECT {COLUMNS} FROM books"));
    conditions(&mut query, &params);
    if let Some(Some(cursor)) = params.cursor {
        query.push(" AND (created_at, -id) < (").push_bind(cursor.created_at);
        query.push(", ").push_bind(-cursor.id).push(")");
    }
    let more = i64::from(params.cursor.is_some());
    query.push(" ORDER BY created_at DESC, id LIMIT ").push_bind(params.per_page() + more);
    query.push(" OFFSET ").push_bind(if more == 0 { params.offset() } else { 0 });
    let rows = query.build().fetch_all(&pool).await.map_err(failed)?;
    let items = rows.iter().map(book).collect::<Result<Vec<_>, _>>()?;
    Ok(match params.cursor {
        None => {
            let count = [(HeaderName::from_static("x-total-count"), total.to_string())];
            (count, Json(params.to_page(items, total))).into_response()
        }
        Some(_) => Json(params.to_slice(items)).into_response(),
    })
}

fn conditions(query: &mut QueryBuilder<Postgres>, params: &ListParams) {
    query.push(" WHERE true");
    if let Some(genre) = &params.genre {
        query.push(" AND genre = ").push_bind(genre.clone());
    }
    if let Some(price) = params.min_price {
        query.push(" AND price >= ").push_bind(price);
    }
    if let Some(price) = params.max_price {
        query.push(" AND price <= ").push_bind(price);
    }
}

async fn create(State(pool): State<PgPool>, Json(new): Json<NewBook>) -> Result<Response, ApiError> {
    new.validate()?;
    let sql = format!(
        "INSERT INTO books (title, author_name, isbn, genre, published_year, price, description, tags, status, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING {COLUMNS}"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(&new.title)
        .bind(&new.author_name)
        .bind(&new.isbn)
        .bind(&new.genre)
        .bind(new.published_year)
        .bind(new.price)
        .bind(&new.description)
        .bind(&new.tags)
        .bind(Status::Available.as_str())
        .bind(Utc::now().trunc_subsecs(6))
        .fetch_one(&pool)
        .await
        .map_err(failed)?;
    let book = book(&row)?;
    let location = [(header::LOCATION, format!("/books/{}", book.id))];
    Ok((StatusCode::CREATED, location, Json(book)).into_response())
}

async fn update(
    State(pool): State<PgPool>,
    Path(id): Path<i64>,
    Json(changes): Json<Changes>,
) -> Result<Json<Book>, ApiError> {
    changes.validate()?;
    let sql = format!(
        "UPDATE books SET
            title = coalesce($2, title), author_name = coalesce($3, author_name), isbn = coalesce($4, isbn),
            genre = CASE WHEN $5 THEN $6 ELSE genre END, published_year = CASE WHEN $7 THEN $8 ELSE published_year END, price = coalesce($9, price),
            description = CASE WHEN $10 THEN $11 ELSE description END, tags = coalesce($12, tags), status = coalesce($13, status),
            updated_at = $14
         WHERE id = $1 RETURNING {COLUMNS}"
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
        .bind(changes.price)
        .bind(changes.description.is_some())
        .bind(changes.description.flatten())
        .bind(&changes.tags)
        .bind(changes.status.map(Status::as_str))
        .bind(Utc::now().trunc_subsecs(6))
        .fetch_optional(&pool)
        .await
        .map_err(failed)?;
    book(&row.ok_or_else(ApiError::not_found)?).map(Json)
}

fn book(row: &PgRow) -> Result<Book, ApiError> {
    let read = || {
        let status: &str = row.try_get(9)?;
        Ok::<_, sqlx::Error>(Book {
            id: row.try_get(0)?,
            title: row.try_get(1)?,
            author_name: row.try_get(2)?,
            isbn: row.try_get(3)?,
            genre: row.try_get(4)?,
            published_year: row.try_get(5)?,
            price: row.try_get(6)?,
            description: row.try_get(7)?,
            tags: row.try_get(8)?,
            status: Status::from_str(status).map_err(|error| sqlx::Error::Decode(error.into()))?,
            created_at: row.try_get(10)?,
            updated_at: row.try_get(11)?,
        })
    };
    read().map_err(failed)
}

fn failed(error: sqlx::Error) -> ApiError {
    match error.as_database_error() {
        Some(it) if it.is_unique_violation() => ApiError::duplicate(),
        _ => ApiError::internal(error),
    }
}
