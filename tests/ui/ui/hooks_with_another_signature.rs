//! Stages have the form that the trait says.

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
    async fn before_create(&self, _: &mut HookContext<'_>, book: &mut Author) -> Result<(), ApiError> {
        Ok(())
    }
}

fn main() {}
