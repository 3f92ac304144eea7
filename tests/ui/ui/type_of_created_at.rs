use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(created_at)]
    made: Option<Timestamp>,
    #[resource(updated_at)]
    changed: String,
}

fn main() {}
