use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(must_match(other = "pasword"))]
    a: String,
    #[validate(must_match(other = b))]
    b: String,
    #[validate(must_match(message = "no"))]
    c: String,
}

fn main() {}
