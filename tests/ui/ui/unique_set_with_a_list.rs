use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(unique(title, tags))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
    tags: Vec<String>,
}

fn main() {}
