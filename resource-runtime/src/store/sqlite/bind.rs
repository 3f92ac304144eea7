use std::borrow::Cow;

use jiff::civil::Time;
use rusqlite::types::{ToSql, ToSqlOutput, Value as SqlValue, ValueRef};
use rusqlite::{CachedStatement, Connection, Rows};

use crate::field::{Kind, Value};
use crate::store::sql::Statement;

/// A value on its way into a statement, in the form that its column has (see
/// [`sqlite_type`](crate::store::sql::sqlite_type)).
struct Bind<'a>(&'a Value, &'a Kind);

impl ToSql for Bind<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let owned = |text: String| Ok(ToSqlOutput::Owned(SqlValue::Text(text)));
        let number = |it: i64| Ok(ToSqlOutput::Owned(SqlValue::Integer(it)));
        match self.0 {
            Value::Null => Ok(ToSqlOutput::Borrowed(ValueRef::Null)),
            Value::Bool(it) => number(i64::from(*it)),
            Value::Int(it) => number(*it),
            Value::Float(it) => Ok(ToSqlOutput::Owned(SqlValue::Real(*it))),
            Value::Text(it) | Value::Json(it) => Ok(ToSqlOutput::Borrowed(ValueRef::Text(it.as_bytes()))),
            Value::Decimal(it) => owned(it.to_string()),
            Value::Uuid(it) => owned(it.hyphenated().to_string()),
            Value::Date(it) => owned(it.to_string()),
            Value::Timestamp(it) => number(it.as_microsecond()),
            Value::Time(it) => number(micros_of_day(*it)),
            Value::Object(_) | Value::List(_) => {
                let mut json = Vec::new();
                crate::json::write_value(&mut json, self.0, self.1);
                owned(String::from_utf8_lossy(&json).into_owned())
            }
        }
    }
}

/// Microseconds since midnight.
pub(super) fn micros_of_day(time: Time) -> i64 {
    let (hour, minute, second) = (i64::from(time.hour()), i64::from(time.minute()), i64::from(time.second()));
    ((hour * 60 + minute) * 60 + second) * 1_000_000 + i64::from(time.subsec_nanosecond() / 1_000)
}

/// Finds or prepares a statement, with its values bound.
pub(super) fn prepare<'c>(connection: &'c Connection, sql: &Statement) -> rusqlite::Result<CachedStatement<'c>> {
    let mut statement = connection.prepare_cached(&sql.text)?;
    for (index, (value, kind)) in sql.binds.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, Bind(value, kind))?;
    }
    Ok(statement)
}

/// Runs a statement to its end, with a function for its only row, if there is one.
pub(super) fn one<T>(
    connection: &Connection,
    sql: &Statement,
    read: impl FnOnce(&rusqlite::Row<'_>) -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    let mut statement = prepare(connection, sql)?;
    let mut rows: Rows<'_> = statement.raw_query();
    let Some(row) = rows.next()? else { return Ok(None) };
    let value = read(row)?;
    // What a statement checks at its very end is checked when it is asked for the next row.
    while rows.next()?.is_some() {}
    Ok(Some(value))
}

/// Runs a statement without values and rows, such as `BEGIN`.
pub(super) fn command(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

/// Why a statement, or the reading of its rows, failed.
#[derive(Debug)]
pub(super) enum Failure {
    Sql(rusqlite::Error),
    /// A value that is not of its column's kind.
    Value(Cow<'static, str>),
    /// Another row has the values of these fields.
    Duplicate {
        fields: Vec<&'static str>,
        error: rusqlite::Error,
    },
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}
