use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(page(20, 100))]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource("text")]
    text: String,
}

fn main() {}
