use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(list = Short)]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
