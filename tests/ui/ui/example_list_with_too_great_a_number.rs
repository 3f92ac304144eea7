use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Book {
    #[resource(id)]
    id: i64,
    #[resource(example = [1, 256])]
    pages: Vec<u8>,
    #[resource(default = [1.5])]
    marks: Option<Vec<i32>>,
}

fn main() {}
