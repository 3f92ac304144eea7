use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(page(size = 200))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
