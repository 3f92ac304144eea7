use resource_runtime::Resource;
use resource_runtime::store::Database;

#[derive(Debug, Clone, Resource)]
struct Book {
    #[resource(id)]
    id: i64,
}

fn mount(store: &Database) {
    let _ = Book::on(store);
}

fn main() {}
