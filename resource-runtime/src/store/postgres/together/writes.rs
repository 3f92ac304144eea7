//! Rows that are added and changed.

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::Row;

use super::{Lines, Place};
use crate::field::Value;
use crate::query::Filter;
use crate::resource::ResourceMeta;
use crate::store::postgres::singles::Singles;
use crate::store::postgres::{error, row};
use crate::store::sql::{self, Several, Statement};
use crate::store::{Key, StoreError, StoreErrorKind, StoreResult, Write, Written};

/// How much text a write may have to be one of several, in bytes.
const LONGEST: usize = 16 * 1024;

/// Carries out one write.
pub(in crate::store::postgres) async fn write(singles: &Arc<Singles>, write: Write) -> StoreResult<Written> {
    let place = match Changes::of(&write) {
        Some(kind) => singles.changes.join(singles, kind, write),
        None => Place::Alone(write),
    };
    let (write, _turn) = match place {
        Place::First(write, turn) => (write, Some(turn)),
        Place::Alone(write) => (write, None),
        Place::Behind(behind) => match behind.answer().await {
            Some(Answer::Done(written)) => return written,
            Some(Answer::Again(write)) => (write, None),
            None => return Err(StoreError::new(StoreErrorKind::Unavailable).caused_by("the store has ended")),
        },
    };
    crate::store::postgres::write::write(&mut &*singles, write).await
}

/// The same fields of rows of the same resource.
#[derive(Debug)]
pub(in crate::store::postgres) enum Changes {
    Insert { meta: &'static ResourceMeta, with_id: bool },
    Update { meta: &'static ResourceMeta, scope: Filter, fields: Vec<usize> },
}

impl PartialEq for Changes {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Insert { meta, with_id }, Self::Insert { meta: other, with_id: other_with_id }) => {
                std::ptr::eq(*meta, *other) && with_id == other_with_id
            }
            (
                Self::Update { meta, scope, fields },
                Self::Update { meta: other, scope: other_scope, fields: other_fields },
            ) => std::ptr::eq(*meta, *other) && fields == other_fields && scope == other_scope,
            _ => false,
        }
    }
}

impl Changes {
    /// What a write is like that can be one of several.
    fn of(write: &Write) -> Option<Self> {
        match write {
            Write::Insert { meta, values, .. } => {
                let with_id = !values.get(meta.id()).is_none_or(Value::is_null);
                is_short(values.iter()).then_some(Self::Insert { meta, with_id })
            }
            Write::Update { key, changes, .. } => {
                let meta = key.meta;
                // What has to be unique, or comes to be among what has to, may wait for others.
                let is_free = |index: &usize| {
                    let field = meta.fields.get(*index).filter(|it| !it.unique && Some(*index) != meta.soft_delete());
                    field.is_some_and(|it| !meta.unique.iter().any(|set| set.contains(&it.name)))
                };
                let fields: Vec<_> = changes.iter().map(|(index, _)| *index).collect();
                if !fields.iter().all(is_free) || !is_short(changes.iter().map(|(_, value)| value)) {
                    return None;
                }
                let scope = key.clone().staying_in_scope(changes).scope;
                Some(Self::Update { meta, scope, fields })
            }
            Write::Delete { .. } => None,
        }
    }

    const fn meta(&self) -> &'static ResourceMeta {
        match self {
            Self::Insert { meta, .. } | Self::Update { meta, .. } => meta,
        }
    }

    fn statement(&self, singles: &Singles, writes: &[Write]) -> Statement {
        let statements = singles.statements();
        let returning = sql::all(self.meta());
        match self {
            Self::Insert { meta, with_id } => {
                statements.insert_many(meta, several(0..meta.fields.len(), writes), *with_id, &returning)
            }
            Self::Update { meta, scope, fields } => {
                let of = Key { meta, id: Value::Null, scope: scope.clone() };
                let rows = several(fields.iter().copied().chain([meta.id()]), writes);
                statements.update_many(&of, fields, rows, &returning)
            }
        }
    }

    /// To which write a row belongs that is at this place of the answer.
    fn place(&self, row: &Row, at: usize) -> StoreResult<usize> {
        match self {
            // Rows are added, and given back, in the order in which they were sent.
            Self::Insert { .. } => Ok(at),
            Self::Update { meta, .. } => {
                let place = row::number(row, meta.fields.len() + 1)?;
                Ok(usize::try_from(place).unwrap_or_default().wrapping_sub(1))
            }
        }
    }
}

/// What has become of a write among others.
pub(in crate::store::postgres) enum Answer {
    Done(StoreResult<Written>),
    /// Nothing: it has to be carried out by itself.
    Again(Write),
}

impl super::Kind for Changes {
    type Item = Write;
    type Answer = Answer;

    const MOST: usize = 64;
    // A flush of the log may take that long.
    const PATIENCE: Duration = Duration::from_millis(100);
    const FLUSHES: bool = true;

    fn lines(singles: &Singles) -> &Lines<Self> {
        &singles.changes
    }

    async fn carry_out(&self, singles: &Arc<Singles>, writes: Vec<Write>) -> Vec<Answer> {
        let sql = self.statement(singles, &writes);
        let rows = match singles.change_several(&sql, self.meta()).await {
            Ok(rows) => rows,
            // Nothing was done.
            Err(error) if error::is_refusal(&error) => return writes.into_iter().map(Answer::Again).collect(),
            Err(error) => {
                // It may have been done.
                let again = || StoreError::new(error.kind().clone()).caused_by(error.to_string());
                return writes.iter().map(|_| Answer::Done(Err(again()))).collect();
            }
        };
        let mut answers: Vec<_> = writes.into_iter().map(Answer::Again).collect();
        if matches!(self, Self::Insert { .. }) && rows.len() != answers.len() {
            // A trigger or a rule of the database's has made something else of it.
            let unclear = |_| Answer::Done(Err(StoreError::new(StoreErrorKind::Internal)));
            return answers.into_iter().map(unclear).collect();
        }
        for (at, row) in rows.iter().enumerate() {
            let record = row::record(row, self.meta());
            let place = self.place(row, at).ok().and_then(|it| answers.get_mut(it));
            if let Some(answer) = place {
                *answer = Answer::Done(record.map(Written::Done));
            }
        }
        answers
    }
}

/// The values of these fields of several writes.
fn several(fields: impl Iterator<Item = usize>, writes: &[Write]) -> Several {
    let value = |field: usize, write: &Write| match write {
        Write::Insert { values, .. } => values.get(field).cloned(),
        Write::Update { key, .. } if field == key.meta.id() => Some(key.id.clone()),
        Write::Update { changes, .. } => changes.iter().find(|(it, _)| *it == field).map(|(_, value)| value.clone()),
        Write::Delete { .. } => None,
    };
    let version = |write: &Write| match write {
        Write::Insert { version, .. } | Write::Update { version: Some(version), .. } => Value::Int(*version),
        Write::Update { version: None, .. } | Write::Delete { .. } => Value::Null,
    };
    let values = |field| writes.iter().map(|it| value(field, it).unwrap_or(Value::Null)).collect();
    Several { fields: fields.map(|it| (it, values(it))).collect(), versions: writes.iter().map(version).collect() }
}

fn is_short<'a>(values: impl Iterator<Item = &'a Value>) -> bool {
    fn size(value: &Value) -> usize {
        match value {
            Value::Text(text) | Value::Json(text) => text.len(),
            Value::List(values) | Value::Object(values) => values.iter().map(|it| 8 + size(it)).sum(),
            _ => 0,
        }
    }
    values.map(size).sum::<usize>() <= LONGEST
}
