use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id, hidden)]
    id: i64,
}

fn main() {}
