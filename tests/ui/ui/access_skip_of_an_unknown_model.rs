use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(skip(craete, update, everywhere))]
    a: Option<String>,
    #[resource(skip(update, update))]
    b: Option<String>,
}

fn main() {}
