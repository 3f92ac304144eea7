use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(created_at)]
    made: Timestamp,
    #[resource(created_at)]
    born: Timestamp,
}

fn main() {}
