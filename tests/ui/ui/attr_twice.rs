use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(path = "a", path = "b")]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(sort, sort)]
    #[resource(column = "a")]
    #[resource(column = "b")]
    #[validate(length(min = 1, min = 2), length(max = 3))]
    text: String,
}

fn main() {}
