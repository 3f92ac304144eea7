use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(operations(crud, restore))]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(soft_delete)]
    deleted_at: Option<Timestamp>,
}

fn main() {}
