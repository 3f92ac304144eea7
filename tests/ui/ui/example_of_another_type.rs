use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(example = "cheap")]
    price: Decimal,
    #[resource(example = 300)]
    size: u8,
}

fn main() {}
