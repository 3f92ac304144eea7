use resource_runtime::task::{Task, TaskContext, TaskError};
use serde::{Deserialize, Serialize};

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
