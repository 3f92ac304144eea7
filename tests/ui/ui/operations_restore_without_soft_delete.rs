use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(operations(crud, restore))]
struct Note {
    #[resource(id)]
    id: i64,
    text: String,
}

fn main() {}
