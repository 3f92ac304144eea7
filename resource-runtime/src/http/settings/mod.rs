//! Where an API listens, where its rows are kept, and its limits.

mod connect;
mod dotenv;
mod parse;

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::field::suggest;

/// Where an API listens, where its rows are kept, and its limits.
///
/// | variable | default | |
/// |---|---|---|
/// | `HOST` | `127.0.0.1` | the address to listen on |
/// | `PORT` | `8000` | the port; 0 for any that is free |
/// | `DATABASE_URL` | `sqlite://<program>.db` | `sqlite://books.db`, `postgres://user@host/database`, `memory:` |
/// | `CORS_ORIGINS` | none | `https://app.example,https://other.example`, or `*` |
/// | `CORS_CREDENTIALS` | `false` | whether browsers may send cookies |
/// | `BODY_LIMIT` | `1MiB` | the longest body |
/// | `REQUEST_TIMEOUT` | `30s` | the longest time for a request |
/// | `HEADER_TIMEOUT` | `15s` | the longest time for a request's header, and between requests |
/// | `SHUTDOWN_TIMEOUT` | `30s` | the longest time for running requests after SIGTERM |
/// | `IDEMPOTENCY_TTL` | `24h` | how long answers are kept under an `Idempotency-Key` |
/// | `CURSOR_KEYS` | random | secrets of cursors, separated by commas: the first signs, all verify |
/// | `LOG` (or `RUST_LOG`) | `info` | what is logged |
/// | `LOG_FORMAT` | `text` | `text` or `json` |
///
/// They come from the environment and from a file `.env` in the current directory; what is in the
/// environment wins. An empty variable is as one that is not set.
#[derive(Clone)]
#[non_exhaustive]
pub struct Settings {
    /// The address to listen on.
    pub host: String,
    /// The port; 0 for any that is free.
    pub port: u16,
    /// Where rows are kept.
    pub database_url: Option<String>,
    /// Where rows are kept if nothing else is said.
    default_database: String,
    /// Which pages of other origins may call.
    pub origins: Origins,
    /// The longest body, in bytes.
    pub body_limit: usize,
    /// The longest time for a request.
    pub request_timeout: Duration,
    /// The longest time for a request's header, and between two requests of one connection.
    pub header_timeout: Duration,
    /// The longest time for running requests to end when the process is told to stop.
    pub shutdown_timeout: Duration,
    /// How long answers are kept under an `Idempotency-Key`.
    pub idempotency_ttl: Duration,
    /// Secrets of cursors: the first signs, all verify. Random where there are none, so that
    /// cursors end with the process.
    pub cursor_keys: Vec<Vec<u8>>,
    /// What is logged: levels and pairs such as `my_crate=debug`, separated by commas.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    variables: HashMap<String, String>,
}

/// The settings whose names are long enough that one which differs by a letter or two is a mistake.
const LONG_NAMES: [&str; 10] = [
    "DATABASE_URL",
    "CORS_ORIGINS",
    "CORS_CREDENTIALS",
    "BODY_LIMIT",
    "REQUEST_TIMEOUT",
    "HEADER_TIMEOUT",
    "SHUTDOWN_TIMEOUT",
    "IDEMPOTENCY_TTL",
    "CURSOR_KEYS",
    "LOG_FORMAT",
];

/// Which pages of other origins may call an API from a browser.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origins {
    /// None.
    #[default]
    None,
    /// All of them, without cookies.
    Any,
    /// Exactly these.
    These {
        /// Such as `https://app.example`.
        origins: Vec<String>,
        /// Whether they may send cookies.
        credentials: bool,
    },
}

/// How lines of the log look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

impl Default for Settings {
    /// The defaults, whatever the environment says.
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 8000,
            database_url: None,
            default_database: format!("sqlite://{}.db", program()),
            origins: Origins::None,
            body_limit: 1024 * 1024,
            request_timeout: Duration::from_secs(30),
            header_timeout: Duration::from_secs(15),
            shutdown_timeout: Duration::from_secs(30),
            idempotency_ttl: Duration::from_secs(24 * 60 * 60),
            cursor_keys: Vec::new(),
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            variables: HashMap::new(),
        }
    }
}

/// The name of the program that runs.
fn program() -> String {
    let path = std::env::current_exe().ok();
    let name = path.as_deref().and_then(Path::file_stem).and_then(|it| it.to_str());
    name.unwrap_or("data").to_owned()
}

impl Settings {
    /// The settings of the environment and of `.env`.
    ///
    /// # Errors
    ///
    /// When a variable has a value that it cannot have, or `.env` cannot be read: a sentence that
    /// says which, and what to write.
    pub fn from_env() -> Result<Self> {
        let mut variables = match std::fs::read_to_string(".env") {
            Ok(text) => dotenv::parse(&text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => HashMap::new(),
            Err(error) => return Err(Error::new(format!("the file .env cannot be read: {error}"))),
        };
        // A variable that is not in Unicode is none of ours.
        let unicode =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        variables.extend(unicode);
        Self::from_variables(variables)
    }

    /// The settings that these variables say.
    ///
    /// # Errors
    ///
    /// As for [`Settings::from_env`].
    pub fn from_variables(variables: HashMap<String, String>) -> Result<Self> {
        let mut settings = Self { variables, ..Self::default() };
        if let Some(host) = settings.variable("HOST") {
            settings.host = host.to_owned();
        }
        settings.database_url = settings.variable("DATABASE_URL").map(str::to_owned);
        settings.port = settings.parsed("PORT", parse::port)?.unwrap_or(settings.port);
        settings.body_limit = settings.parsed("BODY_LIMIT", parse::size)?.unwrap_or(settings.body_limit);
        settings.request_timeout =
            settings.parsed("REQUEST_TIMEOUT", parse::duration)?.unwrap_or(settings.request_timeout);
        settings.header_timeout =
            settings.parsed("HEADER_TIMEOUT", parse::duration)?.unwrap_or(settings.header_timeout);
        settings.shutdown_timeout =
            settings.parsed("SHUTDOWN_TIMEOUT", parse::duration)?.unwrap_or(settings.shutdown_timeout);
        settings.idempotency_ttl =
            settings.parsed("IDEMPOTENCY_TTL", parse::keeping)?.unwrap_or(settings.idempotency_ttl);
        settings.cursor_keys = settings.parsed("CURSOR_KEYS", parse::keys)?.unwrap_or_default();
        settings.log_format = settings.parsed("LOG_FORMAT", parse::log_format)?.unwrap_or_default();
        settings.log = settings.parsed("RUST_LOG", parse::rust_log)?.unwrap_or(settings.log);
        settings.log = settings.parsed("LOG", parse::log)?.unwrap_or(settings.log);
        let credentials = settings.flag("CORS_CREDENTIALS", false)?;
        settings.origins = settings.parsed("CORS_ORIGINS", parse::origins)?.unwrap_or_default();
        if credentials {
            settings.origins = with_credentials(settings.origins)?;
        }
        Ok(settings)
    }

    /// With another place for rows where `DATABASE_URL` is not set.
    ///
    /// ```
    /// use resource_runtime::http::Settings;
    ///
    /// let settings = Settings::default().default_database("sqlite://books.db");
    /// ```
    #[must_use]
    pub fn default_database(mut self, url: impl Into<String>) -> Self {
        self.default_database = url.into();
        self
    }

    /// A variable of the application's own, from the same places; `None` where it is not set, or
    /// empty.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|it| it.trim()).filter(|it| !it.is_empty())
    }

    /// A variable of the application's own that is `true` or `false`.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool> {
        Ok(self.parsed(name, parse::flag)?.unwrap_or(default))
    }

    /// Says in the log which variables look like a setting whose name was mistyped. They may be another program's, so that
    /// this is no reason not to start.
    pub(super) fn warn_of_misspelt_names(&self) {
        for (variable, meant) in self.misspelt_names() {
            tracing::warn!("there is no setting {variable}, and {meant} is not set; did you mean {meant}?");
        }
    }

    fn misspelt_names(&self) -> Vec<(&str, &'static str)> {
        let misspelt = |name: &String| {
            // Others' variables differ from ours by what stands in front: `TEST_DATABASE_URL`.
            let same_beginning = |meant: &&str| name.chars().next() == meant.chars().next();
            let unset = |meant: &&str| !self.variables.contains_key(*meant);
            let is_known = LONG_NAMES.contains(&name.as_str());
            suggest(name, LONG_NAMES.into_iter().filter(same_beginning).filter(unset)).filter(|_| !is_known)
        };
        let mut names: Vec<_> =
            self.variables.keys().filter_map(|name| Some((name.as_str(), misspelt(name)?))).collect();
        names.sort_unstable();
        names
    }

    fn parsed<T>(&self, name: &str, parse: impl Fn(&str) -> Result<T, &'static str>) -> Result<Option<T>> {
        let Some(value) = self.variable(name) else { return Ok(None) };
        parse(value).map(Some).map_err(|problem| {
            // Secrets do not belong on a screen.
            let is = if name == "CURSOR_KEYS" { "has a value".to_owned() } else { format!("is `{value}`") };
            Error::new(format!("{name} {is}, {problem}"))
        })
    }
}

fn with_credentials(origins: Origins) -> Result<Origins> {
    match origins {
        Origins::These { origins, .. } => Ok(Origins::These { origins, credentials: true }),
        Origins::Any => Err(Error::new(
            "CORS_CREDENTIALS is `true` while CORS_ORIGINS is `*`, which would let every site act for its visitors; \
             list the origins, such as https://app.example",
        )),
        Origins::None => Err(Error::new(
            "CORS_CREDENTIALS is `true` while CORS_ORIGINS is not set; list the origins, such as https://app.example",
        )),
    }
}

impl fmt::Debug for Settings {
    /// Without what is secret: keys, the database's password, other variables.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("origins", &self.origins)
            .field("body_limit", &self.body_limit)
            .field("request_timeout", &self.request_timeout)
            .field("header_timeout", &self.header_timeout)
            .field("shutdown_timeout", &self.shutdown_timeout)
            .field("idempotency_ttl", &self.idempotency_ttl)
            .field("log", &self.log)
            .field("log_format", &self.log_format)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> Result<Settings> {
        Settings::from_variables(variables.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
    }

    #[track_caller]
    fn refused(variables: &[(&str, &str)], sentence: &str) {
        assert_eq!(settings(variables).unwrap_err().to_string(), sentence);
    }

    #[test]
    fn nothing_set_means_the_defaults() {
        let settings = settings(&[("PORT", ""), ("HOST", " ")]).unwrap();
        assert_eq!((settings.host.as_str(), settings.port), ("127.0.0.1", 8000));
        assert_eq!(settings.body_limit, 1_048_576);
        assert_eq!(settings.origins, Origins::None);
    }

    #[test]
    fn what_is_set_is_taken() {
        let settings = settings(&[
            ("HOST", "0.0.0.0"),
            ("PORT", "80"),
            ("BODY_LIMIT", "2MB"),
            ("REQUEST_TIMEOUT", "1500ms"),
            ("CORS_ORIGINS", "https://a.example, http://localhost:3000"),
            ("CORS_CREDENTIALS", "true"),
            ("CURSOR_KEYS", "0123456789abcdef,fedcba9876543210"),
            ("RUST_LOG", "warn"),
            ("LOG", "debug"),
            ("LOG_FORMAT", "json"),
        ])
        .unwrap();
        assert_eq!((settings.host.as_str(), settings.port, settings.body_limit), ("0.0.0.0", 80, 2_000_000));
        assert_eq!(settings.request_timeout, Duration::from_millis(1500));
        let origins = vec!["https://a.example".to_owned(), "http://localhost:3000".to_owned()];
        assert_eq!(settings.origins, Origins::These { origins, credentials: true });
        assert_eq!(settings.cursor_keys.len(), 2);
        assert_eq!((settings.log.as_str(), settings.log_format), ("debug", LogFormat::Json));
    }

    #[test]
    fn a_bad_setting_is_named_with_the_way_out() {
        refused(&[("PORT", "abc")], "PORT is `abc`, which is no port; write a number from 0 to 65535");
        refused(&[("PORT", "65536")], "PORT is `65536`, which is no port; write a number from 0 to 65535");
        refused(
            &[("BODY_LIMIT", "much")],
            "BODY_LIMIT is `much`, which is no size; write bytes, or a number with KiB or MiB behind it",
        );
        refused(
            &[("CORS_CREDENTIALS", "yes please")],
            "CORS_CREDENTIALS is `yes please`, which is neither yes nor no; write true or false",
        );
        for value in ["a.example", "https://a.example/", "https://a.example/x", "null", "https://*.example"] {
            let error = settings(&[("CORS_ORIGINS", value)]).unwrap_err().to_string();
            assert!(error.starts_with("CORS_ORIGINS is `"), "{error}");
        }
    }

    #[test]
    fn credentials_and_every_origin_do_not_go_together() {
        let error = settings(&[("CORS_ORIGINS", "*"), ("CORS_CREDENTIALS", "true")]).unwrap_err();
        assert!(error.to_string().contains("list the origins"), "{error}");
    }

    #[test]
    fn names_that_are_nearly_a_setting_are_found() {
        let variables = [
            ("DATABSE_URL", "memory:"),
            ("CORS_ORIGIN", "*"),
            ("TEST_DATABASE_URL", "memory:"),
            ("PGHOST", "localhost"),
            ("BODY_LIMITS", "1"),
            ("BODY_LIMIT", "1"),
            ("HOME", "/root"),
        ];
        let settings = settings(&variables).unwrap();
        assert_eq!(settings.misspelt_names(), [("CORS_ORIGIN", "CORS_ORIGINS"), ("DATABSE_URL", "DATABASE_URL")]);
    }

    #[test]
    fn secrets_are_not_told() {
        refused(
            &[("CURSOR_KEYS", "hunter2")],
            "CURSOR_KEYS has a value, where a key is too short; write secrets of at least 16 characters, separated by commas",
        );
        let shown =
            format!("{:?}", settings(&[("DATABASE_URL", "postgres://u:hunter2@h/d"), ("X", "hunter2")]).unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn an_application_has_variables_of_its_own() {
        let settings = settings(&[("SAMPLE_DATA", "false"), ("OTHER", "maybe")]).unwrap();
        assert!(!settings.flag("SAMPLE_DATA", true).unwrap());
        assert!(settings.flag("NOT_SET", true).unwrap());
        assert!(settings.flag("OTHER", true).is_err());
    }
}
