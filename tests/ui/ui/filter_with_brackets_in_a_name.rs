use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Note {
    #[resource(id)]
    id: i64,
    #[resource(filter(gte = "price[gte]"))]
    price: Decimal,
}

fn main() {}
