use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    matrix: Vec<Vec<i64>>,
}

fn main() {}
