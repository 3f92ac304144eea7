use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(normalize = trim)]
    text: String,
    #[resource(normalize = sorted)]
    tags: Vec<String>,
}

fn trim(text: &mut String) {
    text.truncate(9);
}

fn sorted(tags: Vec<String>) {
    drop(tags);
}

fn main() {}
