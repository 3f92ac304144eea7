use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(path = "v1/notes")]
struct Note {
    #[resource(id)]
    id: i64,
    text: String,
}

fn main() {}
