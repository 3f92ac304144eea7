//! What a PostgreSQL URL says.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// Where a PostgreSQL server is, and how it is used.
///
/// Made from a URL, `postgres://user:password@host:5432/database?parameter=value`, with the
/// parameters of libpq that tokio-postgres knows (`host`, `port`, `user`, `password`, `dbname`,
/// `options`, `application_name`, `sslmode`, `connect_timeout`, `keepalives`,
/// `target_session_attrs`, `channel_binding`, …) and these:
///
/// | parameter | meaning | default |
/// |---|---|---|
/// | `connections` | connections that single statements share | 2 to 4, by processors |
/// | `group_commits` | whether writes that are under way together wait for the disk together, on as many connections again: `on`, `off` | `on` |
/// | `transaction_connections` | connections for transactions, opened when needed | 8 |
/// | `transaction_wait` | how long a transaction waits for a connection when all are taken; `0` not at all | `5s` |
/// | `transaction_idle_timeout` | how long a transaction may be idle before the server ends it; `0` for ever | `30s` |
/// | `connect_timeout` | seconds that opening a connection may take in all | 2 |
/// | `statement_timeout` | how long a statement may run: `500ms`, `5s`, `1min`; `0` for ever | `30s` |
/// | `sslrootcert` | a file of certificates (PEM) to trust in place of the public ones | |
///
/// With TLS the server's certificate and name are always checked, as libpq does for
/// `sslmode=verify-full`; `verify-full`, `verify-ca` and `require` mean the same here.
#[derive(Clone)]
pub struct PostgresSettings {
    pub(super) config: Config,
    /// How many connections single statements share.
    pub connections: usize,
    /// Whether writes that are under way together wait for the disk together. Each is durable when it
    /// is answered, but others may read a row some milliseconds before.
    pub group_commits: bool,
    /// How many connections there are for transactions at most.
    pub transaction_connections: usize,
    /// How long a transaction waits for a connection when all are taken.
    pub transaction_wait: Duration,
    /// How long the server waits for a transaction's next statement; for ever where there is none.
    pub transaction_idle_timeout: Option<Duration>,
    /// How long opening a connection may take.
    pub connect_timeout: Duration,
    /// How long a statement may run; for ever where there is none.
    pub statement_timeout: Option<Duration>,
    /// A file of certificates to trust in place of the public ones.
    pub root_certificates: Option<std::path::PathBuf>,
}

/// A PostgreSQL URL that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresUrlError(String);

impl fmt::Display for PostgresUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PostgresUrlError {}

impl fmt::Debug for PostgresSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `Config` leaves the password out of its own.
        f.debug_struct("PostgresSettings")
            .field("config", &self.config)
            .field("connections", &self.connections)
            .field("group_commits", &self.group_commits)
            .field("transaction_connections", &self.transaction_connections)
            .field("transaction_wait", &self.transaction_wait)
            .field("transaction_idle_timeout", &self.transaction_idle_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("root_certificates", &self.root_certificates)
            .finish()
    }
}

impl FromStr for PostgresSettings {
    type Err = PostgresUrlError;

    fn from_str(url: &str) -> Result<Self, PostgresUrlError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(PostgresUrlError(format!("it does not begin with postgres://; {FORM}")));
        }
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let mut settings = Self {
            config: Config::new(),
            connections: processors.clamp(2, 4),
            group_commits: true,
            transaction_connections: 8,
            transaction_wait: Duration::from_secs(5),
            transaction_idle_timeout: Some(Duration::from_secs(30)),
            connect_timeout: Duration::from_secs(2),
            statement_timeout: Some(Duration::from_secs(30)),
            root_certificates: None,
        };
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut passed = Vec::new();
        for pair in query.split('&').filter(|it| !it.is_empty()) {
            passed.extend(settings.take(pair)?);
        }
        settings.config = format!("{base}?{}", passed.join("&")).parse().map_err(|error| describe(&error))?;
        settings.complete(passed.iter().any(|it| it.starts_with("sslmode=")));
        Ok(settings)
    }
}

const FORM: &str = "a PostgreSQL URL looks like postgres://user:password@host:5432/database?sslmode=require";

/// The sentence of an error of tokio-postgres, which never has values in it.
fn describe(error: &tokio_postgres::Error) -> PostgresUrlError {
    let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    PostgresUrlError(format!("{cause}; {FORM}"))
}

impl PostgresSettings {
    /// Takes a parameter that is not tokio-postgres's, or gives what it is handed.
    fn take<'a>(&mut self, pair: &'a str) -> Result<Option<&'a str>, PostgresUrlError> {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = percent_decode(value);
        let number = || match value.parse() {
            Ok(number @ 1..=1_000) => Ok(number),
            _ => Err(PostgresUrlError(format!("`{key}` must be a number from 1 to 1000"))),
        };
        let limit = || match duration(&value) {
            Some(time) => Ok((!time.is_zero()).then_some(time)),
            None => {
                Err(PostgresUrlError(format!("`{key}` must be a duration such as 500ms, 5s or 1min, or 0 for none")))
            }
        };
        match key {
            "connections" => self.connections = number()?,
            "group_commits" => {
                self.group_commits = match &*value {
                    "on" => true,
                    "off" => false,
                    _ => return Err(PostgresUrlError("`group_commits` must be on or off".to_owned())),
                }
            }
            "transaction_connections" => self.transaction_connections = number()?,
            "connect_timeout" => {
                let seconds = value.parse::<u64>().ok().filter(|it| (1..=3_600).contains(it));
                self.connect_timeout = Duration::from_secs(seconds.ok_or_else(|| {
                    PostgresUrlError("`connect_timeout` must be a number of seconds from 1 to 3600".to_owned())
                })?);
            }
            "statement_timeout" => self.statement_timeout = limit()?,
            "transaction_idle_timeout" => self.transaction_idle_timeout = limit()?,
            "transaction_wait" => self.transaction_wait = limit()?.unwrap_or_default(),
            "sslrootcert" => self.root_certificates = Some(value.into()),
            "sslmode" => return ssl_mode(&value).map(Some),
            _ => return Ok(Some(pair)),
        }
        Ok(None)
    }

    /// Fills in what the URL leaves open.
    fn complete(&mut self, ssl_mode_given: bool) {
        let config = &mut self.config;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            config.host("localhost");
        }
        if config.get_application_name().is_none() {
            config.application_name("resource-runtime");
        }
        // A server that went away without a word is found out within seconds, not hours.
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(10));
        }
        if config.get_keepalives_idle() == Config::new().get_keepalives_idle() {
            config.keepalives_idle(Duration::from_secs(30));
        }
        // Servers on the same machine often have a certificate that they made themselves.
        if !ssl_mode_given && self.config.get_hosts().iter().all(is_local) {
            self.config.ssl_mode(SslMode::Disable);
        }
        self.config.connect_timeout(self.connect_timeout);
    }

    /// The session's settings, as statements to begin every connection with.
    pub(super) fn session(&self) -> String {
        let mut sql = "SET TimeZone = 'UTC'; SET client_min_messages = warning; \
                       SET standard_conforming_strings = on; SET jit = off"
            .to_owned();
        for (name, timeout) in [
            ("statement_timeout", self.statement_timeout),
            ("idle_in_transaction_session_timeout", self.transaction_idle_timeout),
        ] {
            let given = self.config.get_options().is_some_and(|it| it.contains(name));
            if let (Some(timeout), false) = (timeout, given) {
                sql.push_str(&format!("; SET {name} = {}", timeout.as_millis()));
            }
        }
        sql
    }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// The parameter as tokio-postgres knows it. It has no word for the modes that libpq checks
/// certificates in; this crate checks them in every mode.
fn ssl_mode(value: &str) -> Result<&'static str, PostgresUrlError> {
    match value {
        "disable" => Ok("sslmode=disable"),
        "allow" | "prefer" => Ok("sslmode=prefer"),
        "require" | "verify-ca" | "verify-full" if cfg!(feature = "postgres-tls") => Ok("sslmode=require"),
        "require" | "verify-ca" | "verify-full" => Err(PostgresUrlError(format!(
            "`sslmode={value}` asks for TLS, and this program was built without it: turn on the feature \
             `postgres-tls` of resource-runtime, or write `sslmode=disable`"
        ))),
        _ => Err(PostgresUrlError(
            "`sslmode` must be disable, allow, prefer, require, verify-ca or verify-full".to_owned(),
        )),
    }
}

/// A duration as PostgreSQL writes them: a whole number, in milliseconds without a unit.
fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let millis = match unit.trim() {
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        _ => return None,
    };
    // The server takes no more than an `int` of milliseconds.
    let millis = number.parse::<u64>().ok()?.checked_mul(millis).filter(|it| *it <= 2_147_483_647)?;
    Some(Duration::from_millis(millis))
}

/// What percent-encoding stands for; `+` is itself here, as it is for libpq.
fn percent_decode(text: &str) -> String {
    let query = format!("v={}", text.replace('+', "%2B"));
    form_urlencoded::parse(query.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> PostgresSettings {
        url.parse().unwrap()
    }

    #[track_caller]
    fn refused(url: &str) -> String {
        url.parse::<PostgresSettings>().unwrap_err().to_string()
    }

    #[test]
    fn both_schemes_and_all_parts_are_read() {
        let settings =
            parse("postgresql://ann:s%40crt@db.example:5433/books?application_name=shop&options=-c%20search_path%3Da");
        let config = &settings.config;
        assert_eq!(config.get_user(), Some("ann"));
        assert_eq!(config.get_password(), Some(&b"s@crt"[..]));
        assert_eq!(config.get_hosts(), [Host::Tcp("db.example".to_owned())]);
        assert_eq!(config.get_ports(), [5433]);
        assert_eq!(config.get_dbname(), Some("books"));
        assert_eq!(config.get_application_name(), Some("shop"));
        assert_eq!(config.get_options(), Some("-c search_path=a"));
    }

    #[test]
    fn parameters_of_ones_own_are_read() {
        let settings = parse(
            "postgres://h/d?connections=3&group_commits=off&transaction_connections=5&connect_timeout=7&statement_timeout=1min&\
             sslrootcert=%2Fetc%2Fa+b.pem",
        );
        assert_eq!(settings.connections, 3);
        assert!(!settings.group_commits && parse("postgres://h/d").group_commits);
        assert_eq!(settings.transaction_connections, 5);
        assert_eq!(settings.connect_timeout, Duration::from_secs(7));
        assert_eq!(settings.statement_timeout, Some(Duration::from_secs(60)));
        assert_eq!(settings.root_certificates, Some("/etc/a+b.pem".into()));
        assert_eq!(parse("postgres://h/d?statement_timeout=0").statement_timeout, None);
        let settings = parse("postgres://h/d?transaction_wait=50ms&transaction_idle_timeout=2s");
        assert_eq!(settings.transaction_wait, Duration::from_millis(50));
        assert_eq!(settings.transaction_idle_timeout, Some(Duration::from_secs(2)));
    }

    #[test]
    fn the_host_is_this_machine_where_the_url_names_none() {
        assert_eq!(parse("postgres:///books").config.get_hosts(), [Host::Tcp("localhost".to_owned())]);
        let socket = parse("postgres:///books?host=/var/run/postgresql");
        assert_eq!(socket.config.get_hosts(), [Host::Unix("/var/run/postgresql".into())]);
    }

    #[test]
    fn what_is_wrong_with_a_url_is_said_in_a_sentence() {
        assert!(refused("mysql://h/d").contains("does not begin with postgres://"));
        assert!(
            refused("postgres://h/d?colour=red").starts_with("unknown option `colour`; a PostgreSQL URL looks like")
        );
        assert!(refused("postgres://h:port/d").starts_with("invalid value for option `port`"));
        assert!(refused("postgres://h/d?connections=0").contains("`connections` must be a number from 1 to 1000"));
        assert!(refused("postgres://h/d?connect_timeout=soon").contains("`connect_timeout` must be"));
        assert!(refused("postgres://h/d?statement_timeout=5h").contains("`statement_timeout` must be"));
        assert!(refused("postgres://h/d?sslmode=on").contains("`sslmode` must be disable"));
        assert!(refused("postgres://h/d?sslmode").contains("`sslmode` must be disable"));
    }

    #[test]
    fn neither_messages_nor_the_debug_form_have_the_password() {
        assert!(!refused("postgres://u:hunter2@h/d?colour=red").contains("hunter2"));
        assert!(!format!("{:?}", parse("postgres://u:hunter2@h/d")).contains("hunter2"));
    }

    #[cfg(not(feature = "postgres-tls"))]
    #[test]
    fn tls_that_was_not_built_in_is_refused() {
        for mode in ["require", "verify-ca", "verify-full"] {
            assert!(refused(&format!("postgres://h/d?sslmode={mode}")).contains("`postgres-tls`"));
        }
        assert_eq!(parse("postgres://h/d?sslmode=prefer").config.get_ssl_mode(), SslMode::Prefer);
    }

    #[cfg(feature = "postgres-tls")]
    #[test]
    fn every_mode_that_asks_for_tls_requires_it() {
        for mode in ["require", "verify-ca", "verify-full"] {
            assert_eq!(parse(&format!("postgres://h/d?sslmode={mode}")).config.get_ssl_mode(), SslMode::Require);
        }
    }

    #[test]
    fn a_server_on_this_machine_is_not_asked_for_tls() {
        assert_eq!(parse("postgres://127.0.0.1/d").config.get_ssl_mode(), SslMode::Disable);
        assert_eq!(parse("postgres://db.example/d").config.get_ssl_mode(), SslMode::Prefer);
        assert_eq!(parse("postgres://localhost/d?sslmode=prefer").config.get_ssl_mode(), SslMode::Prefer);
    }

    #[test]
    fn the_sessions_own_statement_timeout_is_left_to_options() {
        assert!(parse("postgres://h/d").session().contains("statement_timeout = 30000"));
        assert!(parse("postgres://h/d").session().contains("idle_in_transaction_session_timeout = 30000"));
        assert!(!parse("postgres://h/d?options=-c%20statement_timeout%3D5").session().contains("statement_timeout"));
    }
}
