use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(sort = "-titel, created_at")]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
