use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Book {
    #[resource(id)]
    id: i64,
    authors: Vec<Author>,
    translator: Option<Author>,
    #[resource(default)]
    subtitle: Option<Option<String>>,
    lines: Vec<Vec<String>>,
    #[resource(filter(has_any))]
    numbers: Vec<Option<i64>>,
}

#[derive(Debug, Clone, Default)]
struct Author {
    name: String,
}

fn main() {}
