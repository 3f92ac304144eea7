use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(view(Create: id), view(Short: id), view(Short: title))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
