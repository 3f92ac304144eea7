use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(normalize = tirm)]
    text: String,
}

fn trim(text: String) -> String {
    text
}

fn main() {}
