//! How many instructions the hot paths take, next to serde and validator.
//!
//! The processor counts them, so that they hardly depend on what else the machine does.

#[path = "../../ours/src/book.rs"]
mod ours;

use std::error::Error;
use std::hint::black_box;

use chrono::DateTime;
use model::{Changes, ListParams, NewBook, Status};
use perf_event::Builder;
use perf_event::events::Hardware;
use resource_runtime::field::Cell;
use resource_runtime::input;
use resource_runtime::json::{self, Cells, Projection};
use resource_runtime::model::Usage;
use resource_runtime::query::{self, CursorKeys, Filter, Paging};
use resource_runtime::resource::{Record, Resource, ResourceMeta};
use resource_runtime::store::sql::{self, Dialect, Statements};
use resource_runtime::store::{Key, Select, Window};
use rust_decimal::Decimal;
use validator::Validate;

const META: &ResourceMeta = <ours::Book as Resource>::META;
const QUERY: &str = "genre=genre%2017&min_price=45&per_page=20";
const CREATE: &str = r#"{"title":"Volume 4711 of the New Arrivals","author_name":"Author 42 of Everything","isbn":"9780000004711","genre":"new","published_year":2024,"price":17.5,"description":"What came in by the last delivery, before anybody had the time to read it.","tags":["new","tag 11"]}"#;
const PATCH: &str = r#"{"price":12.34}"#;
const BOOKS: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let keys = CursorKeys::random();
    let parsed = query::parse(META, QUERY, &keys)?;
    println!("{:36} {:>10} {:>10} {:>7}", "instructions", "ours", "by hand", "ratio");

    let ours = count(|| query::parse(META, QUERY, &keys))?;
    line("query string", ours, count(|| serde_urlencoded::from_str::<ListParams>(QUERY))?);

    let (offset, limit) = match parsed.paging {
        Paging::Page { page, per_page } => ((page - 1) * u64::from(per_page), per_page),
        Paging::Cursor { limit, .. } => (0, limit),
    };
    let select = Select {
        meta: META,
        scope: Filter::All,
        filter: parsed.filter.clone(),
        sort: parsed.sort.clone(),
        window: Window::Offset { offset, limit },
        count: parsed.count,
    };
    let columns = sql::all(META);
    for (name, dialect) in [("SQLite", Dialect::Sqlite), ("PostgreSQL", Dialect::Postgres)] {
        let statements = Statements::new(dialect);
        let ours = count(|| (statements.select(&select, &columns), statements.count(&select)))?;
        line(&format!("statements of a list, {name}"), ours, None);
        let key = Key { meta: META, id: input::path_id(META, "4711")?, scope: Filter::All };
        line(&format!("statement of one row, {name}"), count(|| statements.get(&key, &columns))?, None);
    }

    let records: Vec<Record> = (0..BOOKS)
        .map(|_| Ok(Record { values: input::create(META, CREATE.as_bytes())?, version: 1 }))
        .collect::<Result<_, resource_runtime::error::ApiError>>()?;
    let books: Vec<model::Book> = (0..BOOKS).map(|_| by_hand()).collect::<Result<_, _>>()?;
    let projection = Projection::of(META, Usage::Response);
    let write = || {
        let mut out = Vec::with_capacity(4_096);
        for record in &records {
            json::write_row(&mut out, &projection, &Row(record), &[]);
        }
        out
    };
    let bytes = write().len() as f64;
    let (ours, theirs) = (count(write)?, count(|| serde_json::to_vec(&books))?);
    line("20 rows to JSON", ours, theirs);
    if let (Some(ours), Some(theirs)) = (ours, theirs) {
        let their_bytes = serde_json::to_vec(&books)?.len() as f64;
        line("20 rows to JSON, per byte", Some(ours / bytes), Some(theirs / their_bytes));
    }

    let ours = count(|| input::create(META, CREATE.as_bytes()))?;
    let theirs = count(|| {
        let new: NewBook = serde_json::from_slice(CREATE.as_bytes()).ok()?;
        new.validate().ok()?;
        Some(new)
    })?;
    line("body of a creation", ours, theirs);
    let ours = count(|| input::update(META, PATCH.as_bytes()).and_then(|it| it.changes(None)))?;
    let theirs = count(|| {
        let changes: Changes = serde_json::from_slice(PATCH.as_bytes()).ok()?;
        changes.validate().ok()?;
        Some(changes)
    })?;
    line("body of an update", ours, theirs);
    Ok(())
}

/// A row as a store lends it.
struct Row<'a>(&'a Record);

impl Cells for Row<'_> {
    fn cell(&self, field: usize) -> Cell<'_> {
        self.0.get(field).as_cell(&META.fields[field].kind)
    }
}

fn by_hand() -> Result<model::Book, Box<dyn Error>> {
    let new: NewBook = serde_json::from_str(CREATE)?;
    Ok(model::Book {
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
        created_at: DateTime::from_timestamp_micros(1_763_640_000_123_456).ok_or("no such time")?,
        updated_at: None,
    })
}

/// The mean of many runs; none where the machine does not count.
fn count<T>(mut path: impl FnMut() -> T) -> Result<Option<f64>, Box<dyn Error>> {
    const RUNS: u32 = 1_000;
    for _ in 0..RUNS {
        black_box(path());
    }
    let Ok(mut counter) = Builder::new().kind(Hardware::INSTRUCTIONS).build() else { return Ok(None) };
    counter.enable()?;
    for _ in 0..RUNS {
        black_box(path());
    }
    counter.disable()?;
    Ok(Some(counter.read()? as f64 / f64::from(RUNS)))
}

fn line(what: &str, ours: Option<f64>, by_hand: Option<f64>) {
    let show = |it: Option<f64>| it.map_or("-".to_owned(), |it| format!("{it:.1}"));
    let ratio = ours.zip(by_hand).map(|(ours, by_hand)| by_hand / ours);
    println!("{what:36} {:>10} {:>10} {:>7}", show(ours), show(by_hand), show(ratio));
}
