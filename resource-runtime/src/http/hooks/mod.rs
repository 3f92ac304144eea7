//! What an application does around the writes of its clients.

mod chain;
mod context;
mod erased;
mod input;

pub(super) use self::chain::Chain;
pub use self::context::{HookContext, RequestContext};
pub(super) use self::erased::{Erased, Typed};
pub use self::input::Input;
use crate::error::ApiError;
use crate::resource::Resource;

/// What happens around the writes to a resource; attached with [`Routes::hooks`](super::Routes::hooks).
///
/// | stage | when | what it can do |
/// |---|---|---|
/// | [`input`](Hooks::input) | a body was read, and is not judged yet | fill in fields, set others than the client did |
/// | `before_create`, `before_update`, `before_delete` | all rules hold, nothing is written | change the row |
/// | `after_create`, `after_update`, `after_delete` | it is written, in the transaction | write to other resources |
/// | [`committed`](Hooks::committed) | it has taken effect | tell others |
///
/// Every stage before the commit can refuse with any error, and reads and writes other rows through
/// [`HookContext::tx`], which is the transaction of the write itself. Whatever refuses or fails,
/// nothing is left of the write nor of what hooks did beside it. An error of the transaction that is
/// handed on by `?` is the client's answer: where it is about another resource, say it in words of
/// this one.
///
/// A [`Database`](crate::store::Database) is no way around the transaction: a hook that writes through
/// one waits for the write that waits for the hook.
///
/// ```
/// # use resource_runtime::prelude::*;
/// # use resource_runtime::http::{HookContext, Hooks, Input};
/// # #[derive(Debug, Clone, Resource)]
/// # struct Author { #[resource(id)] id: i64, #[resource(read_only, default)] books: i64 }
/// # #[derive(Debug, Clone, Resource)]
/// # struct Book { #[resource(id)] id: i64, author_id: i64, title: String, shelf: String }
/// struct Shelving;
///
/// impl Hooks<Book> for Shelving {
///     async fn input(&self, _: &mut HookContext<'_>, input: &mut Input<Book>) -> Result<(), ApiError> {
///         if !input.contains(Book::SHELF) {
///             input.set(Book::SHELF, "new arrivals");
///         }
///         Ok(())
///     }
///
///     async fn after_create(&self, cx: &mut HookContext<'_>, book: &Book) -> Result<(), ApiError> {
///         cx.tx().update::<Author>(book.author_id, |it| it.books += 1).await?;
///         Ok(())
///     }
/// }
///
/// # fn mount(store: &Database) {
/// let books = Book::on(store).hooks(Shelving);
/// # }
/// ```
///
/// Hooks of one resource are none for another, and that is an error of the compiler:
///
/// ```compile_fail,E0277
/// # use resource_runtime::prelude::*;
/// # #[derive(Debug, Clone, Resource)]
/// # struct Author { #[resource(id)] id: i64 }
/// # #[derive(Debug, Clone, Resource)]
/// # struct Book { #[resource(id)] id: i64 }
/// # struct Shelving;
/// # impl Hooks<Book> for Shelving {}
/// # fn mount(store: &Database) {
/// let authors = Author::on(store).hooks(Shelving);
/// # }
/// ```
///
/// Hooks that are written for every resource (`impl<R: Resource> Hooks<R> for Audit`) can be attached
/// to any.
///
/// # What runs when
///
/// - Several hooks run in the order in which they were attached, stage by stage; each sees what those
///   before it made of the row.
/// - In bulk they run for each item, in turn. An item that is refused leaves nothing of what its hooks
///   wrote; with `?atomic=true` nothing is left of any item.
/// - With `Prefer: tx=rollback` they run, and what they wrote is undone; nothing is committed, and so
///   [`committed`](Hooks::committed) does not run. An answer that is given again under an
///   `Idempotency-Key` runs none.
/// - Where the store ends a transaction because it and another wait for each other, the write is begun
///   again, up to three times, and its hooks run again. What they do elsewhere than in the transaction
///   belongs into [`committed`](Hooks::committed).
/// - A row that comes back after a soft delete is updated, by [`Operation::Restore`](crate::resource::Operation::Restore);
///   a soft delete is a delete.
/// - A `PATCH` that changes nothing writes nothing, and only [`input`](Hooks::input) runs.
/// - They run for clients' writes over HTTP, and not for those through a [`Tx`](crate::store::Tx) or a
///   [`Database`](crate::store::Database), nor for operations that were
///   [replaced](super::Routes::replace).
/// - A hook that panics ends its request with 500, and the write is undone.
///
/// # Answers
///
/// The answer has the row as it is when it is committed, with the `ETag` of that version: a hook may
/// change the row itself after it was written, and the client sees it so. A hook that deletes it, or
/// changes it behind the write before that is carried out, ends the request with 500.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no hooks for `{R}`",
    label = "these are no hooks for `{R}`",
    note = "implement `Hooks<{R}>` for it, or `impl<R: Resource> Hooks<R>` for hooks of every resource"
)]
pub trait Hooks<R: Resource>: Send + Sync + 'static {
    /// A body was read, to create, replace or update a row: its fields can be changed before defaults
    /// are filled in and rules are asked.
    ///
    /// A value that is set here counts in place of the client's, and what was wrong with that goes
    /// away. That a client has named a field that it cannot set stays a mistake. The API's document does
    /// not know of hooks: what one fills in is still required of clients there.
    fn input(
        &self,
        cx: &mut HookContext<'_>,
        input: &mut Input<R>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send {
        let _ = (cx, input);
        nothing()
    }

    /// A row is about to be created. An identifier that the store counts is 0 still.
    ///
    /// What is changed in the row is held against the rules again. Its identifier has to stay.
    fn before_create(
        &self,
        cx: &mut HookContext<'_>,
        row: &mut R,
    ) -> impl Future<Output = Result<(), ApiError>> + Send {
        let _ = (cx, row);
        nothing()
    }

    /// A row was created.
    fn after_create(&self, cx: &mut HookContext<'_>, row: &R) -> impl Future<Output = Result<(), ApiError>> + Send {
        let _ = (cx, row);
        nothing()
    }

    /// A row is about to be replaced or updated; as [`Hooks::before_create`].
    fn before_update(
        &self,
        cx: &mut HookContext<'_>,
        old: &R,
        new: &mut R,
    ) -> impl Future<Output = Result<(), ApiError>> + Send {
        let _ = (cx, old, new);
        nothing()
    }

    /// A row was replaced or updated.
    fn after_update(
        &self,
        cx: &mut HookContext<'_>,
        old: &R,
        new: &R,
    ) -> impl Future<Output = Result<(), ApiError>> + Send {
        let _ = (cx, old, new);
        nothing()
    }

    /// A row is about to be deleted.
    fn before_delete(&self, cx: &mut HookContext<'_>, row: &R) -> impl Future<Output = Result<(), ApiError>> + Send {
        let _ = (cx, row);
        nothing()
    }

    /// A row was deleted.
    fn after_delete(&self, cx: &mut HookContext<'_>, row: &R) -> impl Future<Output = Result<(), ApiError>> + Send {
        let _ = (cx, row);
        nothing()
    }

    /// A write has taken effect. It runs once for each, even where the client has gone away, and the
    /// answer waits for it; an error is logged, and changes nothing.
    ///
    /// A process that dies between the commit and this does not make up for it.
    fn committed(
        &self,
        request: &RequestContext,
        change: &Change<R>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send {
        let _ = (request, change);
        nothing()
    }
}

/// What a write did to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<R> {
    /// The row is new.
    Created(R),
    /// The row was another before.
    Updated {
        /// As it was.
        old: R,
        /// As it is.
        new: R,
    },
    /// The row is gone; as it was.
    Deleted(R),
}

impl<R> Change<R> {
    /// The row as it is now, or, of one that is gone, as it was.
    pub const fn row(&self) -> &R {
        match self {
            Self::Created(row) | Self::Updated { new: row, .. } | Self::Deleted(row) => row,
        }
    }
}

fn nothing() -> std::future::Ready<Result<(), ApiError>> {
    std::future::ready(Ok(()))
}
