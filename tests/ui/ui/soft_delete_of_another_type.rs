use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete)]
    deleted_at: Timestamp,
}

#[derive(Debug, Clone, Resource)]
struct Task {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete)]
    is_deleted: bool,
}

fn main() {}
