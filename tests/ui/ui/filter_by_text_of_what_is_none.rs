use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(filter(icontains = "like"))]
    number: Option<i32>,
}

fn main() {}
