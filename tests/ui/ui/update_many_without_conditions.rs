use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(operations(crud, update_many, delete_many))]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(sort)]
    title: String,
}

fn main() {}
