use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(regex(path = "^a$"))]
    a: String,
    #[validate(regex(message = "no"))]
    b: String,
}

fn main() {}
