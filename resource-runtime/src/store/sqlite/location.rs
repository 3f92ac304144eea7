use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::unavailable;
use crate::store::StoreResult;

/// Where a database is, and how it is opened: what a URL such as
/// `sqlite:///var/lib/books.db?synchronous=full` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location {
    /// The file; none for a database that lives as long as the store.
    pub(super) path: Option<PathBuf>,
    pub(super) mode: Mode,
    pub(super) synchronous: Synchronous,
    /// How long a statement waits for another process that holds a lock.
    pub(super) busy_timeout: Duration,
    /// How long a transaction may have no statement.
    pub(super) idle_timeout: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    ReadOnly,
    ReadWrite,
    /// The file is created where there is none.
    Create,
}

/// When a commit is on the disk. Whatever is chosen, a commit survives the end of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Synchronous {
    /// When the operating system writes it.
    Off,
    /// At the next checkpoint: a power cut can take the last commits, and damages nothing.
    Normal,
    /// Before it is acknowledged.
    Full,
}

impl Synchronous {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Normal => "NORMAL",
            Self::Full => "FULL",
        }
    }
}

const PARAMETERS: &str = "mode=ro|rw|rwc|memory, synchronous=off|normal|full, busy_timeout=<milliseconds>, \
    idle_timeout=<milliseconds>";

impl Location {
    /// Reads a URL (`sqlite:…`, `sqlite://…`) or a plain path.
    ///
    /// # Errors
    ///
    /// When the URL is of another scheme, or has a parameter or value that is not known.
    pub(super) fn parse(url: &str) -> StoreResult<Self> {
        let Some(rest) = url.strip_prefix("sqlite:") else {
            return match url.split_once("://") {
                Some((scheme, _)) => Err(unavailable(format!(
                    "the SQLite store cannot open a `{scheme}://` URL; write `sqlite://books.db` or a path"
                ))),
                None => Self::of(url, url.to_owned()),
            };
        };
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let mut location = Self::of(url, decode(path))?;
        for parameter in parameters.split('&').filter(|it| !it.is_empty()) {
            location.set(parameter)?;
        }
        Ok(location)
    }

    fn of(url: &str, path: String) -> StoreResult<Self> {
        if path.is_empty() {
            return Err(unavailable(format!("`{url}` names no file; write `sqlite://books.db` or `sqlite::memory:`")));
        }
        if path.contains('\0') {
            return Err(unavailable("the path of the database has a NUL character in it".to_owned()));
        }
        Ok(Self {
            path: (path != ":memory:").then(|| PathBuf::from(path)),
            mode: Mode::Create,
            synchronous: Synchronous::Normal,
            busy_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(30),
        })
    }

    fn set(&mut self, parameter: &str) -> StoreResult<()> {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let unknown =
            || unavailable(format!("`{parameter}` is not a parameter of a SQLite URL; there are {PARAMETERS}"));
        match (name, value.to_ascii_lowercase().as_str()) {
            ("mode", "ro") => self.mode = Mode::ReadOnly,
            ("mode", "rw") => self.mode = Mode::ReadWrite,
            ("mode", "rwc") => self.mode = Mode::Create,
            ("mode", "memory") => self.path = None,
            ("synchronous", "off") => self.synchronous = Synchronous::Off,
            ("synchronous", "normal") => self.synchronous = Synchronous::Normal,
            ("synchronous", "full") => self.synchronous = Synchronous::Full,
            ("busy_timeout", value) => self.busy_timeout = milliseconds(value).ok_or_else(unknown)?,
            ("idle_timeout", value) => self.idle_timeout = milliseconds(value).ok_or_else(unknown)?,
            _ => return Err(unknown()),
        }
        Ok(())
    }
}

/// A time of ten minutes at most.
fn milliseconds(value: &str) -> Option<Duration> {
    value.parse().ok().filter(|it| *it <= 600_000).map(Duration::from_millis)
}

/// Says why a file cannot be opened, where that can be told beforehand.
pub(super) fn check_directory(path: &Path, mode: Mode) -> StoreResult<()> {
    let shown = path.display();
    let parent = path.parent().filter(|it| !it.as_os_str().is_empty());
    if let Some(parent) = parent
        && !parent.is_dir()
    {
        let parent = parent.display();
        return Err(unavailable(format!(
            "cannot open the database `{shown}`: there is no directory `{parent}`; create it, or choose another path"
        )));
    }
    if path.is_dir() {
        return Err(unavailable(format!("cannot open the database `{shown}`: it is a directory; name a file in it")));
    }
    if mode != Mode::Create && !path.exists() {
        return Err(unavailable(format!(
            "cannot open the database `{shown}`: there is no such file; create it, or leave `mode` out of the URL"
        )));
    }
    Ok(())
}

/// Undoes percent-encoding; what is not a valid escape stays as it is.
fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = match (byte, after) {
            (b'%', [high, low, ..]) => {
                let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
                digit(*high).zip(digit(*low)).map(|(high, low)| high << 4 | low)
            }
            _ => None,
        };
        out.push(escaped.unwrap_or(byte));
        rest = if escaped.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn path(url: &str) -> Option<String> {
        Location::parse(url).unwrap().path.map(|it| it.to_string_lossy().into_owned())
    }

    #[test]
    fn every_way_to_write_a_path_is_understood() {
        for url in ["sqlite://books.db", "sqlite:books.db", "books.db", "sqlite://books.db?mode=rwc"] {
            assert_eq!(path(url).as_deref(), Some("books.db"), "{url}");
        }
        for url in ["sqlite:///var/x.db", "sqlite:/var/x.db", "/var/x.db"] {
            assert_eq!(path(url).as_deref(), Some("/var/x.db"), "{url}");
        }
        assert_eq!(path("sqlite://a%20b%3Fc%zz.db").as_deref(), Some("a b?c%zz.db"));
    }

    #[test]
    fn memory_has_no_path() {
        for url in ["sqlite::memory:", "sqlite://:memory:", ":memory:", "sqlite://x?mode=memory"] {
            assert_eq!(path(url), None, "{url}");
        }
    }

    #[test]
    fn parameters_are_taken() {
        let location =
            Location::parse("sqlite://x.db?mode=ro&synchronous=FULL&busy_timeout=250&idle_timeout=7").unwrap();
        assert_eq!(location.mode, Mode::ReadOnly);
        assert_eq!(location.synchronous, Synchronous::Full);
        assert_eq!(location.busy_timeout, Duration::from_millis(250));
        assert_eq!(location.idle_timeout, Duration::from_millis(7));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for url in [
            "sqlite://",
            "sqlite:",
            "",
            "sqlite://x?mode=fast",
            "sqlite://x?cache=shared",
            "sqlite://x?busy_timeout=-1",
            "sqlite://x?busy_timeout=99999999999999999999",
            "sqlite://x?idle_timeout=600001",
            "sqlite://x%00.db",
            "postgres://x",
        ] {
            assert!(Location::parse(url).is_err(), "{url}");
        }
    }
}
