use std::sync::Arc;

use super::{Change, Erased};
use crate::error::{ApiError, ErrorCode};
use crate::field::Value;
use crate::http::around;
use crate::http::session::Session;
use crate::input::{self, Draft};
use crate::query::Filter;
use crate::resource::{Record, ResourceMeta};
use crate::store::Key;

/// The hooks of one resource, in the order in which they run. Without any, every stage hands on what
/// it gets.
#[derive(Clone, Default)]
pub(in crate::http) struct Chain(Vec<Arc<dyn Erased>>);

impl Chain {
    pub(in crate::http) fn push(&mut self, hooks: Arc<dyn Erased>) {
        self.0.push(hooks);
    }

    pub(in crate::http) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What hooks make of a body.
    pub(in crate::http) async fn input(&self, session: &mut Session<'_>, mut draft: Draft) -> Result<Draft, ApiError> {
        for hooks in &self.0 {
            draft = hooks.input(session.hook_context()?, draft).await?;
        }
        Ok(draft)
    }

    /// What hooks make of the values of a new row.
    pub(in crate::http) async fn before_create(
        &self,
        session: &mut Session<'_>,
        meta: &'static ResourceMeta,
        values: Vec<Value>,
    ) -> Result<Vec<Value>, ApiError> {
        let mut record = Record { values, version: 1 };
        // A struct has a number in place of one that the store has yet to count.
        let is_counted = record.get(meta.id()).is_null();
        for hooks in &self.0 {
            set_id(meta, &mut record, is_counted, Value::Int(0));
            let changes = hooks.before_create(session.hook_context()?, &record).await?;
            let changes = input::settle(meta, &record.values, changes)?;
            record = input::changed(&record, &changes);
        }
        set_id(meta, &mut record, is_counted, Value::Null);
        Ok(record.values)
    }

    /// What hooks make of the changes of a row.
    pub(in crate::http) async fn before_update(
        &self,
        session: &mut Session<'_>,
        meta: &'static ResourceMeta,
        old: &Record,
        mut changes: Vec<(usize, Value)>,
    ) -> Result<Vec<(usize, Value)>, ApiError> {
        for hooks in &self.0 {
            let new = input::changed(old, &changes);
            let more = hooks.before_update(session.hook_context()?, old, &new).await?;
            for (index, value) in input::settle(meta, &new.values, more)? {
                changes.retain(|(it, _)| *it != index);
                changes.push((index, value));
            }
        }
        Ok(changes)
    }

    /// Lets hooks refuse that a row is deleted.
    pub(in crate::http) async fn before_delete(&self, session: &mut Session<'_>, row: &Record) -> Result<(), ApiError> {
        for hooks in &self.0 {
            hooks.before_delete(session.hook_context()?, row).await?;
        }
        Ok(())
    }

    /// What hooks do after a row was written; gives the row as it is after that. What they do after the
    /// commit is noted for then.
    pub(in crate::http) async fn after(
        &self,
        session: &mut Session<'_>,
        meta: &'static ResourceMeta,
        mut change: Change<Record>,
    ) -> Result<Record, ApiError> {
        if self.is_empty() {
            return Ok(change.into_row());
        }
        let writes = session.writes_to(meta);
        for hooks in &self.0 {
            hooks.after(session.hook_context()?, &change).await?;
        }
        if session.writes_to(meta) != writes {
            change = change.refreshed(session, meta).await?;
        }
        for hooks in &self.0 {
            let request = Arc::clone(session.request());
            let committed = Arc::clone(hooks).committed(Arc::clone(&request), change.clone());
            session.after_commit(async move {
                if let Err(error) = committed.await {
                    around::log(&error, request.request_id());
                }
            });
        }
        Ok(change.into_row())
    }
}

impl Change<Record> {
    fn into_row(self) -> Record {
        match self {
            Self::Created(row) | Self::Updated { new: row, .. } | Self::Deleted(row) => row,
        }
    }

    /// With the row as it is after hooks wrote to its table.
    async fn refreshed(self, session: &mut Session<'_>, meta: &'static ResourceMeta) -> Result<Self, ApiError> {
        let (Self::Created(row) | Self::Updated { new: row, .. }) = &self else { return Ok(self) };
        let key = Key { meta, id: row.get(meta.id()).clone(), scope: Filter::All };
        let row = session.get(key).await?.ok_or_else(|| {
            ApiError::new(ErrorCode::INTERNAL)
                .source(format!("a hook has deleted the {} whose write it ran for", meta.name))
        })?;
        Ok(match self {
            Self::Updated { old, .. } => Self::Updated { old, new: row },
            Self::Created(_) | Self::Deleted(_) => Self::Created(row),
        })
    }
}

fn set_id(meta: &ResourceMeta, record: &mut Record, is_counted: bool, value: Value) {
    if let Some(id) = record.values.get_mut(meta.id()).filter(|_| is_counted) {
        *id = value;
    }
}
