use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete)]
    deleted_at: Option<Timestamp>,
    #[resource(soft_delete)]
    gone: Option<Timestamp>,
}

fn main() {}
