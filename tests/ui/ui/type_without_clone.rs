use resource_runtime::prelude::*;

#[derive(Debug, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
}

fn main() {}
