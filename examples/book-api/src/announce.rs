//! What happens after a book was created: a line in the log, as work after the commit.

use resource_runtime::prelude::*;
use resource_runtime::task::{Task, TaskContext, TaskError};
use serde::{Deserialize, Serialize};

use crate::book::Book;

/// Tells the log of a new book.
#[derive(Debug, Serialize, Deserialize)]
pub struct AnnounceBook {
    pub id: i64,
    pub title: String,
}

impl Task for AnnounceBook {
    const NAME: &'static str = "announce_book";

    async fn run(self, _cx: &TaskContext) -> Result<(), TaskError> {
        tracing::info!(id = self.id, "new in the catalogue: {}", self.title);
        Ok(())
    }
}

/// Hooks that announce each new book, if it stays.
#[derive(Debug, Clone, Copy)]
pub struct Announce;

impl Hooks<Book> for Announce {
    async fn after_create(&self, cx: &mut HookContext<'_>, book: &Book) -> Result<(), ApiError> {
        cx.tx().enqueue(&AnnounceBook { id: book.id, title: book.title.clone() }).await?;
        Ok(())
    }
}
