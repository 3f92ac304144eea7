//! Rows that are asked for by their identifiers, several in one statement.
//!
//! # Design
//!
//! Reading a row takes a small part of what it costs to have it read: the rest is messages, and whoever is
//! woken up for them, in the server as in the database. So whoever asks for a row while another statement
//! of the same kind is under way waits until that is answered, and what has come together by then is one
//! statement. Nobody waits for others to come; a request that is alone asks for its row at once, and by a
//! statement of its own.
//!
//! A row is read after it was asked for, as without this. What somebody waits for may be held up, by a
//! slow statement before it on the same connection: so a statement that takes long is waited for no
//! longer. Where a statement for several fails, each asks again for itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio_postgres::Row;

use super::row;
use super::run::Runner;
use super::singles::Singles;
use crate::field::{Kind, Value};
use crate::query::Filter;
use crate::resource::ResourceMeta;
use crate::store::{Key, StoreResult};

/// How many kinds of statements are under way at most for which others wait. Clients choose columns.
const LINES: usize = 64;

/// How many rows one statement asks for at most.
const MOST: usize = 64;

/// For how long the statement in front is waited for.
const PATIENCE: Duration = Duration::from_millis(2);

/// What is under way, by what is asked for.
#[derive(Default)]
pub(super) struct Together {
    // A std mutex: what is done under it is a walk through the kinds of statements that are under way.
    lines: Mutex<Vec<Line>>,
}

/// Who asks for the same columns of rows in the same scope.
struct Line {
    of: Arc<Of>,
    /// How many statements are under way.
    under_way: usize,
    /// When the last of them was sent.
    sent: Instant,
    waiting: Vec<Waiting>,
}

/// What is asked for, but for the identifiers.
struct Of {
    meta: &'static ResourceMeta,
    scope: Filter,
    columns: Vec<usize>,
}

impl Of {
    fn is(&self, key: &Key, columns: &[usize]) -> bool {
        std::ptr::eq(self.meta, key.meta) && self.columns == columns && self.scope == key.scope
    }
}

struct Waiting {
    id: Value,
    answer: oneshot::Sender<Answer>,
}

/// The row, if there is one; nothing where the statement for all has failed.
type Answer = Option<Option<Arc<Row>>>;

/// How somebody comes by a row.
enum Place {
    /// By a statement of its own, for which those who come later wait.
    First(Turn),
    /// By one with others.
    Behind(oneshot::Receiver<Answer>),
    /// By a statement of its own.
    Alone,
}

/// The row of a key: these columns, then the version, and perhaps more.
pub(super) async fn row(singles: &Arc<Singles>, key: &Key, columns: &[usize]) -> StoreResult<Option<Arc<Row>>> {
    let place = if can_be_one_of_several(key) { join(singles, key, columns) } else { Place::Alone };
    // Held until the answer is there, and so before anybody asks for more.
    let _turn = match place {
        Place::Behind(answer) => match answer.await {
            Ok(Some(row)) => return Ok(row),
            Ok(None) | Err(_) => None,
        },
        Place::First(turn) => Some(turn),
        Place::Alone => None,
    };
    let sql = singles.statements().get(key, columns);
    let rows = (&mut &*singles).read(&sql, Some(key.meta)).await?;
    Ok(rows.into_iter().next().map(Arc::new))
}

/// Whether what the database takes for equal is equal here.
fn can_be_one_of_several(key: &Key) -> bool {
    matches!(key.meta.id_field().kind, Kind::Int(_) | Kind::Uuid | Kind::Text)
}

fn join(singles: &Arc<Singles>, key: &Key, columns: &[usize]) -> Place {
    let mut lines = singles.together.lines();
    let Some(line) = lines.iter_mut().find(|it| it.of.is(key, columns)) else {
        if lines.len() >= LINES {
            return Place::Alone;
        }
        let of = Arc::new(Of { meta: key.meta, scope: key.scope.clone(), columns: columns.to_vec() });
        lines.push(Line { of: Arc::clone(&of), under_way: 1, sent: Instant::now(), waiting: Vec::new() });
        return Place::First(Turn { singles: Arc::clone(singles), of });
    };
    let (answer, answered) = oneshot::channel();
    line.waiting.push(Waiting { id: key.id.clone(), answer });
    let next = (line.waiting.len() >= MOST || line.sent.elapsed() > PATIENCE).then(|| line.next(singles));
    drop(lines);
    next.map(Next::send);
    Place::Behind(answered)
}

impl Together {
    fn lines(&self) -> std::sync::MutexGuard<'_, Vec<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    /// The next statement, for those who wait.
    fn next(&mut self, singles: &Arc<Singles>) -> Next {
        self.under_way += 1;
        self.sent = Instant::now();
        let turn = Turn { singles: Arc::clone(singles), of: Arc::clone(&self.of) };
        Next { turn, waiting: std::mem::take(&mut self.waiting) }
    }
}

struct Next {
    turn: Turn,
    waiting: Vec<Waiting>,
}

impl Next {
    /// Not to be called while the lines are locked: a runtime that ends drops what it is given, and the
    /// turn with it.
    fn send(self) {
        // Where there is no runtime any more nobody waits.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(ask(self.turn, self.waiting));
        }
    }
}

/// A statement that is under way. When it is not any more, however it ended, those go on who wait.
struct Turn {
    singles: Arc<Singles>,
    of: Arc<Of>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut lines = self.singles.together.lines();
        let Some(at) = lines.iter().position(|it| Arc::ptr_eq(&it.of, &self.of)) else { return };
        let Some(line) = lines.get_mut(at) else { return };
        line.under_way -= 1;
        let next = (!line.waiting.is_empty()).then(|| line.next(&self.singles));
        if line.under_way == 0 {
            lines.swap_remove(at);
        }
        drop(lines);
        next.map(Next::send);
    }
}

/// Asks for the rows of all who wait and are still there.
async fn ask(turn: Turn, mut waiting: Vec<Waiting>) {
    waiting.retain(|it| !it.answer.is_closed());
    let found = find(&turn, &waiting).await;
    // The next are sent before these are answered.
    drop(turn);
    let Some(found) = found else { return };
    for Waiting { id, answer } in waiting {
        let row = found.iter().find(|(of, _)| *of == id).map(|(_, row)| Arc::clone(row));
        // Who has gone does not mind.
        let _ = answer.send(Some(row));
    }
}

/// The rows that are there, with their identifiers; nothing where each has to ask for itself.
async fn find(turn: &Turn, waiting: &[Waiting]) -> Option<Vec<(Value, Arc<Row>)>> {
    let Turn { singles, of } = turn;
    let ids: Vec<_> = waiting.iter().map(|it| it.id.clone()).collect();
    let key = Key { meta: of.meta, id: Value::Null, scope: of.scope.clone() };
    let sql = singles.statements().get_many(&key, ids, &of.columns);
    let rows = (&mut &*singles).read(&sql, Some(of.meta)).await.ok()?;
    let id_column = of.columns.len() + 1;
    let found =
        rows.into_iter().map(|row| Some((row::value(&row, id_column, of.meta.id_field()).ok()?, Arc::new(row))));
    let found: Vec<_> = found.collect::<Option<_>>()?;
    // A row that nobody here takes for his was found by other rules than those of this code.
    found.iter().all(|(id, _)| waiting.iter().any(|it| it.id == *id)).then_some(found)
}

#[cfg(test)]
impl Together {
    pub(super) fn is_empty(&self) -> bool {
        self.lines().is_empty()
    }

    pub(super) fn under_way(&self) -> usize {
        self.lines().iter().map(|it| it.under_way).sum()
    }
}
