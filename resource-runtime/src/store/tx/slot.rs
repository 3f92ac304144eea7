use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Open, Tx};
use crate::store::Database;

/// A place that lends a transaction and takes it back: so that whoever has lent it decides, after all
/// work is done, whether it takes effect.
// A std mutex: held for a swap.
pub(crate) struct Slot(Mutex<State>);

enum State {
    /// Nobody has asked for it.
    Fresh,
    /// Somebody has it.
    Lent,
    /// It is here again.
    Back(Open),
    /// Who had it committed it.
    Committed,
    /// Who had it panicked, or nobody waits for it any more.
    Lost,
}

/// What there is to do with a transaction that was lent.
pub(crate) enum Outcome {
    /// Nothing: it was not asked for, or committed already.
    Settled,
    /// To commit it, or to drop it.
    Open(Tx),
    /// It has not come back, and will leave no trace.
    Lost,
}

impl Slot {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(State::Fresh))
    }

    /// Lends the transaction: a new one the first time, and later that one, if it is here.
    pub(crate) fn lend(self: &Arc<Self>, database: &Database) -> Option<Tx> {
        let open = match self.swap(State::Lent) {
            State::Fresh => Open::new(database),
            State::Back(open) => open,
            other => {
                self.swap(other);
                return None;
            }
        };
        Some(Tx { open: Some(open), slot: Some(Arc::clone(self)) })
    }

    /// What there is to do now; whoever has it still has it in vain.
    pub(crate) fn close(&self) -> Outcome {
        match self.swap(State::Lost) {
            State::Fresh | State::Committed => Outcome::Settled,
            State::Back(open) => Outcome::Open(Tx { open: Some(open), slot: None }),
            State::Lent | State::Lost => Outcome::Lost,
        }
    }

    pub(super) fn commits(&self) {
        self.settle(State::Committed);
    }

    pub(super) fn take_back(&self, open: Option<Open>) {
        self.settle(open.map_or(State::Lost, State::Back));
    }

    /// What becomes of what is lent; where it is not waited for, it is dropped.
    fn settle(&self, state: State) {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*place, State::Lent) {
            *place = state;
        }
    }

    fn swap(&self, state: State) -> State {
        mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), state)
    }
}
