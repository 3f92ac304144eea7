use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(operations(crud, update_many, delete_man), require_if_match)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(filter(eq))]
    title: String,
}

fn main() {}
