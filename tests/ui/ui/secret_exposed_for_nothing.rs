use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(expose)]
    text: String,
    #[resource(write_only, expose)]
    api_key: String,
}

fn main() {}
