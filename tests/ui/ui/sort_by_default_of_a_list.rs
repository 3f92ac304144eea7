use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(sort = "tags")]
struct Note {
    #[resource(id)]
    id: i64,
    tags: Vec<String>,
}

fn main() {}
