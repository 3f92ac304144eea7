use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(unique(title, author), unique(title, author), index(title, author), index(title, title))]
struct Note {
    #[resource(id)]
    id: i64,
    title: String,
    author: String,
}

fn main() {}
