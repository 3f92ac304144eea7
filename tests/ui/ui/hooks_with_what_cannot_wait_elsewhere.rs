use std::cell::Cell;
use std::rc::Rc;

use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Book {
    #[resource(id)]
    id: i64,
}

struct Counting(Cell<u64>);

impl Hooks<Book> for Counting {
    async fn after_create(&self, _: &mut HookContext<'_>, _: &Book) -> Result<(), ApiError> {
        self.0.set(self.0.get() + 1);
        Ok(())
    }
}

struct Waiting;

impl Hooks<Book> for Waiting {
    async fn before_create(&self, cx: &mut HookContext<'_>, book: &mut Book) -> Result<(), ApiError> {
        let id = Rc::new(book.id);
        let _ = cx.tx().find::<Book>(1).await?;
        book.id = *id;
        Ok(())
    }
}

fn main() {}
