use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(unique(title, autor), index(titel))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
