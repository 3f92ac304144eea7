//! Requests of one kind that come at the same time, carried out by one statement.
//!
//! # Design
//!
//! Reading or changing a row takes a small part of what it costs to have it done: the rest is messages,
//! and whoever is woken up for them, in the server as in the database, and for changes a flush of the
//! log. So whoever comes while a statement of the same kind is under way waits until that is answered,
//! and what has come together by then is one statement. A request that is alone has a statement of its
//! own, at once.
//!
//! What somebody waits for may be held up by what it waits for in turn: so a statement that takes long is
//! waited for no longer. Where a statement for several is refused, each asks again for itself: nobody
//! gets another one's error.
//!
//! After a statement for several the next one would be for the first of them alone who has its answer and
//! asks again. So it lets those go first who are ready to, and where it costs a flush, it waits for them
//! (`gather.rs`).

mod reads;
mod writes;

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};

pub(super) use self::reads::{Rows, row};
pub(super) use self::writes::{Changes, write};
use super::gather::gather;
use super::singles::Singles;

/// How many kinds of requests are known at most. Clients choose columns, and what they change.
const KINDS: usize = 64;

/// How often those go first who are ready to go.
const YIELDS: usize = 2;

/// For how long what was under way tells what is about to come.
const RECENT: Duration = Duration::from_millis(20);

/// Requests that one statement can carry out.
pub(super) trait Kind: PartialEq + Sized + Send + Sync + 'static {
    /// In what they differ.
    type Item: Send + 'static;
    type Answer: Send + 'static;

    /// How many one statement carries out at most.
    const MOST: usize;
    /// For how long the statement in front is waited for.
    const PATIENCE: Duration;
    /// Whether it costs a flush of the log, so that it is worth it to wait for those who may come in a moment.
    const FLUSHES: bool;

    fn lines(singles: &Singles) -> &Lines<Self>;

    /// Carries them out, and gives each its answer, in their order.
    fn carry_out(
        &self,
        singles: &Arc<Singles>,
        items: Vec<Self::Item>,
    ) -> impl Future<Output = Vec<Self::Answer>> + Send;
}

/// What is under way, by its kind.
pub(super) struct Lines<K: Kind> {
    // A std mutex: what is done under it is a walk through the kinds.
    lines: Mutex<Vec<Line<K>>>,
    /// Told of each request that waits.
    came: Notify,
}

struct Line<K: Kind> {
    kind: Arc<K>,
    /// How many statements are under way, or gather those whom they are for.
    under_way: usize,
    /// When the last of them was sent.
    sent: Instant,
    waiting: Vec<Waiting<K>>,
    last: Last,
}

struct Waiting<K: Kind> {
    item: K::Item,
    answer: oneshot::Sender<K::Answer>,
}

/// What the last statement that was answered tells.
#[derive(Clone, Copy)]
struct Last {
    ended: Instant,
    took: Duration,
    /// How many requests were under way then, its own included.
    expected: usize,
}

/// How a request is carried out.
enum Place<K: Kind> {
    /// By a statement of its own, for which those who come later wait.
    First(K::Item, Turn<K>),
    /// By one with others.
    Behind(Behind<K>),
    /// By a statement of its own.
    Alone(K::Item),
}

/// A request among others.
struct Behind<K: Kind> {
    answer: oneshot::Receiver<K::Answer>,
    /// Of those who wait for the same, one watches for how long.
    watched: Option<(Arc<Singles>, Arc<K>)>,
}

impl<K: Kind> Behind<K> {
    /// The answer; none where the store has ended.
    async fn answer(mut self) -> Option<K::Answer> {
        if let Some((singles, kind)) = self.watched.take() {
            let mut patience = K::PATIENCE;
            loop {
                match tokio::time::timeout(patience, &mut self.answer).await {
                    Ok(answer) => return answer.ok(),
                    Err(_) => K::lines(&singles).go_on(&singles, &kind),
                }
                patience *= 2;
            }
        }
        self.answer.await.ok()
    }
}

impl<K: Kind> Default for Lines<K> {
    fn default() -> Self {
        Self { lines: Mutex::default(), came: Notify::new() }
    }
}

impl<K: Kind> Lines<K> {
    fn lock(&self) -> MutexGuard<'_, Vec<Line<K>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a request of this kind.
    fn join(&self, singles: &Arc<Singles>, kind: K, item: K::Item) -> Place<K> {
        let mut lines = self.lock();
        let known = lines.iter().position(|it| *it.kind == kind);
        let at = known.unwrap_or_else(|| {
            if lines.len() >= KINDS {
                lines.retain(|it| it.under_way > 0);
            }
            lines.push(Line::new(kind));
            lines.len() - 1
        });
        if at >= KINDS {
            lines.pop();
            return Place::Alone(item);
        }
        let Some(line) = lines.get_mut(at) else { return Place::Alone(item) };
        if line.under_way == 0 && !line.expects_others() {
            let turn = line.turn(singles);
            return Place::First(item, turn);
        }
        let (answer, answered) = oneshot::channel();
        let watched = line.waiting.is_empty().then(|| (Arc::clone(singles), Arc::clone(&line.kind)));
        line.waiting.push(Waiting { item, answer });
        // Once for as many as one statement takes.
        let is_full = line.waiting.len() % K::MOST == 0;
        let goes = line.under_way == 0 || is_full || line.sent.elapsed() > K::PATIENCE;
        let turn = goes.then(|| line.turn(singles));
        drop(lines);
        self.came.notify_one();
        if let Some(turn) = turn {
            turn.go();
        }
        Place::Behind(Behind { answer: answered, watched })
    }

    /// Lets those go on who wait, where the statement in front takes long.
    fn go_on(&self, singles: &Arc<Singles>, kind: &Arc<K>) {
        let mut lines = self.lock();
        let Some(line) = lines.iter_mut().find(|it| Arc::ptr_eq(&it.kind, kind)) else { return };
        let is_late = !line.waiting.is_empty() && line.sent.elapsed() >= K::PATIENCE;
        let turn = is_late.then(|| line.turn(singles));
        drop(lines);
        if let Some(turn) = turn {
            turn.go();
        }
    }

    /// Waits for those who may come in a moment.
    async fn gather(&self, kind: &Arc<K>) {
        let Some(Last { took, expected, .. }) = self.see(kind, |it| it.last) else { return };
        let are_few = || self.see(kind, |it| it.waiting.len() < expected.min(K::MOST)) == Some(true);
        // Whoever is about to ask and only has to be let.
        for _ in 0..YIELDS {
            if !are_few() {
                return;
            }
            tokio::task::yield_now().await;
        }
        if K::FLUSHES {
            gather(&self.came, took, are_few).await;
        }
    }

    /// What somebody sees of the line of a kind.
    fn see<T>(&self, kind: &Arc<K>, see: impl FnOnce(&Line<K>) -> T) -> Option<T> {
        self.lock().iter().find(|it| Arc::ptr_eq(&it.kind, kind)).map(see)
    }
}

impl<K: Kind> Line<K> {
    fn new(kind: K) -> Self {
        let now = Instant::now();
        let last = Last { ended: now, took: Duration::ZERO, expected: 0 };
        Self { kind: Arc::new(kind), under_way: 0, sent: now, waiting: Vec::new(), last }
    }

    fn expects_others(&self) -> bool {
        self.last.expected > 1 && self.last.ended.elapsed() < RECENT
    }

    /// A statement that is about to go.
    fn turn(&mut self, singles: &Arc<Singles>) -> Turn<K> {
        self.under_way += 1;
        self.sent = Instant::now();
        Turn {
            singles: Arc::clone(singles),
            kind: Arc::clone(&self.kind),
            sent: self.sent,
            size: 1,
            is_for_others: false,
        }
    }
}

/// A statement that is under way. When it is not any more, however it ended, those go on who wait.
struct Turn<K: Kind> {
    singles: Arc<Singles>,
    kind: Arc<K>,
    sent: Instant,
    size: usize,
    /// Whether it is for those who wait, and has not taken what they ask for yet.
    is_for_others: bool,
}

impl<K: Kind> Turn<K> {
    /// Carries out what those ask for who wait, in a task. Not to be called while the lines are locked: a
    /// runtime that ends drops what it is given, and the turn with it.
    fn go(mut self) {
        self.is_for_others = true;
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(self.carry_out());
        }
    }

    async fn carry_out(mut self) {
        let lines = K::lines(&self.singles);
        lines.gather(&self.kind).await;
        let mut waiting = {
            let mut lines = lines.lock();
            let Some(line) = lines.iter_mut().find(|it| Arc::ptr_eq(&it.kind, &self.kind)) else { return };
            self.sent = Instant::now();
            line.sent = self.sent;
            self.is_for_others = false;
            let count = line.waiting.len().min(K::MOST);
            line.waiting.drain(..count).collect::<Vec<_>>()
        };
        waiting.retain(|it| !it.answer.is_closed());
        let (items, askers): (Vec<_>, Vec<_>) = waiting.into_iter().map(|it| (it.item, it.answer)).unzip();
        if items.is_empty() {
            return;
        }
        self.size = items.len();
        let answers = self.kind.carry_out(&self.singles, items).await;
        // The next are sent before these are answered.
        drop(self);
        for (asker, answer) in askers.into_iter().zip(answers) {
            // Who has gone does not mind.
            let _ = asker.send(answer);
        }
    }
}

impl<K: Kind> Drop for Turn<K> {
    fn drop(&mut self) {
        let mut lines = K::lines(&self.singles).lock();
        let Some(line) = lines.iter_mut().find(|it| Arc::ptr_eq(&it.kind, &self.kind)) else { return };
        line.under_way -= 1;
        if self.is_for_others {
            // The runtime has ended: nobody can carry out what they wait for.
            let waiting = std::mem::take(&mut line.waiting);
            drop(lines);
            return drop(waiting);
        }
        line.last = Last { ended: Instant::now(), took: self.sent.elapsed(), expected: self.size + line.waiting.len() };
        let next = (!line.waiting.is_empty()).then(|| line.turn(&self.singles));
        drop(lines);
        if let Some(next) = next {
            next.go();
        }
    }
}

#[cfg(test)]
impl<K: Kind> Lines<K> {
    pub(super) fn under_way(&self) -> usize {
        self.lock().iter().map(|it| it.under_way).sum()
    }
}
