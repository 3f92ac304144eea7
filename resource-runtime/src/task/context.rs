use std::any::type_name;
use std::fmt;

use uuid::Uuid;

use super::TaskError;
use crate::states::States;
use crate::store::Database;

/// What a task knows of itself while it runs, and what it works with.
#[derive(Clone)]
pub struct TaskContext {
    pub(super) id: Uuid,
    pub(super) attempt: u32,
    pub(super) database: Database,
    pub(super) states: States,
}

impl TaskContext {
    /// The identifier, which is the same at each attempt: what other systems can be given, so that they
    /// notice that they are asked a second time.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Which attempt this is; the first is 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Where the task was kept.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// A value of the application's own, by its type.
    ///
    /// # Errors
    ///
    /// When the worker was given none of this type ([`Worker::state`](super::Worker::state); the workers of an API have
    /// those of its `state`).
    pub fn state<S: Send + Sync + 'static>(&self) -> Result<&S, TaskError> {
        self.states.get().ok_or_else(|| {
            TaskError::new(format!("the worker has no state of the type `{}`; give it one", type_name::<S>()))
        })
    }
}

impl fmt::Debug for TaskContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskContext").field("id", &self.id).field("attempt", &self.attempt).finish_non_exhaustive()
    }
}
