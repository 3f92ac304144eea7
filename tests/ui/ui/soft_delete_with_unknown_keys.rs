use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete(purge = "30 days"))]
    deleted_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Resource)]
struct Task {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete = "30 days")]
    deleted_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Resource)]
struct Event {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete())]
    deleted_at: Option<Timestamp>,
}

fn main() {}
