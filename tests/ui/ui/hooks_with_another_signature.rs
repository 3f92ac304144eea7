use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Book {
    #[resource(id)]
    id: i64,
}

struct Shelving;

impl Hooks<Book> for Shelving {
    async fn before_create(&self, _: &mut Book) -> Result<(), ApiError> {
        Ok(())
    }

    async fn after_create(&self, _: &mut HookContext<'_>, _: &mut Book) -> Result<(), ApiError> {
        Ok(())
    }

    fn before_delete(&self, _: &mut HookContext<'_>, _: &Book) -> Result<(), ApiError> {
        Ok(())
    }

    async fn after_delete(&self, _: Tx, _: &Book) -> Result<(), ApiError> {
        Ok(())
    }

    async fn after_update(&self, _: &mut HookContext<'_>, _: &Book, _: &Book) -> Result<(), String> {
        Ok(())
    }
}

struct Mailing;

impl Hooks<Book> for Mailing {
    async fn on_create(&self, _: &mut HookContext<'_>, _: &Book) -> Result<(), ApiError> {
        Ok(())
    }
}

fn main() {}
