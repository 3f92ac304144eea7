use super::reader::{Reader, Slot};
use super::{create, replace, update};
use crate::error::ApiError;
use crate::field::{IdSource, Kind, Role, Value};
use crate::resource::{Record, ResourceMeta};

/// A body whose fields have been read one by one, before defaults are filled in and the rules over
/// the whole record are asked: the place where hooks can change what a client sent.
///
/// What is wrong with single fields is known, and waits for [`Draft::into_values`] or
/// [`Draft::into_changes`], so that a value that the application sets can take the place of one that
/// a client got wrong.
#[derive(Debug)]
pub struct Draft {
    pub(super) meta: &'static ResourceMeta,
    pub(super) purpose: Purpose,
    /// What is said of each field.
    pub(super) slots: Vec<Slot>,
    pub(super) reader: Reader,
}

/// What a row is to be made of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Create,
    Replace,
    Update,
}

impl Draft {
    /// Reads a body to create a row with.
    ///
    /// # Errors
    ///
    /// 400 where the body is not JSON; 422 where it is not an object.
    pub fn create(meta: &'static ResourceMeta, body: &[u8]) -> Result<Self, ApiError> {
        create::read(meta, body)
    }

    /// Reads a body to replace a row with.
    ///
    /// # Errors
    ///
    /// As for [`Draft::create`].
    pub fn replace(meta: &'static ResourceMeta, body: &[u8], current: &Record) -> Result<Self, ApiError> {
        replace::read(meta, body, current)
    }

    /// Reads a merge patch for a row.
    ///
    /// # Errors
    ///
    /// As for [`Draft::create`], and 400 where it names no field at all.
    pub fn update(meta: &'static ResourceMeta, body: &[u8], current: &Record) -> Result<Self, ApiError> {
        Ok(update::read(meta, body)?.into_draft(Some(current)))
    }

    /// The value of the field at a position, where there is one and nothing is wrong with it.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Value> {
        match self.slots.get(index) {
            Some(Slot::Value(value)) => Some(value),
            _ => None,
        }
    }

    /// Whether anything is said of a field, right or wrong.
    #[must_use]
    pub fn contains(&self, index: usize) -> bool {
        !matches!(self.slots.get(index), None | Some(Slot::Absent))
    }

    /// Sets a field in the client's place: any field but the identifier of a row that is there, or
    /// one that the store counts. It is normalized and held against its rules as the client's is.
    pub fn set(&mut self, index: usize, value: &Value) {
        let Some(field) = self.meta.fields.get(index) else { return };
        let why = match field.role {
            Role::Id(_) if self.purpose != Purpose::Create => Some("the row has it already"),
            Role::Id(IdSource::Store) if matches!(field.kind, Kind::Int(_)) => Some("the store counts it"),
            _ => None,
        };
        if let Some(why) = why {
            let name = self.meta.name;
            return self.reader.break_down(format!("a hook has set `{}` of {name}, but {why}", field.name));
        }
        self.remove(index);
        let slot = self.reader.written(index, field, value);
        if let Some(place) = self.slots.get_mut(index) {
            *place = slot;
        }
    }

    /// Makes a field one that nothing is said of.
    pub fn remove(&mut self, index: usize) {
        let Some(slot) = self.slots.get_mut(index) else { return };
        if let Slot::Bad(problems) = std::mem::replace(slot, Slot::Absent) {
            self.reader.forget(index, problems);
        }
    }

    /// Every field's value, as it is to be stored in a new row; see [`create`](fn@super::create).
    ///
    /// # Errors
    ///
    /// 422 with every problem.
    pub fn into_values(self) -> Result<Vec<Value>, ApiError> {
        create::finish(self)
    }

    /// The new values of the fields of a row that change, by their positions; see
    /// [`replace`](fn@super::replace) and [`update`](fn@super::update).
    ///
    /// # Errors
    ///
    /// 422 with every problem.
    pub fn into_changes(self, current: &Record) -> Result<Vec<(usize, Value)>, ApiError> {
        match self.purpose {
            Purpose::Replace => replace::finish(self, current),
            Purpose::Create | Purpose::Update => update::finish(self, Some(current)),
        }
    }
}
