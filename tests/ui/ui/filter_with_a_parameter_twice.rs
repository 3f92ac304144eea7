use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(filter(gte = "from", lte = "until"))]
    start: i64,
    #[resource(filter(gte = "from"))]
    end: i64,
    #[resource(filter(eq))]
    until: i64,
}

fn main() {}
