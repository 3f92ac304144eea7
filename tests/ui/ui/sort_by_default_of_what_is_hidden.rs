use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(sort = "rank")]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(hidden)]
    rank: Option<i64>,
}

fn main() {}
