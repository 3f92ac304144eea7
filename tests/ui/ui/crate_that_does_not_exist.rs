use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(crate = ::runtime)]
struct Note {
    #[resource(id)]
    id: i64,
}

fn main() {}
