use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    at: Timestmap,
}

fn main() {}
