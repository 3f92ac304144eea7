//! Reads values from JSON text under the direction of descriptions, and collects what is wrong.

use std::borrow::Cow;

use super::body::{elements, members, not_json, unescape, wrong_type};
use super::create::usable_id;
use super::path::At;
use super::{json_text, rules};
use crate::error::{ApiError, ErrorCode, Problem, Problems};
use crate::field::{Access, FieldMeta, Kind, Mismatch, ObjectMeta, Role, RuleMeta, Value, number, suggest, text};
use crate::resource::ResourceMeta;

/// As many problems are listed at most: more help nobody, and a hostile body could have thousands.
const PROBLEMS_MAX: usize = 100;

/// Reads values, and collects the problems found on the way.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Each with the field whose value it is about, where it is about one.
    problems: Vec<(Option<usize>, Problem)>,
    /// How many problems there are, listed or not.
    count: usize,
    /// The field whose value is being read.
    about: Option<usize>,
    /// A defect of the application, not of the body: a normalizer that failed, say.
    defect: Option<Box<dyn std::error::Error + Send + Sync>>,
    /// Whether unknown members are left out.
    lenient: bool,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// One that leaves out what it does not know.
    pub(super) fn lenient() -> Self {
        Self { lenient: true, ..Self::default() }
    }

    /// How many problems were found so far.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    pub(super) const fn is_clean(&self) -> bool {
        self.count == 0 && self.defect.is_none()
    }

    /// The value, if nothing was found wrong.
    pub(super) fn finish<T>(self, value: T) -> Result<T, ApiError> {
        if let Some(defect) = self.defect {
            return Err(ApiError::new(ErrorCode::INTERNAL).source(defect));
        }
        if self.count == 0 {
            return Ok(value);
        }
        let problems = self.problems.into_iter().map(|(_, problem)| problem).collect::<Vec<_>>();
        let mut error = Problems::from(problems).into_error(ErrorCode::VALIDATION_FAILED);
        if self.count > PROBLEMS_MAX {
            error = error
                .detail(format!("more than {PROBLEMS_MAX} fields are invalid; the first {PROBLEMS_MAX} are listed"));
        }
        Err(error)
    }

    pub(super) fn push(&mut self, problem: Problem) {
        self.count += 1;
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push((self.about, problem));
        }
    }

    /// Notes a defect of the application; the first one counts.
    pub(super) fn break_down(&mut self, defect: impl Into<Box<dyn std::error::Error + Send + Sync>>) {
        self.defect.get_or_insert_with(|| defect.into());
    }

    /// Reads the value of a field, and remembers which problems are about it.
    pub(super) fn slot(&mut self, index: usize, read: impl FnOnce(&mut Self) -> Option<Value>) -> Slot {
        let before = self.count;
        self.about(index, read).map_or_else(|| Slot::Bad(self.count - before), Slot::Value)
    }

    /// Reads a value that the application gives a field, as a client's: through its JSON.
    pub(super) fn written(&mut self, index: usize, field: &FieldMeta, value: &Value) -> Slot {
        let mut json = Vec::new();
        crate::json::write_value(&mut json, value, &field.kind);
        let json = String::from_utf8_lossy(&json);
        self.slot(index, |reader| {
            let at = At::Key(&At::Root, field.name);
            let value = reader.field(field, &json, at)?;
            usable_id(reader, field, value, at)
        })
    }

    /// Remembers of the problems that are found meanwhile which field they are about.
    pub(super) fn about<T>(&mut self, index: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        self.about = Some(index);
        let value = read(self);
        self.about = None;
        value
    }

    /// Forgets the problems with a value that no longer counts, of which there are so many.
    pub(super) fn forget(&mut self, index: usize, problems: usize) {
        self.problems.retain(|(about, _)| *about != Some(index));
        self.count = self.count.saturating_sub(problems);
    }

    pub(super) fn report(&mut self, at: At<'_>, mismatch: Mismatch) {
        // Past the limit the pointer is not written either.
        if self.problems.len() < PROBLEMS_MAX {
            self.push(mismatch.at(crate::error::Location::Pointer(at.pointer())));
        } else {
            self.count += 1;
        }
    }

    /// Walks the object that a body is, and calls back for every member that is a field (or, after
    /// the fields, a computed one) which is not hidden. What is unknown or comes twice is reported;
    /// `takes` are the fields that the message names in that case.
    ///
    /// # Errors
    ///
    /// 400 where the body is not JSON; 422 where it is not an object.
    pub(super) fn walk<'a>(
        &mut self,
        meta: &ResourceMeta,
        takes: fn(&Access) -> bool,
        text: &'a str,
        mut each: impl FnMut(&mut Self, usize, &'a str, At<'_>),
    ) -> Result<(), ApiError> {
        if !text.trim_start().starts_with('{') {
            return Err(wrong_type(text, "object"));
        }
        let mut seen = Seen::new(meta.fields.len() + meta.computed.len());
        let mut next = 0;
        members(text, |key, raw| {
            let at = At::Key(&At::Root, &key);
            let field = position(meta.fields, &key, &mut next)
                .filter(|&it| meta.fields.get(it).is_some_and(|it| it.access != Access::HIDDEN));
            let computed = || meta.computed.iter().position(|it| it.name == key).map(|it| it + meta.fields.len());
            let Some(slot) = field.or_else(computed) else {
                self.unknown(at, &key, || meta.fields.iter().filter(|it| takes(&it.access)).map(|it| it.name));
                return;
            };
            if seen.is_first(slot) {
                each(self, slot, raw, at);
            } else {
                self.report(at, Mismatch::new("duplicate_field", "is given more than once"));
            }
        })
        .map_err(|error| not_json(&error))
    }

    pub(super) fn unknown<'n, I: Iterator<Item = &'n str>>(&mut self, at: At<'_>, key: &str, names: impl Fn() -> I) {
        if self.lenient {
            return;
        }
        if self.problems.len() >= PROBLEMS_MAX {
            self.count += 1;
            return;
        }
        let near = suggest(key, names());
        let detail =
            near.map_or_else(|| "unknown field".to_owned(), |it| format!("unknown field; did you mean `{it}`?"));
        let mut mismatch = Mismatch::new("unknown_field", detail);
        if let Some(near) = near {
            mismatch = mismatch.param("did_you_mean", near);
        }
        self.report(at, mismatch.param("allowed", names().collect::<Vec<_>>()));
    }

    /// Reads the value that a client gives a field, normalizes it and checks its rules. `None` where
    /// something is wrong with it.
    pub(super) fn field(&mut self, field: &FieldMeta, raw: &str, at: At<'_>) -> Option<Value> {
        let value = self.read(field, raw, at)?;
        self.settle(field, value, at)
    }

    /// Normalizes a value and checks its rules.
    #[inline]
    pub(super) fn settle(&mut self, field: &FieldMeta, value: Value, at: At<'_>) -> Option<Value> {
        if value.is_null() || (field.normalize.is_none() && field.rules.is_empty()) {
            return Some(value);
        }
        self.settle_some(field, value, at)
    }

    fn settle_some(&mut self, field: &FieldMeta, mut value: Value, at: At<'_>) -> Option<Value> {
        if let Some(normalize) = field.normalize {
            match normalize(value) {
                Ok(it) => value = it,
                Err(error) => {
                    self.break_down(error);
                    return None;
                }
            }
        }
        if !field.rules.is_empty() {
            let before = self.count;
            rules::check(field, &value, at, &mut |problem| self.push(problem));
            if self.count > before {
                return None;
            }
        }
        Some(value)
    }

    /// Reads the value of a field, without its rules.
    pub(super) fn read(&mut self, field: &FieldMeta, raw: &str, at: At<'_>) -> Option<Value> {
        if !field.as_string || raw.starts_with('n') {
            return self.nullable(&field.kind, field.nullable, raw, at);
        }
        let number = match raw.as_bytes().first() {
            Some(b'"') => {
                unescape(raw).and_then(|it| number::parse(&field.kind, &it).map_err(|it| no_number(field, it)))
            }
            _ => Err(not_of_type(&Kind::Text, raw)),
        };
        number.map_err(|mismatch| self.report(at, mismatch)).ok()
    }

    /// Reads a value, or null where there is one.
    pub(super) fn nullable(&mut self, kind: &Kind, nullable: bool, raw: &str, at: At<'_>) -> Option<Value> {
        if nullable && raw == "null" { Some(Value::Null) } else { self.value(kind, raw, at) }
    }

    fn value(&mut self, kind: &Kind, raw: &str, at: At<'_>) -> Option<Value> {
        let result = match (kind, raw.as_bytes().first()) {
            (_, Some(b'n')) => Err(Mismatch::new("null_not_allowed", "must not be null")),
            (Kind::Json, _) => json_text::compact(raw).map(Value::Json),
            (Kind::Bool, Some(b't')) => Ok(Value::Bool(true)),
            (Kind::Bool, Some(b'f')) => Ok(Value::Bool(false)),
            (Kind::Int(_) | Kind::F32 | Kind::F64 | Kind::Decimal, Some(b'-' | b'0'..=b'9')) => {
                number::parse(kind, raw)
            }
            // What is written without escapes has no character that it could not be kept with.
            (Kind::Text, Some(b'"')) => unescape(raw).and_then(|it| match it {
                Cow::Borrowed(it) => Ok(Value::Text(it.to_owned())),
                it @ Cow::Owned(_) => text::parse_string(kind, it),
            }),
            (Kind::Enum(_) | Kind::Uuid | Kind::Timestamp | Kind::Date | Kind::Time, Some(b'"')) => {
                unescape(raw).and_then(|it| text::parse_string(kind, it))
            }
            (Kind::Object(meta), Some(b'{')) => return self.object(meta, raw, at),
            (Kind::List(item), Some(b'[')) => return self.list(item, raw, at),
            _ => Err(not_of_type(kind, raw)),
        };
        result.map_err(|mismatch| self.report(at, mismatch)).ok()
    }

    fn list(&mut self, item: &Kind, raw: &str, at: At<'_>) -> Option<Value> {
        let before = self.count;
        let mut items = Vec::new();
        let mut index = 0;
        let walked = elements(raw, |raw| {
            if let Some(value) = self.value(item, raw, At::Index(&at, index)) {
                items.push(value);
            }
            index += 1;
            self.count <= PROBLEMS_MAX
        });
        // The text was found to be JSON before.
        walked.ok()?;
        (self.count == before).then_some(Value::List(items))
    }

    fn object(&mut self, meta: &ObjectMeta, raw: &str, at: At<'_>) -> Option<Value> {
        let before = self.count;
        let mut slots = vec![Slot::Absent; meta.fields.len()];
        let walked = self.walk_object(meta, raw, at, |reader, index, raw, at| {
            let Some((field, slot)) = meta.fields.get(index).zip(slots.get_mut(index)) else { return };
            *slot = reader.field(field, raw, at).map_or(Slot::Bad(0), Slot::Value);
        });
        if !walked {
            return None;
        }
        let values = meta.fields.iter().zip(slots).map(|(field, slot)| match slot {
            Slot::Absent => self.absent(field, At::Key(&at, field.name)),
            Slot::Bad(_) => None,
            Slot::Value(it) => Some(it),
        });
        let values = values.collect::<Vec<_>>();
        self.whole(meta.fields, meta.rules, values, before, at)
    }

    /// Walks a nested object as [`Reader::walk`] does the body; `false` where it cannot be read.
    pub(super) fn walk_object<'a>(
        &mut self,
        meta: &ObjectMeta,
        raw: &'a str,
        at: At<'_>,
        mut each: impl FnMut(&mut Self, usize, &'a str, At<'_>),
    ) -> bool {
        let mut seen = Seen::new(meta.fields.len());
        let mut next = 0;
        let walked = members(raw, |key, raw| {
            let at = At::Key(&at, &key);
            let Some(index) = position(meta.fields, &key, &mut next) else {
                self.unknown(at, &key, || meta.fields.iter().map(|it| it.name));
                return;
            };
            if seen.is_first(index) {
                each(self, index, raw, at);
            } else {
                self.report(at, Mismatch::new("duplicate_field", "is given more than once"));
            }
        });
        if walked.is_err() {
            // The text was found to be JSON before; what is left are keys that are no text.
            self.report(at, super::body::lone_surrogate());
        }
        walked.is_ok()
    }

    /// The value of a field that a client may set and did not.
    pub(super) fn absent(&mut self, field: &FieldMeta, at: At<'_>) -> Option<Value> {
        match field.default {
            Some(default) => Some(default()),
            None if field.nullable => Some(Value::Null),
            None => {
                self.report(at, Mismatch::new("required", "is required"));
                None
            }
        }
    }

    /// Puts an object together and checks the rules over several of its fields, where it has no
    /// problem yet. `before` is how many problems there were before its first field was read.
    pub(super) fn whole(
        &mut self,
        fields: &'static [FieldMeta],
        rules: &[RuleMeta],
        values: Vec<Option<Value>>,
        before: usize,
        at: At<'_>,
    ) -> Option<Value> {
        rules::check_matches(fields, |it| values.get(it)?.as_ref(), at, &mut |problem| self.push(problem));
        let whole = Value::Object(values.into_iter().collect::<Option<Vec<_>>>()?);
        if self.count == before {
            rules::check_whole(rules, &whole, at, &mut |problem| self.push(problem));
        }
        (self.count == before).then_some(whole)
    }

    /// Reads what a client sends back of a field that it cannot set, to compare it with `stored`.
    pub(super) fn echo(&mut self, field: &FieldMeta, raw: &str, stored: &Value, at: At<'_>) {
        if let Some(value) = self.read(field, raw, at) {
            self.compare_echo(field, &value, stored, at);
        }
    }

    pub(super) fn compare_echo(&mut self, field: &FieldMeta, value: &Value, stored: &Value, at: At<'_>) {
        if value != stored {
            self.report(at, not_writable(field));
        }
    }
}

/// That a field cannot be set to another value.
pub(super) fn not_writable(field: &FieldMeta) -> Mismatch {
    // A value that never leaves the server cannot be sent back, and must not be guessed at.
    let way_out = if field.access.response { "leave it out, or send its value as it is" } else { "leave it out" };
    if field.access.create {
        Mismatch::new("immutable_field", format!("cannot be changed once it is set; {way_out}"))
    } else if field.access.update {
        Mismatch::new("read_only_field", format!("cannot be replaced, only updated with PATCH; {way_out}"))
    } else {
        Mismatch::new("read_only_field", format!("is set by the server; {way_out}"))
    }
}

/// What a member of an object turned out to be.
#[derive(Debug, Clone)]
pub(super) enum Slot {
    /// Nothing is said of it.
    Absent,
    /// So many problems with it were reported.
    Bad(usize),
    /// A value.
    Value(Value),
}

/// Which of some members were met; those of nearly all objects fit into one number.
struct Seen {
    bits: u64,
    rest: Vec<bool>,
}

impl Seen {
    const BITS: usize = u64::BITS as usize;

    fn new(len: usize) -> Self {
        Self { bits: 0, rest: vec![false; len.saturating_sub(Self::BITS)] }
    }

    /// Whether this one is met for the first time.
    fn is_first(&mut self, index: usize) -> bool {
        if index >= Self::BITS {
            return self.rest.get_mut(index - Self::BITS).is_some_and(|it| !std::mem::replace(it, true));
        }
        let bit = 1 << index;
        let is_first = self.bits & bit == 0;
        self.bits |= bit;
        is_first
    }
}

/// Whether the framework gives the field its value where the client does not.
pub(super) const fn is_kept_by_framework(field: &FieldMeta) -> bool {
    matches!(field.role, Role::CreatedAt | Role::UpdatedAt | Role::DeletedAt { .. })
}

/// The position of the field of this name. Clients send fields mostly in the order in which they
/// are declared, so the search goes on where the last one ended.
fn position(fields: &[FieldMeta], name: &str, next: &mut usize) -> Option<usize> {
    let (before, after) = fields.split_at_checked(*next).unwrap_or((fields, &[]));
    let found = match after.iter().position(|it| it.name == name) {
        Some(it) => it + before.len(),
        None => before.iter().position(|it| it.name == name)?,
    };
    *next = found + 1;
    Some(found)
}

/// What is said of a text that is no number: it is of the right JSON type.
fn no_number(field: &FieldMeta, mismatch: Mismatch) -> Mismatch {
    match (mismatch.code, field.kind) {
        ("invalid_type", Kind::Int(_)) => {
            Mismatch::of_format("int64", "must be an integer in quotes, such as `\"12\"`")
        }
        ("invalid_type", _) => Mismatch::of_format("decimal", "must be a number in quotes, such as `\"12.50\"`"),
        _ => mismatch,
    }
}

/// A value of another JSON type than the kind's.
pub(super) fn not_of_type(kind: &Kind, raw: &str) -> Mismatch {
    let expected = kind.json_type();
    let article = |noun: &str| if noun.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
    let found = found(raw);
    let detail = format!("must be {} {expected}, not {} {found}", article(expected), article(found));
    Mismatch::new("invalid_type", detail).param("expected", expected).param("found", found)
}

/// The JSON type of a value, by how it starts.
pub(super) fn found(raw: &str) -> &'static str {
    match raw.as_bytes().first() {
        Some(b'"') => "string",
        Some(b'{') => "object",
        Some(b'[') => "array",
        Some(b't' | b'f') => "boolean",
        Some(b'n') => "null",
        _ => "number",
    }
}
