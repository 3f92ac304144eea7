use resource_runtime::Resource;

#[derive(Debug, Clone, Resource)]
struct Book {
    #[resource(id)]
    id: Uuid,
    #[resource(sort, filter(gte))]
    price: Option<Decimal>,
    #[resource(created_at)]
    created_at: Timestamp,
}

fn main() {}
