use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(must_match(other = "number"))]
    text: String,
    number: i64,
}

fn main() {}
