use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(view(Short: id, title, id))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
