use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(default = 99999999999999999999)]
    number: Decimal,
}

fn main() {}
