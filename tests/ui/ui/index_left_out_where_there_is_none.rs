use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(index = false)]
    title: String,
    #[resource(unique, index = false)]
    code: String,
}

fn main() {}
