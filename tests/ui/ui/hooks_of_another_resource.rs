//! Hooks for one resource are none for another, nor are its fields.

use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Book {
    #[resource(id)]
    id: i64,
    title: String,
}

#[derive(Debug, Clone, Resource)]
struct Author {
    #[resource(id)]
    id: i64,
}

struct Shelving;

impl Hooks<Book> for Shelving {
    async fn input(&self, _: &mut HookContext<'_>, input: &mut Input<Book>) -> Result<(), ApiError> {
        input.set(Book::TITLE, 7);
        input.set(Author::ID, 7);
        Ok(())
    }
}

fn mount(store: &Database) {
    let _ = Book::on(store).hooks(Shelving);
    let _ = Author::on(store).hooks(Shelving);
}

fn main() {}
