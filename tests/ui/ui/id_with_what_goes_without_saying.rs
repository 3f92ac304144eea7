use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id, read_only, unique, default)]
    id: i64,
}

fn main() {}
