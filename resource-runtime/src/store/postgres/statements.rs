//! Prepared statements of one connection, found by their shape.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;
use tokio_postgres::{Client, Error, Statement};

use crate::store::sql;

/// The statements that a connection has prepared, the least used of which make room for new ones.
pub(super) struct Prepared {
    // A std mutex: it is never held across an `.await`, and what is done under it is a lookup, or,
    // before a statement is prepared, a walk through all entries.
    entries: Mutex<Entries>,
    /// For statements without a shape.
    hash: RandomState,
    capacity: usize,
}

#[derive(Default)]
struct Entries {
    by_shape: HashMap<u64, Entry>,
    clock: u64,
}

struct Entry {
    /// Shapes hardly ever have the same number; texts are compared all the same.
    text: Arc<str>,
    // Shared by all who ask while it is being prepared, so that it is prepared once.
    statement: Arc<OnceCell<Statement>>,
    used: u64,
}

impl Prepared {
    pub(super) fn new(capacity: usize) -> Self {
        Self { entries: Mutex::default(), hash: RandomState::new(), capacity }
    }

    /// The statement, prepared on this client if it was not yet.
    pub(super) async fn get(&self, client: &Arc<Client>, sql: &sql::Statement) -> Result<Statement, Error> {
        let cell = self.cell(sql);
        if let Some(statement) = cell.get() {
            return Ok(statement.clone());
        }
        match cell.get_or_try_init(|| prepare(client, &sql.text)).await {
            Ok(statement) => Ok(statement.clone()),
            Err(error) => {
                self.forget(sql);
                Err(error)
            }
        }
    }

    /// Forgets a statement, so that it is prepared anew.
    pub(super) fn forget(&self, sql: &sql::Statement) {
        self.lock().by_shape.remove(&self.number(sql));
    }

    fn cell(&self, sql: &sql::Statement) -> Arc<OnceCell<Statement>> {
        let number = self.number(sql);
        let mut entries = self.lock();
        entries.clock += 1;
        let now = entries.clock;
        if let Some(entry) = entries.by_shape.get_mut(&number)
            && (Arc::ptr_eq(&entry.text, &sql.text) || entry.text == sql.text)
        {
            entry.used = now;
            return Arc::clone(&entry.statement);
        }
        if entries.by_shape.len() >= self.capacity {
            let oldest = entries.by_shape.iter().min_by_key(|(_, it)| it.used).map(|(number, _)| *number);
            // Dropping the last handle of a statement closes it on the server.
            oldest.and_then(|number| entries.by_shape.remove(&number));
        }
        let statement = Arc::new(OnceCell::new());
        let entry = Entry { text: Arc::clone(&sql.text), statement: Arc::clone(&statement), used: now };
        entries.by_shape.insert(number, entry);
        statement
    }

    fn number(&self, sql: &sql::Statement) -> u64 {
        if sql.shape == 0 { self.hash.hash_one(&sql.text) } else { sql.shape }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Prepares a statement in a task of its own: a request that goes away meanwhile would leave one
/// behind on the server that nobody closes.
async fn prepare(client: &Arc<Client>, text: &Arc<str>) -> Result<Statement, Error> {
    let task = {
        let (client, text) = (Arc::clone(client), Arc::clone(text));
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
    use crate::store::sql::{Dialect, SqlText};

    fn of(text: &'static str) -> sql::Statement {
        let mut sql = SqlText::new(Dialect::Postgres);
        sql.push(text);
        sql.into()
    }

    #[test]
    fn the_statement_used_longest_ago_makes_room() {
        let statements = Prepared::new(2);
        let first = statements.cell(&of("a"));
        statements.cell(&of("b"));
        statements.cell(&of("a"));
        statements.cell(&of("c"));
        assert!(Arc::ptr_eq(&first, &statements.cell(&of("a"))), "used since");
        let entries = statements.lock();
        assert_eq!(entries.by_shape.len(), 2);
        assert!(entries.by_shape.values().all(|it| &*it.text != "b"));
    }

    #[test]
    fn all_who_ask_for_a_statement_share_one_preparation() {
        let statements = Prepared::new(2);
        assert!(Arc::ptr_eq(&statements.cell(&of("a")), &statements.cell(&of("a"))));
    }

    #[test]
    fn shapes_of_the_same_number_are_prepared_each() {
        let statements = Prepared::new(2);
        let of = |text| sql::Statement { shape: 7, ..of(text) };
        assert!(!Arc::ptr_eq(&statements.cell(&of("a")), &statements.cell(&of("b"))));
    }
}
