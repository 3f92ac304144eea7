use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(length(code = "size"))]
    a: String,
    #[validate(length)]
    b: String,
    #[validate(length(min = 3, equal = 3))]
    c: String,
    #[validate(length(min = 10, max = 3))]
    d: String,
    #[validate(length(min = -1))]
    e: String,
}

fn main() {}
