//! Prepared statements of one connection, found by their text.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;
use tokio_postgres::{Client, Error, Statement};

/// The statements that a connection has prepared, the least used of which make room for new ones.
pub(super) struct Statements {
    // A std mutex: it is never held across an `.await`, and what is done under it is a lookup, or,
    // before a statement is prepared, a walk through all entries.
    entries: Mutex<Entries>,
    capacity: usize,
}

#[derive(Default)]
struct Entries {
    by_text: HashMap<Box<str>, Entry>,
    clock: u64,
}

struct Entry {
    // Shared by all who ask while it is being prepared, so that it is prepared once.
    statement: Arc<OnceCell<Statement>>,
    used: u64,
}

impl Statements {
    pub(super) fn new(capacity: usize) -> Self {
        Self { entries: Mutex::default(), capacity }
    }

    /// The statement of this text, prepared on this client if it was not yet.
    pub(super) async fn get(&self, client: &Arc<Client>, text: &str) -> Result<Statement, Error> {
        let cell = self.cell(text);
        if let Some(statement) = cell.get() {
            return Ok(statement.clone());
        }
        match cell.get_or_try_init(|| prepare(client, text)).await {
            Ok(statement) => Ok(statement.clone()),
            Err(error) => {
                self.forget(text);
                Err(error)
            }
        }
    }

    /// Forgets a statement, so that it is prepared anew.
    pub(super) fn forget(&self, text: &str) {
        self.lock().by_text.remove(text);
    }

    fn cell(&self, text: &str) -> Arc<OnceCell<Statement>> {
        let mut entries = self.lock();
        entries.clock += 1;
        let now = entries.clock;
        if let Some(entry) = entries.by_text.get_mut(text) {
            entry.used = now;
            return Arc::clone(&entry.statement);
        }
        if entries.by_text.len() >= self.capacity {
            let oldest = entries.by_text.iter().min_by_key(|(_, it)| it.used).map(|(text, _)| text.clone());
            // Dropping the last handle of a statement closes it on the server.
            oldest.and_then(|text| entries.by_text.remove(&text));
        }
        let statement = Arc::new(OnceCell::new());
        entries.by_text.insert(text.into(), Entry { statement: Arc::clone(&statement), used: now });
        statement
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Prepares a statement in a task of its own: a request that goes away meanwhile would leave one
/// behind on the server that nobody closes.
async fn prepare(client: &Arc<Client>, text: &str) -> Result<Statement, Error> {
    let task = {
        let (client, text) = (Arc::clone(client), text.to_owned());
        tokio::spawn(async move { client.prepare(&text).await })
    };
    match task.await {
        Ok(prepared) => prepared,
        // The runtime is shutting down.
        Err(_) => client.prepare(text).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_used_longest_ago_makes_room() {
        let statements = Statements::new(2);
        let first = statements.cell("a");
        statements.cell("b");
        statements.cell("a");
        statements.cell("c");
        assert!(Arc::ptr_eq(&first, &statements.cell("a")), "used since");
        assert_eq!(statements.lock().by_text.len(), 2);
        assert!(!statements.lock().by_text.contains_key("b"));
    }

    #[test]
    fn all_who_ask_for_a_text_share_one_preparation() {
        let statements = Statements::new(2);
        assert!(Arc::ptr_eq(&statements.cell("a"), &statements.cell("a")));
    }
}
