use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(filter(eq, eq = "title_is"))]
    title: String,
}

fn main() {}
