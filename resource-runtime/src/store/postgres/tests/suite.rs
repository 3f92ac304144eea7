//! The suite that every store has to pass.

use super::Schema;
use crate::store::Database;
use crate::store::conformance::{Fixture, suite};
use crate::store::postgres::PostgresStore;

async fn make() -> Option<Fixture> {
    let schema = Schema::create().await?;
    let store = PostgresStore::connect(&schema.url).await.unwrap();
    Some(Fixture::new(Database::new(store)).teardown(async move { schema.drop().await }))
}

suite!(make);
