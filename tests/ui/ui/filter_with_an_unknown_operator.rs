use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(filter(eqq, like, greater = "min"))]
    title: String,
}

fn main() {}
