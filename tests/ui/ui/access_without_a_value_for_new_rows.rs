use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(hidden)]
    rank: i64,
    #[resource(skip(create))]
    state: String,
}

fn main() {}
