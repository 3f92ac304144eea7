//! Connections, and how they are opened.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio_postgres::{Client, Row, Statement};

use super::PostgresSettings;
use super::encode::{Bind, type_of};
use super::error;
use super::group::Barrier;
use super::statements::Statements;
use super::tls::Tls;
use crate::resource::ResourceMeta;
use crate::store::sql::SqlText;
use crate::store::{StoreError, StoreErrorKind, StoreResult};

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 512;

/// How long to wait before a server that has as many connections as it takes is asked again.
const CROWDED: Duration = Duration::from_millis(50);

/// How often a connection is tried that the server ends before it has come about.
const ATTEMPTS: usize = 5;

/// How much longer than its statement's timeout a caller waits for the answer.
const GRACE: Duration = Duration::from_secs(2);

/// Opens connections.
pub(super) struct Connector {
    settings: PostgresSettings,
    tls: Tls,
}

impl Connector {
    pub(super) fn new(settings: PostgresSettings) -> StoreResult<Self> {
        let tls = Tls::new(&settings)?;
        Ok(Self { settings, tls })
    }

    /// How long an attempt takes at most.
    pub(super) const fn patience(&self) -> Duration {
        self.settings.connect_timeout
    }

    /// Opens a connection; `ended` hears of its end.
    pub(super) async fn connect(&self, ended: Option<Arc<Notify>>) -> StoreResult<Connection> {
        let limit = self.patience();
        match tokio::time::timeout(limit, self.open(ended)).await {
            Ok(connection) => connection,
            Err(_) => Err(StoreError::new(StoreErrorKind::Unavailable)
                .caused_by(format!("no connection to PostgreSQL came about within {limit:?}"))),
        }
    }

    /// Asks the server to end what is under way on a connection. It may come too late.
    pub(super) async fn cancel(&self, connection: &Connection) {
        let cancelled = self.tls.cancel(connection.client.cancel_token());
        if let Ok(Err(error)) = tokio::time::timeout(self.patience(), cancelled).await {
            let error = error::not_connected(error);
            tracing::debug!(%error, "a statement could not be cancelled");
        }
    }

    async fn open(&self, ended: Option<Arc<Notify>>) -> StoreResult<Connection> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            match self.attempt(ended.clone()).await {
                // A server that has no place for one more may have it in a moment: other processes share it.
                Err(error) if error::is_crowded(&error) => tokio::time::sleep(CROWDED).await,
                // Who ends connections on purpose ends those that are just coming about too, and the server is there:
                // where it is not, the next attempt says so.
                Err(error) if error::is_ended(&error) && attempts < ATTEMPTS => {}
                outcome => return outcome.map_err(error::not_connected),
            }
        }
    }

    async fn attempt(&self, ended: Option<Arc<Notify>>) -> Result<Connection, tokio_postgres::Error> {
        let (client, driver) = self.tls.connect(&self.settings.config).await?;
        let ended = Ended(ended);
        let driver = tokio::spawn(async move {
            // Dropped last, however the task ends.
            let _ended = ended;
            if let Err(error) = driver.await {
                let error = error::not_connected(error);
                tracing::warn!(%error, "a connection to PostgreSQL ended");
            }
        });
        let connection = Connection {
            client: Arc::new(client),
            statements: Statements::new(STATEMENTS),
            asked: AtomicUsize::new(0),
            patience: self.settings.statement_timeout.map(|it| it + GRACE),
            is_cut: AtomicBool::new(false),
            driver: driver.abort_handle(),
            barrier: None,
        };
        connection.client.batch_execute(&self.settings.session()).await?;
        Ok(connection)
    }
}

/// A connection, on which any number of statements can be under way at once.
pub(super) struct Connection {
    client: Arc<Client>,
    statements: Statements,
    asked: AtomicUsize,
    patience: Option<Duration>,
    is_cut: AtomicBool,
    driver: AbortHandle,
    /// Where commits are answered before they are durable, what makes them so.
    barrier: Option<Barrier>,
}

impl Connection {
    pub(super) fn is_alive(&self) -> bool {
        !self.is_cut.load(Ordering::Relaxed) && !self.client.is_closed()
    }

    /// How many statements are under way.
    pub(super) fn load(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Cuts the connection, without regard to what is under way.
    pub(super) fn cut(&self) {
        self.is_cut.store(true, Ordering::Relaxed);
        self.driver.abort();
    }

    /// Runs a statement, and gives its rows.
    pub(super) async fn query(&self, sql: &SqlText, meta: Option<&ResourceMeta>) -> StoreResult<Vec<Row>> {
        let _asked = Asked::new(&self.asked);
        self.in_time(self.run(sql)).await?.map_err(|error| self.convert(error, meta))
    }

    /// Has the server answer commits before they are durable, and [`Connection::change`] wait for it:
    /// see `group.rs`. Where the server does not allow what that takes, all stays as it is.
    pub(super) async fn group_commits(&mut self) -> StoreResult<()> {
        let outcome = self.in_time(self.make_barrier()).await?;
        self.barrier = outcome.map_err(error::not_connected)?;
        Ok(())
    }

    async fn make_barrier(&self) -> Result<Option<Barrier>, tokio_postgres::Error> {
        let rows = self.client.query("SELECT current_setting('synchronous_commit')", &[]).await?;
        let Some(setting) = rows.first() else { return Ok(None) };
        let setting: &str = setting.try_get(0)?;
        if setting == "off" {
            return Ok(None);
        }
        let barrier = Barrier::new(setting);
        match barrier.passed(self).await {
            Err(error) if !error::is_lost(&error) => {
                tracing::debug!(%error, "writes are not committed in groups");
                return Ok(None);
            }
            answer => answer?,
        }
        self.client.batch_execute("SET synchronous_commit = off").await?;
        Ok(Some(barrier))
    }

    /// Runs a statement that writes, and gives its rows once the write is durable. A refusal waits as
    /// well: it may speak of a row that another write has made a moment ago.
    pub(super) async fn change(&self, sql: &SqlText, meta: &ResourceMeta) -> StoreResult<Vec<Row>> {
        let Some(barrier) = &self.barrier else { return self.query(sql, Some(meta)).await };
        let _asked = Asked::new(&self.asked);
        let (rows, passed) = self.in_time(self.write(barrier, sql)).await?;
        let rows = rows.map_err(|error| self.convert(error, Some(meta)))?;
        // It is done, and may or may not be when the server has gone down and come up again.
        passed.map_err(|error| StoreError::new(StoreErrorKind::Unavailable).caused_by(self.convert(error, None)))?;
        Ok(rows)
    }

    /// Runs a statement, and says whether it has become durable.
    async fn write(
        &self,
        barrier: &Barrier,
        sql: &SqlText,
    ) -> (Result<Vec<Row>, tokio_postgres::Error>, Result<(), tokio_postgres::Error>) {
        let mut again = true;
        loop {
            let statement = match self.statements.get(&self.client, &sql.text).await {
                Ok(statement) => statement,
                Err(error) => return (Err(error), Ok(())),
            };
            // The statement is sent when it is polled first, and so in front of the barrier.
            let (rows, passed) = tokio::join!(biased; self.execute(&statement, sql), barrier.passed(self));
            match &rows {
                Err(error) if again && error::is_outdated(error) => self.statements.forget(&sql.text),
                _ => return (rows, passed),
            }
            again = false;
        }
    }

    /// Takes a step of a transaction, and gives its rows. Where it fails, it is undone, and where it
    /// is [`StoreErrorKind::Busy`], the whole transaction; where that fails too, the connection is cut.
    pub(super) async fn step(&self, step: &Step<'_>, meta: Option<&ResourceMeta>) -> StoreResult<Vec<Row>> {
        let _asked = Asked::new(&self.asked);
        let taken = self.take(step);
        let answer = if step.is_unbounded { taken.await } else { self.in_time(taken).await? };
        answer.map_err(|error| self.convert(error, meta))
    }

    /// Commits a transaction. An error of [`StoreErrorKind::Unavailable`] leaves open whether it was.
    pub(super) async fn commit(&self, sql: &str) -> StoreResult<()> {
        let _asked = Asked::new(&self.asked);
        match self.in_time(self.client.batch_execute(sql)).await {
            Ok(answer) => answer.map_err(|error| self.convert(error, None)),
            Err(late) => Err(StoreError::new(StoreErrorKind::Unavailable).caused_by(late)),
        }
    }

    async fn in_time<T>(&self, answer: impl Future<Output = T>) -> StoreResult<T> {
        let Some(patience) = self.patience else { return Ok(answer.await) };
        // The server ends statements that take too long by itself, so that this one waits behind
        // others, or the server hangs. The connection is left alone: if it is dead, TCP finds out.
        let late = |_| StoreError::new(StoreErrorKind::Busy).caused_by("PostgreSQL did not answer in time");
        tokio::time::timeout(patience, answer).await.map_err(late)
    }

    pub(super) async fn run(&self, sql: &SqlText) -> Result<Vec<Row>, tokio_postgres::Error> {
        if sql.for_values {
            // Not prepared: the server would settle on one plan for all values at the sixth time.
            let binds: Vec<_> = sql.binds.iter().map(|(value, kind)| (Bind(value, kind), type_of(kind))).collect();
            let binds: Vec<_> = binds.iter().map(|(bind, ty)| (bind as _, ty.clone())).collect();
            return self.client.query_typed(&sql.text, &binds).await;
        }
        let statement = self.statements.get(&self.client, &sql.text).await?;
        match self.execute(&statement, sql).await {
            Err(error) if error::is_outdated(&error) => {
                self.statements.forget(&sql.text);
                let statement = self.statements.get(&self.client, &sql.text).await?;
                self.execute(&statement, sql).await
            }
            answer => answer,
        }
    }

    async fn execute(&self, statement: &Statement, sql: &SqlText) -> Result<Vec<Row>, tokio_postgres::Error> {
        let binds: Vec<_> = sql.binds.iter().map(|(value, kind)| Bind(value, kind)).collect();
        let binds: Vec<_> = binds.iter().map(|it| it as _).collect();
        self.client.query(statement, &binds).await
    }

    async fn take(&self, step: &Step<'_>) -> Result<Vec<Row>, tokio_postgres::Error> {
        let mut again = true;
        loop {
            let error = match self.attempt(step).await {
                Err(error) if !error::is_lost(&error) => error,
                answer => return answer,
            };
            let undo = if error::is_busy(&error) { "ROLLBACK" } else { step.undo };
            if let Err(error) = self.client.batch_execute(undo).await {
                // Nobody knows what the transaction is like now.
                self.cut();
                return Err(error);
            }
            match step.sql {
                Some(sql) if again && error::is_outdated(&error) => self.statements.forget(&sql.text),
                _ => return Err(error),
            }
            again = false;
        }
    }

    async fn attempt(&self, step: &Step<'_>) -> Result<Vec<Row>, tokio_postgres::Error> {
        let statement = match step.sql {
            Some(sql) => Some((self.statements.get(&self.client, &sql.text).await?, sql)),
            None => None,
        };
        let rows = async {
            match &statement {
                Some((statement, sql)) => self.execute(statement, sql).await,
                None => Ok(Vec::new()),
            }
        };
        // Each sends what it has when it is polled first: in this order, and before any is answered.
        let (before, rows, after) = tokio::join!(biased; self.batch(step.before), rows, self.batch(step.after));
        // The first failure is the reason of those behind it.
        before?;
        let rows = rows?;
        after.map(|()| rows)
    }

    async fn batch(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        if sql.is_empty() { Ok(()) } else { self.client.batch_execute(sql).await }
    }

    fn convert(&self, error: tokio_postgres::Error, meta: Option<&ResourceMeta>) -> StoreError {
        if error::is_lost(&error) {
            // The server has said that it goes; nobody else should be sent there.
            self.cut();
        }
        error::convert(error, meta)
    }
}

/// What is asked at once in a transaction.
pub(super) struct Step<'a> {
    /// Statements without rows and placeholders in front of it; may be empty.
    pub(super) before: &'a str,
    /// A statement that gives rows.
    pub(super) sql: Option<&'a SqlText>,
    /// Statements without rows and placeholders behind it; may be empty.
    pub(super) after: &'a str,
    /// What makes the transaction as it was before, when one of them has failed.
    pub(super) undo: &'a str,
    /// Whether it may take as long as it takes.
    pub(super) is_unbounded: bool,
}

/// Says that a connection has ended.
struct Ended(Option<Arc<Notify>>);

impl Drop for Ended {
    fn drop(&mut self) {
        if let Some(notify) = &self.0 {
            notify.notify_one();
        }
    }
}

/// Counts a statement for as long as it is under way, however it ends.
struct Asked<'a>(&'a AtomicUsize);

impl<'a> Asked<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
