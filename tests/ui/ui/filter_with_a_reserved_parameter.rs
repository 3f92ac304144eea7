use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(filter(eq = "page", gte = "sort"))]
    title: String,
    #[resource(filter(eq))]
    limit: i64,
}

fn main() {}
