use super::body;
use super::draft::{Draft, Purpose};
use super::path::At;
use super::reader::{Reader, Slot, not_writable};
use super::settle::touch;
use super::{computed, json_text, rules};
use crate::error::{ApiError, ErrorCode};
use crate::field::{FieldMeta, Kind, ObjectMeta, Value};
use crate::resource::{Record, ResourceMeta};

/// A merge patch (RFC 7396), read and checked as far as that is possible without the row that it is
/// for.
///
/// Most updates need no more, and become one statement. Some have to see the row first
/// ([`Update::needs_record`]): to merge nested objects, to compare fields that cannot be set with
/// their stored values, and for rules over several fields.
#[derive(Debug)]
pub struct Update {
    meta: &'static ResourceMeta,
    changes: Vec<Named>,
    /// Fields that cannot be set, with the values that came for them.
    echoes: Vec<(usize, Value)>,
    reader: Reader,
    needs_record: bool,
}

/// A field that an update names.
#[derive(Debug)]
struct Named {
    index: usize,
    change: Option<Change>,
    /// How many problems were found with it so far.
    problems: usize,
}

/// What an update says of a field.
#[derive(Debug)]
enum Change {
    /// It is set to this value; the rules have been checked.
    Set(Value),
    /// Members of its object are changed. `None` for a member that has a problem.
    Object(&'static ObjectMeta, Vec<(usize, Option<Change>)>),
    /// Its JSON value is patched with this object.
    Json(String),
}

/// Reads a merge patch.
///
/// Absent fields stay as they are; null is a value of fields that can be null; nested objects are
/// merged, lists are replaced whole. A client may send back what it read: a field that it cannot set
/// is accepted with its stored value.
///
/// # Errors
///
/// 400 where the body is not JSON, or names no field at all; 422 with every problem that can be
/// told without the row. Where the row is needed, all problems wait for [`Update::changes`], so that
/// they come back together.
pub fn update(meta: &'static ResourceMeta, body: &[u8]) -> Result<Update, ApiError> {
    let mut update = read(meta, body)?;
    if !update.needs_record {
        std::mem::take(&mut update.reader).finish(())?;
    }
    Ok(update)
}

/// Refuses what is no merge patch at all, whatever its row is.
///
/// # Errors
///
/// 400 where it is not JSON, or names no field; 422 where it is not an object.
#[cfg(feature = "server")]
pub(crate) fn check_patch(meta: &'static ResourceMeta, body: &[u8]) -> Result<(), ApiError> {
    read(meta, body).map(drop)
}

/// Reads a merge patch, and keeps the problems with its fields back.
///
/// # Errors
///
/// 400 where the body is not JSON, or names no field at all; 422 where it is not an object.
pub(super) fn read(meta: &'static ResourceMeta, body: &[u8]) -> Result<Update, ApiError> {
    let text = body::text(body)?;
    let mut reader = Reader::new();
    let mut changes = Vec::with_capacity(meta.fields.len());
    let mut echoes = Vec::new();
    let mut is_empty = true;
    reader.walk(
        meta,
        |it| it.update,
        text,
        |reader, index, raw, at| {
            is_empty = false;
            match meta.fields.get(index) {
                Some(field) if field.access.update => {
                    let before = reader.count();
                    let change = reader.about(index, |reader| change(reader, field, raw, at));
                    changes.push(Named { index, change, problems: reader.count() - before });
                }
                Some(field) if field.access.response => {
                    echoes.extend(reader.read(field, raw, at).map(|it| (index, it)));
                }
                Some(field) => reader.report(at, not_writable(field)),
                None => {
                    computed(reader, meta, index, raw, at);
                }
            }
        },
    )?;
    if is_empty && reader.is_clean() {
        return Err(ApiError::new(ErrorCode::EMPTY_UPDATE)
            .detail("the update names no field; send at least one, with its new value"));
    }
    let mut update = Update { meta, changes, echoes, reader, needs_record: false };
    update.needs_record = update.asks_for_record();
    Ok(update)
}

impl Update {
    /// Whether [`Update::changes`] has to be given the row as it is.
    #[must_use]
    pub const fn needs_record(&self) -> bool {
        self.needs_record
    }

    /// Whether the update is sound as far as that can be told without a row: for one that goes to
    /// many, or to none.
    ///
    /// # Errors
    ///
    /// 422 with every problem that no row is needed for.
    pub fn check(self) -> Result<(), ApiError> {
        self.reader.finish(())
    }

    /// The new values of the fields that change, by their positions, with the time of the update.
    ///
    /// There are none where the update names only fields that cannot be set, with their stored
    /// values: then nothing is to be written, and the time of the last update stays too.
    ///
    /// # Errors
    ///
    /// 422 with every problem.
    pub fn changes(self, current: Option<&Record>) -> Result<Vec<(usize, Value)>, ApiError> {
        if self.needs_record && current.is_none() {
            return Err(ApiError::new(ErrorCode::INTERNAL).source("the update cannot be made without its row"));
        }
        finish(self.into_draft(current), current)
    }

    /// Puts what it names together with the row.
    pub(super) fn into_draft(self, current: Option<&Record>) -> Draft {
        let Self { meta, changes, echoes, mut reader, .. } = self;
        let stored = |index: usize| current.map_or(&Value::Null, |it| it.get(index));
        for (index, value) in &echoes {
            if let Some(field) = meta.fields.get(*index) {
                reader.compare_echo(field, value, stored(*index), At::Key(&At::Root, field.name));
            }
        }
        let mut slots = vec![Slot::Absent; meta.fields.len()];
        for Named { index, change, problems } in changes {
            let Some((field, slot)) = meta.fields.get(index).zip(slots.get_mut(index)) else { continue };
            let at = At::Key(&At::Root, field.name);
            *slot = match reader.slot(index, |reader| change?.resolve(reader, field, stored(index), at)) {
                Slot::Bad(more) => Slot::Bad(problems + more),
                slot => slot,
            };
        }
        Draft { meta, purpose: Purpose::Update, slots, reader }
    }

    fn asks_for_record(&self) -> bool {
        let fields = self.meta.fields;
        let is_set = |at: usize| self.changes.iter().any(|it| it.index == at && it.change.is_some());
        let merges = |it: &Named| matches!(it.change, Some(Change::Object(..) | Change::Json(_)));
        !self.echoes.is_empty()
            || (!self.changes.is_empty() && !self.meta.rules.is_empty())
            || self.changes.iter().any(merges)
            || (rules::has_matches(fields)
                && self.changes.iter().any(|named| rules::matched_with(fields, named.index).any(|it| !is_set(it))))
    }
}

/// Asks the rules over several fields, on the record as it would be stored.
pub(super) fn finish(draft: Draft, current: Option<&Record>) -> Result<Vec<(usize, Value)>, ApiError> {
    let Draft { meta, slots, mut reader, .. } = draft;
    check_whole(meta, &mut reader, &slots, current);
    let slots = slots.into_iter().enumerate();
    let values = slots.filter_map(|(index, slot)| if let Slot::Value(it) = slot { Some((index, it)) } else { None });
    let mut values = values.collect();
    touch(meta, &mut values);
    reader.finish(values)
}

/// Checks the rules over several fields on the record as it would be stored.
fn check_whole(meta: &'static ResourceMeta, reader: &mut Reader, slots: &[Slot], current: Option<&Record>) {
    let changed = |at: usize| match slots.get(at) {
        Some(Slot::Value(value)) => Some(value),
        _ => None,
    };
    if !slots.iter().any(|it| matches!(it, Slot::Value(_))) {
        return;
    }
    let value = |at: usize| {
        let concerned = changed(at).is_some() || rules::matched_with(meta.fields, at).any(|it| changed(it).is_some());
        if !concerned || matches!(slots.get(at), Some(Slot::Bad(_))) {
            return None;
        }
        changed(at).or_else(|| current.map(|it| it.get(at)))
    };
    if rules::has_matches(meta.fields) {
        rules::check_matches(meta.fields, value, At::Root, &mut |problem| reader.push(problem));
    }
    if let Some(current) = current
        && !meta.rules.is_empty()
        && reader.is_clean()
    {
        let value = |index| changed(index).unwrap_or_else(|| current.get(index)).clone();
        let whole = Value::Object((0..meta.fields.len()).map(value).collect());
        rules::check_whole(meta.rules, &whole, At::Root, &mut |problem| reader.push(problem));
    }
}

/// Reads what an update says of a field.
fn change(reader: &mut Reader, field: &FieldMeta, raw: &str, at: At<'_>) -> Option<Change> {
    match field.kind {
        Kind::Object(meta) if raw.starts_with('{') => {
            let mut members = Vec::new();
            let walked = reader.walk_object(meta, raw, at, |reader, index, raw, at| {
                if let Some(field) = meta.fields.get(index) {
                    members.push((index, change(reader, field, raw, at)));
                }
            });
            walked.then_some(Change::Object(meta, members))
        }
        Kind::Json if raw.starts_with('{') => match json_text::compact(raw) {
            Ok(patch) => Some(Change::Json(patch)),
            Err(mismatch) => {
                reader.report(at, mismatch);
                None
            }
        },
        _ => reader.field(field, raw, at).map(Change::Set),
    }
}

impl Change {
    /// The field's new value.
    fn resolve(self, reader: &mut Reader, field: &FieldMeta, current: &Value, at: At<'_>) -> Option<Value> {
        let merged = match self {
            Self::Set(value) => return Some(value),
            Self::Object(meta, members) => merge(reader, meta, members, current, at)?,
            Self::Json(patch) => {
                let target = match current {
                    Value::Json(it) => it.as_str(),
                    _ => "null",
                };
                Value::Json(json_text::merge(target, &patch))
            }
        };
        reader.settle(field, merged, at)
    }
}

/// The stored object with some of its members changed; where there is none yet, a new one.
fn merge(
    reader: &mut Reader,
    meta: &'static ObjectMeta,
    members: Vec<(usize, Option<Change>)>,
    current: &Value,
    at: At<'_>,
) -> Option<Value> {
    let before = reader.count();
    let stored = match current {
        Value::Object(it) => it.as_slice(),
        _ => &[],
    };
    let mut members = members.into_iter().map(|(index, change)| (index, Some(change))).collect::<Vec<_>>();
    let values = meta.fields.iter().enumerate().map(|(index, field)| {
        let at = At::Key(&at, field.name);
        let named = members.iter_mut().find(|(it, _)| *it == index).and_then(|(_, change)| change.take());
        match (named, stored.get(index)) {
            (Some(change), stored) => change?.resolve(reader, field, stored.unwrap_or(&Value::Null), at),
            (None, Some(stored)) => Some(stored.clone()),
            (None, None) => reader.absent(field, at),
        }
    });
    let values = values.collect::<Vec<_>>();
    reader.whole(meta.fields, meta.rules, values, before, at)
}

#[cfg(test)]
mod tests;
