use resource_runtime::prelude::*;

#[derive(Debug, Clone)]
struct Book {
    id: i64,
}

async fn start(store: &Database) -> resource_runtime::Result<()> {
    store.migrate::<Book>().await?;
    let routes = Book::on(store);
    Api::new("Books", "1").resource(Book).resource(routes).serve(Settings::from_env()?).await
}

fn main() {}
