use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[validate(range(max = LARGEST))]
    number: f64,
}

const LARGEST: f64 = 1.5;

fn main() {}
