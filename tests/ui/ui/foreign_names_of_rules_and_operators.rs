use resource_runtime::prelude::*;

#[derive(Debug, Clone, Resource)]
struct Book {
    #[resource(id)]
    id: i64,
    #[resource(filter(exact, ilike, one_of))]
    #[validate(min_length = 1, pattern = "^a", length(exact = 3))]
    title: String,
    #[resource(filter(between, from = "min_price"))]
    #[validate(gt = 0, range(ge = 0, lt = 100))]
    price: i64,
}

fn main() {}
