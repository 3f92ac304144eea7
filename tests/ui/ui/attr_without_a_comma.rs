use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(path = "notes" table = "notes")]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(sort search)]
    text: String,
}

fn main() {}
