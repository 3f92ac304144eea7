use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(email)]
    a: i64,
    #[validate(url)]
    b: Vec<String>,
    #[validate(contains = "x")]
    c: Option<i32>,
}

fn main() {}
