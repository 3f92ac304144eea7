use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(table_name = "books", route = "/books", page_size = 20, methods(get, post), unique_together(a, b))]
struct Book {
    #[resource(id)]
    id: i64,
}

#[derive(Debug, Clone, Resource)]
#[resource(operations(index, retrieve, put), page(default = 20, maximum = 50), ordering = "-id", timestamps)]
struct Author {
    #[resource(id)]
    id: i64,
}

fn main() {}
