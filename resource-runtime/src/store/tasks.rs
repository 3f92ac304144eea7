//! The table of tasks that wait, run, or have failed.

use jiff::Timestamp;
use uuid::Uuid;

use super::Write;
use crate::field::{FieldMeta, IdSource};
use crate::resource::ResourceMeta;

/// A resource of the framework's own, which is never mounted: one row for each task that is not done.
/// It is written by the same statements as any other row, in the same transactions, so that a task is
/// there if and only if what it belongs to is.
///
/// `due_at` is all that a worker asks for: when a task may be taken next, be it the first time, a
/// further attempt, or the end of the lease under which it runs. It is null once a task has failed for
/// good. The index begins with the name, so that tasks of other programs on the same table cost
/// nothing, however many wait.
pub(crate) static TASKS: ResourceMeta = ResourceMeta::new(
    "Tasks",
    "_tasks",
    "_tasks",
    &[
        FieldMeta::of::<Uuid>("id").id(IdSource::Store),
        FieldMeta::of::<String>("name").doc("Which task it is."),
        FieldMeta::of::<String>("payload").doc("What it works on, as JSON."),
        FieldMeta::of::<i32>("attempts").doc("How often it was begun."),
        FieldMeta::of::<Option<Timestamp>>("due_at").doc("When it may be taken; null once it has failed for good."),
        FieldMeta::of::<Option<String>>("last_error").doc("Why the last attempt failed."),
        FieldMeta::of::<Timestamp>("created_at").created_at(),
    ],
)
.indexes(&[&["name", "due_at", "id"]]);

/// Positions of the fields of [`TASKS`].
pub(crate) mod field {
    pub(crate) const ID: usize = 0;
    pub(crate) const NAME: usize = 1;
    pub(crate) const PAYLOAD: usize = 2;
    pub(crate) const ATTEMPTS: usize = 3;
    pub(crate) const DUE_AT: usize = 4;
    pub(crate) const LAST_ERROR: usize = 5;
    pub(crate) const CREATED_AT: usize = 6;
}

/// Whether a write adds a task.
pub(super) fn is_new(write: &Write) -> bool {
    matches!(write, Write::Insert { meta, .. } if meta.table == TASKS.table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_the_fields() {
        let position = |name| TASKS.field(name).unwrap().0;
        assert_eq!(position("id"), field::ID);
        assert_eq!(position("name"), field::NAME);
        assert_eq!(position("payload"), field::PAYLOAD);
        assert_eq!(position("attempts"), field::ATTEMPTS);
        assert_eq!(position("due_at"), field::DUE_AT);
        assert_eq!(position("last_error"), field::LAST_ERROR);
        assert_eq!(position("created_at"), field::CREATED_AT);
    }
}
