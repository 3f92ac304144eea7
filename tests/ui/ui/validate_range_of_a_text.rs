use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(range(min = 1))]
    text: String,
    #[validate(range(max = 1))]
    tags: Vec<i64>,
}

fn main() {}
