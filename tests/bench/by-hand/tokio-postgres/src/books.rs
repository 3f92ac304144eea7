use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{SubsecRound, Utc};
use deadpool_postgres::Pool;
use model::{ApiError, Book, COLUMNS, Changes, ListParams, NewBook, Status};
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use validator::Validate;

pub async fn get(State(pool): State<Pool>, Path(id): Path<i64>) -> Result<Json<Book>, ApiError> {
    let client = pool.get().await.map_err(ApiError::internal)?;
    let sql = format!("SELECT {COLUMNS} FROM books WHERE id = $1");
    let statement = client.prepare_cached(&sql).await.map_err(failed)?;
    let row = client.query_opt(&statement, &[&id]).await.map_err(failed)?;
    book(&row.ok_or_else(ApiError::not_found)?).map(Json)
}

pub async fn list(State(pool): State<Pool>, Query(params): Query<ListParams>) -> Result<Response, ApiError> {
    let client = pool.get().await.map_err(ApiError::internal)?;
    let mut condition = String::from("true");
    let mut values: Vec<&(dyn ToSql + Sync)> = Vec::new();
    if let Some(genre) = &params.genre {
        values.push(genre);
        condition.push_str(&format!(" AND genre = ${}", values.len()));
    }
    if let Some(price) = &params.min_price {
        values.push(price);
        condition.push_str(&format!(" AND price >= ${}", values.len()));
    }
    if let Some(price) = &params.max_price {
        values.push(price);
        condition.push_str(&format!(" AND price <= ${}", values.len()));
    }
    let mut total = 0;
    if params.cursor.is_none() {
        let sql = format!("SELECT count(*) FROM books WHERE {condition}");
        let statement = client.prepare_cached(&sql).await.map_err(failed)?;
        total = client.query_one(&statement, &values).await.and_then(|row| row.try_get(0)).map_err(failed)?;
    }
    let place = params.cursor.flatten().map(|it| (it.created_at, -it.id));
    if let Some((created_at, id)) = &place {
        values.extend([created_at as &(dyn ToSql + Sync), id]);
        condition.push_str(&format!(" AND (created_at, -id) < (${}, ${})", values.len() - 1, values.len()));
    }
    let more = i64::from(params.cursor.is_some());
    let (limit, offset) = (params.per_page() + more, if more == 0 { params.offset() } else { 0 });
    values.extend([&limit as &(dyn ToSql + Sync), &offset]);
    let sql = format!(
        "SELECT {COLUMNS} FROM books WHERE {condition} ORDER BY created_at DESC, id LIMIT ${} OFFSET ${}",
        values.len() - 1,
        values.len()
    );
    let statement = client.prepare_cached(&sql).await.map_err(failed)?;
    let rows = client.query(&statement, &values).await.map_err(failed)?;
    let items = rows.iter().map(book).collect::<Result<Vec<_>, _>>()?;
    Ok(match params.cursor {
        None => {
            let count = [(HeaderName::from_static("x-total-count"), total.to_string())];
            (count, Json(params.to_page(items, total))).into_response()
        }
        Some(_) => Json(params.to_slice(items)).into_response(),
    })
}

pub async fn create(State(pool): State<Pool>, Json(new): Json<NewBook>) -> Result<Response, ApiError> {
    new.validate()?;
    let client = pool.get().await.map_err(ApiError::internal)?;
    let sql = format!(
        "INSERT INTO books (title, author_name, isbn, genre, published_year, price, description, tags, status, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING {COLUMNS}"
    );
    let statement = client.prepare_cached(&sql).await.map_err(failed)?;
    let now = Utc::now().trunc_subsecs(6);
    let values: [&(dyn ToSql + Sync); 10] = [
        &new.title,
        &new.author_name,
        &new.isbn,
        &new.genre,
        &new.published_year,
        &new.price,
        &new.description,
        &new.tags,
        &Status::Available.as_str(),
        &now,
    ];
    let book = book(&client.query_one(&statement, &values).await.map_err(failed)?)?;
    let location = [(header::LOCATION, format!("/books/{}", book.id))];
    Ok((StatusCode::CREATED, location, Json(book)).into_response())
}

pub async fn update(
    State(pool): State<Pool>,
    Path(id): Path<i64>,
    Json(changes): Json<Changes>,
) -> Result<Json<Book>, ApiError> {
    changes.validate()?;
    let client = pool.get().await.map_err(ApiError::internal)?;
    let sql = format!(
        "UPDATE books SET
            title = coalesce($2, title), author_name = coalesce($3, author_name), isbn = coalesce($4, isbn),
            genre = CASE WHEN $5 THEN $6 ELSE genre END,
            published_year = CASE WHEN $7 THEN $8 ELSE published_year END, price = coalesce($9, price),
            description = CASE WHEN $10 THEN $11 ELSE description END, tags = coalesce($12, tags),
            status = coalesce($13, status), updated_at = $14
         WHERE id = $1 RETURNING {COLUMNS}"
    );
    let statement = client.prepare_cached(&sql).await.map_err(failed)?;
    let now = Utc::now().trunc_subsecs(6);
    let values: [&(dyn ToSql + Sync); 14] = [
        &id,
        &changes.title,
        &changes.author_name,
        &changes.isbn,
        &changes.genre.is_some(),
        &changes.genre.flatten(),
        &changes.published_year.is_some(),
        &changes.published_year.flatten(),
        &changes.price,
        &changes.description.is_some(),
        &changes.description.flatten(),
        &changes.tags,
        &changes.status.map(Status::as_str),
        &now,
    ];
    let row = client.query_opt(&statement, &values).await.map_err(failed)?;
    book(&row.ok_or_else(ApiError::not_found)?).map(Json)
}

fn book(row: &Row) -> Result<Book, ApiError> {
    let read = || {
        Ok::<_, tokio_postgres::Error>(Book {
            id: row.try_get(0)?,
            title: row.try_get(1)?,
            author_name: row.try_get(2)?,
            isbn: row.try_get(3)?,
            genre: row.try_get(4)?,
            published_year: row.try_get(5)?,
            price: row.try_get(6)?,
            description: row.try_get(7)?,
            tags: row.try_get(8)?,
            status: Status::Available,
            created_at: row.try_get(10)?,
            updated_at: row.try_get(11)?,
        })
    };
    let status: &str = row.try_get(9).map_err(failed)?;
    let status = status.parse().map_err(ApiError::internal)?;
    Ok(Book { status, ..read().map_err(failed)? })
}

fn failed(error: tokio_postgres::Error) -> ApiError {
    match error.code() {
        Some(&SqlState::UNIQUE_VIOLATION) => ApiError::duplicate(),
        _ => ApiError::internal(error),
    }
}
