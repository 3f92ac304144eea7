use resource_runtime::prelude::*;

struct Book {
    id: i64,
}

async fn start(store: Database) -> resource_runtime::Result<()> {
    store.migrate::<Book>().await?;
    Ok(())
}

async fn start_with_a_list(store: Database) -> resource_runtime::Result<()> {
    store.migrate::<Vec<Book>>().await?;
    Ok(())
}

fn main() {}
