//! What pages of a large table cost, near its start and far from it.
//!
//! ```sh
//! cargo run --release -p resource-runtime --features postgres --example million -- sqlite:///tmp/million.db
//! cargo run --release -p resource-runtime --features postgres --example million -- postgres://postgres@127.0.0.1/postgres
//! ```
//!
//! Fills the table `million_books` up to a million rows (a second argument says how many), which it
//! leaves there. A third argument names the only order that is measured, such as `-title`. Costs are
//! processor time of this process, and of the server's if it is on this machine, per page, on Linux.
//!
//! Seen on a busy machine, deep pages in proportion to first ones: in SQLite 1.0 to 1.2 by the store
//! alone and 1.0 to 1.25 with routes around it, in PostgreSQL 1.1 to 1.25 with routes around it.
#![allow(clippy::print_stdout, reason = "it is a program")]

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use resource_runtime::field::{FieldMeta, Value};
use resource_runtime::json::Projection;
use resource_runtime::model::Usage;
use resource_runtime::prelude::*;
use resource_runtime::query::{self, CountMode, CursorKeys, Filter, Keyset, Operator, SortKey};
use resource_runtime::resource::ResourceMeta;
use resource_runtime::store::postgres::PostgresStore;
use resource_runtime::store::sqlite::SqliteStore;
use resource_runtime::store::{JsonSelection, Select, Window, Write};
use tower::ServiceExt as _;

/// A book.
#[derive(Debug, Clone, Resource)]
#[resource(path = "million-books", table = "million_books", sort = "-created_at")]
pub struct Book {
    /// Its number.
    #[resource(id)]
    pub id: i64,
    /// Its title.
    #[resource(search, sort, filter(eq, icontains))]
    #[validate(length(min = 1, max = 300))]
    pub title: String,
    /// Its author.
    #[resource(search, sort, filter(icontains))]
    #[validate(length(min = 1, max = 200))]
    pub author_name: String,
    /// What kind it is.
    #[resource(filter(ieq, in))]
    #[validate(length(max = 50))]
    pub genre: Option<String>,
    /// When it came out.
    #[resource(sort, filter(gte, lte))]
    pub published_year: Option<i32>,
    /// What it costs.
    #[resource(sort, filter(gte, lte))]
    pub price: Decimal,
    /// Words to find it by.
    #[resource(default, filter(has_all, has_any))]
    pub tags: Vec<String>,
    /// When it was entered.
    #[resource(created_at, sort)]
    pub created_at: Timestamp,
}

const DEPTH: u64 = 800_000;
const PAGES: u32 = 2_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap_or_else(|| "sqlite::memory:".to_owned());
    let rows: u64 = arguments.next().map_or(Ok(1_000_000), |it| it.parse())?;
    let only = arguments.next();
    let database = if url.starts_with("postgres") {
        Database::new(
            PostgresStore::connect(&format!(
                "{url}{}application_name=million",
                if url.contains('?') { '&' } else { '?' }
            ))
            .await?,
        )
    } else {
        Database::new(SqliteStore::open(&url)?)
    };
    database.migrate::<Book>().await?;
    fill(&database, rows).await?;
    let servers = if url.starts_with("postgres") { backends(&url).await? } else { Vec::new() };
    let keys = vec![b"the key of an example".to_vec()];
    let mut settings = Settings::default();
    settings.cursor_keys.clone_from(&keys);
    let routes = Api::new("Books", "1.0.0").resource(Book::on(&database)).settings(settings).build();
    let routes = routes.map_err(|it| it.to_string())?;
    let keys = CursorKeys::new(&keys)?;
    let columns = ["first", "deep", "ratio"].map(|it| format!("{it:>9}")).concat();
    println!("{:34} {columns} {columns}", "cursor pages of 20, in us of CPU");
    println!("{:34} {:>27} {:>27}", "", "the store", "with routes around it");
    for name in ["id", "title", "author_name", "published_year", "price", "created_at"] {
        for descending in [false, true] {
            let sign = if descending { "-" } else { "" };
            if only.as_ref().is_some_and(|it| *it != format!("{sign}{name}")) {
                continue;
            }
            let mut sort = vec![key(name, descending)];
            if name != "id" {
                sort.push(key("id", false));
            }
            let first = Window::Keyset { keyset: None, limit: 20 };
            let at = Window::Offset { offset: DEPTH.min(rows * 4 / 5), limit: 1 };
            let place = database.select(select(sort.clone(), Filter::All, at)).await?;
            let edge: Vec<_> =
                sort.iter().filter_map(|it| Some(place.records.first()?.get(it.field).clone())).collect();
            let keyset = Some(Keyset { values: edge.clone(), backward: false });
            let deep = Window::Keyset { keyset, limit: 20 };
            let first = select(sort.clone(), Filter::All, first);
            let first = cost(&servers, || page(&database, &first)).await?.0;
            let deep_page = select(sort, Filter::All, deep);
            let deep = cost(&servers, || page(&database, &deep_page)).await?.0;
            let query = format!("sort={sign}{name}&limit=20");
            let listed = query::parse(meta(), &query, &keys)?;
            let cursor = query::encode_cursor(meta(), &listed, &edge, false, &keys);
            let whole_first = cost(&servers, || get(&routes, format!("/million-books?{query}"))).await?.0;
            let whole_deep =
                cost(&servers, || get(&routes, format!("/million-books?{query}&cursor={cursor}"))).await?.0;
            println!(
                "sort={:29} {first:>9.1}{deep:>9.1}{:>9.2} {whole_first:>9.1}{whole_deep:>9.1}{:>9.2}",
                format!("{sign}{name}"),
                deep / first,
                whole_deep / whole_first
            );
        }
    }
    if only.is_some() {
        return Ok(());
    }
    let text = |text: &str| Value::Text(text.to_owned());
    println!("{:34} {:>10} {:>10}", "filters, first page of 20", "us", "rows");
    for (name, operator, value) in [
        ("title", Operator::Eq, text("Volume 777777 of the Wandering Sea")),
        ("title", Operator::Icontains, text("777777")),
        ("title", Operator::Icontains, text("wandering")),
        ("title", Operator::Icontains, text("no such words")),
        ("author_name", Operator::Icontains, text("author 4242 ")),
        ("genre", Operator::Ieq, text("GENRE 7")),
        ("published_year", Operator::Gte, Value::Int(2024)),
        ("price", Operator::Lte, Value::Decimal(Decimal::ONE)),
        ("tags", Operator::HasAll, Value::List(vec![text("tag 12"), text("tag 345")])),
    ] {
        let field = field(name).0;
        let filter = match &value {
            Value::List(items) => Filter::many(field, operator, items.clone()),
            _ => Filter::one(field, operator, value.clone()),
        };
        let sort = vec![key("created_at", true), key("id", false)];
        let select = select(sort, filter, Window::Offset { offset: 0, limit: 20 });
        let (us, page) = cost(&servers, || page(&database, &select)).await?;
        println!("{:34} {us:>10.1} {:>10}", format!("{name} {} {value:?}", operator.name()), page.len);
    }
    database.close().await;
    Ok(())
}

fn meta() -> &'static ResourceMeta {
    <Book as Resource>::META
}

fn field(name: &str) -> (usize, &'static FieldMeta) {
    meta().field(name).unwrap_or((0, meta().id_field()))
}

fn key(name: &str, descending: bool) -> SortKey {
    SortKey { field: field(name).0, descending, nulls_first: false }
}

fn select(sort: Vec<SortKey>, filter: Filter, window: Window) -> Select {
    Select { meta: meta(), scope: Filter::All, filter, sort, window, count: CountMode::None }
}

/// Enters books until there are as many.
async fn fill(database: &Database, rows: u64) -> Result<(), Box<dyn Error>> {
    let one = Window::Offset { offset: 0, limit: 1 };
    let counted = Select { count: CountMode::Exact, ..select(vec![key("id", true)], Filter::All, one) };
    let found = database.select(counted).await?.total.map_or(0, |it| it.rows);
    let began = Instant::now();
    let mut number = found;
    while number < rows {
        let mut batch: Vec<_> = (number..rows.min(number + 512)).map(|it| Box::pin(database.write(book(it)))).collect();
        number += batch.len() as u64;
        // All under way at once, so that stores may group them.
        std::future::poll_fn(|context| {
            batch.retain_mut(|it| it.as_mut().poll(context).is_pending());
            if batch.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }
    let each = began.elapsed().as_micros() / u128::from((rows - found.min(rows)).max(1));
    println!("{} books entered, {each} us each", rows - found.min(rows));
    Ok(())
}

fn book(number: u64) -> Write {
    // Spread out, but the same in every run.
    let spread = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let below = |most: u64| i64::try_from(spread % most).unwrap_or(0);
    let text = |text: String| Value::Text(text);
    let at =
        Timestamp::from_microsecond(1_700_000_000_000_000 + i64::try_from(number).unwrap_or(0)).unwrap_or_default();
    let values = vec![
        Value::Null,
        text(format!("Volume {number} of the Wandering Sea")),
        text(format!("Author {} of Everything", below(10_000))),
        if number.is_multiple_of(5) { Value::Null } else { text(format!("Genre {}", below(40))) },
        if number.is_multiple_of(10) { Value::Null } else { Value::Int(1_900 + below(125)) },
        Value::Decimal(Decimal::new(below(10_000) + 1, 2)),
        Value::List(vec![text(format!("tag {}", below(100))), text(format!("tag {}", below(1_000)))]),
        Value::Timestamp(at),
    ];
    Write::Insert { meta: meta(), values, version: 1 }
}

async fn page(database: &Database, select: &Select) -> Result<JsonSelection, Box<dyn Error>> {
    let projection = Arc::new(Projection::of(meta(), Usage::Response));
    Ok(database.select_json(select.clone(), projection).await?)
}

/// Asks the API, without a network between.
async fn get(routes: &axum::Router, uri: String) -> Result<(), Box<dyn Error>> {
    let request = http::Request::get(uri).body(axum::body::Body::empty())?;
    let response = routes.clone().oneshot(request).await?;
    if response.status() != 200 {
        return Err(format!("{} was answered", response.status()).into());
    }
    axum::body::to_bytes(response.into_body(), usize::MAX).await?;
    Ok(())
}

/// The cost of a page in microseconds, and the page.
async fn cost<T, F: Future<Output = Result<T, Box<dyn Error>>>>(
    servers: &[String],
    ask: impl Fn() -> F,
) -> Result<(f64, T), Box<dyn Error>> {
    let began = Instant::now();
    let mut page = ask().await?;
    let pages = if began.elapsed().as_millis() > 50 { 5 } else { PAGES };
    // The first ones warm caches up, and settle PostgreSQL's plan on each of the store's connections.
    for _ in 0..pages.min(64) {
        page = ask().await?;
    }
    let before = spent(servers);
    for _ in 0..pages {
        page = ask().await?;
    }
    let nanoseconds = spent(servers).saturating_sub(before);
    #[expect(clippy::cast_precision_loss, reason = "it is printed with one digit")]
    let microseconds = nanoseconds as f64 / 1_000.0 / f64::from(pages);
    Ok((microseconds, page))
}

/// Nanoseconds that this process, and these, have had a processor for.
fn spent(servers: &[String]) -> u64 {
    let of = |path: &str| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.split(' ').next().and_then(|it| it.parse::<u64>().ok()).unwrap_or(0)
    };
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let own: u64 = threads.map(|it| of(&format!("{}/schedstat", it.path().display()))).sum();
    own + servers.iter().map(|pid| of(&format!("/proc/{pid}/schedstat"))).sum::<u64>()
}

/// The processes of the server that serve this one.
async fn backends(url: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let rows = client.query("SELECT pid::text FROM pg_stat_activity WHERE application_name = 'million'", &[]).await?;
    drop(client);
    connection.await??;
    Ok(rows.iter().map(|it| it.get(0)).collect())
}
