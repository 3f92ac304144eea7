use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use tokio_postgres::{Client, NoTls};

use crate::Result;
use crate::loads::spread;
use crate::options::Options;
use crate::servers::{Dialect, Server};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    None,
    Sqlite,
    Postgres,
}

/// How many genres there are: 200 books of each in a small database, and in a large one no more genres than
/// shops have.
pub const fn genres(rows: u64) -> u64 {
    match rows {
        0..=200 => 1,
        201..=100_000 => rows / 200,
        _ => 20,
    }
}

/// In SQLite, as a developer makes it: an index for each order and filter.
const INDEXES: &str = "
    CREATE INDEX books_title ON books (title);
    CREATE INDEX books_genre ON books (genre);
    CREATE INDEX books_published_year ON books (published_year);
    CREATE INDEX books_price ON books (price);
    CREATE INDEX books_status ON books (status);
    CREATE INDEX books_created_at ON books (created_at);";

/// As many indexes as the framework's table has, which serve each order in both directions at any depth, so
/// that what indexes cost a write is the same for all servers. Those of filters by a value end in the
/// default order and in other filters' columns in the framework's.
const POSTGRES_INDEXES: &str = "
    CREATE INDEX books_title ON books (title, id);
    CREATE INDEX books_title_desc ON books (title DESC, id);
    CREATE INDEX books_genre ON books (genre);
    CREATE INDEX books_published_year ON books (published_year, id);
    CREATE INDEX books_published_year_desc ON books (published_year DESC NULLS LAST, id);
    CREATE INDEX books_price ON books (price, id);
    CREATE INDEX books_price_desc ON books (price DESC, id);
    CREATE INDEX books_status ON books (status);
    CREATE INDEX books_created_at ON books (created_at, id);
    CREATE INDEX books_created_at_desc ON books (created_at DESC, id);";

impl Server {
    /// Makes the database, and fills it.
    pub async fn seed(&'static self, options: &Options) -> Result<()> {
        eprintln!("filling {}", self.name);
        match self.kind {
            Kind::None => Ok(()),
            Kind::Sqlite => self.seed_sqlite(options).await,
            Kind::Postgres => self.seed_postgres(options).await,
        }
    }

    async fn seed_sqlite(&'static self, options: &Options) -> Result<()> {
        self.remove_files();
        if self.dialect == Dialect::Ours {
            let seed = self.file().with_extension("json");
            fs::write(&seed, json(options.rows))?;
            let running = self.start_with(options, &[("SEED", &seed.display().to_string())]).await?;
            running.stop().await?;
            fs::remove_file(seed)?;
        } else {
            let mut connection = rusqlite::Connection::open(self.file())?;
            let price = if self.dialect == Dialect::Crudcrate { "REAL" } else { "INTEGER" };
            connection.execute_batch(&format!(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
                 CREATE TABLE books (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, author_name TEXT NOT NULL,
                    isbn TEXT NOT NULL UNIQUE, genre TEXT, published_year INTEGER, price {price} NOT NULL,
                    description TEXT, tags TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL,
                    updated_at TEXT);{INDEXES}"
            ))?;
            let transaction = connection.transaction()?;
            {
                let mut insert = transaction.prepare(
                    "INSERT INTO books (title, author_name, isbn, genre, published_year, price, description, tags,
                                        status, created_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'available',
                             strftime('%Y-%m-%dT%H:%M:%f000+00:00', ?9, 'unixepoch', 'subsec'))",
                )?;
                for book in (1..=options.rows).map(Sample::new) {
                    let price = match self.dialect {
                        Dialect::Crudcrate => rusqlite::types::Value::Real(book.cents as f64 / 100.0),
                        _ => rusqlite::types::Value::Integer(book.cents),
                    };
                    let tags = format!("[\"{}\",\"{}\"]", book.tags[0], book.tags[1]);
                    let at = 1_700_000_000.0 + book.number as f64 / 1e3;
                    insert.execute(rusqlite::params![
                        book.title,
                        book.author,
                        book.isbn,
                        book.genre(options.rows),
                        book.year,
                        price,
                        DESCRIPTION,
                        tags,
                        at
                    ])?;
                }
            }
            transaction.commit()?;
        }
        // All of it in the file itself, which is what every round begins with.
        rusqlite::Connection::open(self.file())?
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))?;
        fs::copy(self.file(), self.seeded())?;
        Ok(())
    }

    /// The database's file as it was when it was filled.
    fn seeded(&self) -> PathBuf {
        self.file().with_extension("seeded")
    }

    async fn seed_postgres(&'static self, options: &Options) -> Result<()> {
        let server = connect(options, "postgres").await?;
        let name = self.database();
        server.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        server.batch_execute(&format!("CREATE DATABASE {name}")).await?;
        // No helpers, whose time would not be seen.
        server.batch_execute(&format!("ALTER DATABASE {name} SET max_parallel_workers_per_gather = 0")).await?;
        let tags = match self.dialect {
            Dialect::Crudcrate => "jsonb",
            _ => "text[]",
        };
        if self.dialect == Dialect::Ours {
            // It makes its own table.
            self.start(options).await?.stop().await?;
        }
        let client = connect(options, &name).await?;
        if self.dialect != Dialect::Ours {
            client
                .batch_execute(&format!(
                    "CREATE TABLE books (
                        id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, title text NOT NULL,
                        author_name text NOT NULL, isbn text NOT NULL UNIQUE, genre text, published_year integer,
                        price numeric NOT NULL, description text, tags {tags} NOT NULL, status text NOT NULL,
                        created_at timestamptz NOT NULL, updated_at timestamptz);{POSTGRES_INDEXES}"
                ))
                .await?;
        }
        let mut number = 1;
        while number <= options.rows {
            let last = options.rows.min(number + 999);
            let mut sql = String::from(
                "INSERT INTO books (title, author_name, isbn, genre, published_year, price, description, tags, status,
                                    created_at) VALUES ",
            );
            for book in (number..=last).map(Sample::new) {
                let [one, two] = &book.tags;
                let tags = match self.dialect {
                    Dialect::Crudcrate => format!("jsonb_build_array('{one}', '{two}')"),
                    _ => format!("ARRAY['{one}', '{two}']"),
                };
                let separator = if book.number == number { "" } else { "," };
                write!(
                    sql,
                    "{separator}('{}', '{}', '{}', '{}', {}, {}.{:02}, '{DESCRIPTION}', {tags}, 'available',
                     to_timestamp(1700000000) + {} * interval '1 ms')",
                    book.title,
                    book.author,
                    book.isbn,
                    book.genre(options.rows),
                    book.year,
                    book.cents / 100,
                    book.cents % 100,
                    book.number
                )?;
            }
            client.batch_execute(&sql).await?;
            number = last + 1;
        }
        client.batch_execute("VACUUM ANALYZE books").await?;
        client.batch_execute("CHECKPOINT").await?;
        Ok(())
    }

    /// Puts the database back to what it was when it was filled.
    pub async fn refresh(&self, options: &Options) -> Result<()> {
        match self.kind {
            Kind::None => {}
            Kind::Sqlite => self.restore()?,
            Kind::Postgres => {
                let client = connect(options, &self.database()).await?;
                client.batch_execute(&format!("DELETE FROM books WHERE id > {}", options.rows)).await?;
                client.batch_execute("VACUUM ANALYZE books").await?;
            }
        }
        Ok(())
    }

    fn restore(&self) -> Result<()> {
        for suffix in ["-wal", "-shm"] {
            // One that is not there is as good as one that is removed.
            let _ = fs::remove_file(format!("{}{suffix}", self.file().display()));
        }
        fs::copy(self.seeded(), self.file())?;
        Ok(())
    }

    /// Leaves nothing behind.
    pub async fn clean(&self, options: &Options) -> Result<()> {
        match self.kind {
            Kind::None => {}
            Kind::Sqlite => self.remove_files(),
            Kind::Postgres => {
                let server = connect(options, "postgres").await?;
                let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.database());
                server.batch_execute(&sql).await?;
            }
        }
        Ok(())
    }

    fn remove_files(&self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{suffix}", self.file().display()));
        }
        let _ = fs::remove_file(self.seeded());
    }
}

/// The processes that serve a database's clients.
pub async fn backends(options: &Options, database: &str) -> Result<Vec<u32>> {
    let client = connect(options, "postgres").await?;
    let rows = client.query("SELECT pid FROM pg_stat_activity WHERE datname = $1", &[&database]).await?;
    rows.iter().map(|row| Ok(u32::try_from(row.get::<_, i32>(0))?)).collect()
}

async fn connect(options: &Options, database: &str) -> Result<Client> {
    let server = options.postgres.as_deref().ok_or("no PostgreSQL was named")?;
    let (client, connection) = tokio_postgres::connect(&format!("{server}/{database}"), NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

const DESCRIPTION: &str = "What became of the sea after the fifth winter, told by those who stayed behind.";

/// A book that all databases have.
struct Sample {
    number: u64,
    title: String,
    author: String,
    isbn: String,
    year: i64,
    cents: i64,
    tags: [String; 2],
}

impl Sample {
    fn new(number: u64) -> Self {
        let spread = spread(number);
        let below = |most: u64| i64::try_from(spread % most).unwrap_or_default();
        Self {
            number,
            title: format!("Volume {number} of the Wandering Sea"),
            author: format!("Author {} of Everything", spread % 10_000),
            isbn: format!("{:013}", 1_000_000_000_000 + number),
            year: 1_900 + below(125),
            cents: below(10_000) + 1,
            tags: [format!("tag {}", spread % 100), format!("tag {}", spread % 1_000)],
        }
    }

    fn genre(&self, rows: u64) -> String {
        format!("genre {}", self.number % genres(rows))
    }
}

/// Books as arrays of what a client sends to create them, a thousand to a line.
fn json(rows: u64) -> String {
    let mut out = String::new();
    for book in (1..=rows).map(Sample::new) {
        out.push_str(if book.number % 1_000 == 1 { "[" } else { "," });
        // Writing into a `String` does not fail.
        let _ = write!(
            out,
            r#"{{"title":"{}","author_name":"{}","isbn":"{}","genre":"{}","published_year":{},"price":{}.{:02},"description":"{DESCRIPTION}","tags":["{}","{}"]}}"#,
            book.title,
            book.author,
            book.isbn,
            book.genre(rows),
            book.year,
            book.cents / 100,
            book.cents % 100,
            book.tags[0],
            book.tags[1]
        );
        if book.number % 1_000 == 0 || book.number == rows {
            out.push_str("]\n");
        }
    }
    out
}
