use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(operations(crud, lst, patch))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
