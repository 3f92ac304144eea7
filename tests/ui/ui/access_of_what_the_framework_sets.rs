use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(created_at, read_only)]
    made: Timestamp,
    #[resource(updated_at, immutable)]
    changed: Timestamp,
}

fn main() {}
