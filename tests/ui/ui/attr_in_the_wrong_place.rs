use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(search, filter(eq))]
#[validate(length(max = 3))]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(table = "notes", page(size = 3))]
    #[validate(schema(function = check))]
    text: String,
}

fn main() {}
