use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Book {
    #[resource(id)]
    id: i64,
    #[resource(example = ["a", "b"])]
    title: String,
    #[resource(example = ["a"])]
    pages: Vec<i32>,
    #[resource(default = [1, 2.5])]
    sizes: Vec<Decimal>,
}

fn main() {}
