use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{SubsecRound, Utc};
use model::{ApiError, Book, COLUMNS, Changes, ListParams, NewBook, Status};
use rusqlite::types::Type;
use rusqlite::{ErrorCode, OptionalExtension, Row, ToSql, named_params, params};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use validator::Validate;

use crate::pool::Pool;

pub async fn get(State(pool): State<Pool>, Path(id): Path<i64>) -> Result<Json<Book>, ApiError> {
    let book = pool.read(move |connection| {
        let sql = format!("SELECT {COLUMNS} FROM books WHERE id = ?1");
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        statement.query_row([id], book).optional().map_err(failed)
    });
    book.await?.map(Json).ok_or_else(ApiError::not_found)
}

pub async fn list(State(pool): State<Pool>, Query(params): Query<ListParams>) -> Result<Response, ApiError> {
    pool.read(move |connection| {
        let mut condition = String::from("1 = 1");
        let mut values: Vec<Box<dyn ToSql>> = Vec::new();
        if let Some(genre) = &params.genre {
            condition.push_str(" AND genre = ?");
            values.push(Box::new(genre.clone()));
        }
        if let Some(price) = params.min_price {
            condition.push_str(" AND price >= ?");
            values.push(Box::new(cents(price)?));
        }
        if let Some(price) = params.max_price {
            condition.push_str(" AND price <= ?");
            values.push(Box::new(cents(price)?));
        }
        let mut total = 0;
        if params.cursor.is_none() {
            let sql = format!("SELECT count(*) FROM books WHERE {condition}");
            let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
            total = statement.query_row(rusqlite::params_from_iter(&values), |row| row.get(0)).map_err(failed)?;
        }
        if let Some(Some(cursor)) = params.cursor {
            condition.push_str(" AND (created_at, -id) < (?, ?)");
            values.push(Box::new(cursor.created_at));
            values.push(Box::new(-cursor.id));
        }
        let sql =
            format!("SELECT {COLUMNS} FROM books WHERE {condition} ORDER BY created_at DESC, id LIMIT ? OFFSET ?");
        let more = i64::from(params.cursor.is_some());
        values.push(Box::new(params.per_page() + more));
        values.push(Box::new(if more == 0 { params.offset() } else { 0 }));
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        let rows = statement.query_map(rusqlite::params_from_iter(&values), book).map_err(failed)?;
        let items = rows.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        Ok(match params.cursor {
            None => {
                let count = [(HeaderName::from_static("x-total-count"), total.to_string())];
                (count, Json(params.to_page(items, total))).into_response()
            }
            Some(_) => Json(params.to_slice(items)).into_response(),
        })
    })
    .await
}

pub async fn create(State(pool): State<Pool>, Json(new): Json<NewBook>) -> Result<Response, ApiError> {
    new.validate()?;
    let price = cents(new.price)?;
    let tags = serde_json::to_string(&new.tags).map_err(ApiError::internal)?;
    let book = pool.write(move |connection| {
        let sql = format!(
            "INSERT INTO books (title, author_name, isbn, genre, published_year, price, description, tags, status, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING {COLUMNS}"
        );
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        let status = Status::Available.as_str();
        let now = Utc::now().trunc_subsecs(6);
        let NewBook { title, author_name, isbn, genre, published_year, description, .. } = new;
        let values =
            params![title, author_name, isbn, genre, published_year, price, description, tags, status, now];
        statement.query_row(values, book).map_err(failed)
    });
    let book = book.await?;
    let location = [(header::LOCATION, format!("/books/{}", book.id))];
    Ok((StatusCode::CREATED, location, Json(book)).into_response())
}

pub async fn update(
    State(pool): State<Pool>,
    Path(id): Path<i64>,
    Json(changes): Json<Changes>,
) -> Result<Json<Book>, ApiError> {
    changes.validate()?;
    let price = changes.price.map(cents).transpose()?;
    let tags = changes.tags.as_ref().map(serde_json::to_string).transpose().map_err(ApiError::internal)?;
    let book = pool.write(move |connection| {
        let sql = format!(
            "UPDATE books SET
                title = coalesce(:title, title), author_name = coalesce(:author_name, author_name),
                isbn = coalesce(:isbn, isbn), genre = iif(:has_genre, :genre, genre),
                published_year = iif(:has_year, :year, published_year), price = coalesce(:price, price),
                description = iif(:has_description, :description, description), tags = coalesce(:tags, tags),
                status = coalesce(:status, status), updated_at = :now
             WHERE id = :id RETURNING {COLUMNS}"
        );
        let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
        let values = named_params! {
            ":id": id,
            ":title": changes.title,
            ":author_name": changes.author_name,
            ":isbn": changes.isbn,
            ":has_genre": changes.genre.is_some(),
            ":genre": changes.genre.flatten(),
            ":has_year": changes.published_year.is_some(),
            ":year": changes.published_year.flatten(),
            ":price": price,
            ":has_description": changes.description.is_some(),
            ":description": changes.description.flatten(),
            ":tags": tags,
            ":status": changes.status.map(Status::as_str),
            ":now": Utc::now().trunc_subsecs(6),
        };
        statement.query_row(values, book).optional().map_err(failed)
    });
    book.await?.map(Json).ok_or_else(ApiError::not_found)
}

fn book(row: &Row<'_>) -> rusqlite::Result<Book> {
    let unreadable = |column, why| {
        rusqlite::Error::FromSqlConversionFailure(
            column,
            Type::Text,
            Box::<dyn std::error::Error + Send + Sync>::from(why),
        )
    };
    let tags = row.get_ref(8)?.as_str()?;
    let status = row.get_ref(9)?.as_str()?;
    Ok(Book {
        id: row.get(0)?,
        title: row.get(1)?,
        author_name: row.get(2)?,
        isbn: row.get(3)?,
        genre: row.get(4)?,
        published_year: row.get(5)?,
        price: Decimal::new(row.get(6)?, 2),
        description: row.get(7)?,
        tags: serde_json::from_str(tags).map_err(|error| unreadable(8, error.to_string()))?,
        status: status.parse().map_err(|error| unreadable(9, error))?,
        created_at: row.get(10)?,
        updated_at: row.get(11)?,
    })
}

/// A price as it is stored.
fn cents(price: Decimal) -> Result<i64, ApiError> {
    (price * Decimal::ONE_HUNDRED).to_i64().ok_or_else(|| ApiError::invalid("the price is out of range"))
}

fn failed(error: rusqlite::Error) -> ApiError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => ApiError::duplicate(),
        _ => ApiError::internal(error),
    }
}
