use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(view(Short: id, pin))]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(write_only)]
    pin: String,
}

fn main() {}
