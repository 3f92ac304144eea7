use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(range(min = 10, max = 1))]
    a: i64,
    #[validate(range(exclusive_min = 1, max = 1.0))]
    b: Decimal,
    #[validate(range(min = 1, exclusive_min = 1))]
    c: i64,
    #[validate(range(message = "no"))]
    d: i64,
}

fn main() {}
