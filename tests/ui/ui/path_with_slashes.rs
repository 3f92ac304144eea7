use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(path = "/notes", table = "my-notes")]
struct Note {
    #[resource(id)]
    id: i64,
    text: String,
}

fn main() {}
