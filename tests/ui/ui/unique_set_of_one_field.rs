use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(unique(title))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
