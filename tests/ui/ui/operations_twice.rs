use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(operations(crud, read, bulk_create, bulk_create))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
