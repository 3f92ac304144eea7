use std::rc::Rc;

use crate::servers::Dialect;

/// What clients do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// A book by its number.
    Get,
    /// Twenty books of a genre from a price on, the newest first, with the total of all of them.
    List,
    /// The same without a total: what clients get that follow cursors.
    Slice,
    /// As `List`, with a count that stops at a bound, where the server has one.
    Capped,
    /// Another price for a book.
    Update,
    /// A new book.
    Create,
}

/// Makes the requests of a load from their numbers.
pub type Requests = Rc<dyn Fn(u64) -> String>;

impl Load {
    pub const ALL: [Self; 6] = [Self::Get, Self::List, Self::Slice, Self::Capped, Self::Update, Self::Create];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Slice => "slice",
            Self::Capped => "capped",
            Self::Update => "update",
            Self::Create => "create",
        }
    }

    pub const fn writes(self) -> bool {
        matches!(self, Self::Update | Self::Create)
    }

    pub const fn connections(self) -> usize {
        match self {
            Self::Create => 32,
            _ => 8,
        }
    }

    /// Of a quick round.
    pub const fn count(self) -> u64 {
        match self {
            Self::Get => 4_000,
            Self::List | Self::Slice | Self::Capped => 1_000,
            Self::Update | Self::Create => 2_000,
        }
    }

    /// The status of an answer that is none of an error.
    pub const fn status(self) -> &'static str {
        match self {
            Self::Create => "201",
            _ => "200",
        }
    }

    /// None where the server has no such thing.
    pub fn requests(self, dialect: Dialect, rows: u64) -> Option<Requests> {
        Some(match (self, dialect) {
            (Self::Get, _) => Rc::new(move |number| get(&format!("/books/{}", spread(number) % rows + 1))),
            (Self::List, Dialect::Constant) => Rc::new(|_| get("/books")),
            (_, Dialect::Constant) => return None,
            (Self::List, Dialect::Crudcrate) => Rc::new(move |number| {
                let (genre, price) = choice(number, rows);
                get(&format!(
                    "/books?filter=%7B%22genre%22:%22{genre}%22,%22price_gte%22:{price}%7D\
                     &sort=%5B%22created_at%22,%22DESC%22%5D&range=%5B0,19%5D"
                ))
            }),
            (Self::Slice | Self::Capped, Dialect::Crudcrate) => return None,
            (Self::Capped, Dialect::ByHand) => return None,
            (Self::List | Self::Slice | Self::Capped, _) => Rc::new(move |number| {
                let (genre, price) = choice(number, rows);
                let more = match self {
                    Self::Slice => "&cursor=",
                    Self::Capped => "&per_page=20&count=capped",
                    _ => "&per_page=20",
                };
                get(&format!("/books?genre={genre}&min_price={price}{more}"))
            }),
            (Self::Update, _) => Rc::new(move |number| {
                let method = if dialect == Dialect::Crudcrate { "PUT" } else { "PATCH" };
                let path = format!("/books/{}", spread(number) % rows + 1);
                with_body(method, &path, &format!(r#"{{"price":{}.{:02}}}"#, number % 100 + 1, number % 99 + 1))
            }),
            (Self::Create, _) => Rc::new(|number| {
                let body = format!(
                    r#"{{"title":"Volume {number} of the New Arrivals","author_name":"Author {} of Everything","isbn":"{:013}","genre":"new","published_year":2024,"price":{}.50,"description":"What came in by the last delivery, before anybody had the time to read it.","tags":["new","tag {}"]}}"#,
                    number % 977,
                    9_000_000_000_000_u64 + number,
                    number % 90 + 1,
                    number % 100
                );
                with_body("POST", "/books", &body)
            }),
        })
    }
}

/// A genre, of which there are [`genres`](crate::databases::genres), and a price that half of its
/// books have.
fn choice(number: u64, rows: u64) -> (String, u64) {
    (format!("genre%20{}", spread(number) % crate::databases::genres(rows)), 45 + number % 10)
}

/// Spread out, but the same in every run.
pub fn spread(number: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nUser-Agent: bench\r\n\r\n")
}

fn with_body(method: &str, path: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nUser-Agent: bench\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
