use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(filter(eq, in = "any"))]
    tags: Vec<String>,
}

fn main() {}
