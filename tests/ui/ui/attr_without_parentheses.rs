use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource = "notes"]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource]
    text: String,
    #[resource()]
    more: String,
}

fn main() {}
