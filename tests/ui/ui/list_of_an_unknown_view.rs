use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(view(Short: id), list = Shrot)]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
}

fn main() {}
