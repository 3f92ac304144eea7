use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(created_at, default = Timestamp::UNIX_EPOCH)]
    made: Timestamp,
}

fn main() {}
