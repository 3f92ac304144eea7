use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete, write_only)]
    deleted_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Resource)]
#[resource(unique(name, deleted_at))]
struct Task {
    #[resource(id)]
    id: i64,
    name: String,
    #[resource(soft_delete, unique, default, sort)]
    deleted_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Resource)]
struct Event {
    #[resource(id)]
    id: i64,
    #[resource(updated_at, soft_delete)]
    deleted_at: Option<Timestamp>,
}

fn main() {}
