use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(hidden, sort)]
    rank: Option<i64>,
    #[resource(write_only, search, filter(eq))]
    words: Option<String>,
}

fn main() {}
