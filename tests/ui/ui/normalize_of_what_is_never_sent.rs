use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(read_only, normalize = trim)]
    #[validate(length(max = 3))]
    text: Option<String>,
}

fn trim(text: String) -> String {
    text
}

fn main() {}
