use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(page(sise = 20, min = 1))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
