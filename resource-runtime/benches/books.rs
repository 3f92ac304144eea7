//! What the benches read and write: the books of `tests/bench`, on the framework and by hand.

#[path = "../../tests/bench/ours/src/book.rs"]
mod book;

use std::sync::Arc;

use chrono::DateTime;
use model::{NewBook, Status};
use resource_runtime::field::{Cell, Kind, Value};
use resource_runtime::input;
use resource_runtime::json::{Cells, Projection, write_value};
use resource_runtime::model::Usage;
use resource_runtime::query::{self, CursorKeys, Filter, ListQuery, Paging};
use resource_runtime::resource::{Record, Resource, ResourceMeta};
use resource_runtime::store::sqlite::SqliteStore;
use resource_runtime::store::{JsonSelection, Key, Select, Store, Window, Write};
use rusqlite::Connection;
use rust_decimal::Decimal;
use tokio::runtime::Runtime;

pub const META: &ResourceMeta = <book::Book as Resource>::META;
pub const QUERY: &str = "genre=genre%2017&min_price=45&per_page=20";
pub const CREATE: &str = r#"{"title":"Volume 4711 of the New Arrivals","author_name":"Author 42 of Everything","isbn":"9780000004711","genre":"new","published_year":2024,"price":17.5,"description":"What came in by the last delivery, before anybody had the time to read it.","tags":["new","tag 11"]}"#;
pub const PATCH: &str = r#"{"price":12.34}"#;
pub const ROWS: usize = 20;

/// A moment, in microseconds since 1970.
const AT: i64 = 1_763_640_000_123_456;

/// The list that the query string asks for.
pub fn list_query() -> ListQuery {
    query::parse(META, QUERY, &CursorKeys::random()).expect("the query string is sound")
}

/// The selection that a list query becomes.
pub fn select(query: &ListQuery) -> Select {
    let (offset, limit) = match query.paging {
        Paging::Page { page, per_page } => ((page - 1) * u64::from(per_page), per_page),
        Paging::Cursor { limit, .. } => (0, limit),
    };
    Select {
        meta: META,
        scope: Filter::All,
        filter: query.filter.clone(),
        sort: query.sort.clone(),
        window: Window::Offset { offset, limit },
        count: query.count,
    }
}

pub fn key() -> Key {
    Key { meta: META, id: Value::Int(4_711), scope: Filter::All }
}

pub fn projection() -> Projection {
    Projection::of(META, Usage::Response)
}

/// A record as a store in memory lends it.
pub struct Row(pub Record);

impl Cells for Row {
    fn cell(&self, field: usize) -> Cell<'_> {
        self.0.get(field).as_cell(&META.fields[field].kind)
    }

    fn write(&self, out: &mut Vec<u8>, field: usize, kind: &Kind) {
        write_value(out, self.0.get(field), kind);
    }
}

/// The values of a book, with its number and the time of its creation.
fn values() -> Vec<Value> {
    let mut values = input::create(META, CREATE.as_bytes()).expect("the body is sound");
    for (field, value) in META.fields.iter().zip(&mut values) {
        match field.name {
            "id" => *value = Value::Int(4_711),
            "created_at" => *value = Value::Timestamp("2025-11-20T12:00:00.123456Z".parse().expect("a moment")),
            _ => {}
        }
    }
    values
}

/// Books as records.
pub fn rows() -> (Vec<Row>, Projection) {
    ((0..ROWS).map(|_| Row(Record { values: values(), version: 1 })).collect(), projection())
}

/// The same books as structs.
pub fn structs() -> Vec<model::Book> {
    (0..ROWS).map(|_| by_hand()).collect()
}

fn by_hand() -> model::Book {
    let new: NewBook = serde_json::from_str(CREATE).expect("the body is sound");
    model::Book {
        id: 4_711,
        title: new.title,
        author_name: new.author_name,
        isbn: new.isbn,
        genre: new.genre,
        published_year: new.published_year,
        price: Decimal::new(1_750, 2),
        description: new.description,
        tags: new.tags,
        status: Status::Available,
        created_at: DateTime::from_timestamp_micros(AT).expect("a moment"),
        updated_at: None,
    }
}

/// The same books in the framework's table.
pub struct Table {
    runtime: Runtime,
    store: SqliteStore,
    select: Select,
    projection: Arc<Projection>,
}

impl Table {
    /// With all that is made once made already.
    pub fn warm() -> Self {
        let table = Self::filled();
        assert_eq!(table.read().len, ROWS);
        table
    }

    /// With its rows, of which none was read yet.
    pub fn filled() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let store = SqliteStore::open("sqlite::memory:").expect("a store");
        let query = query::parse(META, "count=none", &CursorKeys::random()).expect("a query string");
        let table = Self { runtime, store, select: select(&query), projection: Arc::new(projection()) };
        table.runtime.block_on(async {
            table.store.migrate(&[META]).await.expect("a table");
            for number in 0..ROWS {
                let mut values = values();
                values[META.id()] = Value::Null;
                values[META.field("isbn").expect("a field").0] =
                    Value::Text(format!("{:013}", 9_780_000_004_711 + number));
                table.store.write(Write::Insert { meta: META, values, version: 1 }).await.expect("a row");
            }
        });
        table
    }

    pub fn read(&self) -> JsonSelection {
        let read = self.store.select_json(self.select.clone(), Arc::clone(&self.projection));
        self.runtime.block_on(read).expect("rows")
    }
}

/// The same books in a table by hand, prices as cents and moments as text.
pub fn table_by_hand() -> Connection {
    let connection = Connection::open_in_memory().expect("a database");
    connection
        .execute_batch(
            "CREATE TABLE books (
                id INTEGER PRIMARY KEY, title TEXT NOT NULL, author_name TEXT NOT NULL, isbn TEXT NOT NULL UNIQUE,
                genre TEXT, published_year INTEGER, price INTEGER NOT NULL, description TEXT, tags TEXT NOT NULL,
                status TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT);
             CREATE INDEX books_created_at ON books (created_at);",
        )
        .expect("a table");
    for number in 0..ROWS {
        let book = by_hand();
        let values = rusqlite::params![
            book.title,
            book.author_name,
            format!("{:013}", 9_780_000_004_711 + number),
            book.genre,
            book.published_year,
            1_750,
            book.description,
            serde_json::to_string(&book.tags).expect("texts"),
            book.status.as_str(),
            book.created_at,
        ];
        connection
            .execute("INSERT INTO books VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, NULL)", values)
            .expect("a row");
    }
    assert!(!read_by_hand(&connection).is_empty());
    connection
}

/// The page of books, by way of structs.
pub fn read_by_hand(connection: &Connection) -> Vec<u8> {
    let sql = format!("SELECT {} FROM books ORDER BY created_at DESC, id LIMIT ?1 OFFSET ?2", model::COLUMNS);
    let mut statement = connection.prepare_cached(&sql).expect("a statement");
    let books = statement.query_map([20, 0], book_by_hand).expect("rows");
    serde_json::to_vec(&books.collect::<Result<Vec<_>, _>>().expect("books")).expect("JSON")
}

fn book_by_hand(row: &rusqlite::Row<'_>) -> rusqlite::Result<model::Book> {
    Ok(model::Book {
        id: row.get(0)?,
        title: row.get(1)?,
        author_name: row.get(2)?,
        isbn: row.get(3)?,
        genre: row.get(4)?,
        published_year: row.get(5)?,
        price: Decimal::new(row.get(6)?, 2),
        description: row.get(7)?,
        tags: serde_json::from_str(row.get_ref(8)?.as_str()?).expect("tags"),
        status: row.get_ref(9)?.as_str()?.parse().expect("a status"),
        created_at: row.get(10)?,
        updated_at: row.get(11)?,
    })
}
