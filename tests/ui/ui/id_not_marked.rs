use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    id: i64,
    text: String,
}

fn main() {}
