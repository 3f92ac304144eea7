use rusqlite::Connection;

use super::bind::{self, Failure};
use super::conflict;
use super::read::failed;
use super::row::record;
use crate::field::{Kind, Value};
use crate::query::Filter;
use crate::resource::{Record, ResourceMeta};
use crate::store::sql::{self, Statement, Statements};
use crate::store::{Key, StoreResult, Write, Written};

/// A write with its statement. It can be carried out more than once, where what it did was undone.
pub(super) struct Prepared {
    meta: &'static ResourceMeta,
    statement: Statement,
    what: What,
}

enum What {
    Insert {
        version: i64,
    },
    Update {
        key: Key,
        /// The positions of the fields that change; their values are the first that are bound.
        fields: Vec<usize>,
        version: Option<i64>,
        /// Reads the row when it has changed. That takes less than to have the statement give it back;
        /// see `write_result`.
        read: Statement,
    },
    Delete {
        key: Key,
        version: Option<i64>,
    },
}

/// What a write came to.
pub(super) enum Outcome {
    /// There is a new row, whose identifier the table has chosen, or else is one of the values.
    Inserted(Option<i64>),
    Written(Written),
}

impl Prepared {
    pub(super) fn new(statements: &Statements, write: Write) -> Self {
        let meta = write.meta();
        match write {
            Write::Insert { meta, values, version } => {
                // The new row is what was given, but for the identifier, so that nothing is read back.
                let statement = statements.insert(meta, values, version, &[]);
                Self { meta, statement, what: What::Insert { version } }
            }
            Write::Update { key, changes, version } => {
                let fields = changes.iter().map(|(index, _)| *index).collect();
                let new_id = changes.iter().find(|(field, _)| *field == meta.id()).map(|(_, id)| id.clone());
                let row = Key { meta, id: new_id.unwrap_or_else(|| key.id.clone()), scope: Filter::All };
                let read = statements.get(&row, &sql::all(meta));
                let narrow = key.clone().staying_in_scope(&changes);
                let statement = statements.update(&narrow, changes, version, &[]);
                Self { meta, statement, what: What::Update { key, fields, version, read } }
            }
            Write::Delete { key, version } => {
                let statement = statements.delete(&key, version, &sql::all(meta));
                Self { meta, statement, what: What::Delete { key, version } }
            }
        }
    }

    /// Carries it out, inside the transaction that the connection is in.
    pub(super) fn carry_out(&self, connection: &Connection, statements: &Statements) -> StoreResult<Outcome> {
        let outcome = match &self.what {
            What::Insert { .. } => self.insert(connection, statements).map(Outcome::Inserted),
            What::Update { key, fields, version, read } => match self.update(connection, read) {
                Ok(Some(record)) => Ok(Outcome::Written(Written::Done(record))),
                Ok(None) => unmet(connection, statements, key, *version),
                Err(failure) => {
                    let row = || self.changed(connection, statements, key, fields);
                    Err(conflict::settle(connection, statements, self.meta, failure, row, Some(&key.id)))
                }
            },
            What::Delete { key, version } => {
                match bind::one(connection, &self.statement, |row| record(row, self.meta)) {
                    Ok(Some(record)) => Ok(Outcome::Written(Written::Done(record))),
                    Ok(None) => unmet(connection, statements, key, *version),
                    Err(failure) => Err(failure),
                }
            }
        };
        outcome.map_err(|it| failed(self.meta, it))
    }

    /// What its caller is told.
    pub(super) fn into_written(self, outcome: Outcome) -> Written {
        let (chosen, version) = match (outcome, self.what) {
            (Outcome::Written(it), _) => return it,
            (Outcome::Inserted(chosen), What::Insert { version }) => (chosen, version),
            // No other write inserts.
            (Outcome::Inserted(_), What::Update { .. } | What::Delete { .. }) => return Written::Missing,
        };
        let id = chosen.map(Value::Int);
        Written::Done(Record { values: values(self.meta, self.statement, id), version })
    }

    /// Adds the row, and gives its identifier where the table has chosen that.
    fn insert(&self, connection: &Connection, statements: &Statements) -> Result<Option<i64>, Failure> {
        if let Err(failure) = bind::one(connection, &self.statement, |_| Ok(())) {
            let row = || Ok(Some(values(self.meta, self.statement.clone(), None)));
            return Err(conflict::settle(connection, statements, self.meta, failure, row, None));
        }
        if self.statement.binds.len() > self.meta.fields.len() {
            return Ok(None);
        }
        let chosen = connection.last_insert_rowid();
        if let Kind::Int(width) = self.meta.id_field().kind
            && !(width.min()..=width.max()).contains(&chosen)
        {
            return Err(Failure::Value(format!("the identifier {chosen} is out of its type's range").into()));
        }
        Ok(Some(chosen))
    }

    /// The row as an update would have left it.
    fn changed(
        &self,
        connection: &Connection,
        statements: &Statements,
        key: &Key,
        fields: &[usize],
    ) -> Result<Option<Vec<Value>>, Failure> {
        let sql = statements.get(key, &sql::all(self.meta));
        let Some(mut current) = bind::one(connection, &sql, |row| record(row, self.meta))? else { return Ok(None) };
        for (field, (value, _)) in fields.iter().zip(&self.statement.binds) {
            if let Some(slot) = current.values.get_mut(*field) {
                slot.clone_from(value);
            }
        }
        Ok(Some(current.values))
    }

    /// The row as it is after the change; `None` where there was none to change.
    fn update(&self, connection: &Connection, read: &Statement) -> Result<Option<Record>, Failure> {
        bind::one(connection, &self.statement, |_| Ok(()))?;
        if connection.changes() == 0 {
            return Ok(None);
        }
        let row = bind::one(connection, read, |row| record(row, self.meta))?;
        row.map(Some).ok_or_else(|| Failure::Value("a row that was changed is not there".into()))
    }
}

/// What became of a write that met no row, in the same transaction, which nobody else writes during. A
/// row of the right version was left alone because it would have gone out of the scope.
fn unmet(
    connection: &Connection,
    statements: &Statements,
    key: &Key,
    version: Option<i64>,
) -> Result<Outcome, Failure> {
    let Some(expected) = version else { return Ok(Outcome::Written(Written::Missing)) };
    let found = bind::one(connection, &statements.version_of(key), |row| Ok(row.get(0)?))?;
    let stale = found.filter(|it| *it != expected);
    Ok(Outcome::Written(stale.map_or(Written::Missing, |version| Written::Stale { version })))
}

/// The values of an insertion, which come back from its statement: one for each field in order, then
/// the version. Only an identifier that the table chooses is not among them.
fn values(meta: &ResourceMeta, statement: Statement, id: Option<Value>) -> Vec<Value> {
    let mut values: Vec<Value> = statement.binds.into_iter().map(|(value, _)| value).collect();
    values.pop();
    if values.len() < meta.fields.len() {
        values.insert(meta.id().min(values.len()), id.unwrap_or(Value::Null));
    }
    values
}
