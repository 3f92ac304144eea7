use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(created_at, updated_at)]
    at: Timestamp,
}

fn main() {}
