use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
        let mut place = self.place();
        let open = match mem::replace(&mut *place, State::Lent) {
            State::Fresh => Open::new(database),
            State::Back(open) => open,
            other => {
                *place = other;
                return None;
            }
        };
        drop(place);
        Some(Tx { open: Some(open), slot: Some(Arc::clone(self)) })
    }

    /// What there is to do now; whoever has it still has it in vain.
    pub(crate) fn close(&self) -> Outcome {
        match mem::replace(&mut *self.place(), State::Lost) {
            State::Fresh | State::Committed => Outcome::Settled,
            State::Back(open) => Outcome::Open(Tx { open: Some(open), slot: None }),
            State::Lent | State::Lost => Outcome::Lost,
        }
    }

    /// Whether who has it may commit it: somebody still waits for it.
    pub(super) fn commits(&self) -> bool {
        self.settle(State::Committed)
    }

    pub(super) fn take_back(&self, open: Option<Open>) {
        // What nobody waits for is dropped.
        let _ = self.settle(open.map_or(State::Lost, State::Back));
    }

    /// What becomes of what is lent.
    fn settle(&self, state: State) -> bool {
        let mut place = self.place();
        let is_lent = matches!(*place, State::Lent);
        if is_lent {
            *place = state;
        }
        is_lent
    }

    fn place(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
