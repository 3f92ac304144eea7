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

fn trim(text: &str) -> String {
    text.trim().to_owned()
}

fn sorted(tags: Vec<String>) {
    drop(tags);
}

fn main() {}
