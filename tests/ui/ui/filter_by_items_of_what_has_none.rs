use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(filter(has_any = "titles"))]
    title: String,
}

fn main() {}
