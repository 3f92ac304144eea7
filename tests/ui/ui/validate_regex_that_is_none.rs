use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(regex(path = PATTERN))]
    text: String,
}

static PATTERN: &str = "^a$";

fn main() {}
