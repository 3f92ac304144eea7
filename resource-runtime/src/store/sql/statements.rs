//! The statements that read and write rows. Every one of them that meets rows that exist does so
//! under the scope of its [`Select`] or [`Key`].
//!
//! # Design
//!
//! A server answers the same few kinds of requests again and again, and all that differs between their
//! statements is the values. So a store finds the text in its [`Statements`], by its shape: what the
//! text would be made of, noted by the code that else writes it, in a tenth of the time. One code
//! says both what the text is and which values it is for, so that they cannot disagree.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use super::reads::{self, how_to_count, is_for_values, write_get, write_get_many, write_select, write_total};
use super::writes::{Several, write_delete, write_insert, write_insert_many, write_update, write_update_many};
use super::{Dialect, SqlText};
use crate::field::{Kind, Value};
use crate::resource::ResourceMeta;
use crate::store::{Key, Select};

/// Statements of one generation that are known at most. Clients decide which filters there are.
const KNOWN: usize = 512;
/// Words of a shape that is remembered. Longer ones are of filters that nobody asks for twice, and
/// building them costs little next to running them.
const LONGEST: usize = 1_024;

/// A statement that is ready to be run.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Its text; the same one for all statements of this shape, as long as that is known.
    pub text: Arc<str>,
    /// The placeholders' values, with the kind that tells how each is bound.
    pub binds: Vec<(Value, Kind)>,
    /// Whether to plan it for these values; see [`SqlText::for_values`].
    pub for_values: bool,
    /// A number of its shape. Others hardly ever have the same.
    pub shape: u64,
}

impl From<SqlText> for Statement {
    fn from(sql: SqlText) -> Self {
        Self { text: sql.text.into(), binds: sql.binds, for_values: sql.for_values, shape: 0 }
    }
}

/// The statements of a store, which are put together once for each shape.
pub struct Statements {
    dialect: Dialect,
    /// Nobody outside can tell which numbers shapes have.
    seed: u64,
    // A std mutex: what is done under it is a lookup and a comparison of some hundred bytes.
    known: Mutex<Known>,
}

/// Texts in two generations. What was asked for since the younger one was begun is in that; when it
/// is full the older one is dropped, and with it what nobody asked for meanwhile.
#[derive(Default)]
struct Known {
    young: Generation,
    old: Generation,
}

type Generation = HashMap<u64, Text, BuildHasherDefault<Numbered>>;

struct Text {
    words: Box<[u64]>,
    text: Arc<str>,
}

impl Known {
    fn find(&mut self, number: u64, words: &[u64]) -> Option<Arc<str>> {
        if let Some(it) = self.young.get(&number) {
            return (*it.words == *words).then(|| Arc::clone(&it.text));
        }
        let it = self.old.remove(&number).filter(|it| *it.words == *words)?;
        let text = Arc::clone(&it.text);
        self.insert(number, it);
        Some(text)
    }

    fn insert(&mut self, number: u64, text: Text) {
        if self.young.len() >= KNOWN {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(number, text);
    }
}

/// Passes on what is a hash already.
#[derive(Default)]
struct Numbered(u64);

impl Hasher for Numbered {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Statements {
    /// Of a store that speaks this dialect.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, seed: RandomState::new().hash_one(0), known: Mutex::default() }
    }

    /// As [`select`] has it.
    #[must_use]
    pub fn select(&self, select: &Select, columns: &[usize]) -> Statement {
        self.find(&mut |out| write_select(out, select, columns, false))
    }

    /// As [`select_counted`] has it.
    #[must_use]
    pub fn select_counted(&self, select: &Select, columns: &[usize]) -> Statement {
        self.find(&mut |out| write_select(out, select, columns, true))
    }

    /// As [`select_parts`] has them.
    #[must_use]
    pub fn select_parts(&self, select: &Select, columns: &[usize]) -> Vec<Statement> {
        reads::parts(self.dialect, select, columns, &|write| self.find(write))
    }

    /// Reads the rows of [`select_parts`] in SQLite by another way: along the index of the order, with
    /// a look at each row, whatever other indexes there are. That is the shorter way to a page where
    /// many rows match. `None` where it is no other way, or no index has the order.
    #[must_use]
    pub(crate) fn select_along(&self, select: &Select, columns: &[usize]) -> Option<Vec<Statement>> {
        reads::parts_along(select, columns, &|write| self.find(write))
    }

    /// As [`count`] has it.
    #[must_use]
    pub fn count(&self, select: &Select) -> Option<Statement> {
        how_to_count(self.dialect, select)?;
        Some(self.find(&mut |out| write_counting(out, select)))
    }

    /// As [`get`] has it.
    #[must_use]
    pub fn get(&self, key: &Key, columns: &[usize]) -> Statement {
        self.find(&mut |out| write_get(out, key, columns))
    }

    /// Reads rows of PostgreSQL that have one of these identifiers and are in the scope of a key: these columns
    /// in this order, then the version, then the identifier. The rows are in no order.
    #[must_use]
    pub(crate) fn get_many(&self, of: &Key, mut ids: Vec<Value>, columns: &[usize]) -> Statement {
        self.find(&mut |out| write_get_many(out, of, &mut ids, columns))
    }

    /// As [`version_of`] has it.
    #[must_use]
    pub fn version_of(&self, key: &Key) -> Statement {
        self.get(key, &[])
    }

    /// As [`insert`] has it.
    #[must_use]
    pub fn insert(
        &self,
        meta: &'static ResourceMeta,
        mut values: Vec<Value>,
        version: i64,
        returning: &[usize],
    ) -> Statement {
        let with_id = !values.get(meta.id()).is_none_or(Value::is_null);
        self.find(&mut |out| write_insert(out, meta, &mut values, with_id, version, returning))
    }

    /// As [`update`] has it.
    #[must_use]
    pub fn update(
        &self,
        key: &Key,
        mut changes: Vec<(usize, Value)>,
        version: Option<i64>,
        returning: &[usize],
    ) -> Statement {
        self.find(&mut |out| write_update(out, key, &mut changes, version, returning))
    }

    /// Adds rows in PostgreSQL: one value per field and row, but for the identifier where the table gives it.
    /// Gives these columns back and the version, in the rows' order.
    #[must_use]
    pub(in crate::store) fn insert_many(
        &self,
        meta: &'static ResourceMeta,
        mut rows: Several,
        with_id: bool,
        returning: &[usize],
    ) -> Statement {
        self.find(&mut |out| write_insert_many(out, meta, &mut rows, with_id, returning))
    }

    /// Changes these fields of rows in PostgreSQL that are in the scope of a key and nobody has locked: one value
    /// per field and row, the identifiers among them. Gives these columns back, the version, and the place
    /// of the row in what was asked for, from 1 on; in no order.
    #[must_use]
    pub(in crate::store) fn update_many(
        &self,
        of: &Key,
        fields: &[usize],
        mut rows: Several,
        returning: &[usize],
    ) -> Statement {
        self.find(&mut |out| write_update_many(out, of, fields, &mut rows, returning))
    }

    /// As [`delete`] has it.
    #[must_use]
    pub fn delete(&self, key: &Key, version: Option<i64>, returning: &[usize]) -> Statement {
        self.find(&mut |out| write_delete(out, key, version, returning))
    }

    /// Finds a statement, or puts it together. What writes it is asked twice then; the values are
    /// those of the first time.
    fn find(&self, write: &mut dyn FnMut(&mut SqlText)) -> Statement {
        let mut shape = SqlText::of_shape(self.dialect);
        write(&mut shape);
        let SqlText { binds, for_values, shape, .. } = shape;
        let words = shape.as_ref().map_or(&[][..], |it| it.words());
        let number = self.number(words);
        let found = self.lock().find(number, words);
        let text = found.unwrap_or_else(|| {
            let mut out = SqlText::new(self.dialect);
            write(&mut out);
            let text: Arc<str> = out.text.into();
            if words.len() <= LONGEST {
                self.lock().insert(number, Text { words: words.into(), text: Arc::clone(&text) });
            }
            text
        });
        Statement { text, binds, for_values, shape: number }
    }

    fn number(&self, words: &[u64]) -> u64 {
        // Whoever could make two shapes collide would make statements be put together anew.
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        let hash = words.iter().fold(self.seed, |hash, word| (hash.rotate_left(23) ^ word).wrapping_mul(ODD));
        hash ^ (hash >> 32)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Statements {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Statements").field("dialect", &self.dialect).finish_non_exhaustive()
    }
}

/// Reads rows: these columns in this order, then the version.
///
/// A keyset window reads one row more than its limit, so that the store knows whether there are
/// more. A backward one reads away from its place, so that the store has to turn the rows round.
#[must_use]
pub fn select(dialect: Dialect, select: &Select, columns: &[usize]) -> SqlText {
    made(dialect, &mut |out| write_select(out, select, columns, false))
}

/// Reads rows as [`select`] does, each with one column more: what [`count`] gives, in the same
/// statement, and so of the same moment. Where no row is found, nothing is counted.
#[must_use]
pub fn select_counted(dialect: Dialect, select: &Select, columns: &[usize]) -> SqlText {
    made(dialect, &mut |out| write_select(out, select, columns, true))
}

/// Reads rows as [`select`] does, by one statement or several, the rows of each before those of the
/// next. Who has enough rows for the page leaves the rest aside; each gives as many as a page may
/// have. In SQLite that costs less than one statement, which would copy the rows of all parts.
#[must_use]
pub fn select_parts(dialect: Dialect, select: &Select, columns: &[usize]) -> Vec<SqlText> {
    reads::parts(dialect, select, columns, &|write| made(dialect, write))
}

/// Counts the rows that match, as [`Select::count`] says: one row of one 64-bit integer, which
/// [`total`](super::total) makes sense of. `None` where no count is asked for.
///
/// An estimate comes from PostgreSQL's statistics where all rows are meant, and else is a capped
/// count; SQLite keeps no statistics that are fit for it.
#[must_use]
pub fn count(dialect: Dialect, select: &Select) -> Option<SqlText> {
    how_to_count(dialect, select)?;
    Some(made(dialect, &mut |out| write_counting(out, select)))
}

/// Reads one row: these columns in this order, then the version.
#[must_use]
pub fn get(dialect: Dialect, key: &Key, columns: &[usize]) -> SqlText {
    made(dialect, &mut |out| write_get(out, key, columns))
}

/// Reads the version of one row. A write that met no row is told by it whether the row is missing
/// or has another version.
#[must_use]
pub fn version_of(dialect: Dialect, key: &Key) -> SqlText {
    get(dialect, key, &[])
}

/// Adds a row of one value per field, and gives these columns back, then the version; nothing in
/// SQLite, where there are no columns. An identifier that is null is left to the table.
#[must_use]
pub fn insert(
    dialect: Dialect,
    meta: &'static ResourceMeta,
    mut values: Vec<Value>,
    version: i64,
    returning: &[usize],
) -> SqlText {
    let with_id = !values.get(meta.id()).is_none_or(Value::is_null);
    made(dialect, &mut |out| write_insert(out, meta, &mut values, with_id, version, returning))
}

/// Gives some fields of one row other values, and gives these columns back as they are then, and
/// the version; nothing in SQLite, where there are no columns. Without a row in its answer nothing was
/// changed; see [`version_of`].
#[must_use]
pub fn update(
    dialect: Dialect,
    key: &Key,
    mut changes: Vec<(usize, Value)>,
    version: Option<i64>,
    returning: &[usize],
) -> SqlText {
    made(dialect, &mut |out| write_update(out, key, &mut changes, version, returning))
}

/// Removes one row, and gives these columns back as they were, and the version. Without a row in
/// its answer nothing was removed; see [`version_of`].
#[must_use]
pub fn delete(dialect: Dialect, key: &Key, version: Option<i64>, returning: &[usize]) -> SqlText {
    made(dialect, &mut |out| write_delete(out, key, version, returning))
}

fn made(dialect: Dialect, write: &mut dyn FnMut(&mut SqlText)) -> SqlText {
    let mut out = SqlText::new(dialect);
    write(&mut out);
    out
}

fn write_counting(out: &mut SqlText, select: &Select) {
    out.for_values = is_for_values(select);
    write_total(out, select);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Filter, Operator};
    use crate::testing::BOOK;

    fn key(scope: Filter) -> Key {
        Key { meta: BOOK, id: Value::Int(7), scope }
    }

    #[test]
    fn requests_that_differ_in_values_share_their_text() {
        let statements = Statements::new(Dialect::Sqlite);
        let title = |it: &str| key(Filter::one(1, Operator::Eq, Value::Text(it.to_owned())));
        let (dune, emma) = (statements.get(&title("Dune"), &[0]), statements.get(&title("Emma"), &[0]));
        assert!(Arc::ptr_eq(&dune.text, &emma.text));
        assert_eq!(dune.shape, emma.shape);
        assert_eq!(emma.binds[1].0, Value::Text("Emma".to_owned()));
        assert!(!Arc::ptr_eq(&dune.text, &statements.get(&title("Dune"), &[0, 1]).text));
    }

    #[test]
    fn shapes_that_collide_have_texts_of_their_own() {
        let mut known = Known::default();
        known.insert(1, Text { words: [1, 2].into(), text: "a".into() });
        assert!(known.find(1, &[1, 3]).is_none());
        assert!(known.find(1, &[1]).is_none());
        assert_eq!(known.find(1, &[1, 2]).as_deref(), Some("a"));
    }

    #[test]
    fn what_is_asked_for_stays_while_others_come_and_go() {
        let statements = Statements::new(Dialect::Sqlite);
        let text = statements.get(&key(Filter::All), &[0]).text;
        let shapes = (1..12).flat_map(|a| (0..12).flat_map(move |b| (0..12).map(move |c| [a, b, c])));
        for (index, columns) in shapes.enumerate() {
            let _ = statements.get(&key(Filter::All), &columns);
            if index % 100 == 0 {
                assert!(Arc::ptr_eq(&text, &statements.get(&key(Filter::All), &[0]).text));
            }
        }
        let known = statements.lock();
        assert!(known.young.len() <= KNOWN && known.old.len() <= KNOWN);
    }

    #[test]
    fn what_is_longer_than_others_is_not_kept() {
        let statements = Statements::new(Dialect::Sqlite);
        let title = || Filter::one(1, Operator::Eq, Value::Text("Dune".to_owned()));
        let _ = statements.get(&key(Filter::Or((0..1_000).map(|_| title()).collect())), &[0]);
        assert!(statements.lock().young.is_empty());
    }
}
