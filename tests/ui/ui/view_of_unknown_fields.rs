use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(view(Short: id, titel, author))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
