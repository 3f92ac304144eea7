use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Book {
    #[resource(id)]
    id: i64,
}

async fn create(_: &mut Tx) -> Result<(), ApiError> {
    Ok(())
}

fn mount(store: &Database) {
    let _ = Book::on(store).replace(Operation::Create, create);
}

fn main() {}
