use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(computed(words))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
