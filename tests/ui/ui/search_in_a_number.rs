use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(search)]
    number: i64,
    #[resource(search)]
    tags: Vec<String>,
}

fn main() {}
