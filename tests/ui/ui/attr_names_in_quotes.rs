use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
#[resource(operations = "crud", index("title", "year"), view(Short: "id"), unique = "title")]
struct Book {
    #[resource(id)]
    id: i64,
    #[resource(filter("eq"), skip("create"))]
    title: Option<String>,
    #[resource(filter = "gte")]
    year: i32,
}

fn main() {}
