use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Author {
    #[resource(id)]
    id: i64,
}

#[derive(Debug, Clone, Resource)]
struct Book {
    #[resource(id)]
    id: i64,
}

struct Shelving;

impl Hooks<Book> for Shelving {}

struct Wrapping;

fn mount(store: &Database) {
    let _ = Author::on(store).hooks(Shelving);
    let _ = Book::on(store).hooks(Wrapping);
}

fn main() {}
