use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(read_only, write_only)]
    a: Option<String>,
    #[resource(hidden, skip(create))]
    b: Option<String>,
}

fn main() {}
