//! A lock of what clients depend on: a file beside the crate, and a test that fails where the API
//! no longer keeps to it.
//!
//! ```no_run
//! # fn api() -> resource_runtime::http::Api { resource_runtime::http::Api::new("Books", "1.0.0") }
//! #[test]
//! fn the_api_keeps_its_promises() {
//!     resource_runtime::assert_openapi_lock!(api());
//! }
//! ```
//!
//! A change that breaks clients (a path, a field or a status that is gone, a type that is narrower, an input
//! that must be sent now) fails with all the breaks, each with its place in the document. Anything else that
//! is new fails too, and asks to be blessed: `BLESS=1` writes the file. A break is written by
//! `BLESS=breaking` alone, so that it cannot slip in with other files that are blessed.
//!
//! # Design
//!
//! The file is the document without its prose: without descriptions, examples, tags and servers, so that
//! another word asks for nothing. Requests and answers are compared in opposite directions: what clients send must
//! be taken as before or more freely, what they get must be as before or more precise.

mod compare;
mod schema;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

use super::walk::{Place, rebuilt};
use super::{Node, Object};

/// Fails the test that it stands in, unless an [`Api`](crate::http::Api)'s document is as
/// `openapi.lock.json` beside the crate has it; see [`lock`](mod@crate::openapi::lock).
///
/// A second argument is another path, from the crate's folder.
#[cfg(feature = "server")]
#[macro_export]
macro_rules! assert_openapi_lock {
    ($api:expr) => {
        $crate::assert_openapi_lock!($api, "openapi.lock.json")
    };
    ($api:expr, $path:literal) => {{
        use $crate::openapi::lock;
        let path = ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", $path);
        match $crate::http::Api::document(&$api) {
            ::core::result::Result::Ok(document) => {
                if let ::core::result::Result::Err(error) =
                    lock::check(path.as_ref(), &document, lock::Bless::from_env())
                {
                    ::core::panic!("{error}");
                }
            }
            ::core::result::Result::Err(error) => ::core::panic!("{error}"),
        }
    }};
}

/// What differs between two documents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// What breaks clients.
    pub breaks: Vec<Change>,
    /// What does not.
    pub additions: Vec<Change>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where it is: an RFC 6901 pointer into the document, the old one for what is gone.
    pub pointer: String,
    /// What it is, in a sentence.
    pub what: String,
}

/// Why a document does not pass.
#[derive(Debug)]
#[non_exhaustive]
pub enum LockError {
    /// There is no lock yet.
    Missing(PathBuf),
    /// The lock cannot be read or written.
    Unusable(PathBuf, String),
    /// Clients would break; what they would not notice is listed too.
    Broken(PathBuf, Changes),
    /// There is more than the lock has.
    Unblessed(PathBuf, Vec<Change>),
}

/// What to do where the lock and the document differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bless {
    /// Fail.
    #[default]
    Nothing,
    /// Write what breaks nobody.
    Additions,
    /// Write everything.
    Breaks,
}

impl Bless {
    /// What the variable `BLESS` says: nothing, `1`, or `breaking`.
    #[must_use]
    pub fn from_env() -> Self {
        match std::env::var("BLESS").as_deref() {
            Err(_) | Ok("" | "0") => Self::Nothing,
            Ok("breaking") => Self::Breaks,
            Ok(_) => Self::Additions,
        }
    }
}

/// Compares a document with a lock, and writes the lock where that is asked for.
///
/// # Errors
///
/// When there is no lock, or the document is not as the lock has it.
pub fn check(path: &Path, document: &Node, bless: Bless) -> Result<(), LockError> {
    let text = contract(document).to_json_pretty();
    let unusable = |error: &dyn fmt::Display| LockError::Unusable(path.to_owned(), error.to_string());
    let write = || std::fs::write(path, &text).map_err(|error| unusable(&error));
    let old = match std::fs::read(path) {
        Ok(old) => old,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return if bless == Bless::Nothing { Err(LockError::Missing(path.to_owned())) } else { write() };
        }
        Err(error) => return Err(unusable(&error)),
    };
    let old: Node = match serde_json::from_slice(&old) {
        Ok(old) => old,
        // What is no JSON any more, after a merge say, promises nothing that could be compared.
        Err(_) if bless == Bless::Breaks => return write(),
        Err(error) => return Err(unusable(&error)),
    };
    // As the lock was: a reader makes floats of numbers that have many digits.
    let document: Node = serde_json::from_slice(text.as_ref()).map_err(|error| unusable(&error))?;
    if old == document {
        return Ok(());
    }
    let changes = compare(&old, &document);
    match bless {
        Bless::Breaks => write(),
        _ if !changes.breaks.is_empty() => Err(LockError::Broken(path.to_owned(), changes)),
        Bless::Additions => write(),
        Bless::Nothing => Err(LockError::Unblessed(path.to_owned(), changes.additions)),
    }
}

/// What differs between two documents, as their clients see it.
#[must_use]
pub fn compare(old: &Node, new: &Node) -> Changes {
    let mut comparison = compare::Comparison::new(old, new);
    comparison.documents();
    comparison.changes
}

/// A document without what clients do not depend on: what a lock has in it.
#[must_use]
pub fn contract(document: &Node) -> Node {
    rebuilt(document, Place::Document, &mut |place, mut object| {
        if place == Place::Document {
            return ["openapi", "paths", "components", "security"]
                .into_iter()
                .filter_map(|it| object.remove(it).map(|value| (it, value)))
                .collect();
        }
        let prose: &[&str] = match place {
            Place::Operation => &["tags", "summary", "description", "externalDocs"],
            Place::Response => &["description", "links"],
            Place::Schema => &["title", "description", "example", "examples", "externalDocs"],
            _ => &["summary", "description", "example", "examples"],
        };
        for name in prose {
            object.remove(name);
        }
        object
            .iter()
            .filter(|(name, _)| !name.starts_with("x-"))
            .map(|(name, it)| (name, it.clone()))
            .collect::<Object>()
    })
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.what)
    }
}

fn list(f: &mut fmt::Formatter<'_>, changes: &[Change]) -> fmt::Result {
    if changes.is_empty() {
        return f.write_str("\n  nothing that an operation has");
    }
    changes.iter().try_for_each(|it| write!(f, "\n  {it}"))
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => {
                write!(f, "{} is not there; run the test with `BLESS=1` to write it", path.display())
            }
            Self::Unusable(path, error) => write!(f, "{} cannot be used: {error}", path.display()),
            Self::Broken(path, changes) => {
                write!(f, "clients of the API in {} would break:", path.display())?;
                list(f, &changes.breaks)?;
                if !changes.additions.is_empty() {
                    f.write_str("\nand there are changes that break nobody:")?;
                    list(f, &changes.additions)?;
                }
                f.write_str("\nkeep the old form, or, where it has to be, run the test with `BLESS=breaking`")
            }
            Self::Unblessed(path, changes) => {
                write!(f, "the API is not as {} has it, and no client breaks:", path.display())?;
                list(f, changes)?;
                f.write_str("\nrun the test with `BLESS=1` to write it")
            }
        }
    }
}

impl std::error::Error for LockError {}
