use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Invoice {
    #[resource(id, as_string)]
    id: i64,
    #[resource(as_string = true)]
    total: Decimal,
}

fn main() {}
