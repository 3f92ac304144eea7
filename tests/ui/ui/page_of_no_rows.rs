use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(page(size = 0, max = 1.5))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
