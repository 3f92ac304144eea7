//! The writing of one row, with the hooks around it: alone, and in a batch.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use super::conditional::{self, Demand, Preconditions};
use super::hooks::Change;
use super::mounted::Mounted;
use super::session::Session;
use crate::error::{ApiError, ErrorCode};
use crate::field::Value;
use crate::input::{self, Draft};
use crate::query::Filter;
use crate::resource::Record;
use crate::store::{Key, StoreError, Write, Written, first_version};

impl Mounted {
    /// Reads a body to create a row with.
    pub(super) async fn new_values(&self, session: &mut Session<'_>, body: &[u8]) -> Result<Vec<Value>, ApiError> {
        let draft = Draft::create(self.meta, body)?;
        self.hooks.input(session, draft).await?.into_values()
    }

    /// Stores a new row.
    pub(super) async fn insert(
        &self,
        session: &mut Session<'_>,
        values: Vec<Value>,
        scope: &Filter,
    ) -> Result<Record, ApiError> {
        self.insert_or(session, values, scope, ApiError::from).await
    }

    /// Stores a new row; `refused` says what it means that the store does not take it.
    pub(super) async fn insert_or(
        &self,
        session: &mut Session<'_>,
        values: Vec<Value>,
        scope: &Filter,
        refused: impl FnOnce(StoreError) -> ApiError + Send,
    ) -> Result<Record, ApiError> {
        let values = self.hooks.before_create(session, self.meta, values).await?;
        let record = inserted(session.write(self.insertion(values, scope)?).await.map_err(refused)?)?;
        self.hooks.after(session, self.meta, Change::Created(record)).await
    }

    /// The write that stores a new row, if the caller may have it.
    pub(super) fn insertion(&self, values: Vec<Value>, scope: &Filter) -> Result<Write, ApiError> {
        let version = first_version(self.meta);
        let record = Record { values, version };
        self.stays_in(scope, &record)?;
        Ok(Write::Insert { meta: self.meta, values: record.values, version })
    }

    /// Applies a merge patch to a row.
    pub(super) async fn update(
        &self,
        session: &mut Session<'_>,
        key: &Key,
        preconditions: &Preconditions,
        body: &[u8],
    ) -> Result<Record, ApiError> {
        if self.hooks.is_empty() {
            let update = input::update(self.meta, body)?;
            let demand = preconditions.demand();
            if let (Demand::Exactly(version), false, Filter::All) = (demand, update.needs_record(), &key.scope) {
                let changes = update.changes(None)?;
                if !changes.is_empty() {
                    let write = Write::Update { key: key.clone(), changes, version };
                    return match session.write(write).await? {
                        Written::Done(record) => Ok(record),
                        Written::Missing => Err(self.not_found()),
                        Written::Stale { .. } => Err(conditional::stale()),
                    };
                }
            }
        } else {
            // What is no patch is refused as that, whether its row is there or not.
            input::check_patch(self.meta, body)?;
        }
        // Each attempt reads the patch again: attempts after the first are rare.
        self.change(session, key, preconditions, |record| Draft::update(self.meta, body, record)).await
    }

    /// Reads a row, then the body, and writes what that changes to the very version that was read; from
    /// the start again where another writer was faster and the client did not say which version it
    /// meant.
    pub(super) async fn change(
        &self,
        session: &mut Session<'_>,
        key: &Key,
        preconditions: &Preconditions,
        read: impl Fn(&Record) -> Result<Draft, ApiError> + Send,
    ) -> Result<Record, ApiError> {
        let mut attempts = Attempts::default();
        loop {
            let old = session.get(key.clone()).await?.ok_or_else(|| self.not_found())?;
            preconditions.check(old.version, self.modified(&old))?;
            let draft = self.hooks.input(session, read(&old)?).await?;
            let changes = draft.into_changes(&old)?;
            if changes.is_empty() {
                return Ok(old);
            }
            let changes = self.hooks.before_update(session, self.meta, &old, changes).await?;
            self.stays_in(&key.scope, &input::changed(&old, &changes))?;
            let write = Write::Update { key: key.clone(), changes, version: Some(old.version) };
            match session.write(write).await? {
                Written::Done(new) => return self.hooks.after(session, self.meta, Change::Updated { old, new }).await,
                Written::Missing => return Err(self.not_found()),
                Written::Stale { .. } => self.overtaken(&mut attempts).await?,
            }
        }
    }

    /// Deletes a row.
    pub(super) async fn remove(
        &self,
        session: &mut Session<'_>,
        key: &Key,
        preconditions: &Preconditions,
    ) -> Result<(), ApiError> {
        let mut attempts = Attempts::default();
        // Hooks are shown the row.
        let demand = if self.hooks.is_empty() { preconditions.demand() } else { Demand::Look };
        loop {
            let version = match demand {
                Demand::Exactly(version) => version,
                Demand::Look => {
                    let row = session.get(key.clone()).await?.ok_or_else(|| self.not_found())?;
                    preconditions.check(row.version, self.modified(&row))?;
                    self.hooks.before_delete(session, &row).await?;
                    Some(row.version)
                }
            };
            match session.write(Write::Delete { key: key.clone(), version }).await? {
                Written::Done(row) => {
                    self.hooks.after(session, self.meta, Change::Deleted(row)).await?;
                    return Ok(());
                }
                Written::Missing => return Err(self.not_found()),
                Written::Stale { .. } if demand != Demand::Look => return Err(conditional::stale()),
                Written::Stale { .. } => self.overtaken(&mut attempts).await?,
            }
        }
    }

    /// Waits before the next attempt. With hooks there is none: the row was locked, so that it was one of
    /// them who changed it.
    async fn overtaken(&self, attempts: &mut Attempts) -> Result<(), ApiError> {
        if self.hooks.is_empty() {
            return attempts.pause().await;
        }
        let name = self.meta.name;
        Err(ApiError::new(ErrorCode::INTERNAL).source(format!(
            "a hook has written to the very {name} that is about to be written; change the row it is given"
        )))
    }
}

/// The row that an insert gave.
pub(super) fn inserted(written: Written) -> Result<Record, ApiError> {
    match written {
        Written::Done(record) => Ok(record),
        other => Err(ApiError::new(ErrorCode::INTERNAL).source(format!("an insert ended with {other:?}"))),
    }
}

/// How often a write that others overtake is tried again.
#[derive(Debug, Default)]
pub(super) struct Attempts(u32);

impl Attempts {
    const MAX: u32 = 16;

    /// Waits a little, for a random time that grows with each attempt, so that writers that
    /// collided once do not collide again.
    ///
    /// # Errors
    ///
    /// 409 after too many attempts.
    pub(super) async fn pause(&mut self) -> Result<(), ApiError> {
        self.0 += 1;
        if self.0 >= Self::MAX {
            return Err(ApiError::new(ErrorCode::CONFLICT)
                .detail("others keep changing the row; read it again, and send the change with `If-Match`"));
        }
        // The first attempts go on at once: a collision is over by the time that it is known.
        let bound = 1_u64 << self.0.saturating_sub(2).min(6);
        let millis = RandomState::new().hash_one(self.0) % bound;
        tokio::time::sleep(Duration::from_millis(millis)).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn attempts_come_to_an_end() {
        let mut attempts = Attempts::default();
        let mut count = 0;
        while attempts.pause().await.is_ok() {
            count += 1;
        }
        assert_eq!(count, Attempts::MAX - 1);
    }
}
